import { effect, signal } from '@preact/signals'
import { lang } from '../i18n'
import { country, defaultLayers, formatView, parseView, type Position, type View } from './url'

const initial = parseView(location.search, location.hash)
lang.value = initial.lang

export const layers = signal<readonly string[]>(initial.layers)
export const by = signal(initial.by)
export const unit = signal(initial.unit)
export const position = signal<Position | null>(initial.position)

export function view(): View {
  return { lang: lang.value, layers: [...layers.value], by: by.value, unit: unit.value, position: position.value }
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
