import type { Beside, Obligation, Progress } from '../api/types'
import { formatDate, formatNumber, formatPercent, formatQuantity, formatShare } from '../format'
import { lang, text } from '../i18n'
import { measureName, yearName } from './measure'
import { Opens } from './Opens'
import { choice, choose } from './state'
import type { Course, Standing } from './types'
import { w, type Word } from './words'

interface Stage { value: number; percent: number | null }
type Full = Obligation & { delivered?: Stage | null; validated?: Stage | null; published?: Stage | null; fresh?: Stage | null }

const signs = { 'on-track': '●', behind: '▲', 'far-back': '▼', unknown: '○', completed: '✓' } as const

export function Percent({ percent, state }: { percent: number | null; state?: string }) {
  if (percent === null) return <span class="percent unknown">{w(state === 'not-applicable' ? 'notApplicable' : 'unknown')}</span>
  return <span class="percent"><bdi>{formatPercent(percent, lang.value)}</bdi></span>
}

/** Says that nobody approved yet what 100 per cent is. */
export const Provisional = ({ when }: { when: boolean | undefined }) => when ? <small class="c-provisional" title={w('provisional.why')}>{w('provisional')}</small> : null

/** The measures beside a headline, each with its list where it has one. */
function Besides({ of }: { of: Full }) {
  if (!of.beside?.length) return null
  const name = (one: Beside) => measureName(one.measure)
  return (
    <ul class="c-beside">
      {of.beside.map((one) => (
        <li key={one.measure}>
          <span>{name(one)}</span>
          {one.percent === null
            ? <Percent percent={null} />
            : <Opens list={{ code: of.code, percent: one.percent }} measure={one.measure} of={name(one)}><bdi>{formatPercent(one.percent, lang.value)}</bdi></Opens>}
          <small>{one.published !== null && (one.denominator === null ? formatQuantity(one.published, one.unit, lang.value) : formatShare(one.published, one.denominator, one.unit, lang.value))}{one.reason && <> · {text(one.reason)}</>}</small>
        </li>
      ))}
    </ul>
  )
}

/** From which years the base maps are, the newest first; each year has its list. */
function Years({ of }: { of: Full }) {
  if (!of.capture_years?.length) return null
  return (
    <table class="c-years">
      <caption>{w('years')}</caption>
      <tbody>
        {of.capture_years.map((one) => (
          <tr key={one.year}>
            <th scope="row">{yearName(one.year, one.year_jalali)}{one.old && <small> · {w('years.old')}</small>}</th>
            <td><span class="bar" aria-hidden="true"><i style={{ inlineSize: `${one.percent ?? 0}%` }} /></span></td>
            <td><Opens list={{ code: of.code, percent: one.percent }} measure={`year-${one.year}`} of={measureName(`year-${one.year}`)}><bdi>{formatPercent(one.percent ?? 0, lang.value)}</bdi></Opens></td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A word and a sign with the colour, which never stands alone. */
export function PaceMark({ standing }: { standing: Standing }) {
  return (
    <span class="pace" data-pace={standing.pace}>
      <i aria-hidden="true">{signs[standing.pace]}</i> {w(`pace.${standing.pace}` as Word)}
      {standing.spi !== null && <> · SPI <bdi>{formatNumber(standing.spi, lang.value, 2)}</bdi></>}
    </span>
  )
}

/** The five articles, each with its obligations: three bars, never one. */
export function Cards({ progress, courses }: { progress: Progress; courses: Map<string, Course> }) {
  return (
    <div class="c-cards">
      {progress.articles.map((article) => (
        <section class="c-card" key={article.article} aria-labelledby={`article-${article.article}`}>
          <header>
            <h2 id={`article-${article.article}`}><span class="c-article">{w('article', { n: Number(article.article) })}</span> {text(article.title)}</h2>
            <Percent percent={article.percent} />
          </header>
          <ul>
            {progress.obligations.filter((one) => article.obligations.includes(one.code)).map((one) => <Duty key={one.code} of={one} course={courses.get(one.code)} />)}
          </ul>
        </section>
      ))}
    </div>
  )
}

function Duty({ of, course }: { of: Full; course: Course | undefined }) {
  const stages: [Word, Stage | null | undefined][] = [['delivered', of.delivered], ['validated', of.validated], ['published', of.published]]
  const chosen = choice.value.obligation === of.code
  return (
    <li class="c-duty" data-chosen={chosen}>
      <div class="c-duty-head">
        <button type="button" class="link-button" aria-pressed={chosen} onClick={() => { choose({ obligation: of.code }); document.getElementById('curve')?.scrollIntoView({ block: 'start' }) }}>{text(of.title)}</button>
        <span class="c-figure"><Provisional when={of.provisional} /> <Opens list={of}><Percent percent={of.percent} state={of.state} /></Opens></span>
      </div>
      {of.percent !== null && (
        <dl class="c-stages">
          {stages.map(([word, stage]) => (
            <div key={word} data-stage={word}>
              <dt>{w(word)}</dt>
              <dd class="c-stage-bar">{stage ? <><span class="bar" aria-hidden="true"><i style={{ inlineSize: `${stage.percent ?? 0}%` }} />{word === 'published' && <Mark at={course?.legal.planned_percent ?? null} />}</span><Opens list={of} of={w(word)}><bdi>{formatPercent(stage.percent ?? 0, lang.value)}</bdi></Opens></> : <small>{w('notMeasured')}</small>}</dd>
            </div>
          ))}
          {of.fresh && <div data-stage="fresh"><dt>{w('fresh')}</dt><dd class="c-stage-bar"><span class="bar" aria-hidden="true"><i style={{ inlineSize: `${of.fresh.percent ?? 0}%` }} /></span><Opens list={of} of={w('fresh')}><bdi>{formatPercent(of.fresh.percent ?? 0, lang.value)}</bdi></Opens></dd></div>}
        </dl>
      )}
      {of.percent === null && of.reason && <p class="c-note">{text(of.reason)}</p>}
      {of.percent !== null && of.numerator !== null && of.denominator !== null && <p class="c-note"><Opens list={of}>{formatShare(of.numerator, of.denominator, of.unit, lang.value)}</Opens></p>}
      <Besides of={of} />
      <Years of={of} />
      <p class="c-facts">
        {course && course.legal.pace !== 'unknown' && <PaceMark standing={course.legal} />}
        <Due course={course} />
        {course?.change && <span><bdi dir="ltr">{signed(course.change.points)}</bdi> {w('changeIn', { n: formatNumber(course.change.days, lang.value) })}</span>}
      </p>
      <Revised course={course} />
    </li>
  )
}

function Mark({ at }: { at: number | null }) {
  return at === null ? null : <b class="c-plan-mark" style={{ insetInlineStart: `${Math.min(at, 100)}%` }} />
}

function Due({ course }: { course: Course | undefined }) {
  if (!course) return null
  const { deadline, days_overdue: late, days_left: left } = course.legal
  if (!deadline) return <span>{w('noDeadline')}</span>
  return (
    <>
      <span>{w('legalDeadline', { date: formatDate(deadline, lang.value) })}</span>
      {!!late && <strong class="late">{w('overdueDays', { n: late })}</strong>}
      {!!left && <span>{w('leftDays', { n: left })}</span>}
    </>
  )
}

function Revised({ course }: { course: Course | undefined }) {
  if (!course?.revised_plan) return null
  const { revised, revised_plan: plan } = course
  return (
    <p class="c-facts c-revised">
      <span>{w('revisedBy', { date: revised.deadline ? formatDate(revised.deadline, lang.value) : '', number: `⁨${plan.decision}⁩` })}</span>
      <PaceMark standing={revised} />
    </p>
  )
}

export function signed(n: number): string {
  return new Intl.NumberFormat(lang.value === 'fa' ? 'fa-IR' : 'en-GB', { maximumFractionDigits: 2, signDisplay: 'exceptZero' }).format(n)
}

