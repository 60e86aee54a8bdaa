import { api } from '../api/client'
import { delivery, type Submission } from '../api/delivery'
import { useResource } from '../api/resource'
import { agencyName, hasRole } from '../api/session'
import { formatNumber } from '../format'
import { lang, text } from '../i18n'
import { Badge } from '../submissions/Badge'
import { to } from '../ui/address'
import { FailureBox } from '../ui/Failure'
import { Gate } from '../ui/Frame'
import { Loading } from '../ui/Loading'
import { Table } from '../ui/Table'
import { Day } from '../ui/When'
import { w } from './words'

/** What waits for a decision, the oldest first, and what was decided. */
export function Queue() {
  return (
    <>
      <div><h1>{w('title')}</h1><p class="lead">{w('lead')}</p></div>
      <Gate why={w('signin')} allowed={hasRole('reviewer', 'publisher')} not={w('noRole')}>{() => <Lists />}</Gate>
    </>
  )
}

/** All deliveries in a state: the server tells the newest first, and who waits longest is at the end. */
const allIn = async (state: string, signal: AbortSignal) => {
  const all: Submission[] = []
  for (let before: number | null = 0; before !== null;) {
    const page: Awaited<ReturnType<typeof delivery.list>> = await delivery.list({ state, limit: 500, ...(before > 0 && { before }) }, signal)
    all.push(...page.submissions)
    before = page.next
  }
  return all
}
const waiting = async (signal: AbortSignal) => {
  const [submitted, reviewed] = await Promise.all([allIn('submitted', signal), allIn('reviewed', signal)])
  return [...submitted, ...reviewed].sort((a, b) => a.updated.at.localeCompare(b.updated.at))
}
const decided = async (signal: AbortSignal) => {
  const [published, returned] = await Promise.all(['published', 'returned'].map((state) => delivery.list({ state, limit: 10 }, signal)))
  return [...published!.submissions, ...returned!.submissions].sort((a, b) => b.updated.at.localeCompare(a.updated.at)).slice(0, 10)
}

function Lists() {
  const open = useResource('waiting', waiting)
  const done = useResource('decided', decided)
  return (
    <>
      <section aria-label={w('queue')} data-testid="queue">
        <h2>{w('queue')}</h2>
        {open.error != null ? <FailureBox error={open.error} retry={open.reload} /> : !open.data ? <Loading lines={4} />
          : open.data.length === 0 ? <p class="empty">{w('empty')}</p> : <Rows title={w('queue')} day={w('since')} rows={open.data} />}
      </section>
      <section aria-label={w('done')}>
        <h2>{w('done')}</h2>
        {done.error != null ? <FailureBox error={done.error} retry={done.reload} /> : !done.data ? <Loading lines={4} />
          : done.data.length === 0 ? <p class="empty">{w('doneEmpty')}</p> : <Rows title={w('done')} day={w('decidedOn')} rows={done.data} />}
      </section>
    </>
  )
}

function Rows({ title, day, rows }: { title: string; day: string; rows: readonly Submission[] }) {
  const themes = useResource('themes', api.themes)
  const titleOf = (code = '') => { const theme = themes.data?.themes.find((one) => one.code === code); return theme ? text(theme.title) : code }
  return (
    <Table caption={title} rows={rows} keyOf={(one) => one.tracking} columns={[
      { id: 'what', title: w('open'), cell: (one) => <><a href={to(`/review/${one.tracking}`)}><b>{titleOf(one.theme)}</b></a><small><bdi dir="ltr">{one.tracking}</bdi> · <bdi>{agencyName(one.agency)}</bdi>{one.territory && <> · <bdi dir="ltr">{one.territory}</bdi></>}</small></> },
      { id: 'state', title: w('state'), cell: (one) => <Badge state={one.state} /> },
      { id: 'answer', title: w('result'), cell: (one) => <>{one.answer && text(one.answer)}{one.report && one.report.rows_refused > 0 && <small>{formatNumber(one.report.rows_refused, lang.value)} {w('refused')}</small>}</> },
      { id: 'day', title: day, cell: (one) => <Day at={one.updated.at} /> },
    ]} />
  )
}
