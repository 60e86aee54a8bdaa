import { formatDate, formatPercent, formatQuantity, type MeasureUnit } from '../format'
import { lang, text } from '../i18n'
import { Chart } from './Chart'
import { PaceMark } from './Cards'
import { choice, choose } from './state'
import type { Course } from './types'
import { w } from './words'
import { planned } from './curve'
import { Opens } from './Opens'

const maybe = (percent: number | null) => (percent === null ? '–' : formatPercent(percent, lang.value))

/** One obligation's course, with what follows from it in words. */
export function Curve({ course, today, plain = false }: { course: Course; today: string; plain?: boolean }) {
  const title = text(course.title)
  return (
    <div class="c-curve">
      {course.points.length === 0 && <p class="c-note">{w('noPoints')}</p>}
      <ul class="c-legend" aria-hidden="true">
        <li data-line="actual">{w('actual')}</li>
        {course.legal_plan && <li data-line="plan">{w('planned')}</li>}
        {course.revised_plan && <li data-line="revised">{w('revised')}</li>}
        {course.forecast.percent_per_day !== null && <li data-line="forecast">{w('forecast')}</li>}
      </ul>
      <Chart course={course} today={today} axis={choice.value.axis} span={choice.value.span} label={`${w('curve', { what: title })}. ${forecastWords(course)}`} height={plain ? 172 : 320} />
      <div class="c-words">
        <p>{forecastWords(course)}</p>
        {course.missing && <p>{w('missing', { amount: formatQuantity(course.missing.amount, course.missing.unit as MeasureUnit, lang.value) })}</p>}
        {course.legal.pace !== 'unknown' && <p>{w('planned')}: <PaceMark standing={course.legal} /></p>}
        {course.revised_plan && <p>{w('revised')}: <PaceMark standing={course.revised} /></p>}
        {course.breaks.map((b) => <p key={b.day + b.kind}>{w('breakMark')} · {formatDate(b.day, lang.value)}: {text(b.text)}</p>)}
      </div>
      {!plain && <Behind course={course} />}
    </div>
  )
}

function forecastWords({ forecast }: Course): string {
  const l = lang.value
  if (forecast.state !== 'dated' || !forecast.date || !forecast.earliest) return w(`forecast.${forecast.state}`)
  const band = forecast.latest
    ? forecast.latest === forecast.earliest ? '' : w('band', { early: formatDate(forecast.earliest, l), late: formatDate(forecast.latest, l) })
    : w('bandOpen', { early: formatDate(forecast.earliest, l) })
  return w('forecast.dated', { date: formatDate(forecast.date, l) }) + (band && (l === 'fa' ? '، ' : ', ') + band)
}

/** The table behind the chart: all its points, newest first. */
function Behind({ course }: { course: Course }) {
  const rows = [...(course.now ? [course.now] : []), ...[...course.points].reverse()]
  const l = lang.value
  return (
    <details class="c-behind">
      <summary>{w('curveTable')}</summary>
      <div class="c-scroll" tabIndex={0} role="group" aria-label={w('curveTable')}>
        <table>
          <thead><tr><th scope="col">{w('day')}</th><th scope="col">{w('iso')}</th><th scope="col">{w('delivered')}</th><th scope="col">{w('validated')}</th><th scope="col">{w('published')}</th><th scope="col">{w('fresh')}</th><th scope="col">{w('planned')}</th><th scope="col">{w('revised')}</th></tr></thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.snapshot ?? 0}>
                <th scope="row">{formatDate(one.day, l)}{one.snapshot ? '' : ` (${w('now')})`}</th>
                <td><bdi class="code">{one.day}</bdi></td>
                {[one.delivered_percent, one.validated_percent, one.published_percent, one.fresh_percent].map((value, i) => <td key={i}><NowOpens course={course} row={one}><bdi>{i === 2 && value === null ? w('unknown') : maybe(value)}</bdi></NowOpens></td>)}
                {[course.legal_plan, course.revised_plan].map((plan, i) => <td key={i}><bdi>{maybe(planned(plan, Date.parse(`${one.day}T00:00:00Z`) / 1000))}</bdi></td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}

/** Today's figure opens into its list; what was frozen is no list any more. */
function NowOpens({ course, row, children }: { course: Course; row: Course['points'][number]; children: preact.ComponentChildren }) {
  return row.snapshot ? <>{children}</> : <Opens list={{ code: course.obligation, percent: row.published_percent }}>{children}</Opens>
}

/** Which obligation, and which way time runs. */
export function CurveChoice({ courses, chosen }: { courses: Course[]; chosen: string }) {
  return (
    <div class="c-tools">
      <label>{w('curveOf')}
        <select value={chosen} onChange={(event) => choose({ obligation: event.currentTarget.value })}>
          {courses.map((one) => <option key={one.obligation} value={one.obligation}>{text(one.title)}</option>)}
        </select>
      </label>
      <label>{w('span')}
        <select value={choice.value.span} onChange={(event) => choose({ span: event.currentTarget.value === 'year' ? 'year' : 'all' })}>
          <option value="all">{w('span.all')}</option>
          <option value="year">{w('span.year')}</option>
        </select>
      </label>
      <button type="button" class="c-quiet" onClick={() => choose({ axis: choice.value.axis === 'ltr' ? 'rtl' : 'ltr' })}>{w(choice.value.axis === 'ltr' ? 'axisRight' : 'axisLeft')}</button>
    </div>
  )
}

