import type { LayerSpecification } from 'maplibre-gl'
// The shapes that the server answers with. They mirror /openapi.json; nothing here is computed.

import type { MeasureUnit } from '../format'

export interface Text { fa: string; en: string }
export type Bounds = [west: number, south: number, east: number, north: number]
export type Geometry = 'point' | 'line' | 'polygon' | 'any' | 'none'

export interface Theme {
  code: string
  title: Text
  geometry: Geometry
  store: string
  obligation: string | null
  min_zoom: number
  /** Below it features are drawn together; not above min_zoom where they never are. */
  split_zoom?: number
  max_zoom: number
  restricted: boolean
  features: number // null for a restricted theme, of which only single datasets are drawn
  datasets: number
  bounds: Bounds | null
  updated_at: string | null
  /** Of a layer that is one dataset of a restricted theme: whose it is. Its code is that of its tiles. */
  of?: { theme: string; dataset: number; title: Text; holder: Text }
}
/** A dataset of a restricted theme that the reader may see. */
export interface MyLayer { layer: string; dataset: number; theme: string; agency: { code: string; name: Text }; territory: Text | null; min_zoom: number; features: number; updated_at: string }
export interface Themes { themes: Theme[]; sample?: boolean }

export interface AdminUnit {
  code: string
  level: string
  name_fa: string
  name_en: string | null
  parent_code: string | null
  area_m2: number | null
  bounds: Bounds | null
}
export interface AdminUnits { units: AdminUnit[] }

export interface Article { article: string; title: Text; percent: number | null; obligations: string[] }
export interface Obligation {
  code: string
  article: string
  title: Text
  responsible: Text
  measure: 'area' | 'count' | 'layers' | 'none'
  unit: MeasureUnit | null
  numerator: number | null
  denominator: number | null
  percent: number | null
  state: 'known' | 'unknown' | 'not-applicable'
  reason: Text | null
  legal_deadline: string | null
  legal_deadline_jalali: string | null
  days_overdue: number | null
  denominator_source: Text | null
  /** Who approved what 100 per cent is, in Persian, and the number of the decision. */
  approved_by: string | null
  provisional?: boolean
  beside?: Beside[]
  capture_years?: CaptureYear[]
}
/** What the base maps of one year cover. */
export interface CaptureYear { year: number; year_jalali: number; m2: number; percent: number | null; old: boolean }
/** A measure that stands beside a headline. */
export interface Beside { measure: string; unit: MeasureUnit | null; state: 'known' | 'unknown'; reason: Text | null; denominator: number | null; published: number | null; percent: number | null }
export interface ProgressChild {
  provisional?: string[]
  code: string
  level: string
  name_fa: string
  name_en: string | null
  percent: number | null
  known: number
  obligations: Record<string, number | null>
  /** Obligations of which nothing is due there. */
  not_applicable?: string[]
}
export interface Progress {
  as_of: string
  as_of_jalali: string
  change: number
  unit: { code: string; level: string; name_fa: string; name_en: string | null }
  articles: Article[]
  obligations: Obligation[]
  children: ProgressChild[]
}

export interface Place {
  type: 'Feature'
  geometry: { type: 'Point'; coordinates: [number, number] }
  properties: {
    geocoding: {
      place_id: string
      type: string
      label: string
      label_en?: string
      housenumber?: string
      street?: string
      district?: string
      city?: string
      county?: string
      state?: string
      postcode?: string
      distance_m?: number
    }
    match?: {
      level: string
      confidence: number
      reasons?: { fa: string[]; en: string[] }
      unmatched?: string[]
    }
  }
}
export interface Places {
  type: 'FeatureCollection'
  geocoding: { version: string; query?: string; data_version?: string; nothing?: { reason: { fa: string; en: string }; next: { fa: string; en: string } } }
  features: Place[]
}

/** A line of a style's legend: how features look that have a value, or all others. */
export interface LegendLine { layer: string; geometry: string; attribute?: string; value?: string; label: Text; colour: string }

/** A MapLibre style of a layer. */
export interface Style {
  metadata: { 'nsdi:legend': LegendLine[] }
  layers: LayerSpecification[]
}

export interface TileJSON {
  tilejson: string
  tiles: string[]
  minzoom?: number
  maxzoom?: number
  bounds?: Bounds
  /** Longitude, latitude and zoom of a place that is worth looking at first. */
  center?: [number, number, number]
  version?: string
  name?: string
  vector_layers?: { id: string; fields: Record<string, string> }[]
}

export interface ProblemDocument {
  type?: string
  code?: string
  status?: number
  title?: string
  detail?: string
  next_step?: string
  title_fa?: string
  detail_fa?: string
  next_step_fa?: string
}
