// Universal Transverse Mercator on WGS 84, by Krüger's series to the fourth order: right to less than a millimetre within a zone.

export interface Utm { zone: number; hemisphere: 'N' | 'S'; easting: number; northing: number }

const a = 6_378_137
const f = 1 / 298.257223563
const n = f / (2 - f)
const e = Math.sqrt(f * (2 - f))
const radius = (a / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64)
const alpha = [
  n / 2 - (2 / 3) * n ** 2 + (5 / 16) * n ** 3 + (41 / 180) * n ** 4,
  (13 / 48) * n ** 2 - (3 / 5) * n ** 3 + (557 / 1440) * n ** 4,
  (61 / 240) * n ** 3 - (103 / 140) * n ** 4,
  (49561 / 161280) * n ** 4,
]

/** Null near the poles, where there are no zones. */
export function toUtm(lon: number, lat: number): Utm | null {
  if (!(Math.abs(lon) <= 180 && lat >= -80 && lat <= 84)) return null
  const zone = Math.min(60, Math.floor((lon + 180) / 6) + 1)
  const across = ((lon - (zone * 6 - 183)) * Math.PI) / 180
  const s = Math.sin((lat * Math.PI) / 180)
  const t = Math.sinh(Math.atanh(s) - e * Math.atanh(e * s))
  const xi = Math.atan2(t, Math.cos(across))
  const eta = Math.asinh(Math.sin(across) / Math.hypot(t, Math.cos(across)))
  let [x, y] = [eta, xi]
  for (const [i, factor] of alpha.entries()) {
    const k = 2 * (i + 1)
    x += factor * Math.cos(k * xi) * Math.sinh(k * eta)
    y += factor * Math.sin(k * xi) * Math.cosh(k * eta)
  }
  const hemisphere = lat < 0 ? 'S' : 'N'
  return { zone, hemisphere, easting: 500_000 + 0.9996 * radius * x, northing: 0.9996 * radius * y + (lat < 0 ? 10_000_000 : 0) }
}

/** As GIS desks write it: Latin digits, whole centimetres would claim too much of a click, so metres. */
export function formatUtm({ zone, hemisphere, easting, northing }: Utm): string {
  return `${zone}${hemisphere} ${Math.round(easting)} ${Math.round(northing)}`
}
