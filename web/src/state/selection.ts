import { signal } from '@preact/signals'
import type { Bounds, Place } from '../api/types'

export interface PickedFeature { theme: string; id: string | number | null; properties: Record<string, unknown>; version: string | null
  /** Where somebody clicked. */
  at?: { lon: number; lat: number }
}

/** What the card on the map tells about. */
export type Selection =
  | { kind: 'features'; features: PickedFeature[] }
  | { kind: 'place'; place: Place; version: string | null }
  | { kind: 'reverse'; lon: number; lat: number }

export const selection = signal<Selection | null>(null)
/** Of several features, the one that the card shows. */
export const shown = signal<PickedFeature | null>(null)

/** Where the map is asked to go. Every request is a new object, so that asking twice goes twice. */
export type Target = { bounds: Bounds; maxZoom?: number; theme?: { code: string; minZoom: number } } | { lon: number; lat: number; zoom: number } | { by: 1 | -1 }
export const target = signal<Target | null>(null)

/** The pin on the map. */
export const pin = signal<{ lon: number; lat: number } | null>(null)
