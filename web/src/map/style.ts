import type { StyleSpecification } from 'maplibre-gl'
import { graticule } from './graticule'
import { scheme } from './scheme'

export const labelFont = ['Vazirmatn']
export const strongLabelFont = ['Vazirmatn SemiBold']

/** Places in the drawing order: layers are put in below these, which draw nothing themselves. */
export const slots = ['slot-fill', 'slot-line', 'slot-point', 'slot-label'] as const
export type Slot = (typeof slots)[number]

/** No `glyphs`: labels are drawn with the page's own font. */
export function baseStyle(): StyleSpecification {
  return {
    version: 8,
    transition: { duration: 0, delay: 0 }, // on paper a colour has to be there in the frame in which it is set
    sources: { graticule: { type: 'geojson', data: graticule(5) } },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': scheme().sea } },
      {
        id: 'graticule', type: 'line', source: 'graticule',
        paint: { 'line-color': scheme().grid, 'line-width': 1 },
      },
      ...slots.map((id) => ({ id, type: 'background' as const, layout: { visibility: 'none' as const } })),
    ],
  }
}
