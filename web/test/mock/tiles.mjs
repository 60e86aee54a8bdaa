import GeoJSONVT from 'geojson-vt'
import vtpbf from 'vt-pbf'
import { layers } from './country.mjs'
import { tileZooms } from './answers.mjs'

const indexes = new Map()

/** The layer's tile as MVT bytes, or null where it has nothing. */
export function tile(code, z, x, y) {
  const features = layers[code]
  if (!features) return null
  if (!indexes.has(code)) {
    indexes.set(code, new GeoJSONVT({ type: 'FeatureCollection', features }, { maxZoom: tileZooms(code).maxzoom, indexMaxZoom: 5, tolerance: 3, buffer: 64, generateId: true }))
  }
  const found = indexes.get(code).getTile(z, x, y)
  return found ? Buffer.from(vtpbf.fromGeojsonVt({ [code]: found }, { version: 2 })) : null
}
