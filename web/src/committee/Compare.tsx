import type { Resource } from '../api/resource'
import type { Progress } from '../api/types'
import { formatDate, formatNumber } from '../format'
import { lang, nameOf, text } from '../i18n'
import { FailureBox } from '../ui/Failure'
import { Loading } from '../ui/Loading'
import { Percent, signed } from './Cards'
import { choice, choose } from './state'
import type { Comparison, Pair, Snapshot } from './types'
import { w } from './words'

const known = (pair: Pair | undefined) => pair != null && (pair.from_percent != null || pair.to_percent != null)

/** One obligation in all units on two dates; what is known comes first. */
export function Compare({ snapshots, from, two, progress, obligation }: { snapshots: Snapshot[]; from: string; two: Resource<Comparison>; progress: Progress; obligation: string }) {
  const { to } = choice.value
  if (!from) return <p class="c-note">{w('needTwo')}</p>
  const pairOf = (one: Comparison['units'][number]) => one.figures.find((figure) => figure.obligation === obligation)
  const nowhere = two.data?.units.filter((one) => !known(pairOf(one))).length ?? 0 // on paper they are a number
  const named = progress.obligations.find((one) => one.code === obligation)
  const options = snapshots.map((one) => <option key={one.id} value={String(one.id)}>{formatDate(one.day, lang.value)}{one.note && ` · ${one.note}`}</option>)
  return (
    <>
      <div class="c-tools">
        <label>{w('from')}<select value={from} onChange={(event) => choose({ from: event.currentTarget.value })}>{options}</select></label>
        <label>{w('to')}<select value={to} onChange={(event) => choose({ to: event.currentTarget.value })}><option value="">{w('now')}</option>{options}</select></label>
        {named && <p class="c-note">{text(named.title)}</p>}
      </div>
      {two.error != null && <FailureBox error={two.error} retry={two.reload} />}
      {two.loading && !two.data && <Loading lines={3} />}
      {two.data && (
        <div class="c-scroll c-tall" tabIndex={0} role="group" aria-label={w('compare')}>
          <table>
            <thead><tr><th scope="col">{w('unit')}</th><th scope="col">{formatDate(two.data.from.day, lang.value)}</th><th scope="col">{formatDate(two.data.to.day, lang.value)}</th><th scope="col">{w('difference')}</th></tr></thead>
            <tbody>
              {[...two.data.units].sort((a, b) => Number(known(pairOf(b))) - Number(known(pairOf(a)))).map((one) => {
                const pair = pairOf(one)
                return (
                  <tr key={one.code} class={known(pair) ? undefined : 'c-nowhere'}>
                    <th scope="row">{nameOf(one)}</th>
                    <td><Percent percent={pair?.from_percent ?? null} /></td>
                    <td><Percent percent={pair?.to_percent ?? null} /></td>
                    <td>{pair?.difference == null ? '–' : <><bdi dir="ltr" class="c-difference" data-sign={Math.sign(pair.difference)}>{signed(pair.difference)}</bdi>{!pair.comparable && <small>{w('notComparable')}</small>}</>}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
          {nowhere > 0 && <p class="c-printed-note">{w('compare.unknown', { units: formatNumber(nowhere, lang.value) })}</p>}
        </div>
      )}
    </>
  )
}
