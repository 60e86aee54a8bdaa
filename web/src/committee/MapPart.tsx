import { useMemo } from 'preact/hooks'
import type { Progress } from '../api/types'
import { lang, nameOf, text } from '../i18n'
import { shadeOf, type Shade } from '../map/classes'
import { Choropleth } from '../ui/Choropleth'
import { ClassList } from '../ui/ClassList'
import { choice, choose, enter, formatChoice, inUnit } from './state'
import type { Outlines } from './types'
import { w } from './words'

/** Where how much is done: a click leads down into a unit, the path above the map back up. What it shows stands in the ranked table as well. */
export function MapPart({ progress, outlines }: { progress: Progress; outlines: Outlines }) {
  const { by } = choice.value
  const duty = progress.obligations.find((one) => one.code === by)
  const shades = useMemo(() => {
    const found = new Map<string, Shade>(progress.children.map((one) => [one.code, shadeOf(one, by)]))
    // A unit that has none below it stands for itself.
    const mean = progress.obligations.flatMap((one) => one.percent ?? [])
    if (!found.has(progress.unit.code)) {
      found.set(progress.unit.code, duty ? (duty.state === 'not-applicable' ? 'not-applicable' : duty.percent) : mean.length ? mean.reduce((sum, one) => sum + one, 0) / mean.length : null)
    }
    return found
  }, [progress, duty])
  const what = duty ? text(duty.title) : w('meanKnown')
  return (
    <>
      <div class="c-tools">
        <label>{w('rankBy')}
          <select value={by} onChange={(event) => choose({ by: event.currentTarget.value })}>
            <option value="">{w('meanKnown')}</option>
            {progress.obligations.map((one) => <option key={one.code} value={one.code}>{text(one.title)}</option>)}
          </select>
        </label>
      </div>
      <p class="c-printed-note">{what}</p>
      {outlines.above.length > 0 && (
        <nav aria-label={w('map.path')}>
          <ol class="c-path">
            {outlines.above.map((one) => <li key={one.code}><button type="button" class="link-button" onClick={() => enter(one.code)}>{nameOf(one)}</button></li>)}
            <li aria-current="location">{nameOf(outlines.unit)}</li>
          </ol>
        </nav>
      )}
      {outlines.units.length === 0 ? <p class="c-note">{w('map.none')}</p> : (
        <Choropleth units={outlines.units} shades={shades} label={w('map.label', { what, where: nameOf(outlines.unit) })} href={(unit) => `/progress${formatChoice(lang.value, { ...choice.value, ...inUnit(unit) })}`} onPick={enter} />
      )}
      <ClassList notDue={[...shades.values()].includes('not-applicable')} />
    </>
  )
}
