import { signal } from '@preact/signals'
import type { Map as MapLibre } from 'maplibre-gl'

/** The ground of the map and the ink on it, by day and by night. */
export interface Scheme { sea: string; land: string; grid: string; boundary: string; chosen: string; label: string; strong: string; text: string; halo: string; fill: number }

const light: Scheme = {
  sea: '#e6eef3', land: '#f8f9f8', grid: '#d0dde5', boundary: '#3f555e', chosen: '#0f4c52', label: '#2b3d44', strong: '#14292f', text: '#2a2023', halo: 'rgba(255,255,255,0.9)', fill: 1,
}
/** Colours that carry figures are the same on both grounds; at night they are laid on thinner, as the legend's are. */
const night: Scheme = {
  sea: '#0d161a', land: '#1b2a31', grid: '#1c2a31', boundary: '#8fa6b0', chosen: '#9fd8d2', label: '#d3dfe3', strong: '#eef5f6', text: '#e8eef0', halo: 'rgba(13,22,26,0.88)', fill: 0.62,
}

const query = matchMedia('(prefers-color-scheme: dark)')
export const dark = signal(query.matches)
query.addEventListener('change', (event) => { dark.value = event.matches })
// Paper is white: what is a picture there is drawn by day, in the colours that `data-paper` lets the sheets have.
addEventListener('beforeprint', () => {
  dark.value = false
  document.documentElement.dataset.paper = ''
})
addEventListener('afterprint', () => {
  dark.value = query.matches
  delete document.documentElement.dataset.paper
})

export const scheme = (): Scheme => (dark.value ? night : light)

/** The colours of a label and of what is round it, as a style has them: MapLibre's colours or expressions. */
export interface Ink { colour: unknown; halo: unknown }

/** A label by day as its style says, at night in the page's ink: what was chosen for a light ground is not read on a dark one. */
export const inked = (own: Ink): Ink => (dark.value ? { colour: night.text, halo: night.halo } : own)

/** Paints what is on the map already in the colours of now. */
export function repaint(map: MapLibre): void {
  const s = scheme()
  for (const id of map.getLayersOrder()) {
    if (id === 'sea') map.setPaintProperty(id, 'background-color', s.sea)
    else if (id === 'graticule') map.setPaintProperty(id, 'line-color', s.grid)
    else if (/^(admin|around)-land$/.test(id)) map.setPaintProperty(id, 'fill-color', s.land)
    else if (/^(admin|around)-line/.test(id)) map.setPaintProperty(id, 'line-color', s.boundary)
    else if (/^admin-(scope|hover)$/.test(id)) map.setPaintProperty(id, 'line-color', s.chosen)
    else if (id.startsWith('label-')) {
      map.setPaintProperty(id, 'text-color', id === 'label-province' ? s.strong : s.label)
      map.setPaintProperty(id, 'text-halo-color', s.halo)
    } else {
      const ink = (map.getLayer(id)?.metadata as { ink?: Ink } | undefined)?.ink
      if (!ink) continue
      map.setPaintProperty(id, 'text-color', inked(ink).colour as string)
      map.setPaintProperty(id, 'text-halo-color', inked(ink).halo as string)
    }
  }
}
