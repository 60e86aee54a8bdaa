import { useEffect, useState } from 'preact/hooks'
import { delivery, type State, type Submission } from '../api/delivery'
import { useResource } from '../api/resource'
import type { Theme } from '../api/types'
import { comma, text } from '../i18n'
import { asked, remember, to } from '../ui/address'
import { FailureBox } from '../ui/Failure'
import { Choice } from '../ui/Field'
import { Loading } from '../ui/Loading'
import { Table } from '../ui/Table'
import { Day } from '../ui/When'
import { Badge } from './Badge'
import { More } from './More'
import { w } from './words'

const states: readonly State[] = ['received', 'inspected', 'confirmed', 'validated', 'submitted', 'reviewed', 'approved', 'published', 'unchanged', 'returned', 'withdrawn', 'refused']

/** What the agencies of the reader delivered, newest first. */
export function List({ themes, delivers }: { themes: readonly Theme[]; delivers: boolean }) {
  const [state, setState] = useState(asked('state'))
  const [older, setOlder] = useState<Submission[]>([])
  const [next, setNext] = useState<number | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const { data, error, reload } = useResource(`submissions ${state}`, (signal) => delivery.list({ ...(state && { state }), limit: 25 }, signal))
  useEffect(() => {
    setOlder([])
    setNext(data?.next ?? null)
  }, [data])
  const more = () => {
    setFailure(null)
    delivery.list({ ...(state && { state }), limit: 25, before: next! }).then((page) => {
      setOlder((all) => [...all, ...page.submissions])
      setNext(page.next)
    }, setFailure)
  }
  const rows = [...(data?.submissions ?? []), ...older]
  const titleOf = (code: string) => { const theme = themes.find((one) => one.code === code); return theme ? text(theme.title) : code }
  return (
    <section class="list" aria-label={w('list')}>
      <div class="section-head">
        <h2>{w('list')}</h2>
        <Choice label={w('state')} value={state} set={(value) => { setState(value); remember({ state: value }) }} name="state"
          options={[{ value: '', label: w('all') }, ...states.map((one) => ({ value: one, label: w(`state.${one}`) }))]} />
      </div>
      {error != null ? <FailureBox error={error} retry={reload} /> : !data ? <Loading lines={5} /> : rows.length === 0 ? <p class="empty">{w(state ? 'listNone' : delivers ? 'listEmpty' : 'listNothing')}</p> : (
        <>
          <Table caption={w('list')} rows={rows} keyOf={(one) => one.tracking} columns={[
            { id: 'tracking', title: w('find'), cell: (one) => <a href={to(`/submissions/${one.tracking}`)}><bdi dir="ltr" class="tracking">{one.tracking}</bdi></a> },
            { id: 'theme', title: w('theme'), cell: (one) => one.theme ? titleOf(one.theme) : '—' },
            { id: 'files', title: w('files'), cell: (one) => <bdi class="files">{one.files.map((file) => file.name).join(comma())}</bdi> },
            { id: 'state', title: w('state'), cell: (one) => <Badge state={one.state} /> },
            { id: 'result', title: w('result'), cell: (one) => one.problem && !one.report?.rows_in ? text(one.problem.title) : one.answer ? text(one.answer) : '—' },
            { id: 'received', title: w('received'), cell: (one) => <Day at={one.received.at} /> },
          ]} />
          {failure != null && <FailureBox error={failure} />}
          <More key={state} next={next} shown={rows.length} onMore={more} />
        </>
      )}
    </section>
  )
}
