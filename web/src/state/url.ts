import type { Point } from '../geo/ellipsoid'
import type { Lang } from '../i18n'

/** What a link reproduces. */
export interface View {
  lang: Lang
  layers: string[]
  /** Of layers that are not drawn as usual, in per cent. */
  opacity: Record<string, number>
  /** The obligation that colours the map; empty is the mean of the known ones. */
  by: string
  /** The admin unit whose figures the panel shows. */
  unit: string
  /** The day whose data is shown; empty: now. */
  asOf: string
  chosen: Chosen | null
  /** The corners of what is measured. */
  measure: Point[]
  position: Position | null
}
/** What the card on the map is about: a feature of a theme, or a point. */
export type Chosen = { theme: string; id: string } | { lon: number; lat: number }
export interface Position { zoom: number; lat: number; lon: number }

export const country = 'IR'
/** As many corners as a link carries. */
export const mostPoints = 100
export const defaultLayers: readonly string[] = ['admin-unit']

const code = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

export function parseView(search: string, hash: string): View {
  const query = new URLSearchParams(search)
  const listed = query.get('layers')
  const layers = listed?.split(',').map((one) => one.split(':') as [string, string?]).filter(([layer]) => code.test(layer))
  return {
    lang: query.get('lang') === 'en' ? 'en' : 'fa',
    layers: layers ? [...new Set(layers.map(([layer]) => layer))] : [...defaultLayers],
    opacity: Object.fromEntries((layers ?? []).flatMap(([layer, text]) => (text && /^\d{1,2}$/.test(text) ? [[layer, Number(text)]] : []))),
    by: codeOr(query.get('by'), ''),
    unit: codeOr(query.get('unit'), country),
    asOf: day(query.get('as_of')),
    chosen: parseChosen(query.get('sel')),
    measure: parsePoints(query.get('measure')),
    position: parsePosition(hash),
  }
}

function codeOr(value: string | null, fallback: string): string {
  return value !== null && code.test(value) ? value : fallback
}

function day(value: string | null): string {
  return value && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : ''
}

function parsePoints(text: string | null): Point[] {
  const points = (text ?? '').split(';').slice(0, mostPoints).map((one) => /^(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)$/.exec(one)).map((match) => [Number(match?.[2] ?? NaN), Number(match?.[1] ?? NaN)] as const)
  return points.every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 85.06) ? points : []
}

/** theme.id, or @latitude,longitude. */
function parseChosen(text: string | null): Chosen | null {
  if (text?.startsWith('@')) {
    const [point] = parsePoints(text.slice(1))
    return point ? { lon: point[0], lat: point[1] } : null
  }
  const match = /^([a-z][a-z0-9-]{0,63})\.([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/.exec(text ?? '')
  return match ? { theme: match[1]!, id: match[2]! } : null
}

const writePoint = (lon: number, lat: number) => `${lat.toFixed(6)},${lon.toFixed(6)}`

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
  const layers = view.layers.map((one) => (view.opacity[one] === undefined ? one : `${one}:${view.opacity[one]}`)).join(',')
  if (layers !== defaultLayers.join()) query.push(`layers=${layers}`)
  if (view.by) query.push(`by=${view.by}`)
  if (view.unit !== country) query.push(`unit=${view.unit}`)
  if (view.asOf) query.push(`as_of=${view.asOf}`)
  if (view.chosen) query.push(`sel=${'theme' in view.chosen ? `${view.chosen.theme}.${view.chosen.id}` : `@${writePoint(view.chosen.lon, view.chosen.lat)}`}`)
  if (view.measure.length) query.push(`measure=${view.measure.map((one) => writePoint(...one)).join(';')}`)
  const search = query.length ? `?${query.join('&')}` : ''
  return search + (view.position ? formatPositionHash(view.position) : '')
}

function formatPositionHash({ zoom, lat, lon }: Position): string {
  // One more decimal than a pixel at this zoom needs; never an exponent.
  const digits = Math.max(2, Math.ceil((zoom * Math.LN2 + Math.log(512 / 360)) / Math.LN10))
  return `#map=${zoom.toFixed(2)}/${lat.toFixed(digits)}/${lon.toFixed(digits)}`
}
