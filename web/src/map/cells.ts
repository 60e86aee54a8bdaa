import type { ExpressionSpecification, FilterSpecification, Map as MapLibre } from 'maplibre-gl'
import { fade, hideChoroplethFrom } from './admin'
import { classes, notDueColour, unknownColour } from './classes'
import { scheme } from './scheme'

export const cellSource = 'progress'
/** From here on tiles colour the ground, by small units and then by H3 cells, and the colours of whole units give way. */
export const cellsFrom = 8
const ids = ['cells-known', 'cells-unknown', 'cells-not-due'] as const

/** The classes of completion as the tiles' percentages have them. */
const colour = ['case', ['<=', ['get', 'percent'], 0], classes[0]!.colour, ['>=', ['get', 'percent'], 100], classes[5]!.colour,
  ['step', ['get', 'percent'], classes[1]!.colour, 25, classes[2]!.colour, 50, classes[3]!.colour, 75, classes[4]!.colour]] as unknown as ExpressionSpecification
const state = (name: string): FilterSpecification => ['==', ['get', 'state'], name]

/** Colours the ground by the tiles of one obligation's figures, right above the units. */
export function addCells(map: MapLibre, tiles: string[], zooms: { minzoom: number; maxzoom: number }, hatched: boolean, share: number): void {
  removeCells(map)
  map.addSource(cellSource, { type: 'vector', tiles, ...zooms })
  const order = map.getLayersOrder()
  const above = order[order.indexOf('admin-not-due') + 1]
  const from = { source: cellSource, 'source-layer': cellSource, minzoom: cellsFrom }
  const opacity = fade(share * scheme().fill)
  map.addLayer({ id: 'cells-known', type: 'fill', ...from, filter: state('known'), paint: { 'fill-color': colour, 'fill-opacity': opacity, 'fill-antialias': false } }, above)
  map.addLayer({ id: 'cells-unknown', type: 'fill', ...from, filter: state('unknown'), paint: { ...(hatched ? { 'fill-pattern': 'hatch' } : { 'fill-color': unknownColour }), 'fill-opacity': opacity } }, above)
  map.addLayer({ id: 'cells-not-due', type: 'fill', ...from, filter: state('not-applicable'), paint: { ...(hatched ? { 'fill-pattern': 'dots' } : { 'fill-color': notDueColour }), 'fill-opacity': opacity } }, above)
  hideChoroplethFrom(map, share, cellsFrom)
}

export function removeCells(map: MapLibre): void {
  for (const id of ids) if (map.getLayer(id)) map.removeLayer(id)
  if (map.getSource(cellSource)) map.removeSource(cellSource)
}

export const hasCells = (map: MapLibre) => map.getSource(cellSource) !== undefined

export function showCells(map: MapLibre, on: boolean): void {
  for (const id of ids) if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', on ? 'visible' : 'none')
}

export function fadeCells(map: MapLibre, share: number): void {
  if (!hasCells(map)) return
  for (const id of ids) map.setPaintProperty(id, 'fill-opacity', fade(share * scheme().fill))
  hideChoroplethFrom(map, share, cellsFrom)
}

/** The layers in which a click finds a cell. */
export const cellHits = (map: MapLibre) => ids.filter((id) => map.getLayer(id))
/** The cell whose figures the card tells. */
export const cellFilter = (properties: Record<string, unknown>): FilterSpecification => ['==', ['get', 'cell'], String(properties.cell)]
