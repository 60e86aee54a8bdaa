import type { FeatureCollection } from 'geojson'
import { Map as MapLibre, Marker, setWorkerUrl, type MapGeoJSONFeature, type PaddingOptions } from 'maplibre-gl'
// Without ?worker&url a build succeeds, the worker's address answers 404 and the map never draws.
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { api, tileAddresses } from '../api/client'
import { themeOf } from '../api/layers'
import type { Bounds, LegendLine, Style, Theme, TileJSON } from '../api/types'
import type { Lang } from '../i18n'
import type { PickedFeature, Target } from '../state/selection'
import type { Position } from '../state/url'
import { addAdmin, adminHits, adminLabels, adminSource, adminTheme, countyLabelsFrom, fadeChoropleth, hoverUnit, setChoropleth, showChoropleth } from './admin'
import { addCells, cellFilter, cellHits, cellSource, fadeCells, removeCells, showCells } from './cells'
import { iran } from './extent'
import type { Shade } from './classes'
import { dots, hatch } from './hatch'
import { AdminLabels } from './labels'
import { byId, mark } from './mark'
import { onPaper } from './paper'
import { onPress } from './press'
import { repaint } from './scheme'
import { baseStyle } from './style'
import { addTheme, addThemeData, fadeTheme, relabelTheme, removeTheme, sourceOf, styleOf, themeHits, themeOfSource } from './theme'


const side = (padding: number | undefined) => padding ?? 0

/** A layer of the list by its code, and what it is called within its tiles. */
interface Shown { abort: AbortController; of: string; style?: Style }

export interface Events {
  moved: (position: Position, metresPerPixel: number) => void
  picked: (features: PickedFeature[]) => void
  pressed: (lon: number, lat: number) => void
  tilesFailed: (theme: string) => void
  /** How a layer is drawn, by the style that the server keeps of it. */
  styled: (theme: string, legend: readonly LegendLine[]) => void
  /** Where a layer's features are. */
  placed: (theme: string, bounds: Bounds) => void
  hatchFailed: () => void
}

/** The map, without the page around it. `data-map-idle` on its element says when everything is drawn. */
export class NationalMap {
  private readonly map: MapLibre
  private readonly abort = new AbortController()
  private cells: AbortController | null = null
  private readonly shown = new Map<string, Shown>()
  private readonly faded = new Map<string, number>()
  private taken: ((lon: number, lat: number) => void) | null = null
  /** The version that a layer's description gives its tiles, for whoever asks where a feature comes from. */
  private readonly versions = new Map<string, string>()
  private readonly centres = new Map<string, [number, number, number]>()
  private pending = 0
  private marker: Marker | null = null
  private ready: Promise<void>
  private readonly labels: AdminLabels
  private leave = () => {}
  /** What covers the map has another size: the country is fitted beside it, until somebody moves the map. */
  whole = () => {}

  constructor(private readonly element: HTMLElement, start: Position | null, label: string, padding: () => PaddingOptions, private readonly events: Events) {
    setWorkerUrl(workerUrl)
    this.map = new MapLibre({
      container: element,
      style: baseStyle(),
      attributionControl: false,
      renderWorldCopies: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      minZoom: 2,
      maxZoom: 20,
      fadeDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200,
      locale: { 'Map.Title': label },
      ...(start ? { center: [start.lon, start.lat], zoom: start.zoom } : { bounds: iran, fitBoundsOptions: { padding: padding() } }),
    })
    this.map.touchZoomRotate.disableRotation()
    onPaper(this.map, () => this.repaint(), this.abort.signal)
    if (!start) this.keepWhole(padding)
    this.labels = new AdminLabels(this.map, adminSource, adminTheme, adminLabels)
    this.watch()
    this.ready = this.work(this.start())
  }

  private async start(): Promise<void> {
    const ready = new Promise<void>((resolve) => this.map.once('style.load', () => resolve()))
    const [tilejson] = await Promise.all([
      api.tileJSON(adminTheme, this.abort.signal), ready,
      document.fonts.load('16px Vazirmatn'), document.fonts.load('600 16px "Vazirmatn SemiBold"'),
    ])
    this.remember(adminTheme, tilejson)
    let hatched = true
    try {
      this.map.addImage('hatch', hatch(), { pixelRatio: 2 })
      this.map.addImage('dots', dots(), { pixelRatio: 2 })
    } catch {
      hatched = false
      this.events.hatchFailed()
    }
    addAdmin(this.map, tileAddresses(tilejson, location.origin), tilejson.minzoom ?? 0, tilejson.maxzoom ?? 14, hatched)
  }

  /** The map itself, for tools that draw on it or take its picture. */
  get gl(): MapLibre { return this.map }

  /** Has clicks told to a tool instead, until it gives them back. */
  take(tell: (lon: number, lat: number) => void): () => void {
    this.taken = tell
    this.map.getCanvas().style.cursor = 'crosshair'
    return () => {
      this.taken = null
      this.map.getCanvas().style.cursor = ''
    }
  }

  /** Resolves when the admin units can be drawn; rejects with the reason why they cannot. */
  started(): Promise<void> { return this.ready }

  /** Until somebody moves it, the map shows the whole country, however a phone is turned or a window drawn. */
  private keepWhole(padding: () => PaddingOptions): void {
    this.whole = () => { this.map.fitBounds(iran, { padding: padding(), animate: false }) }
    this.leave = () => { this.whole = () => {} }
    this.map.on('resize', () => this.whole())
    this.map.on('movestart', ({ originalEvent }) => { if (originalEvent) this.leave() })
  }

  /** Counts work whose end changes the picture, so that "idle" is not said in between. */
  private async work<T>(promise: Promise<T>): Promise<T> {
    this.pending++
    delete this.element.dataset.mapIdle
    try {
      return await promise
    } finally {
      this.pending--
      this.map.triggerRepaint()
    }
  }

  hold<T>(promise: Promise<T>): Promise<T> { return this.work(promise) }

  private watch(): void {
    const { map, element } = this
    map.on('idle', () => {
      const near = map.getZoom() >= countyLabelsFrom
      const relabelled = map.getSource(adminLabels) !== undefined && this.labels.update(near ? ['province', 'county'] : ['province'])
      if (this.pending === 0 && !relabelled) element.dataset.mapIdle = 'true'
    })
    for (const event of ['movestart', 'dataloading'] as const) map.on(event, () => { delete element.dataset.mapIdle })
    const moved = () => {
      const { lng, lat } = map.getCenter()
      const zoom = map.getZoom()
      const metres = (40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom)
      this.events.moved({ zoom, lat, lon: lng }, metres)
    }
    map.on('moveend', moved)
    map.on('load', moved)
    map.on('error', (event) => {
      const source = (event as { sourceId?: string }).sourceId
      if (source) this.events.tilesFailed(themeOfSource(source))
      else console.error(event.error)
    })
    const { justPressed } = onPress(map, (place) => this.events.pressed(place.lng, place.lat))
    map.on('click', (event) => {
      if (!justPressed()) this.point(event.point.x, event.point.y)
    })
    // What the mouse does by pointing, the keyboard does with the middle of the map.
    map.getCanvas().addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return
      const { x, y } = map.project(map.getCenter())
      this.point(x, y)
    })
    map.on('mousemove', (event) => {
      if (!map.getLayer('admin-hover') || this.taken) return
      const hit = this.hits(event.point.x, event.point.y)[0]
      map.getCanvas().style.cursor = hit ? 'pointer' : ''
      hoverUnit(map, hit && themeOfSource(hit.source) === adminTheme ? String(hit.properties.code) : null)
    })
    map.on('mouseout', () => { if (map.getLayer('admin-hover')) hoverUnit(map, null) })
  }

  private hits(x: number, y: number): MapGeoJSONFeature[] {
    const around = 4
    const box: [[number, number], [number, number]] = [[x - around, y - around], [x + around, y + around]]
    const themes = themeHits(this.map)
    const found = themes.length ? this.map.queryRenderedFeatures(box, { layers: themes }) : []
    if (found.length) return found
    const ground = cellHits(this.map)
    const [cell] = ground.length ? this.map.queryRenderedFeatures([x, y], { layers: ground, filter: ['has', 'cell'] }) : []
    if (cell) return [cell]
    const admin = adminHits.filter((id) => this.map.getLayer(id))
    return admin.length ? this.map.queryRenderedFeatures([x, y], { layers: admin }).slice(0, 1) : []
  }

  private point(x: number, y: number): void {
    const { lng, lat } = this.map.unproject([x, y])
    if (this.taken) this.taken(lng, lat)
    else this.events.picked(this.pick(x, y).map((one) => ({ ...one, at: { lon: lng, lat } })))
  }

  /** A feature of a layer that is on the map, by its id; null where it is not in view. */
  find(code: string, id: string): PickedFeature | null {
    const source = code === adminTheme ? adminSource : sourceOf(code)
    if (!this.map.getSource(source)) return null
    const [hit] = this.map.querySourceFeatures(source, { sourceLayer: this.within(code), filter: byId(code, id) })
    return hit ? { theme: code, id: hit.id ?? null, properties: hit.properties as Record<string, unknown>, version: this.versions.get(code) ?? null } : null
  }

  private within(code: string): string { return this.shown.get(code)?.of ?? code }

  /** The units in view that carry a colour. */
  coloured(): { code: string; level: string }[] {
    const layers = ['admin-known', 'admin-unknown', 'admin-not-due'].filter((id) => this.map.getLayer(id))
    const units = new Map((layers.length ? this.map.queryRenderedFeatures({ layers }) : []).map(({ properties }) => [String(properties.code), String(properties.level)]))
    return [...units].map(([code, level]) => ({ code, level }))
  }

  /** Draws round what the card is about. */
  mark(feature: PickedFeature | null): void {
    if (feature?.theme === cellSource) mark(this.map, { source: cellSource, theme: cellSource, filter: cellFilter(feature.properties) })
    else mark(this.map, feature && feature.id !== null ? { source: feature.theme === adminTheme ? adminSource : sourceOf(feature.theme), theme: this.within(feature.theme), filter: byId(feature.theme, String(feature.id)) } : null)
  }

  /** The colours of day or night have come. */
  repaint(): void {
    repaint(this.map)
    this.fadeGround(this.faded.get(adminTheme) ?? 1)
  }

  private fadeGround(share: number): void {
    if (!this.map.getLayer('admin-known')) return
    fadeChoropleth(this.map, share)
    fadeCells(this.map, share)
  }

  fade(opacity: Readonly<Record<string, number>>): void {
    for (const code of [adminTheme, ...this.shown.keys()]) {
      const share = (opacity[code] ?? 100) / 100
      if ((this.faded.get(code) ?? 1) === share) continue
      const shown = this.shown.get(code)
      if (code === adminTheme) this.fadeGround(share)
      else if (shown?.style && this.map.getSource(sourceOf(code))) fadeTheme(this.map, code, shown.style, share)
      else continue
      this.faded.set(code, share)
    }
  }

  private pick(x: number, y: number): PickedFeature[] {
    const seen = new Set<string>()
    const picked: PickedFeature[] = []
    for (const hit of this.hits(x, y)) {
      const theme = themeOfSource(hit.source)
      const properties = hit.properties as Record<string, unknown>
      // One feature comes as its fill and its edge, and once for every tile that it lies in.
      const key = `${theme} ${hit.id ?? JSON.stringify(properties)}`
      if (seen.has(key)) continue
      seen.add(key)
      // A cell's number in its tile is none that a link could keep.
      picked.push({ theme, id: theme === cellSource ? null : (hit.id ?? null), properties, version: this.versions.get(theme) ?? null })
    }
    return picked.slice(0, 20)
  }

  async showTheme(theme: Theme, lang: Lang): Promise<void> {
    if (this.shown.has(theme.code)) return
    const abort = new AbortController()
    const of = themeOf(theme)
    this.shown.set(theme.code, { abort, of })
    try {
      await this.work((async () => {
        const [tilejson, style] = await Promise.all([api.tileJSON(theme.code, abort.signal), styleOf(theme, abort.signal), this.ready])
        if (abort.signal.aborted) return
        this.remember(theme.code, tilejson)
        this.styled(theme.code, { abort, of, style })
        addTheme(this.map, theme.code, style, tileAddresses(tilejson, location.origin),
          { minzoom: tilejson.minzoom ?? theme.min_zoom, maxzoom: tilejson.maxzoom ?? theme.max_zoom }, lang)
      })())
    } catch (error) {
      this.shown.delete(theme.code)
      throw error
    }
  }

  /** Shows features that are of no tiles, with the version that the card tells of them. */
  showData(theme: Theme, style: Style, data: FeatureCollection, version: string, lang: Lang): void {
    this.styled(theme.code, { abort: new AbortController(), of: themeOf(theme), ...this.shown.get(theme.code), style })
    this.versions.set(theme.code, version)
    addThemeData(this.map, theme.code, style, data, lang)
  }

  private styled(code: string, shown: Shown & { style: Style }): void {
    this.shown.set(code, shown)
    this.events.styled(code, shown.style.metadata['nsdi:legend'])
  }

  private remember(code: string, { version, center, bounds }: TileJSON): void {
    if (bounds) this.events.placed(code, bounds)
    if (version) this.versions.set(code, version)
    if (center) this.centres.set(code, center)
  }

  hideTheme(code: string): void {
    this.shown.get(code)?.abort.abort()
    this.faded.delete(code)
    this.shown.delete(code)
    mark(this.map, null)
    removeTheme(this.map, code)
  }

  themes(): string[] { return [...this.shown.keys()] }

  setChoropleth(values: ReadonlyMap<string, Shade>, scope: string): void { setChoropleth(this.map, values, scope) }
  showChoropleth(on: boolean): void {
    showChoropleth(this.map, on)
    showCells(this.map, on)
  }

  /** Colours the ground from close by with the figures of one obligation, where they are counted by cells. None: by units alone. */
  async showCells(obligation: string, shown: boolean): Promise<void> {
    this.cells?.abort()
    const abort = this.cells = new AbortController()
    removeCells(this.map)
    const share = this.faded.get(adminTheme) ?? 1
    fadeChoropleth(this.map, share)
    if (!obligation) return
    await this.work((async () => {
      const tilejson = await api.tileJSON(`progress-${obligation}`, abort.signal)
      if (abort.signal.aborted || !tilejson.vector_layers?.some(({ fields }) => fields && 'cell' in fields)) return
      this.remember(cellSource, tilejson)
      addCells(this.map, tileAddresses(tilejson, location.origin), { minzoom: tilejson.minzoom ?? 0, maxzoom: tilejson.maxzoom ?? 12 }, this.map.hasImage('hatch'), share)
      showCells(this.map, shown)
    })())
  }

  setLanguage(lang: Lang, label: string): void {
    this.map.getCanvas().setAttribute('aria-label', label)
    this.labels.setLanguage(lang)
    for (const [code, { style }] of this.shown) if (style) relabelTheme(this.map, code, style, lang)
  }

  go(target: Target, padding: PaddingOptions): void {
    this.leave()
    if ('by' in target) this.map.zoomTo(this.map.getZoom() + target.by)
    else if ('bounds' in target) {
      const camera = this.map.cameraForBounds(target.bounds, { padding, maxZoom: target.maxZoom ?? 17 })
      if (!camera) return
      const least = target.theme?.minZoom ?? 0
      if ((camera.zoom ?? 0) >= least) this.map.flyTo({ ...camera, maxDuration: 2500 })
      else {
        // The whole layer shows nothing from so far; its description says where to look instead.
        const centre = target.theme && this.centres.get(target.theme.code)
        this.map.flyTo({ ...camera, ...(centre && { center: [centre[0], centre[1]] as [number, number] }), zoom: least, maxDuration: 2500 })
      }
    } else {
      // An offset, since a padding would stay with the map.
      const offset: [number, number] = [(side(padding.left) - side(padding.right)) / 2, (side(padding.top) - side(padding.bottom)) / 2]
      this.map.flyTo({ center: [target.lon, target.lat], zoom: target.zoom, offset, maxDuration: 2500 })
    }
  }

  jump(position: Position): void {
    this.leave()
    this.map.jumpTo({ center: [position.lon, position.lat], zoom: position.zoom })
  }

  setPin(pin: { lon: number; lat: number } | null): void {
    this.marker?.remove()
    this.marker = pin ? new Marker({ color: '#b3261e' }).setLngLat([pin.lon, pin.lat]).addTo(this.map) : null
    this.marker?.getElement().setAttribute('aria-hidden', 'true')
  }

  destroy(): void {
    this.abort.abort()
    for (const { abort } of this.shown.values()) abort.abort()
    this.map.remove()
  }
}
