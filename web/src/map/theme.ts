import type { FeatureCollection } from 'geojson'
import type { ExpressionSpecification, FilterSpecification, GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl'
import type { Geometry, Theme } from '../api/types'
import type { Lang } from '../i18n'
import { persianDigits } from './digits'
import { themeColour } from './palette'
import { scheme } from './scheme'
import { cellSource } from './cells'
import { labelFont, type Slot } from './style'
import { alone, radiusByCount, several } from './together'

export const sourceOf = (code: string) => `theme:${code}`
const isGeometry = (...types: string[]): FilterSpecification =>
  ['in', ['geometry-type'], ['literal', types.flatMap((type) => [type, `Multi${type}`])]]

/** Fields that name a feature, by theme; the name itself where a theme is not listed. A sheet number is a code and keeps its digits. */
const labelFields: Record<string, string> = { 'base-map-sheet': 'sheet_no', 'gnaf-address': 'number' }
const numberFields = new Set(['number'])
/** Numbers and sheet numbers only say something close by. */
const labelZoom: Record<string, number> = { 'gnaf-address': 17, building: 18, road: 13, village: 10, place: 5 }

function labelField(code: string, lang: Lang): ExpressionSpecification {
  const field = labelFields[code]
  if (field) {
    const text: ExpressionSpecification = ['to-string', ['coalesce', ['get', field], '']]
    return lang === 'fa' && numberFields.has(field) ? persianDigits(text) : text
  }
  const names = lang === 'fa' ? ['name_fa', 'name_en'] : ['name_en', 'name_fa']
  return ['coalesce', ...names.map((name) => ['get', name]), ''] as unknown as ExpressionSpecification
}

function draws(geometry: Geometry, kind: 'polygon' | 'line' | 'point'): boolean {
  return geometry === kind || geometry === 'any'
}

export function themeLayers(theme: Theme, lang: Lang): { layer: LayerSpecification; below: Slot | undefined }[] {
  const colour = themeColour(theme.code)
  const from = { source: sourceOf(theme.code), 'source-layer': theme.code }
  const id = (part: string) => `${sourceOf(theme.code)}:${part}`
  const layers: { layer: LayerSpecification; below: Slot | undefined }[] = []
  if (draws(theme.geometry, 'polygon')) {
    layers.push({ below: 'slot-fill', layer: { id: id('fill'), type: 'fill', ...from, filter: isGeometry('Polygon'),
      paint: { 'fill-color': colour, 'fill-opacity': ['case', several, 0.45, 0.28] } } })
    layers.push({ below: 'slot-line', layer: { id: id('edge'), type: 'line', ...from, filter: ['all', isGeometry('Polygon'), alone] as FilterSpecification, layout: { 'line-join': 'round' },
      paint: { 'line-color': colour, 'line-width': ['interpolate', ['linear'], ['zoom'], 5, 0.6, 12, 1, 18, 1.8] } } })
  }
  if (draws(theme.geometry, 'line')) {
    layers.push({ below: 'slot-line', layer: { id: id('line'), type: 'line', ...from, filter: isGeometry('LineString'),
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': colour, 'line-width': ['interpolate', ['exponential', 1.4], ['zoom'], 8, ['case', several, 0.5, 0.7], 13, ['case', several, 0.9, 1.6], 18, 7] } } })
  }
  if (draws(theme.geometry, 'point')) {
    layers.push({ below: 'slot-point', layer: { id: id('point'), type: 'circle', ...from, filter: isGeometry('Point'),
      paint: { 'circle-color': colour, 'circle-stroke-color': '#fff', 'circle-opacity': ['case', several, 0.75, 0.92],
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 5, ['case', several, radiusByCount, 1.6], 12, ['case', several, radiusByCount, 2], 15.5, 2.8, 18, 6],
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 8, ['case', several, 0, 0.3], 15.5, 0.5, 17, 1.4] } } })
  }
  const along = theme.geometry === 'line'
  layers.push({ below: 'slot-label', layer: { id: id('label'), type: 'symbol', ...from, minzoom: labelZoom[theme.code] ?? 11,
    layout: { 'text-font': labelFont, 'text-field': labelField(theme.code, lang), 'text-size': ['interpolate', ['linear'], ['zoom'], 8, 11, 18, 14],
      'text-max-width': 8, 'text-padding': 4,
      ...(along ? { 'symbol-placement': 'line' as const, 'symbol-spacing': 320 } : {}),
      ...(theme.geometry === 'point' ? { 'text-anchor': 'top' as const, 'text-offset': [0, 0.5] as [number, number], 'text-optional': true } : {}) },
    paint: { 'text-color': scheme().text, 'text-halo-color': scheme().halo, 'text-halo-width': 1.4 } } })
  return layers
}

export function addTheme(map: MapLibre, theme: Theme, tiles: string[], zooms: { minzoom: number; maxzoom: number }, lang: Lang): void {
  if (map.getSource(sourceOf(theme.code))) return
  map.addSource(sourceOf(theme.code), { type: 'vector', tiles, ...zooms })
  for (const { layer, below } of themeLayers(theme, lang)) map.addLayer(layer, below)
}

/** Draws a layer fainter: what its paint says, times a share. */
export function fadeTheme(map: MapLibre, theme: Theme, share: number): void {
  const properties = { fill: ['fill-opacity'], line: ['line-opacity'], circle: ['circle-opacity', 'circle-stroke-opacity'], symbol: ['text-opacity'] } as const
  for (const { layer } of themeLayers(theme, 'fa')) {
    for (const name of properties[layer.type as keyof typeof properties]) {
      const usual = (layer.paint as Record<string, unknown> | undefined)?.[name] ?? 1
      map.setPaintProperty(layer.id, name, (share === 1 ? usual : ['*', share, usual]) as ExpressionSpecification)
    }
  }
}

/** Features that came by themselves, drawn as those of the layer's tiles are. */
export function addThemeData(map: MapLibre, theme: Theme, data: FeatureCollection, lang: Lang): void {
  const known = map.getSource(sourceOf(theme.code))
  if (known?.type === 'geojson') {
    void (known as GeoJSONSource).setData(data)
    return
  }
  removeTheme(map, theme.code)
  map.addSource(sourceOf(theme.code), { type: 'geojson', data, maxzoom: 18 })
  for (const { layer, below } of themeLayers(theme, lang)) {
    const { 'source-layer': _, ...rest } = layer as LayerSpecification & { 'source-layer'?: string }
    map.addLayer(rest as LayerSpecification, below)
  }
}

export function removeTheme(map: MapLibre, code: string): void {
  const prefix = `${sourceOf(code)}:`
  for (const id of map.getLayersOrder()) if (id.startsWith(prefix)) map.removeLayer(id)
  if (map.getSource(sourceOf(code))) map.removeSource(sourceOf(code))
}

export function relabelTheme(map: MapLibre, code: string, lang: Lang): void {
  const id = `${sourceOf(code)}:label`
  if (map.getLayer(id)) map.setLayoutProperty(id, 'text-field', labelField(code, lang))
}

/** The layers in which a click finds a feature of a published theme, topmost first. */
export function themeHits(map: MapLibre): string[] {
  return map.getLayersOrder().filter((id) => id.startsWith('theme:') && !id.endsWith(':label')).reverse()
}

export function themeOfSource(source: string): string {
  return source.startsWith('theme:') ? source.slice('theme:'.length) : source === cellSource ? cellSource : 'admin-unit'
}
