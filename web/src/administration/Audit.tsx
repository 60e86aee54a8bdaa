import { useState } from 'preact/hooks'
import { useResource } from '../api/resource'
import { agencyName, session } from '../api/session'
import { jalaliDay } from '../format/jalali'
import { text } from '../i18n'
import { asked, remember } from '../ui/address'
import { Choice, TextField } from '../ui/Field'
import { Table } from '../ui/Table'
import { When } from '../ui/When'
import { administration } from './data'
import { JalaliFilter } from './JalaliFilter'
import { Code, Loaded } from './parts'
import { pairs, w, type Word } from './words'

const filters = ['event', 'name', 'resource', 'from', 'to', 'outcome', 'agency', 'before'] as const
type Filter = Record<(typeof filters)[number], string>

/** The events that have a name; one that is new to the page is shown by its code. */
const events = Object.keys(pairs).filter((key) => key.startsWith('event.')).map((key) => key.slice(6))
const eventName = (code: string) => (events.includes(code) ? w(`event.${code}` as Word) : code)

/** What was done and refused, newest first. The filter stands in the address. */
export function Audit() {
  const own = session.value?.agencies.filter((one) => one.roles.includes('auditor')) ?? []
  const [filter, setFilter] = useState<Filter>(() => Object.fromEntries(filters.map((one) => [one, asked(one)])) as Filter)
  const set = (change: Partial<Filter>) => {
    const next = { ...filter, before: '', ...change }
    setFilter(next)
    remember(next)
  }
  // An auditor of the steering committee sees everything; another one the own agency's.
  const agency = filter.agency || (own.some((one) => one.code === 'committee') ? '' : (own[0]?.code ?? ''))
  const moment = (day: string) => { const iso = jalaliDay(day); return iso ? `${iso}T00:00:00+03:30` : undefined }
  const query = { event: filter.event || undefined, person: filter.name || undefined, resource: filter.resource || undefined, outcome: filter.outcome || undefined, agency: agency || undefined, from: moment(filter.from), to: moment(filter.to) }
  const told = useResource(`audit ${JSON.stringify(query)} ${filter.before}`, (signal) => administration.audit({ ...query, before: filter.before || undefined, limit: '50' }, signal))
  const sheet = new URLSearchParams(Object.entries(query).filter((one): one is [string, string] => one[1] !== undefined)).toString()
  return (
    <>
      <form class="work" aria-label={w('filter')} onSubmit={(event) => event.preventDefault()}>
        <div class="pair a-filter">
          <JalaliFilter label={w('from')} value={filter.from} set={(from) => set({ from })} name="from" />
          <JalaliFilter label={w('to')} value={filter.to} set={(to) => set({ to })} name="to" />
          <TextField label={w('actor')} value={filter.name} set={(name) => set({ name })} max={200} name="actor" />
          <TextField label={w('object')} hint={<Code>person: key: agency: delegation:</Code>} value={filter.resource} set={(resource) => set({ resource })} ltr max={200} name="resource" />
          <Choice label={w('event')} value={filter.event} set={(event) => set({ event })} options={[{ value: '', label: w('any') }, ...[...new Set([...events, ...(filter.event ? [filter.event] : [])])].map((one) => ({ value: one, label: eventName(one) }))]} name="event" />
          <Choice label={w('outcome')} value={filter.outcome} set={(outcome) => set({ outcome })} options={[{ value: '', label: w('any') }, { value: 'done', label: w('done') }, { value: 'refused', label: w('refused') }]} name="outcome" />
          {own.length > 1 && <Choice label={w('agency')} value={filter.agency} set={(one) => set({ agency: one })} options={[{ value: '', label: w('any') }, ...own.map((one) => ({ value: one.code, label: text(one.title) }))]} name="audit-agency" />}
        </div>
        <p class="actions"><a class="button plain" href={`/v1/audit.csv${sheet && `?${sheet}`}`} download>CSV</a></p>
      </form>
      <Loaded of={told} empty={(data) => data.entries.length === 0}>{(data) => (
        <>
          <Table caption={w('tab.audit')} rows={data.entries} keyOf={(one) => one.seq} columns={[
            { id: 'when', title: w('when'), cell: (one) => <When at={one.when.at} /> },
            { id: 'event', title: w('event'), cell: (one) => <>{eventName(one.event)}{one.outcome === 'refused' && <small class="wrong">{w('refused')}</small>}</> },
            { id: 'actor', title: w('actor'), cell: (one) => <><bdi>{one.name || w('public')}</bdi>{one.agency && <small><bdi>{agencyName(one.agency)}</bdi></small>}</> },
            { id: 'object', title: w('object'), cell: (one) => <Code>{one.resource || '—'}</Code> },
            { id: 'detail', title: w('detail'), cell: (one) => <Detail of={one.detail} /> },
          ]} />
          <p class="actions">
            {filter.before && <button type="button" class="button plain" onClick={() => set({ before: '' })}>{w('newest')}</button>}
            {data.next !== null && <button type="button" class="button plain" onClick={() => set({ before: String(data.next) })}>{w('older')}</button>}
          </p>
        </>
      )}</Loaded>
    </>
  )
}

/** A code, and where somebody said more, those words in their own direction. */
function Detail({ of }: { of: string }) {
  const [, code, said] = /^([a-z-]+): ?(.*)$/s.exec(of) ?? [null, '', of]
  return <>{code && <Code>{code}</Code>} <bdi>{said}</bdi></>
}
