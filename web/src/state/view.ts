import { effect, signal } from '@preact/signals'
import type { Point } from '../geo/ellipsoid'
import { lang } from '../i18n'
import { selection, shown } from './selection'
import { country, defaultLayers, formatView, parseView, type Chosen, type Position, type View } from './url'

const initial = parseView(location.search, location.hash)
lang.value = initial.lang

export const layers = signal<readonly string[]>(initial.layers)
export const opacity = signal<Readonly<Record<string, number>>>(initial.opacity)
export const asOf = signal(initial.asOf)
/** The corners of what is measured, and whether somebody is measuring. */
export const measure = signal<readonly Point[]>(initial.measure)
export const measuring = signal(initial.measure.length > 0)
/** What a link chose: it is looked for when its layer is there. */
export const wanted = signal<Chosen | null>(initial.chosen)
export const by = signal(initial.by)
export const unit = signal(initial.unit)
export const position = signal<Position | null>(initial.position)

export function view(): View {
  return { lang: lang.value, layers: [...layers.value], by: by.value, unit: unit.value, asOf: asOf.value, chosen: chosenOf(), measure: measuring.value ? [...measure.value] : [], opacity: opacity.value, position: position.value }
}

/** Until a link's choice is found, the address keeps it. */
function chosenOf(): Chosen | null {
  const { value } = selection
  if (!value) return wanted.value
  if (value.kind === 'reverse') return { lon: value.lon, lat: value.lat }
  if (value.kind === 'place') return { lon: value.place.geometry.coordinates[0], lat: value.place.geometry.coordinates[1] }
  const feature = shown.value ?? value.features[0]
  return feature && feature.id !== null ? { theme: feature.theme, id: String(feature.id) } : null
}

export function setOpacity(code: string, percent: number): void {
  const { [code]: _, ...rest } = opacity.value
  opacity.value = percent >= 100 ? rest : { ...rest, [code]: Math.max(5, Math.round(percent)) }
}

export function setLayer(code: string, on: boolean): void {
  layers.value = on ? [...layers.value.filter((l) => l !== code), code] : layers.value.filter((l) => l !== code)
}

const surroundings = ['road', 'gnaf-address']

/** Switches on the streets and addresses that there are, unless the reader has chosen layers. */
export function showSurroundings(published: readonly string[]): void {
  if (layers.value.some((code) => !defaultLayers.includes(code))) return
  layers.value = [...layers.value, ...surroundings.filter((code) => published.includes(code))]
}

export function toCountry(): void {
  unit.value = country
}

/** Keeps the address bar and the document's language true to the view. */
export function followView(title: () => string): () => void {
  const stops = [
    effect(() => {
      const address = location.pathname + formatView(view())
      if (address !== location.pathname + location.search + location.hash) history.replaceState(null, '', address)
    }),
    effect(() => {
      document.documentElement.lang = lang.value
      document.title = title()
    }),
  ]
  const onHash = () => {
    const next = parseView(location.search, location.hash)
    if (next.position) position.value = next.position
  }
  window.addEventListener('hashchange', onHash)
  return () => {
    stops.forEach((stop) => stop())
    window.removeEventListener('hashchange', onHash)
  }
}
