import type { Feature, FeatureCollection } from 'geojson'
import { Map as MapLibre, setWorkerUrl, type FilterSpecification, type GeoJSONSource } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { api, tileAddresses } from '../api/client'
import type { Bounds, Theme } from '../api/types'
import type { Lang } from '../i18n'
import { adminTheme } from './admin'
import { addChanges, addFindings, addPoints, addShapes, hits, type Picked } from './desk-layers'
import { iran } from './extent'
import { onPaper } from './paper'
import { repaint, scheme } from './scheme'
import { staying } from './staying'
import { baseStyle } from './style'
import { addTheme, sourceOf, styleOf } from './theme'

const onEarth = (lon: number, lat: number): [number, number] => [Math.max(-180, Math.min(180, lon)), Math.max(-85, Math.min(85, lat))]

const empty: FeatureCollection = { type: 'FeatureCollection', features: [] }

/** The small map of the desks: the land, what lies around, and what a delivery or a file of addresses puts on it. */
export class PreviewMap {
  private readonly map: MapLibre
  private readonly abort = new AbortController()
  private readonly ready: Promise<void>
  private zooming = false
  private readonly filters = new Map<string, FilterSpecification | undefined>()
  /** What is to be seen whole while nobody has moved the map, whatever size it gets. */
  private whole: { bounds: Bounds; maxZoom: number } | null = { bounds: iran, maxZoom: 17 }

  constructor(private readonly element: HTMLElement, label: string, picked: (found: Picked[]) => void, placed: (lon: number, lat: number) => void) {
    setWorkerUrl(workerUrl)
    this.map = new MapLibre({
      container: element, style: baseStyle(), attributionControl: false, renderWorldCopies: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      minZoom: 1, maxZoom: 20, fadeDuration: 0, cooperativeGestures: false, locale: { 'Map.Title': label }, bounds: iran, fitBoundsOptions: { padding: 20 },
    })
    const { map } = this
    map.touchZoomRotate.disableRotation()
    onPaper(map, () => this.repaint(), this.abort.signal)
    map.on('idle', () => { element.dataset.mapIdle = 'true' })
    for (const event of ['movestart', 'dataloading'] as const) map.on(event, () => { delete element.dataset.mapIdle })
    map.on('movestart', (event) => { if (event.originalEvent) this.whole = null })
    map.on('resize', () => { if (this.whole) this.fit(this.whole.bounds, this.whole.maxZoom) })
    map.on('click', (event) => {
      picked(hits(map, event.point))
      placed(event.lngLat.lng, event.lngLat.lat)
    })
    map.on('mousemove', (event) => { map.getCanvas().style.cursor = hits(map, event.point).length ? 'pointer' : '' })
    map.on('error', () => {}) // tiles of the surroundings that fail leave the ground empty; what the page is about comes with its own answer
    this.ready = this.start()
  }

  private async start(): Promise<void> {
    await Promise.all([new Promise<void>((resolve) => this.map.once('load', () => resolve())), document.fonts.load('600 16px "Vazirmatn SemiBold"')])
    const { map } = this
    for (const id of ['points', 'changes', 'shapes']) map.addSource(id, { type: 'geojson', data: empty })
    addShapes(map)
    addPoints(map)
    addChanges(map)
    const around = await api.tileJSON(adminTheme, this.abort.signal)
    map.addSource('around', { type: 'vector', tiles: tileAddresses(around, location.origin), minzoom: around.minzoom ?? 0, maxzoom: around.maxzoom ?? 14 })
    const from = { source: 'around', 'source-layer': adminTheme }
    map.addLayer({ id: 'around-land', type: 'fill', ...from, filter: ['in', ['get', 'level'], ['literal', ['country', 'province']]], paint: { 'fill-color': scheme().land, 'fill-antialias': false } }, 'slot-fill')
    map.addLayer({ id: 'around-line', type: 'line', ...from, paint: { 'line-color': scheme().boundary, 'line-opacity': ['match', ['get', 'level'], 'province', 0.6, 0.25], 'line-width': ['match', ['get', 'level'], 'province', 1.2, 0.6] } }, 'slot-line')
  }

  /** Rejects with the reason why the map cannot be drawn. */
  started(): Promise<void> { return this.ready }

  /** The colours of day or night have come. */
  repaint(): void { repaint(this.map) }

  /** Published layers to be seen under everything else, without the features that are no more. */
  async surroundings(themes: readonly Theme[], lang: Lang, gone: readonly number[] = []): Promise<void> {
    await this.ready
    await this.published(themes, lang)
    for (const layer of this.map.getStyle().layers) {
      if (!layer.id.startsWith(sourceOf(''))) continue
      if (!this.filters.has(layer.id)) this.filters.set(layer.id, this.map.getFilter(layer.id) as FilterSpecification | undefined)
      this.map.setFilter(layer.id, staying(this.filters.get(layer.id), gone))
    }
  }

  private async published(themes: readonly Theme[], lang: Lang): Promise<void> {
    for (const theme of themes) {
      if (this.map.getSource(`theme:${theme.code}`)) continue
      const [told, style] = await Promise.all([api.tileJSON(theme.code, this.abort.signal), styleOf(theme, this.abort.signal)])
      addTheme(this.map, theme.code, style, tileAddresses(told, location.origin), { minzoom: told.minzoom ?? theme.min_zoom, maxzoom: told.maxzoom ?? theme.max_zoom }, lang)
    }
  }

  private source(id: string, data: FeatureCollection): void {
    delete this.element.dataset.mapIdle
    ;(this.map.getSource(id) as GeoJSONSource | undefined)?.setData(data)
    this.map.triggerRepaint()
  }

  async points(features: readonly Feature[]): Promise<void> {
    await this.ready
    this.source('points', { type: 'FeatureCollection', features: [...features] })
  }

  async changes(features: readonly Feature[]): Promise<void> {
    await this.ready
    this.source('changes', { type: 'FeatureCollection', features: [...features] })
  }

  async shapes(features: readonly Feature[]): Promise<void> {
    await this.ready
    this.source('shapes', { type: 'FeatureCollection', features: [...features] })
  }

  async findings(path: string, shown: boolean): Promise<void> {
    await this.ready
    addFindings(this.map, location.origin + path, shown)
  }

  /** What a file says may lie beyond the earth: then its edge is shown. Nothing lies behind the buttons, which are on either side by the language. */
  fit(bounds: Bounds, maxZoom = 17): void {
    this.whole = { bounds, maxZoom }
    const [west, south, east, north] = bounds
    this.map.fitBounds([...onEarth(west, south), ...onEarth(east, north)], { padding: { top: 40, bottom: 40, left: 60, right: 60 }, maxZoom, animate: false })
  }

  /** Tells where the map stands whenever somebody, and not the page, moves it. */
  moved(tell: (center: [number, number], zoom: number) => void): void {
    this.map.on('move', (event) => {
      if (!event.originalEvent && !this.zooming) return
      const { lng, lat } = this.map.getCenter()
      tell([lng, lat], this.map.getZoom())
    })
  }

  stand(center: [number, number], zoom: number): void {
    this.whole = null
    this.map.jumpTo({ center, zoom })
  }

  go(lon: number, lat: number): void { this.stand(onEarth(lon, lat), Math.max(this.map.getZoom(), 16)) }

  zoom(by: number): void {
    this.zooming = true
    this.whole = null
    this.map.zoomTo(this.map.getZoom() + by)
    this.map.once('moveend', () => { this.zooming = false })
  }
  label(text: string): void { this.map.getCanvas().setAttribute('aria-label', text) }

  destroy(): void {
    this.abort.abort()
    this.map.remove()
  }
}

