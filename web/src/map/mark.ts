import type { FilterSpecification, Map as MapLibre } from 'maplibre-gl'
import { adminTheme } from './admin'

const ids = ['mark-line', 'mark-dot'] as const
export const markColour = '#ffb000'

/** Admin units are known by their code, features of a theme by the number that their tiles carry. */
export function byId(theme: string, id: string): FilterSpecification {
  return theme === adminTheme ? ['==', ['get', 'code'], id] : ['==', ['id'], Number(id)]
}

/** Draws a line round one feature, wherever its tiles hold it. */
export function mark(map: MapLibre, what: { source: string; theme: string; filter: FilterSpecification } | null): void {
  for (const id of ids) if (map.getLayer(id)) map.removeLayer(id)
  if (!what || !map.getSource(what.source)) return
  const from = { source: what.source, ...(map.getSource(what.source)?.type === 'vector' && { 'source-layer': what.theme }) }
  map.addLayer({ id: 'mark-line', type: 'line', ...from, filter: ['all', ['!', ['in', ['geometry-type'], ['literal', ['Point', 'MultiPoint']]]], what.filter] as FilterSpecification,
    layout: { 'line-join': 'round' }, paint: { 'line-color': markColour, 'line-width': 4, 'line-opacity': 0.9 } }, 'slot-label')
  map.addLayer({ id: 'mark-dot', type: 'circle', ...from, filter: ['all', ['in', ['geometry-type'], ['literal', ['Point', 'MultiPoint']]], what.filter] as FilterSpecification,
    paint: { 'circle-color': 'rgba(0,0,0,0)', 'circle-radius': 11, 'circle-stroke-color': markColour, 'circle-stroke-width': 4 } }, 'slot-label')
}
