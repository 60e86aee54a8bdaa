import type { ExpressionSpecification, FilterSpecification, Map as MapLibre } from 'maplibre-gl'
import { classOf, notDueColour, unknownColour, type Shade } from './classes'
import { scheme } from './scheme'
import { labelFont, strongLabelFont } from './style'

export const adminTheme = 'admin-unit'
export const adminSource = 'admin'
export const adminLabels = 'admin-labels'
export const countyLabelsFrom = 6.3

const level = (name: string): FilterSpecification => ['==', ['get', 'level'], name]
const codes = (list: readonly string[]): FilterSpecification => ['in', ['get', 'code'], ['literal', [...list]]]

/** Colour steps back as the map comes closer, so that the features of a street stand out. */
export const fade = (far: number): ExpressionSpecification =>
  ['interpolate', ['linear'], ['zoom'], 8, far, 11, far * 0.45, 14, far * 0.18]

export function addAdmin(map: MapLibre, tiles: string[], minzoom: number, maxzoom: number, hatched: boolean): void {
  map.addSource(adminSource, { type: 'vector', tiles, minzoom, maxzoom, promoteId: { [adminTheme]: 'code' } })
  const from = { source: adminSource, 'source-layer': adminTheme }
  map.addLayer({ id: 'admin-land', type: 'fill', ...from, filter: ['in', ['get', 'level'], ['literal', ['country', 'province']]],
    paint: { 'fill-color': scheme().land, 'fill-antialias': false } }, 'slot-fill')
  map.addLayer({ id: 'admin-known', type: 'fill', ...from, filter: codes([]), paint: { 'fill-opacity': fade(scheme().fill), 'fill-antialias': false } }, 'slot-fill')
  map.addLayer({ id: 'admin-unknown', type: 'fill', ...from, filter: codes([]),
    paint: { ...(hatched ? { 'fill-pattern': 'hatch' } : { 'fill-color': unknownColour }), 'fill-opacity': fade(scheme().fill) } }, 'slot-fill')

  map.addLayer({ id: 'admin-not-due', type: 'fill', ...from, filter: codes([]),
    paint: { ...(hatched ? { 'fill-pattern': 'dots' } : { 'fill-color': notDueColour }), 'fill-opacity': fade(scheme().fill) } }, 'slot-fill')

  const line = (id: string, filter: FilterSpecification, minzoom: number, width: [number, number], opacity: number) =>
    map.addLayer({ id, type: 'line', ...from, filter, minzoom, layout: { 'line-join': 'round' },
      paint: { 'line-color': scheme().boundary, 'line-opacity': opacity, 'line-width': ['interpolate', ['linear'], ['zoom'], 4, width[0], 12, width[1]] } }, 'slot-line')
  line('admin-line-small', ['in', ['get', 'level'], ['literal', ['district', 'city', 'rural-district', 'village', 'neighbourhood', 'municipal-district']]], 8.5, [0.3, 0.8], 0.3)
  line('admin-line-county', level('county'), 5.5, [0.4, 1.2], 0.4)
  line('admin-line-province', level('province'), 0, [0.8, 2.4], 0.65)
  map.addLayer({ id: 'admin-scope', type: 'line', ...from, filter: codes([]), layout: { 'line-join': 'round' },
    paint: { 'line-color': scheme().chosen, 'line-width': 2.5 } }, 'slot-line')
  map.addLayer({ id: 'admin-hover', type: 'line', ...from, filter: codes([]), layout: { 'line-join': 'round' },
    paint: { 'line-color': scheme().chosen, 'line-width': 2 } }, 'slot-line')

  map.addSource(adminLabels, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
  const wall = matchMedia('(min-width: 2400px)').matches ? 1.33 : 1 // as the panel is larger there
  const label = (id: string, name: string, zooms: [number, number], font: string[], size: ExpressionSpecification, colour: string) =>
    map.addLayer({ id, type: 'symbol', source: adminLabels, filter: level(name), minzoom: zooms[0], maxzoom: zooms[1],
      layout: { 'text-field': ['get', 'name'], 'text-font': font, 'text-size': size, 'text-padding': 2, 'text-max-width': 7, 'text-variable-anchor': ['center', 'bottom', 'top', 'left', 'right'], 'text-radial-offset': 0.3, 'text-line-height': 1.35,
        'symbol-sort-key': ['-', 0, ['get', 'area']] },
      paint: { 'text-color': colour, 'text-halo-color': scheme().halo, 'text-halo-width': 1.5 } })
  label('label-county', 'county', [countyLabelsFrom, 12], labelFont, ['interpolate', ['linear'], ['zoom'], 6, 11 * wall, 10, 14 * wall], scheme().label)
  label('label-province', 'province', [0, 8.5], strongLabelFont, ['interpolate', ['linear'], ['zoom'], 4, 10.5 * wall, 7, 15 * wall], scheme().strong)
}

export function setChoropleth(map: MapLibre, values: ReadonlyMap<string, Shade>, scope: string): void {
  const known: string[] = []
  const unknown: string[] = []
  const notDue: string[] = []
  const match: string[] = []
  for (const [code, percent] of values) {
    if (percent === 'not-applicable') {
      notDue.push(code)
      continue
    }
    const found = classOf(percent)
    if (!found) unknown.push(code)
    else {
      known.push(code)
      match.push(code, found.colour)
    }
  }
  map.setFilter('admin-known', codes(known))
  map.setPaintProperty('admin-known', 'fill-color',
    match.length ? ['match', ['get', 'code'], ...match, unknownColour] as unknown as ExpressionSpecification : unknownColour)
  map.setFilter('admin-unknown', codes(unknown))
  map.setFilter('admin-not-due', codes(notDue))
  map.setFilter('admin-scope', codes(scope === 'IR' ? [] : [scope]))
}

export function showChoropleth(map: MapLibre, on: boolean): void {
  for (const id of ['admin-known', 'admin-unknown', 'admin-not-due']) map.setLayoutProperty(id, 'visibility', on ? 'visible' : 'none')
}

export function fadeChoropleth(map: MapLibre, share: number): void {
  for (const id of ['admin-known', 'admin-unknown', 'admin-not-due']) map.setPaintProperty(id, 'fill-opacity', fade(share * scheme().fill))
}

/** Leaves the ground beyond a zoom to what colours it more finely; a click still finds the unit. */
export function hideChoroplethFrom(map: MapLibre, share: number, zoom: number): void {
  for (const id of ['admin-known', 'admin-unknown', 'admin-not-due']) map.setPaintProperty(id, 'fill-opacity', ['step', ['zoom'], share * scheme().fill, zoom, 0])
}

export function hoverUnit(map: MapLibre, code: string | null): void {
  map.setFilter('admin-hover', codes(code ? [code] : []))
}

/** The layers in which a click finds an admin unit: the coloured ones, then the land below. */
export const adminHits = ['admin-known', 'admin-unknown', 'admin-not-due', 'admin-land']
