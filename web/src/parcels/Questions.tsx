import type { ComponentChildren } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { parcels, type Parcel } from '../api/parcels'
import type { Asked } from '../api/postal'
import { latinNumber, platePhrase } from '../format/plate'
import { lang } from '../i18n'
import { Coordinate, Field, Form } from '../inquiry/Form'
import { useQuestion } from '../inquiry/question'
import { Result } from '../inquiry/Result'
import { DayField } from '../ui/DayField'
import { MapBox } from '../ui/MapBox'
import { useSurroundings } from '../ui/surroundings'
import { Found, type Answered } from './Found'
import { linked, place } from './state'
import { w } from './words'

type Load = (asked: Asked, signal: AbortSignal) => Promise<{ parcels: Parcel[] }>

/** A form, and below it what became of its question. */
function Question({ load, children, more }: { load: Load; children?: ComponentChildren; more?: ComponentChildren }) {
  const { answer, ask, retry } = useQuestion<Answered>()
  const send = () => ask(async (asked, signal) => ({ parcels: (await load(asked, signal)).parcels, why: asked.purpose }))
  return (
    <>
      <Form busy={answer.state === 'loading'} onAsk={send}>{children}</Form>
      {more}
      <Result answer={answer} retry={retry}>{(found) => <Found {...found} />}</Result>
    </>
  )
}

export function ByPlate() {
  const [section, setSection] = useState('')
  const [main, setMain] = useState('')
  const [sub, setSub] = useState('')
  const [unit, setUnit] = useState('')
  const [district, setDistrict] = useState('')
  const [lot, setLot] = useState('')
  const [m, s] = [latinNumber(main), latinNumber(sub)]
  return (
    <Question load={(asked, signal) => parcels.byPlate(asked, {
      section: section.trim(), main: m ?? 0, sub: s || undefined, unit: unit.trim() || undefined, district: district.trim() || undefined, lot: lot.trim() || undefined,
    }, signal)}>
      <Field label={w('section')} hint={w('section.hint')} value={section} set={setSection} name="section" />
      <div class="pair">
        <Field label={w('main')} value={main} set={setMain} numeric max={9} name="main" />
        <Field label={w('sub')} hint={w('sub.hint')} value={sub} set={setSub} numeric max={9} required={false} name="sub" />
      </div>
      {m !== null && m > 0 && <p class="plate-read">{w('reads')} <strong>{platePhrase(m, s, lang.value)}</strong></p>}
      <details>
        <summary>{w('narrower')}</summary>
        <div class="pair">
          <Field label={w('unit')} value={unit} set={setUnit} required={false} />
          <Field label={w('district')} value={district} set={setDistrict} required={false} />
          <Field label={w('lot')} value={lot} set={setLot} required={false} />
        </div>
      </details>
    </Question>
  )
}

export function ByIdentifier() {
  const [identifier, setIdentifier] = useState('')
  return (
    <Question load={(asked, signal) => parcels.byIdentifier(asked, identifier.trim(), signal)}>
      <Field label={w('identifier.label')} hint={w('identifier.hint')} value={identifier} set={setIdentifier} ltr max={200} />
    </Question>
  )
}

export function ByPoint() {
  const [lat, setLat] = useState(place.value ? String(place.value.lat) : '')
  const [lon, setLon] = useState(place.value ? String(place.value.lon) : '')
  const [date, setDate] = useState('')
  const around = useSurroundings('cadastre-urban', 'cadastre-rural')
  const point = lat !== '' && lon !== '' && Number.isFinite(Number(lat)) && Number.isFinite(Number(lon)) ? { lon: Number(lon), lat: Number(lat) } : null
  const points = useMemo(() => point ? [{ type: 'Feature' as const, properties: { colour: '#b3261e', size: 8 }, geometry: { type: 'Point' as const, coordinates: [point.lon, point.lat] } }] : [], [lat, lon])
  const start = useMemo(() => place.value, [])
  return (
    <Question load={(asked, signal) => parcels.at(asked, Number(lon), Number(lat), date, signal)}>
      <div class="inquiry-map">
        <MapBox label={w('point.map')} points={points} place={start} {...(around && { surroundings: around })} onPlace={(x, y) => { setLon(x.toFixed(6)); setLat(y.toFixed(6)) }} />
      </div>
      <div class="pair">
        <Coordinate label={w('lat')} value={lat} set={setLat} name="lat" most={85} />
        <Coordinate label={w('lon')} value={lon} set={setLon} name="lon" most={180} />
      </div>
      <label class="postal-field">
        <span>{w('date')}</span>
        <DayField day={date} set={setDate} hint={w('date.hint')} name="date" />
      </label>
    </Question>
  )
}

/** A parcel that a link names. It is an inquiry like any other, so it is asked when the person says what for. */
export function Linked() {
  return <Question load={async (asked, signal) => ({ parcels: [(await parcels.one(asked, linked.value ?? 0, signal)).parcel] })} />
}
