import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { useResource } from '../api/resource'
import { agencyName, session } from '../api/session'
import type { Theme } from '../api/types'
import { lang, text } from '../i18n'
import { asked, remember, to } from '../ui/address'
import { DayField } from '../ui/DayField'
import { Choice, TextField } from '../ui/Field'
import { useSettled } from '../ui/settled'
import { Table } from '../ui/Table'
import { When } from '../ui/When'
import { administration, type Entry } from './data'
import { Code, Loaded } from './parts'
import { pairs, w, type Word } from './words'

const filters = ['event', 'name', 'resource', 'from', 'to', 'outcome', 'agency', 'before'] as const
type Filter = Record<(typeof filters)[number], string>
const nothing = Object.fromEntries(filters.map((one) => [one, ''])) as Filter

const named = (prefix: string) => Object.keys(pairs).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
/** The events that have a name; one that is new to the page is shown by its code. */
const events = named('event.')
const eventName = (code: string) => (events.includes(code) ? w(`event.${code}` as Word) : code)
const kinds = named('about.')
/** What can be looked for; the others stand in entries only. */
const sought = ['person', 'agency', 'key', 'delegation', 'theme', 'dataset', 'layer', 'obligation', 'service', 'tracking']
const identifier = /^nsdi[- ]?\d{4}([- ]?[a-z0-9]{4}){2}[- ]?[a-z0-9]$/i

/** Midnight in Tehran at which a day begins, or the next one. */
function midnight(day: string, later = 0): string | undefined {
  if (!day) return undefined
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + later)
  return `${date.toISOString().slice(0, 10)}T00:00:00+03:30`
}

/** The filter as the server takes it. */
function queryOf(filter: Filter, agency: string): Record<string, string | undefined> {
  const [kind, value = ''] = filter.resource.split(/:(.*)/s)
  const about = kind === 'tracking' ? { tracking: identifier.test(value.trim()) ? value.trim() : undefined } : { resource: filter.resource || undefined }
  return { event: filter.event || undefined, person: filter.name || undefined, ...about, outcome: filter.outcome || undefined, agency: filter.agency || agency || undefined, from: midnight(filter.from), to: midnight(filter.to, 1) }
}

/** What was done and refused, newest first. The filter stands in the address. */
export function Audit() {
  const own = session.value?.agencies.filter((one) => one.roles.includes('auditor')) ?? []
  const whole = own.some((one) => one.code === 'committee') // an auditor of the steering committee sees everything; another one the own agency's
  const [filter, setFilter] = useState<Filter>(() => Object.fromEntries(filters.map((one) => [one, asked(one)])) as Filter)
  const agencies = useResource(whole ? 'audit agencies' : null, administration.auditAgencies)
  const themes = useResource('themes', api.themes)
  const set = (change: Partial<Filter>) => {
    const next = { ...filter, before: '', ...change }
    setFilter(next)
    remember(next)
  }
  const [kind = '', value = ''] = filter.resource.split(/:(.*)/s)
  const agency = whole ? '' : (own[0]?.code ?? '')
  const asking = useSettled(filter)
  const query = queryOf(asking, agency)
  const told = useResource(`audit ${JSON.stringify(query)} ${asking.before}`, (signal) => administration.audit({ ...query, before: asking.before || undefined, limit: '50' }, signal))
  const sheet = new URLSearchParams(Object.entries(queryOf(filter, agency)).filter((one): one is [string, string] => one[1] !== undefined)).toString()
  const choices = whole ? (agencies.data?.agencies ?? []) : own
  const called = (code: string) => { const found = agencies.data?.agencies.find((one) => one.code === code); return found ? text(found.title) : agencyName(code) }
  const filtered = filters.some((one) => filter[one] !== '')
  const any = { value: '', label: w('any') }
  return (
    <>
      <form class="work" aria-label={w('filter')} onSubmit={(event) => event.preventDefault()}>
        <div class="pair a-filter">
          <label class="field"><span>{w('from')}</span><DayField day={filter.from} set={(from) => set({ from })} name="from" /></label>
          <label class="field"><span>{w('to')}</span><DayField day={filter.to} set={(to) => set({ to })} name="to" /></label>
          <TextField label={w('actor')} hint={w('actor.hint')} value={filter.name} set={(name) => set({ name })} max={200} name="actor" />
          {(whole || own.length > 1) && <Choice label={w('agency')} value={filter.agency} set={(one) => set({ agency: one })} options={[...(whole ? [any] : []), ...choices.map((one) => ({ value: one.code, label: text(one.title) })).sort((a, b) => a.label.localeCompare(b.label, lang.value))]} name="audit-agency" />}
          <Choice label={w('event')} value={filter.event} set={(event) => set({ event })} options={[any, ...[...new Set([...events, ...(filter.event ? [filter.event] : [])])].map((one) => ({ value: one, label: eventName(one) }))]} name="event" />
          <Choice label={w('object')} value={kind} set={(one) => set({ resource: one && `${one}:` })} options={[any, ...sought.map((one) => ({ value: one, label: w(`about.${one}` as Word) }))]} name="about" />
          {kind && <TextField label={w('object.code')} hint={kind === 'tracking' ? <Code>NSDI-1405-7K3M-Q9XD-5</Code> : w('object.hint')} value={value} set={(one) => set({ resource: `${kind}:${one}` })} ltr max={200} name="resource" />}
          <Choice label={w('outcome')} value={filter.outcome} set={(outcome) => set({ outcome })} options={[any, { value: 'done', label: w('done') }, { value: 'refused', label: w('refused') }]} name="outcome" />
        </div>
        <p class="actions">
          <a class="button plain" href={`/v1/audit.csv${sheet && `?${sheet}`}`} download>{w('audit.export')}</a>
          {filtered && <button type="button" class="link-button" onClick={() => set(nothing)}>{w('audit.all')}</button>}
        </p>
      </form>
      <Loaded of={told} empty={(data) => data.entries.length === 0} none={filtered ? w('audit.none') : undefined}>{(data) => (
        <>
          <Table caption={w('tab.audit')} rows={data.entries} keyOf={(one) => one.seq} columns={[
            { id: 'when', title: w('when'), cell: (one) => <When at={one.when.at} /> },
            { id: 'event', title: w('event'), cell: (one) => <>{eventName(one.event)}{one.outcome === 'refused' && <small class="wrong">{w('refused')}</small>}</> },
            { id: 'actor', title: w('actor'), cell: (one) => <><bdi>{actor(one)}</bdi>{one.key_id > 0 && <small>{w('by.key')}</small>}{one.agency && <small><bdi>{called(one.agency)}</bdi></small>}{one.address && <small><Code>{one.address}</Code></small>}</> },
            { id: 'object', title: w('object'), cell: (one) => <About of={one} themes={themes.data?.themes ?? []} called={called} /> },
            { id: 'detail', title: w('detail'), cell: (one) => text(one.told) || '—' },
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

const actor = (of: Entry) => (of.name === 'operator' && of.person_id === 0 ? w('operator') : of.name || w('public'))

/** What an entry is about: kind:code, one after another, or the address that was refused. */
function About({ of, themes, called }: { of: Entry; themes: readonly Theme[]; called: (code: string) => string }) {
  const words = of.resource.split(' ').map((part) => part.split(/:(.*)/s) as [string, string?])
  return (
    <>
      {words.every(([kind]) => kinds.includes(kind) || /^bytes=/.test(kind))
        ? words.map(([kind, code = '']) => {
            if (!kinds.includes(kind)) return <small key={kind}><Code>{kind}</Code></small>
            const title = kind === 'theme' ? themes.find((one) => one.code === code)?.title : undefined
            const name = title ? text(title) : kind === 'agency' && called(code) !== code ? called(code) : ''
            return <span class="a-about" key={kind}>{w(`about.${kind}` as Word)}{code && <> {name ? <bdi>{name}</bdi> : <Code>{code}</Code>}</>}</span>
          })
        : <Code>{of.resource}</Code>}
      {of.territory && <small>{w('territory')}: <Code>{of.territory}</Code></small>}
      {of.tracking && <small><a href={to(`/track/${of.tracking}`)}><Code>{of.tracking}</Code></a></small>}
    </>
  )
}
