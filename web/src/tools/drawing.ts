import type { FeatureCollection } from 'geojson'
import type { GeoJSONSource } from 'maplibre-gl'
import { trace, type Point } from '../geo/ellipsoid'
import type { NationalMap } from '../map/national-map'

const source = 'measure'
export const measureColour = '#d6006c'

/** Draws what is measured, along the geodesics. */
export function drawMeasure({ gl }: NationalMap, points: readonly Point[]): void {
  const closed = points.length > 2
  const way = trace(closed ? [...points, points[0]!] : points, 20_000).map((one) => [...one])
  const data: FeatureCollection = { type: 'FeatureCollection', features: [
    ...(closed ? [{ type: 'Feature' as const, properties: {}, geometry: { type: 'Polygon' as const, coordinates: [way] } }] : []),
    ...(points.length > 1 ? [{ type: 'Feature' as const, properties: {}, geometry: { type: 'LineString' as const, coordinates: trace(points, 20_000).map((one) => [...one]) } }] : []),
    ...points.map((one) => ({ type: 'Feature' as const, properties: {}, geometry: { type: 'Point' as const, coordinates: [...one] } })),
  ] }
  const known = gl.getSource(source) as GeoJSONSource | undefined
  if (known) {
    known.setData(data)
    return
  }
  if (points.length === 0) return
  gl.addSource(source, { type: 'geojson', data })
  gl.addLayer({ id: 'measure-fill', type: 'fill', source, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': measureColour, 'fill-opacity': 0.15 } })
  gl.addLayer({ id: 'measure-edge', type: 'line', source, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'line-color': measureColour, 'line-width': 1.5, 'line-dasharray': [2, 2] } })
  gl.addLayer({ id: 'measure-line', type: 'line', source, filter: ['==', ['geometry-type'], 'LineString'], layout: { 'line-join': 'round' }, paint: { 'line-color': measureColour, 'line-width': 3 } })
  gl.addLayer({ id: 'measure-dot', type: 'circle', source, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': '#fff', 'circle-radius': 4.5, 'circle-stroke-color': measureColour, 'circle-stroke-width': 2.5 } })
}
