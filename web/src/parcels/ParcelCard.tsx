import type { ComponentChildren } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Feature } from 'geojson'
import { parcels, type Parcel } from '../api/parcels'
import { formatNumber, localiseDigits, persianLetters } from '../format'
import { platePhrase } from '../format/plate'
import { lang } from '../i18n'
import { freshRequest } from '../inquiry/question'
import { to } from '../ui/address'
import { boundsOf, MapBox } from '../ui/MapBox'
import { useSurroundings } from '../ui/surroundings'
import { Day } from '../ui/When'
import { Addresses, Buildings, Facts, History, Lineage, Neighbours } from './Parts'
import { w, type Word } from './words'

export const squareMetres = (area: number) => w('m2', { area: formatNumber(area, lang.value, 2) })
export const plateOf = (parcel: Parcel) => platePhrase(parcel.plate.main, parcel.plate.sub, lang.value)

/** The number that stands on the sketch: of the sub plate, or of a parcel that is a main plate itself. */
const onMap = (parcel: Parcel) => localiseDigits(String(parcel.plate.sub ?? parcel.plate.main), lang.value)
const outline = (parcel: Parcel, role: 'this' | 'beside'): Feature => ({ type: 'Feature', properties: { role, text: onMap(parcel) }, geometry: parcel.geometry })

/** A parcel with its sketch, and what else may be asked about it. */
export function ParcelCard({ parcel, why }: { parcel: Parcel; why: string }) {
  const [beside, setBeside] = useState<readonly Parcel[]>([])
  const around = useSurroundings()
  const shapes = useMemo(() => [...beside.map((one) => outline(one, 'beside')), outline(parcel, 'this')], [parcel, beside, lang.value])
  const bounds = useMemo(() => boundsOf(shapes), [shapes])
  // Under one identifier it is one extract with one number, however often it is opened.
  const extract = useMemo(() => parcels.extract({ purpose: why, request: freshRequest() }, parcel.id), [parcel.id, why])
  const middle = bounds && { lon: (bounds[0] + bounds[2]) / 2, lat: (bounds[1] + bounds[3]) / 2 }
  const rows: [Word, ComponentChildren, 'code'?][] = [
    ['section', parcel.section && localiseDigits(parcel.section, lang.value)], ['unit', parcel.registry_unit], ['district', parcel.district && localiseDigits(parcel.district, lang.value)],
    ['lot', parcel.lot && localiseDigits(parcel.lot, lang.value)], ['national', parcel.national_parcel_id, 'code'], ['own', parcel.parcel_id, 'code'], ['level', w(`level.${parcel.level}`)], ['use', parcel.land_use],
    ['declared', parcel.declared_area_m2 === null ? null : squareMetres(parcel.declared_area_m2)], ['area', squareMetres(parcel.area_m2)],
    ['utm', w('utm.value', { area: squareMetres(parcel.utm_area_m2), zone: formatNumber(parcel.utm_zone, lang.value) })],
    ['version', w('version.value', { dataset: localiseDigits(String(parcel.dataset), lang.value), version: parcel.version })],
    ['from', <Day at={parcel.valid_from} />], ['to', parcel.valid_to && <Day at={parcel.valid_to} />],
  ]
  return (
    <article class="postal-card parcel" data-testid="parcel">
      <h2>{plateOf(parcel)}</h2>
      {parcel.valid_to && <p class="badge refused">{w('ended')}</p>}
      <div class="inquiry-map"><MapBox label={w('sketch')} shapes={shapes} bounds={bounds} {...(around && { surroundings: around })} /></div>
      <dl>{rows.map(([key, value, code]) => value && (
        <div key={key}><dt>{w(key)}</dt><dd dir="auto">{code ? <bdi class="code" dir="ltr">{value}</bdi> : typeof value === 'string' ? persianLetters(value) : value}</dd></div>
      ))}</dl>
      <p class="actions">
        {!parcel.valid_to && <a class="button" href={extract} target="_blank" rel="noopener">{w('extract')}</a>}
        {middle && <a class="button plain" href={to('/', { layers: `admin-unit,${parcel.theme}`, sel: `${parcel.theme}.${parcel.id}` }) + `#map=17.5/${middle.lat.toFixed(6)}/${middle.lon.toFixed(6)}`}>{w('onmap')}</a>}
      </p>
      <Neighbours parcel={parcel} why={why} found={setBeside} />
      <Addresses parcel={parcel} why={why} />
      <Buildings parcel={parcel} why={why} />
      <History parcel={parcel} why={why} />
      <Lineage parcel={parcel} why={why} />
      <Facts parcel={parcel} why={why} />
    </article>
  )
}
