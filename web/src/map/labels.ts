import type { Feature, FeatureCollection, Point } from 'geojson'
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl'
import type { Lang } from '../i18n'
import { interiorPoint, polygonArea } from './interior'

interface Label { area: number; point: [number, number]; level: string; name_fa: string; name_en: string }

/**
 * One label for each admin unit, in the largest piece of it that has been seen. Labels of the tiles' own polygons
 * would stand once in every tile; the middle of a box may lie in the neighbour.
 */
export class AdminLabels {
  private readonly labels = new Map<string, Label>()
  private lang: Lang = 'fa'

  constructor(private readonly map: MapLibre, private readonly tiles: string, private readonly sourceLayer: string, private readonly target: string) {}

  /** Looks at what is loaded; true when a label is new or has moved. */
  update(levels: readonly string[]): boolean {
    let changed = false
    for (const feature of this.map.querySourceFeatures(this.tiles, { sourceLayer: this.sourceLayer, filter: ['in', ['get', 'level'], ['literal', [...levels]]] })) {
      const { geometry, properties } = feature
      const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : []
      for (const rings of polygons) {
        const area = polygonArea(rings)
        const code = String(properties.code)
        // The same piece comes again from every zoom, a little simpler or finer each time.
        if (area <= (this.labels.get(code)?.area ?? 0) * 1.05) continue
        this.labels.set(code, { area, point: interiorPoint(rings), level: String(properties.level),
          name_fa: String(properties.name_fa ?? ''), name_en: String(properties.name_en ?? '') })
        changed = true
      }
    }
    if (changed) this.draw()
    return changed
  }

  setLanguage(lang: Lang): void {
    if (lang === this.lang) return
    this.lang = lang
    this.draw()
  }

  private draw(): void {
    const features = [...this.labels.values()].map((label): Feature<Point> => ({
      type: 'Feature',
      properties: { level: label.level, area: label.area, name: (this.lang === 'en' && label.name_en) || label.name_fa },
      geometry: { type: 'Point', coordinates: label.point },
    }))
    const data: FeatureCollection<Point> = { type: 'FeatureCollection', features }
    void (this.map.getSource(this.target) as GeoJSONSource | undefined)?.setData(data)
  }
}
