import { useEffect, useState } from 'preact/hooks'
import { delivery, type Changes, type Difference, type Submission, type ThemeSchema } from '../api/delivery'
import { useResource } from '../api/resource'
import { formatArea, formatDistance, formatNumber } from '../format'
import { lang } from '../i18n'
import { changeColours, changeSigns } from '../map/desk-colours'
import { FailureBox } from '../ui/Failure'
import { Loading } from '../ui/Loading'
import { Table } from '../ui/Table'
import { More } from './More'
import { fieldName } from './schema'
import { w } from './words'

/** What a delivery changes. */
export function ChangeList({ submission, schema }: { submission: Submission; schema: ThemeSchema | null }) {
  const load = (after: string | undefined, signal?: AbortSignal) => delivery.changes(submission.tracking, after, signal)
  return (
    <section class="changes">
      <h2>{w(submission.state === 'published' ? 'changed' : 'changes')}</h2>
      <Differences name={`${submission.tracking} ${submission.updated.at}`} schema={schema} load={load} />
    </section>
  )
}

/** Differences in the order of keys, in pages. */
export function Differences({ name, schema, load }: { name: string; schema: ThemeSchema | null; load: (after: string | undefined, signal?: AbortSignal) => Promise<Changes> }) {
  const { data, error, reload } = useResource(name, (signal) => load(undefined, signal))
  const [more, setMore] = useState<Difference[]>([])
  const [next, setNext] = useState<string | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  useEffect(() => {
    setMore([])
    setNext(data?.next ?? null)
  }, [data])
  if (error != null) return <FailureBox error={error} retry={reload} />
  if (!data) return <Loading lines={4} />
  const total = data.added + data.altered + data.removed
  return (
    <>
      <p class="note">{data.from > 0 ? w('against', { n: data.from }) : w('firstVersion')}</p>
      <ul class="sums">{(['added', 'altered', 'removed'] as const).map((op) => <li key={op} data-op={op}><Op op={op} /> <b>{formatNumber(data[op], lang.value)}</b></li>)}</ul>
      {total === 0 ? <p class="empty">{w('noChanges')}</p> : (
        <Table caption={w('changes')} rows={[...data.list, ...more]} keyOf={(one) => one.key} columns={[
          { id: 'op', title: w('state'), cell: (one) => <Op op={one.op} /> },
          { id: 'key', title: w('key'), cell: (one) => <bdi class="code">{one.key}</bdi> },
          { id: 'what', title: w('value'), cell: (one) => <What of={one} schema={schema} /> },
        ]} />
      )}
      {failure != null && <FailureBox error={failure} />}
      <More key={name} next={next} shown={data.list.length + more.length} all={total} onMore={() => {
        setFailure(null)
        load(next!).then((page) => { setMore((all) => [...all, ...page.list]); setNext(page.next) }, setFailure)
      }} />
    </>
  )
}

export function Op({ op }: { op: Difference['op'] }) {
  return <span class="op"><i class="key" style={{ background: changeColours[op] }} aria-hidden="true">{changeSigns[op]}</i>{w(op)}</span>
}

const shown = (value: unknown) => (value === null || value === undefined ? '—' : typeof value === 'object' ? JSON.stringify(value) : String(value))

function What({ of: { op, fields, geometry }, schema }: { of: Difference; schema: ThemeSchema | null }) {
  const parts = Object.entries(fields ?? {}).slice(0, op === 'altered' ? 20 : 4)
  return (
    <ul class="what">
      {parts.map(([field, { before, after }]) => (
        <li key={field}><small>{fieldName(schema, field)}</small> {op === 'altered' ? <><del><bdi>{shown(before)}</bdi></del> <ins><bdi>{shown(after)}</bdi></ins></> : <bdi>{shown(op === 'added' ? after : before)}</bdi>}</li>
      ))}
      {geometry && op === 'altered' && (
        <li><small>{w('shape')}</small>{' '}
          {geometry.area_m2_before !== null && geometry.area_m2_after !== null && geometry.area_m2_before > 0 && <>{w('areaNow', { before: formatArea(geometry.area_m2_before, lang.value), after: formatArea(geometry.area_m2_after, lang.value) })} </>}
          {geometry.length_m_before !== null && geometry.length_m_after !== null && geometry.length_m_before > 0 && !geometry.area_m2_before && <>{w('lengthNow', { before: formatDistance(geometry.length_m_before, lang.value), after: formatDistance(geometry.length_m_after, lang.value) })} </>}
          {geometry.moved_m !== null && geometry.moved_m > 0 && w('moved', { distance: formatDistance(geometry.moved_m, lang.value) })}</li>
      )}
    </ul>
  )
}
