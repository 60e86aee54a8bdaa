import type { Feature } from 'geojson'
import { useMemo, useState } from 'preact/hooks'
import { api } from '../api/client'
import { useResource } from '../api/resource'
import type { Place } from '../api/types'
import { formatPosition, localiseDigits } from '../format'
import { comma, lang } from '../i18n'
import { levelOf, placeLabel } from '../search/places'
import { FailureBox } from '../ui/Failure'
import { TextField } from '../ui/Field'
import { Loading } from '../ui/Loading'
import { boundsOf, MapBox, toMap } from '../ui/MapBox'
import { useSurroundings } from '../ui/surroundings'
import { colourOf, Confidence } from './Confidence'
import { w } from './words'

/** One address, with all answers, what speaks for each, and where it is. */
export function OneAddress() {
  const [typed, setTyped] = useState('')
  const [query, setQuery] = useState('')
  const [place, setPlace] = useState<{ lon: number; lat: number } | null>(null)
  const { data, error, loading, reload } = useResource(query || null, (signal) => api.geocode(query, 6, signal))
  const around = useSurroundings('building')
  const answers = query ? data?.features ?? [] : []
  const points = useMemo(() => answers.map((one, index): Feature => ({
    type: 'Feature', geometry: one.geometry, properties: { glyph: localiseDigits(String(index + 1), lang.value), size: 9, colour: colourOf(one.properties.match?.confidence ?? 0) },
  })), [data, query, lang.value])
  const bounds = useMemo(() => boundsOf(points), [points])
  return (
    <div class="geocode-grid">
      <div class="geocode-text">
        <form class="geocode-form" onSubmit={(event) => { event.preventDefault(); setPlace(null); setQuery(typed.trim()); if (typed.trim() === query) reload() }}>
          <TextField label={w('address')} hint={w('addressHint')} value={typed} set={setTyped} required max={300} name="address" />
          <button class="button">{w('find')}</button>
        </form>
        <div aria-live="polite" class="answers" data-testid="answers" data-state={!query ? 'idle' : loading ? 'loading' : error != null ? 'failed' : 'done'}>
          {loading && <Loading lines={4} />}
          {!loading && error != null && <FailureBox error={error} retry={reload} />}
          {!loading && query && error == null && (answers.length === 0
            ? <div class="empty"><strong>{w('none')}</strong><p>{data?.geocoding.nothing ? `${data.geocoding.nothing.reason[lang.value]} ${data.geocoding.nothing.next[lang.value]}` : w('noneNext')}</p></div>
            : <>
                <p class="note">{w('answers', { n: answers.length })}{data?.geocoding.data_version && <> · {w('version', { n: localiseDigits(data.geocoding.data_version, lang.value) })}</>}</p>
                <ol>{answers.map((one, index) => <Answer key={one.properties.geocoding.place_id} place={one} index={index} onShow={() => { setPlace({ lon: one.geometry.coordinates[0], lat: one.geometry.coordinates[1] }); toMap() }} />)}</ol>
              </>)}
        </div>
      </div>
      <MapBox label={w('map')} points={points} bounds={bounds} place={place} {...(around && { surroundings: around })} />
    </div>
  )
}

function Answer({ place, index, onShow }: { place: Place; index: number; onShow: () => void }) {
  const { geocoding, match } = place.properties
  const reasons = match?.reasons?.[lang.value] ?? []
  const corrected = (match as { corrected?: { from: string; to: string }[] } | undefined)?.corrected ?? []
  const [lon, lat] = place.geometry.coordinates
  return (
    <li class="answer-card">
      <p class="answer-head">
        <i class="key" style={{ background: colourOf(match?.confidence ?? 0) }} aria-hidden="true">{localiseDigits(String(index + 1), lang.value)}</i>
        <button type="button" class="link-button" onClick={onShow}><bdi>{placeLabel(place)}</bdi></button>
      </p>
      <p class="answer-facts"><span class="badge">{levelOf(place)}</span><Confidence value={match?.confidence ?? 0} />{geocoding.postcode && <bdi dir="ltr" class="code">{geocoding.postcode}</bdi>}</p>
      {reasons.length > 0 && <><strong class="why">{w('why')}</strong><ul class="answer-why">{reasons.map((reason) => <li key={reason}>{reason}</li>)}</ul></>}
      {match?.unmatched && match.unmatched.length > 0 && <p class="wrong">{w('unmatched', { words: localiseDigits(match.unmatched.join(comma()), lang.value) })}</p>}
      {corrected.length > 0 && <p class="note">{w('corrected', { words: corrected.map((one) => `${one.from} → ${one.to}`).join(comma()) })}</p>}
      <p class="note">{w('position')}: <bdi dir="ltr" class="code">{formatPosition(lat, lon)}</bdi></p>
    </li>
  )
}
