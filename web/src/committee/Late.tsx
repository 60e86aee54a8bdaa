import { useRef, useState } from 'preact/hooks'
import { formatDate, formatNumber, formatQuantity, type MeasureUnit } from '../format'
import { lang, nameOf, text } from '../i18n'
import { Percent, Provisional } from './Cards'
import { Opens } from './Opens'
import { choice, choose } from './state'
import type { Overdue, Reminder } from './types'
import { w } from './words'

const few = 25

/** Who must act, on what, and how. */
export function Late({ list, whole }: { list: Overdue[]; whole: boolean }) {
  const [all, setAll] = useState(false)
  const table = useRef<HTMLDivElement>(null)
  const agencies = [...new Map(list.map((one) => [one.agency.code, one.agency])).values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b), lang.value))
  const found = list.filter((one) => !choice.value.agency || one.agency.code === choice.value.agency)
  // A meeting looks at what can be worked on; how much first needs a denominator is said in a line.
  const known = found.filter((one) => one.percent !== null)
  const shown = whole ? known : all ? found : found.slice(0, few)
  return (
    <>
      <div class="c-tools">
        <label>{w('who')}
          <select value={choice.value.agency} onChange={(event) => choose({ agency: event.currentTarget.value })}>
            <option value="">{w('allAgencies')}</option>
            {agencies.map((one) => <option key={one.code} value={one.code}>{nameOf(one)}</option>)}
          </select>
        </label>
      </div>
      {found.length === 0 ? <p class="c-note">{w('noneLate')}</p> : (
        <div class="c-scroll" tabIndex={0} role="group" aria-label={w('late')} ref={table}>
          <table class="c-late">
            <thead><tr><th scope="col">{w('what')}</th><th scope="col">{w('unit')}</th><th scope="col">{w('percent')}</th><th scope="col">{w('left')}</th><th scope="col">{w('overdue')}</th><th scope="col">{w('who')}</th><th scope="col">{w('next')}</th></tr></thead>
            <tbody>
              {shown.map((one) => (
                <tr key={`${one.obligation} ${one.unit.code}`}>
                  <th scope="row">{text(one.title)}</th>
                  <td>{nameOf(one.unit)}</td>
                  <td><Opens list={{ code: one.obligation, percent: one.percent }} unit={one.unit.code} of={nameOf(one.unit)}><Percent percent={one.percent} /></Opens> <Provisional when={one.provisional} /></td>
                  <td>{one.missing ? formatQuantity(one.missing.amount, one.missing.unit as MeasureUnit, lang.value) : '–'}</td>
                  <td>{w('overdueDays', { n: one.days_overdue })}{one.revised.deadline && <small>{w('revised')}: {formatDate(one.revised.deadline, lang.value)}</small>}</td>
                  <td>{nameOf(one.agency)}</td>
                  <td>{text(one.next_step)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {whole && known.length < found.length && <p class="c-note">{w('needDenominator', { n: found.length - known.length })}</p>}
      {!whole && shown.length < found.length && <button type="button" class="c-quiet" onClick={() => { setAll(true); table.current?.focus({ preventScroll: true }) }}>{w('more', { n: found.length })}</button>}
    </>
  )
}

/** What is older than its cycle, or soon will be. */
export function Reminders({ list }: { list: Reminder[] }) {
  const found = list.filter((one) => !choice.value.agency || one.agency.code === choice.value.agency)
  if (found.length === 0) return <p class="c-note">{w('noneDue')}</p>
  return (
    <div class="c-scroll c-tall" tabIndex={0} role="group" aria-label={w('reminders')}>
      <table>
        <thead><tr><th scope="col">{w('theme')}</th><th scope="col">{w('who')}</th><th scope="col">{w('cycle')}</th><th scope="col">{w('due')}</th><th scope="col">{w('overdue')}</th></tr></thead>
        <tbody>
          {found.map((one) => (
            <tr key={one.dataset}>
              <th scope="row">{text(one.title)}{one.territory && <small>{nameOf(one.territory)}</small>}</th><td>{nameOf(one.agency)}</td><td>{text(one.update_cycle)}</td><td>{formatDate(one.due, lang.value)}</td>
              <td>{one.days_overdue > 0 ? <strong class="late">{w('overdueDays', { n: one.days_overdue })}</strong> : w('leftDays', { n: formatNumber(one.days_left, lang.value) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
