import type { ComponentChildren } from 'preact'
import { delivery } from '../api/delivery'
import { parcels, type Administrative, type Parcel } from '../api/parcels'
import type { Asked } from '../api/postal'
import { formatDistance, formatPercent, localiseDigits, persianLetters } from '../format'
import { comma, lang, text } from '../i18n'
import { useQuestion } from '../inquiry/question'
import { Result } from '../inquiry/Result'
import { to } from '../ui/address'
import { Table } from '../ui/Table'
import { Day } from '../ui/When'
import { plateOf, squareMetres } from './ParcelCard'
import { w, type Word } from './words'

interface Props { parcel: Parcel; why: string }

/** Something more about a parcel. Each is an inquiry of its own, so it is asked when somebody opens it, and once. */
function Part<T>({ title, why, load, children }: { title: Word; why: string; load: (asked: Asked, signal: AbortSignal) => Promise<T>; children: (data: T) => ComponentChildren }) {
  const { answer, ask, retry } = useQuestion<T>()
  return (
    <details class="parcel-part" data-part={title} onToggle={(event) => { if (event.currentTarget.open && answer.state === 'idle') ask(load, why) }}>
      <summary>{w(title)}</summary>
      <Result answer={answer} retry={retry}>{children}</Result>
    </details>
  )
}

const Nothing = ({ children }: { children: string }) => <p class="postal-none">{children}</p>
const linkTo = (id: number, label: string) => <a href={to('/parcels', { id })}>{label}</a>

export function Neighbours({ parcel, why, found }: Props & { found: (list: Parcel[]) => void }) {
  return (
    <Part title="neighbours" why={why} load={async (asked, signal) => {
      const list = (await parcels.neighbours(asked, parcel.id, signal)).parcels
      found(list)
      return list
    }}>{(list) => list.length === 0 ? <Nothing>{w('neighbours.none')}</Nothing> : (
      <Table caption={w('neighbours')} rows={list} keyOf={(one) => one.id} columns={[
        { id: 'plate', title: w('plate'), cell: (one) => linkTo(one.id, plateOf(one)) },
        { id: 'shared', title: w('shared'), number: true, cell: (one) => one.shared_boundary_m ? formatDistance(one.shared_boundary_m, lang.value) : w('touches') },
        { id: 'area', title: w('area'), number: true, cell: (one) => squareMetres(one.area_m2) },
      ]} />
    )}</Part>
  )
}

export function Addresses({ parcel, why }: Props) {
  return (
    <Part title="addresses" why={why} load={(asked, signal) => parcels.addresses(asked, parcel.id, signal)}>{({ addresses }) => !addresses?.length ? <Nothing>{w('addresses.none')}</Nothing> : (
      <ul class="parcel-list">{addresses.map((one) => (
        <li key={one.id}>
          <a href={`${to('/', { layers: 'admin-unit,road,gnaf-address', sel: `gnaf-address.${one.id}` })}#map=18/${one.geometry.coordinates[1]}/${one.geometry.coordinates[0]}`}>
            <bdi>{persianLetters(localiseDigits([one.city, one.street, one.number === null ? null : `${w('number')} ${one.number}${one.number_suffix ?? ''}`, one.building].filter(Boolean).join(comma()), lang.value))}</bdi>
          </a>
          <small>{one.inside ? w('inside') : w('beside', { distance: formatDistance(one.distance_m, lang.value) })}</small>
        </li>
      ))}</ul>
    )}</Part>
  )
}

export function Buildings({ parcel, why }: Props) {
  return (
    <Part title="buildings" why={why} load={(asked, signal) => parcels.buildings(asked, parcel.id, signal)}>{({ buildings }) => !buildings?.length ? <Nothing>{w('buildings.none')}</Nothing> : (
      <Table caption={w('buildings')} rows={buildings} keyOf={(one) => one.id} columns={[
        { id: 'key', title: w('own'), cell: (one) => <bdi class="code" dir="ltr">{one.key}</bdi> },
        { id: 'area', title: w('outline'), number: true, cell: (one) => squareMetres(one.area_m2) },
        { id: 'on', title: w('onparcel'), number: true, cell: (one) => formatPercent(one.share * 100, lang.value) },
      ]} />
    )}</Part>
  )
}

export function History({ parcel, why }: Props) {
  return (
    <Part title="history" why={why} load={(asked, signal) => parcels.history(asked, parcel.id, signal)}>{({ parcels: list }) => (
      <Table caption={w('history')} rows={list} keyOf={(one) => one.valid_from} columns={[
        { id: 'from', title: w('from'), cell: (one) => <Day at={one.valid_from} /> },
        { id: 'to', title: w('to'), cell: (one) => one.valid_to ? <Day at={one.valid_to} /> : w('holds') },
        { id: 'plate', title: w('plate'), cell: (one) => plateOf(one) },
        { id: 'area', title: w('area'), number: true, cell: (one) => squareMetres(one.area_m2) },
        { id: 'version', title: w('version'), number: true, cell: (one) => localiseDigits(String(one.version), lang.value) },
      ]} />
    )}</Part>
  )
}

export function Lineage({ parcel, why }: Props) {
  const side = (id: number | null, key: string) => id && id !== parcel.id ? linkTo(id, key) : <bdi class="code" dir="ltr">{key}</bdi>
  return (
    <Part title="lineage" why={why} load={(asked, signal) => parcels.lineage(asked, parcel.id, signal)}>{({ lineage }) => !lineage?.length ? <Nothing>{w('lineage.none')}</Nothing> : (
      <Table caption={w('lineage')} rows={lineage} keyOf={(one) => `${one.parent_key} ${one.child} ${one.at}`} columns={[
        { id: 'kind', title: w('kind'), cell: (one) => <>{text(one.kind_title)}{one.derived && <small>{w('derived')}</small>}</> },
        { id: 'parent', title: w('parent'), cell: (one) => side(one.parent, one.parent_key) },
        { id: 'child', title: w('child'), cell: (one) => side(one.child, one.child_key) },
        { id: 'at', title: w('at'), cell: (one) => <Day at={one.at} /> },
      ]} />
    )}</Part>
  )
}

const read = (value: ComponentChildren) => (typeof value === 'string' ? persianLetters(localiseDigits(value, lang.value)) : (value ?? '—'))

export function Facts({ parcel, why }: Props) {
  const rows: [Word, (facts: Administrative) => ComponentChildren][] = [
    ['deed', (f) => f.deed_number], ['deed.type', (f) => f.deed_type], ['deed.date', (f) => f.deed_date && <Day at={f.deed_date} />],
    ['registered', (f) => f.registered_on && <Day at={f.registered_on} />], ['survey', (f) => f.survey_method], ['source', (f) => f.source],
    ['accuracy', (f) => f.accuracy_m === null ? null : w('metres', { n: f.accuracy_m })], ['parents', (f) => f.parents],
  ]
  return (
    <Part title={'facts'} why={why} load={async (asked, signal) => {
      const [{ answers }, theme] = await Promise.all([parcels.facts(asked, parcel.national_parcel_id ?? parcel.parcel_id, signal), delivery.theme(parcel.theme, signal)])
      const labelled = (name: string, value: string | null) => {
        const listed = theme.attributes.find((one) => one.name === name)?.listed_values.find((one) => one.code === value)
        return listed ? text(listed.label) : value
      }
      // Deliverers may use one identifier for several parcels; the others are not what was asked about.
      const facts = answers[0]?.parcels.find((one) => one.id === parcel.id)?.administrative
      return facts ? { ...facts, deed_type: labelled('deed_type', facts.deed_type), survey_method: labelled('survey_method', facts.survey_method) } : null
    }}>{(facts) => !facts ? <Nothing>{w('facts.none')}</Nothing> : (
      <dl>{rows.map(([key, value]) => <div key={key}><dt>{w(key)}</dt><dd dir="auto">{read(value(facts))}</dd></div>)}</dl>
    )}</Part>
  )
}
