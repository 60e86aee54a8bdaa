import type { FeatureCollection } from 'geojson'
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl'
import { api } from '../api/client'
import { themeOf } from '../api/layers'
import type { Style, Theme } from '../api/types'
import type { Lang } from '../i18n'
import { cellSource } from './cells'
import { persianDigits } from './digits'
import { inked } from './scheme'
import type { Slot } from './style'

export const sourceOf = (code: string) => `theme:${code}`

const slots: Partial<Record<LayerSpecification['type'], Slot>> = { fill: 'slot-fill', line: 'slot-line', circle: 'slot-point', heatmap: 'slot-point', symbol: 'slot-label' }

/** A label in the reader's language where the tiles have it, and a house number in its digits. */
function inLanguage(value: unknown, lang: Lang): unknown {
  if (!Array.isArray(value)) return value
  if (value[0] === 'get' && value[1] === 'name_fa' && lang === 'en') return ['coalesce', ['get', 'name_en'], value]
  if (value[0] === 'get' && value[1] === 'number' && lang === 'fa') return persianDigits(['to-string', ['coalesce', value as ExpressionSpecification, '']])
  return value.map((one) => inLanguage(one, lang))
}

/** What a style has of one layer of the tiles. Its ground, and what it draws of others, are for maps of its own: here the page's own lie below. */
export function only(of: string, style: Style): Style {
  return { metadata: { 'nsdi:legend': style.metadata['nsdi:legend'].filter(({ layer }) => layer === of) }, layers: style.layers.filter((one) => 'source-layer' in one && one['source-layer'] === of) }
}

/** How a layer of the list is drawn. */
export const styleOf = async (layer: Theme, signal: AbortSignal): Promise<Style> => only(themeOf(layer), await api.style(layer.code, signal))

/** What draws a layer's features in its style, each in its slot. */
export function themeLayers(code: string, style: Style, lang: Lang): { layer: LayerSpecification; below: Slot }[] {
  return style.layers.flatMap((one) => {
    const below = slots[one.type]
    if (!below) return []
    const layer = { ...one, id: `${sourceOf(code)}:${one.id}`, source: sourceOf(code) }
    if (layer.type === 'symbol') {
      const { 'text-color': colour = '#000000', 'text-halo-color': halo = 'rgba(0,0,0,0)' } = layer.paint ?? {}
      const ink = { colour, halo }
      const now = inked(ink)
      layer.metadata = { ink }
      layer.paint = { ...layer.paint, 'text-color': now.colour, 'text-halo-color': now.halo } as typeof layer.paint
      layer.layout = { ...layer.layout, 'text-field': inLanguage(layer.layout?.['text-field'], lang) } as typeof layer.layout
    }
    return [{ layer, below }]
  })
}

export function addTheme(map: MapLibre, code: string, style: Style, tiles: string[], zooms: { minzoom: number; maxzoom: number }, lang: Lang): void {
  if (map.getSource(sourceOf(code))) return
  map.addSource(sourceOf(code), { type: 'vector', tiles, ...zooms })
  for (const { layer, below } of themeLayers(code, style, lang)) map.addLayer(layer, below)
}

/** A share of what a style says, which may depend on the zoom: that stands outermost in an expression. */
export function times(share: number, value: unknown): unknown {
  if (typeof value === 'number') return share * value
  if (!Array.isArray(value)) return value
  const first = value[0] === 'interpolate' ? 4 : value[0] === 'step' ? 2 : 0
  return first ? value.map((one, i) => (i >= first && (i - first) % 2 === 0 ? times(share, one) : one)) : ['*', share, value]
}

/** Draws a layer fainter: what its paint says, times a share. */
export function fadeTheme(map: MapLibre, code: string, style: Style, share: number): void {
  const properties: Record<string, readonly string[]> = {
    fill: ['fill-opacity'], line: ['line-opacity'], circle: ['circle-opacity', 'circle-stroke-opacity'], heatmap: ['heatmap-opacity'], symbol: ['text-opacity', 'icon-opacity'],
  }
  for (const { layer } of themeLayers(code, style, 'fa')) {
    for (const name of properties[layer.type] ?? []) {
      const usual = (layer.paint as Record<string, unknown> | undefined)?.[name] ?? 1
      map.setPaintProperty(layer.id, name as 'fill-opacity', (share === 1 ? usual : times(share, usual)) as ExpressionSpecification)
    }
  }
}

/** Features that came by themselves, drawn as those of the layer's tiles are. */
export function addThemeData(map: MapLibre, code: string, style: Style, data: FeatureCollection, lang: Lang): void {
  const known = map.getSource(sourceOf(code))
  if (known?.type === 'geojson') {
    void (known as GeoJSONSource).setData(data)
    return
  }
  removeTheme(map, code)
  map.addSource(sourceOf(code), { type: 'geojson', data, maxzoom: 18 })
  for (const { layer, below } of themeLayers(code, style, lang)) {
    const { 'source-layer': _, ...rest } = layer as LayerSpecification & { 'source-layer'?: string }
    map.addLayer(rest as LayerSpecification, below)
  }
}

export function removeTheme(map: MapLibre, code: string): void {
  const prefix = `${sourceOf(code)}:`
  for (const id of map.getLayersOrder()) if (id.startsWith(prefix)) map.removeLayer(id)
  if (map.getSource(sourceOf(code))) map.removeSource(sourceOf(code))
}

export function relabelTheme(map: MapLibre, code: string, style: Style, lang: Lang): void {
  for (const { layer } of themeLayers(code, style, lang)) {
    if (layer.type === 'symbol' && map.getLayer(layer.id)) map.setLayoutProperty(layer.id, 'text-field', layer.layout?.['text-field'])
  }
}

/** The layers in which a click finds a feature of a published theme, topmost first. */
export function themeHits(map: MapLibre): string[] {
  return map.getLayersOrder().filter((id) => id.startsWith('theme:') && map.getLayer(id)?.type !== 'symbol').reverse()
}

export function themeOfSource(source: string): string {
  return source.startsWith('theme:') ? source.slice('theme:'.length) : source === cellSource ? cellSource : 'admin-unit'
}
