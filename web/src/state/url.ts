import type { Lang } from '../i18n'

/** What a link reproduces. */
export interface View {
  lang: Lang
  layers: string[]
  /** The obligation that colours the map; empty is the mean of the known ones. */
  by: string
  /** The admin unit whose figures the panel shows. */
  unit: string
  position: Position | null
}
export interface Position { zoom: number; lat: number; lon: number }

export const country = 'IR'
export const defaultLayers: readonly string[] = ['admin-unit']

const code = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

export function parseView(search: string, hash: string): View {
  const query = new URLSearchParams(search)
  const layers = query.get('layers')
  return {
    lang: query.get('lang') === 'en' ? 'en' : 'fa',
    layers: layers === null ? [...defaultLayers] : [...new Set(layers.split(',').filter((layer) => code.test(layer)))],
    by: codeOr(query.get('by'), ''),
    unit: codeOr(query.get('unit'), country),
    position: parsePosition(hash),
  }
}

function codeOr(value: string | null, fallback: string): string {
  return value !== null && code.test(value) ? value : fallback
}

/** #map=zoom/latitude/longitude, the order that map links have everywhere. */
function parsePosition(hash: string): Position | null {
  const match = /^#map=([\d.]+)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(hash)
  if (!match) return null
  const [zoom, lat, lon] = match.slice(1).map(Number) as [number, number, number]
  const valid = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85.06 && Math.abs(lon) <= 180
  return valid ? { zoom, lat, lon } : null
}

/** The address of a view; what is as usual is left out, so that an untouched page is plain "/". */
export function formatView(view: View): string {
  const query: string[] = []
  if (view.lang !== 'fa') query.push(`lang=${view.lang}`)
  if (view.layers.join() !== defaultLayers.join()) query.push(`layers=${view.layers.join(',')}`)
  if (view.by) query.push(`by=${view.by}`)
  if (view.unit !== country) query.push(`unit=${view.unit}`)
  const search = query.length ? `?${query.join('&')}` : ''
  return search + (view.position ? formatPositionHash(view.position) : '')
}

function formatPositionHash({ zoom, lat, lon }: Position): string {
  // One more decimal than a pixel at this zoom needs; never an exponent.
  const digits = Math.max(2, Math.ceil((zoom * Math.LN2 + Math.log(512 / 360)) / Math.LN10))
  return `#map=${zoom.toFixed(2)}/${lat.toFixed(digits)}/${lon.toFixed(digits)}`
}
