import type { Polygon } from 'geojson'
import type { Theme } from '../api/types'
import type { NationalMap } from '../map/national-map'

/** The box that is in view, as the interface takes an area. */
export function viewBox({ gl }: NationalMap): Polygon {
  const bounds = gl.getBounds()
  const [w, s, e, n] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((one) => Number(one.toFixed(7))) as [number, number, number, number]
  return { type: 'Polygon', coordinates: [[[w, s], [e, s], [e, n], [w, n], [w, s]]] }
}

/** Whether a layer's features are drawn one by one at a zoom, and from which zoom on. */
export const aloneFrom = (theme: Theme) => Math.max(theme.min_zoom, theme.split_zoom ?? 0)

/** Asks for what a dataset had in view at the end of a day, as far as one answer goes. */
export function askDataset(map: NationalMap, dataset: number, day: string, signal: AbortSignal): Promise<Response> {
  const [[[west, south], , [east, north]]] = viewBox(map).coordinates as [[[number, number], unknown, [number, number]]]
  return fetch(`/v1/datasets/${dataset}/features?${new URLSearchParams({ as_of: day, bbox: `${west},${south},${east},${north}`, limit: '1000' }).toString()}`, { signal })
}

/** Asks for what a theme has in view, now or at the end of a day. */
export function askArea(map: NationalMap, theme: string, query: Record<string, string>, signal?: AbortSignal): Promise<Response> {
  return fetch(`/v1/themes/${encodeURIComponent(theme)}/download?${new URLSearchParams(query).toString()}`, {
    method: 'POST', headers: { 'content-type': 'application/geo+json', accept: 'application/json, */*' }, body: JSON.stringify(viewBox(map)), ...(signal && { signal }),
  })
}
