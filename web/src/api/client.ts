import { isAbort, Problem, Unreachable, Unreadable } from './problem'
import type { AdminUnits, Geometry, MyLayer, Places, ProblemDocument, Progress, Style, Themes, TileJSON } from './types'

type Query = Record<string, string | number | undefined>

function address(path: string, query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) params.set(key, String(value))
  }
  const text = params.toString()
  return text ? `${path}?${text}` : path
}

/** Asks for something; with a body it is sent as JSON. */
export async function request<T>(path: string, { query, body: sent, signal }: { query?: Query; body?: unknown; signal?: AbortSignal } = {}): Promise<T> {
  const url = address(path, query)
  let response: Response
  try {
    response = await fetch(url, {
      headers: { accept: 'application/json', ...(sent !== undefined && { 'content-type': 'application/json' }) },
      ...(sent !== undefined && { method: 'POST', body: JSON.stringify(sent) }), ...(signal && { signal }),
    })
  } catch (cause) {
    if (isAbort(cause)) throw cause
    throw new Unreachable(url, { cause })
  }
  let body: unknown
  try {
    body = await response.json()
  } catch (cause) {
    if (isAbort(cause)) throw cause
    if (!response.ok) throw new Problem(response.status, {})
    throw new Unreadable(url, { cause })
  }
  if (!response.ok) throw new Problem(response.status, (body ?? {}) as ProblemDocument)
  return body as T
}

const get = <T>(url: string, signal?: AbortSignal) => request<T>(url, { ...(signal && { signal }) })

const geometries: readonly Geometry[] = ['point', 'line', 'polygon', 'any', 'none']

/** A kind of geometry that this page does not know yet is drawn as whatever its tiles hold. */
function geometryOf(value: string | null | undefined): Geometry {
  return geometries.find((one) => one === value) ?? (value ? 'any' : 'none')
}

export const api = {
  themes: async (signal?: AbortSignal): Promise<Themes> => {
    const answer = await get<Themes>('/v1/themes', signal)
    return { ...answer, themes: answer.themes.map((theme) => ({ ...theme, geometry: geometryOf(theme.geometry) })) }
  },
  myLayers: (signal?: AbortSignal) => get<{ layers: MyLayer[] }>('/v1/me/layers', signal),
  adminUnits: (query: { level?: string; parent?: string }, signal?: AbortSignal) =>
    get<AdminUnits>(address('/v1/admin-units', query), signal),
  progress: (unit: string, signal?: AbortSignal) => get<Progress>(address('/v1/progress', { unit }), signal),
  geocode: (q: string, limit: number, signal?: AbortSignal) =>
    get<Places>(address('/v1/geocode', { q, limit }), signal),
  reverse: (lon: number, lat: number, limit: number, signal?: AbortSignal) =>
    get<Places>(address('/v1/reverse', { lat: lat.toFixed(6), lon: lon.toFixed(6), limit }), signal),
  tileJSON: (layer: string, signal?: AbortSignal) =>
    get<TileJSON>(`/tiles/${encodeURIComponent(layer)}.json`, signal),
  style: (layer: string, signal?: AbortSignal) =>
    get<Style>(`/styles/${encodeURIComponent(layer)}.json`, signal),
}

/**
 * Tile addresses as the map needs them: absolute, the {z}/{x}/{y} placeholders left as they are. They are always this
 * page's own server's: behind a proxy it may not know the scheme and name under which it is seen.
 */
export function tileAddresses(tilejson: TileJSON, origin: string): string[] {
  return tilejson.tiles.map((template) => origin + template.replace(/^https?:\/\/[^/]+/, ''))
}
