import { request } from './client'
import type { Parcel } from './parcels'
import type { Text } from './types'

// The shapes of the inquiries about postal codes, as far as the page shows them.

export interface Asked { purpose: string; request: string }

export interface Finding { code: string; message: Text }
export interface Validation {
  postal_code: string
  format_valid: boolean
  prefix_known: boolean | null
  exists: boolean | null
  active: boolean | null
  errors: Finding[]
  warnings: Finding[]
  suggestions: { postal_code: string; slip: string; city: string }[]
}

export interface Unit {
  id: number
  postal_code: string
  address: string
  province?: string
  county?: string
  city?: string
  neighbourhood?: string
  street_before?: string
  street?: string
  number?: number
  number_suffix?: string
  building?: string
  floor?: number
  unit?: string
}
export interface Units { postal_code: string; units: Unit[] }

export interface Candidate { level: 'site' | 'unit'; confidence: number; reasons: { fa: string[]; en: string[] }; unmatched: string[]; address: string; units: Unit[] }
export interface Candidates { candidates: Candidate[] }

export interface Moment { at: string; jalali: string }
export interface Verification {
  kind: 'parcel-extract' | 'postal-certificate'
  number: string
  issued: Moment
  current: boolean
  state?: 'valid' | 'expired' | 'revoked'
  expires?: Moment
  revoked?: Moment
  code_matches?: boolean
  /** As the extract shows it. */
  parcel?: Parcel
}

export interface Site { address: string; distance_m: number; unit_count: number; units?: Unit[] }
export interface Sites { sites: Site[] | null }
export interface Certificate { written: string; postal_code?: string; status: string; reason?: Text; number?: string; file?: string }
export interface Order { id: string; state: 'waiting' | 'making' | 'ready' | 'failed'; total: number; done: number; file?: string }
export interface Certified { certificates: Certificate[]; order?: Order }

const path = '/v1/postal-codes'

export const postal = {
  validate: (asked: Asked, code: string, signal: AbortSignal) => request<Validation>(`${path}/validate`, { query: { ...asked, code }, signal }),
  address: (asked: Asked, code: string, signal: AbortSignal) => request<Units>(`${path}/${encodeURIComponent(code)}`, { query: { ...asked }, signal }),
  codes: (asked: Asked, text: string, signal: AbortSignal) => request<Candidates>(`${path}/search`, { body: { ...asked, text }, signal }),
  at: (asked: Asked, lon: number, lat: number, units: boolean, signal: AbortSignal) => request<Sites>(`${path}/at`, { query: { ...asked, lon, lat, units: units ? 'true' : undefined }, signal }),
  certify: (asked: Asked, codes: string[], signal: AbortSignal) => request<Certified>(`${path}/certificates`, { body: { ...asked, codes }, signal }),
  order: (id: string, signal: AbortSignal) => request<Order>(`${path}/certificate-orders/${encodeURIComponent(id)}`, { signal }),
  revoke: (number: string, reason: string, signal: AbortSignal) =>
    request<{ state: 'revoked'; revoked: Moment }>(`${path}/certificates/${encodeURIComponent(number)}/revoke`, { body: { reason }, signal }),
  verify: (number: string, code: string, signal: AbortSignal) =>
    request<Verification>(`/v1/verify/${encodeURIComponent(number)}`, { query: { code: code || undefined }, signal }),
}
