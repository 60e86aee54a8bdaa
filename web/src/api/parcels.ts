import { request } from './client'
import type { Asked } from './postal'
import type { Text } from './types'

// The shapes of the inquiries about parcels, as far as the page shows them.

export interface Parcel {
  id: number
  theme: string
  level: 'urban' | 'rural' | 'marine' | 'range-forest'
  parcel_id: string
  national_parcel_id: string | null
  registry_unit: string | null
  section: string
  district: string | null
  plate: { main: number; sub: number | null; fa: string; en: string }
  lot: string | null
  land_use: string | null
  declared_area_m2: number | null
  area_m2: number
  utm_area_m2: number
  utm_zone: number
  dataset: number
  version: number
  valid_from: string
  valid_to: string | null
  geometry: GeoJSON.Geometry
  distance_m?: number
  shared_boundary_m?: number
  administrative?: Administrative
}
export interface Administrative {
  deed_number: string | null
  deed_type: string | null
  deed_date: string | null
  registered_on: string | null
  survey_method: string | null
  source: string | null
  accuracy_m: number | null
  parents: string | null
}
export interface Succession { parent: number | null; parent_key: string; child: number; child_key: string; kind_title: Text; derived: boolean; overlap_m2: number | null; version: number; at: string }
export interface ParcelAddress { id: number; city: string | null; street: string | null; number: number | null; number_suffix: string | null; building: string | null; inside: boolean; distance_m: number; geometry: GeoJSON.Point }
export interface ParcelBuilding { id: number; key: string; area_m2: number; on_parcel_m2: number; share: number }
export interface PlateQuestion { section: string; main: number; sub?: number | undefined; unit?: string | undefined; district?: string | undefined; lot?: string | undefined }

const path = '/v1/parcels'
interface List { parcels: Parcel[] }

export const parcels = {
  byPlate: (asked: Asked, plate: PlateQuestion, signal: AbortSignal) => request<List>(`${path}/by-plate`, { query: { ...asked, ...plate }, signal }),
  byIdentifier: (asked: Asked, identifier: string, signal: AbortSignal) => request<List>(`${path}/by-identifier`, { query: { ...asked, identifier }, signal }),
  at: (asked: Asked, lon: number, lat: number, date: string, signal: AbortSignal) => request<List>(`${path}/at`, { query: { ...asked, lon, lat, date: date || undefined }, signal }),
  one: (asked: Asked, id: number, signal: AbortSignal) => request<{ parcel: Parcel }>(`${path}/${id}`, { query: { ...asked }, signal }),
  neighbours: (asked: Asked, id: number, signal: AbortSignal) => request<List>(`${path}/${id}/neighbours`, { query: { ...asked }, signal }),
  history: (asked: Asked, id: number, signal: AbortSignal) => request<List>(`${path}/${id}/history`, { query: { ...asked }, signal }),
  lineage: (asked: Asked, id: number, signal: AbortSignal) => request<{ lineage: Succession[] | null }>(`${path}/${id}/lineage`, { query: { ...asked }, signal }),
  addresses: (asked: Asked, id: number, signal: AbortSignal) => request<{ addresses: ParcelAddress[] | null }>(`${path}/${id}/addresses`, { query: { ...asked }, signal }),
  buildings: (asked: Asked, id: number, signal: AbortSignal) => request<{ buildings: ParcelBuilding[] | null }>(`${path}/${id}/buildings`, { query: { ...asked }, signal }),
  /** The facts of the register, which are told to those who have a role or a grant. */
  facts: (asked: Asked, identifier: string, signal: AbortSignal) =>
    request<{ answers: List[] }>(`${path}/inquiries`, { body: { ...asked, questions: [{ identifier }] }, signal }),
  extract: (asked: Asked, id: number) => `${path}/${id}/extract.pdf?${new URLSearchParams({ ...asked }).toString()}`,
}
