import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { useResource } from '../api/resource'
import { levelOf, placeLabel } from '../search/places'
import { FailureBox } from '../ui/Failure'
import { TextField } from '../ui/Field'
import { Loading } from '../ui/Loading'
import { toMap } from '../ui/MapBox'
import { Confidence } from './Confidence'
import type { Found, Run } from './run'
import { w } from './words'

/** What a person can make of a row: it is right, it is another place, or there is none. Every decision can be taken back. */
export function Hand({ run, found, onPlace, onDecide }: { run: Run; found: Found; onPlace: (place: { lon: number; lat: number }) => void; onDecide: () => void }) {
  const [open, setOpen] = useState(false)
  const decide = (change: Partial<Found>) => { setOpen(false); onDecide(); run.decide(found, change) }
  if (found.hand) return <span class="row-actions"><span class="badge done">{w(`hand.${found.hand}`)}</span><button type="button" class="link-button" onClick={() => { onDecide(); run.undo(found) }}>{w('undo')}</button></span>
  return (
    <div class="hand" onFocusIn={() => { if (found.lon !== null && found.lat !== null) onPlace({ lon: found.lon, lat: found.lat }) }}>
      <span class="row-actions">
        {found.lon !== null && <button type="button" class="button small" onClick={() => decide({ hand: 'accepted' })}>{w('accept')}</button>}
        <button type="button" class="button small plain" aria-expanded={open} onClick={() => setOpen(!open)}>{w('other')}</button>
        <button type="button" class="button small plain" onClick={() => decide({ hand: 'none', lon: null, lat: null, label: '', confidence: 0, level: '', name: '' })}>{w('noPlace')}</button>
      </span>
      {open && <Others asked={run.asked(found.row)} onPlace={onPlace} onPick={decide} />}
    </div>
  )
}

function Others({ asked, onPlace, onPick }: { asked: string; onPlace: (place: { lon: number; lat: number }) => void; onPick: (change: Partial<Found>) => void }) {
  const [typed, setTyped] = useState(asked.slice(0, 300))
  const [query, setQuery] = useState(asked.slice(0, 300))
  const { data, error, loading, reload } = useResource(query || null, (signal) => api.geocode(query, 5, signal))
  return (
    <div class="others">
      <form onSubmit={(event) => { event.preventDefault(); setQuery(typed.trim()) }}>
        <TextField label={w('address')} value={typed} set={setTyped} max={300} />
        <button class="button small">{w('find')}</button>
      </form>
      {error != null && <FailureBox error={error} retry={reload} />}
      {loading ? <Loading lines={2} /> : data && (data.features.length === 0 ? <p class="note">{w('noneNext')}</p> : (
        <ul>{data.features.map((one) => {
          const [lon, lat] = one.geometry.coordinates
          const { match, geocoding } = one.properties
          return (
            <li key={geocoding.place_id}>
              <button type="button" class="link-button" onClick={() => { onPlace({ lon, lat }); toMap() }}><bdi>{placeLabel(one)}</bdi></button> <Confidence value={match?.confidence ?? 0} />
              <button type="button" class="button small" onClick={() => onPick({ hand: 'chosen', lon, lat, label: geocoding.label, confidence: match?.confidence ?? 0, name: match?.level ?? geocoding.type, level: (match as { level_code?: string } | undefined)?.level_code ?? '' })}>{w('pick')}</button>
              <small>{levelOf(one)}</small>
            </li>
          )
        })}</ul>
      ))}
    </div>
  )
}
