import { useMemo, useState } from 'preact/hooks'
import { postal, type Sites } from '../api/postal'
import { formatDistance, localiseDigits } from '../format'
import { lang } from '../i18n'
import { Coordinate, Form } from '../inquiry/Form'
import { useQuestion } from '../inquiry/question'
import { Result } from '../inquiry/Result'
import { Check } from '../ui/Field'
import { MapBox } from '../ui/MapBox'
import { useSurroundings } from '../ui/surroundings'
import { Code } from './Code'
import { place } from './state'
import { w } from './words'

/** Which sites lie at a point, and by grant their codes. */
export function CodeAt() {
  const [lat, setLat] = useState(place.value ? String(place.value.lat) : '')
  const [lon, setLon] = useState(place.value ? String(place.value.lon) : '')
  const [units, setUnits] = useState(false)
  const { answer, ask, retry } = useQuestion<Sites>()
  const around = useSurroundings('gnaf-address')
  const start = useMemo(() => place.value, [])
  const known = lat !== '' && lon !== '' && Number.isFinite(Number(lat)) && Number.isFinite(Number(lon))
  const points = useMemo(() => known ? [{ type: 'Feature' as const, properties: { colour: '#b3261e', size: 8 }, geometry: { type: 'Point' as const, coordinates: [Number(lon), Number(lat)] } }] : [], [lat, lon])
  return (
    <>
      <Form busy={answer.state === 'loading'} onAsk={() => ask((asked, signal) => postal.at(asked, Number(lon), Number(lat), units, signal))}>
        <div class="inquiry-map">
          <MapBox label={w('at.map')} points={points} place={start} {...(around && { surroundings: around })} onPlace={(x, y) => { setLon(x.toFixed(6)); setLat(y.toFixed(6)) }} />
        </div>
        <div class="pair">
          <Coordinate label={w('lat')} value={lat} set={setLat} name="lat" most={85} />
          <Coordinate label={w('lon')} value={lon} set={setLon} name="lon" most={180} />
        </div>
        <Check label={w('at.units')} value={units} set={setUnits} />
      </Form>
      <Result answer={answer} retry={retry}>{({ sites }) => !sites?.length
        ? <div class="postal-none"><strong>{w('at.none')}</strong><p>{w('at.none.next')}</p></div>
        : sites.map((site, i) => (
          <article class="postal-card" key={i}>
            <p class="postal-line" dir="auto">{localiseDigits(site.address, lang.value)}</p>
            <p>{w('at.away', { distance: formatDistance(site.distance_m, lang.value) })} · {w('at.count', { n: site.unit_count })}</p>
            {site.units && <ul class="postal-units">{site.units.map((unit) => (
              <li key={unit.id}><Code code={unit.postal_code} /> {unit.unit && <span>{w('unit')} {localiseDigits(unit.unit, lang.value)}</span>}</li>
            ))}</ul>}
          </article>
        ))}</Result>
    </>
  )
}
