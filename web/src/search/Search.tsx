import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { api } from '../api/client'
import { useResource } from '../api/resource'
import type { Place } from '../api/types'
import { formatPercent } from '../format'
import { comma, lang, t, tn } from '../i18n'
import { pin, selection, target } from '../state/selection'
import { FailureBox } from '../ui/Failure'
import { levelOf, placeLabel, zoomOf } from './places'

const limit = 8
const pauseMilliseconds = 250

/** The combobox of the ARIA practices: focus stays in the field, the arrows move in the list. */
export function Search() {
  const [input, setInput] = useState('')
  const [query, setQuery] = useState('')
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const field = useRef<HTMLInputElement>(null)
  const id = useId()

  useEffect(() => {
    const timer = setTimeout(() => setQuery(input.trim()), pauseMilliseconds)
    return () => clearTimeout(timer)
  }, [input])

  const wanted = query.length >= 2 ? query : null
  const { data, error, loading, reload } = useResource(wanted, (signal) => api.geocode(query, limit, signal))
  const places = wanted !== null && !loading ? (data?.features ?? []) : []
  useEffect(() => setActive(-1), [data])

  const choose = (place: Place) => {
    const [lon, lat] = place.geometry.coordinates
    target.value = { lon, lat, zoom: zoomOf(place) }
    pin.value = { lon, lat }
    selection.value = { kind: 'place', place, version: data?.geocoding.data_version ?? null }
    setOpen(false)
  }
  const clear = () => {
    setInput('')
    setQuery('')
    setOpen(false)
    field.current?.focus()
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return
    const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (move !== 0 && places.length > 0) {
      event.preventDefault()
      setOpen(true)
      setActive((now) => (now === -1 && move === -1 ? places.length - 1 : (now + move + places.length) % places.length))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const place = places[Math.max(active, 0)]
      if (place && query === input.trim()) choose(place)
      else setQuery(input.trim())
    } else if (event.key === 'Escape') {
      if (open) setOpen(false)
      else clear()
    }
  }
  const option = (index: number) => `${id}-option-${index}`
  useEffect(() => {
    if (active >= 0) document.getElementById(option(active))?.scrollIntoView({ block: 'nearest' })
  }, [active])

  const shown = open && wanted !== null
  const listed = shown && places.length > 0
  const status = !shown ? '' : loading ? t('search.busy') : error != null ? '' : places.length > 0 ? tn('search.results', places.length) : t('search.none')

  return (
    <div class="search" role="search" onFocusOut={(event) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOpen(false)
    }}>
      <svg class="search-icon" viewBox="0 0 20 20" aria-hidden="true"><circle cx="8.500" cy="8.500" r="5" fill="none" stroke="currentColor" stroke-width="1.800" /><path d="m12.500 12.500 4.500 4.500" stroke="currentColor" stroke-width="1.800" stroke-linecap="round" /></svg>
      <input ref={field} type="text" inputMode="search" enterkeyhint="search" autocomplete="off" spellcheck={false} dir="auto"
        class={input ? '' : 'empty-field'} value={input} placeholder={t('search.placeholder')} aria-label={t('search.label')}
        role="combobox" aria-autocomplete="list" aria-expanded={listed} aria-controls={`${id}-list`}
        {...(active >= 0 && listed ? { 'aria-activedescendant': option(active) } : {})}
        onInput={(event) => { setInput(event.currentTarget.value); setOpen(true) }} onFocus={() => setOpen(true)} onKeyDown={onKey} />
      {input && <button type="button" class="icon-button" aria-label={t('search.clear')} onClick={clear}>×</button>}
      <p class="visually-hidden" role="status">{status}</p>
      <div class="search-drop" hidden={!shown}>
        {loading && shown && <p class="search-note">{t('search.busy')}</p>}
        {error != null && <FailureBox error={error} retry={reload} />}
        {shown && !loading && error == null && places.length === 0 && (
          <div class="search-note"><strong>{t('search.none')}</strong><p>{t('search.none.next')}</p></div>
        )}
        <ul id={`${id}-list`} role="listbox" aria-label={t('search.suggestions')} hidden={!listed}>
          {listed && places.map((place, index) => (
            <li key={place.properties.geocoding.place_id} id={option(index)} role="option" aria-selected={index === active}
              onPointerDown={(event) => event.preventDefault()} onClick={() => choose(place)}>
              <Answer place={place} />
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

function Answer({ place }: { place: Place }) {
  const match = place.properties.match
  return (
    <>
      <bdi class="answer-label">{placeLabel(place)}</bdi>
      <span class="answer-meta">
        <span class="chip">{levelOf(place)}</span>
        {match && <span>{t('search.confidence', { percent: formatPercent(Math.round(match.confidence * 100), lang.value) })}</span>}
        {match?.unmatched && match.unmatched.length > 0 && <span class="unmatched">{t('search.unmatched', { words: match.unmatched.join(comma()) })}</span>}
      </span>
    </>
  )
}
