import type { FeatureCollection, LineString } from 'geojson'

/** Meridians and parallels every `step` degrees: the only base map that needs no other host. */
export function graticule(step: number): FeatureCollection<LineString> {
  const lines: [number, number][][] = []
  for (let lon = -180; lon <= 180; lon += step) lines.push([[lon, -80], [lon, 80]])
  for (let lat = -80; lat <= 80; lat += step) lines.push([[-180, lat], [180, lat]])
  return {
    type: 'FeatureCollection',
    features: lines.map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates } })),
  }
}
