// Measures on WGS 84. Distances follow geodesics; an area is that within them.

export type Point = readonly [lon: number, lat: number]

const a = 6_378_137
const f = 1 / 298.257223563
const b = a * (1 - f)
const e2 = f * (2 - f)
const radians = (degrees: number) => (degrees * Math.PI) / 180

interface Line { metres: number; azimuth: number }

/** Vincenty's inverse; NaN for points that lie almost opposite each other, for which it does not converge. */
function inverse([lon1, lat1]: Point, [lon2, lat2]: Point): Line {
  const [u1, u2] = [lat1, lat2].map((lat) => Math.atan((1 - f) * Math.tan(radians(lat)))) as [number, number]
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)]
  const across = radians(((lon2 - lon1 + 540) % 360) - 180)
  let lambda = across
  for (let i = 0; i < 200; i++) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)]
    const sin = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl)
    if (sin === 0) return { metres: 0, azimuth: 0 }
    const cos = s1 * s2 + c1 * c2 * cl
    const sigma = Math.atan2(sin, cos)
    const alpha = (c1 * c2 * sl) / sin
    const cos2 = 1 - alpha * alpha
    const middle = cos2 === 0 ? 0 : cos - (2 * s1 * s2) / cos2
    const c = (f / 16) * cos2 * (4 + f * (4 - 3 * cos2))
    const next = across + (1 - c) * f * alpha * (sigma + c * sin * (middle + c * cos * (2 * middle * middle - 1)))
    if (Math.abs(next - lambda) > 1e-12) {
      lambda = next
      continue
    }
    const { big, delta } = series(cos2, sin, cos, middle)
    return { metres: b * big * (sigma - delta), azimuth: Math.atan2(c2 * sl, c1 * s2 - s1 * c2 * cl) }
  }
  return { metres: NaN, azimuth: NaN }
}

function series(cos2: number, sin: number, cos: number, middle: number): { big: number; delta: number } {
  const u = (cos2 * (a * a - b * b)) / (b * b)
  const big = 1 + (u / 16384) * (4096 + u * (-768 + u * (320 - 175 * u)))
  const small = (u / 1024) * (256 + u * (-128 + u * (74 - 47 * u)))
  const delta = small * sin * (middle + (small / 4) * (cos * (2 * middle * middle - 1) - (small / 6) * middle * (4 * sin * sin - 3) * (4 * middle * middle - 3)))
  return { big, delta }
}

/** Vincenty's direct: where a geodesic has come to. */
function direct([lon, lat]: Point, { azimuth }: Line, metres: number): Point {
  const u = Math.atan((1 - f) * Math.tan(radians(lat)))
  const [su, cu, sa, ca] = [Math.sin(u), Math.cos(u), Math.sin(azimuth), Math.cos(azimuth)]
  const start = Math.atan2(Math.tan(u), ca)
  const alpha = cu * sa
  const cos2 = 1 - alpha * alpha
  const { big } = series(cos2, 0, 0, 0)
  let sigma = metres / (b * big)
  let middle = 0
  for (let i = 0; i < 100; i++) {
    middle = Math.cos(2 * start + sigma)
    const next = metres / (b * big) + series(cos2, Math.sin(sigma), Math.cos(sigma), middle).delta
    if (Math.abs(next - sigma) < 1e-13) break
    sigma = next
  }
  const [ss, cs] = [Math.sin(sigma), Math.cos(sigma)]
  const end = Math.atan2(su * cs + cu * ss * ca, (1 - f) * Math.hypot(alpha, su * ss - cu * cs * ca))
  const c = (f / 16) * cos2 * (4 + f * (4 - 3 * cos2))
  const across = Math.atan2(ss * sa, cu * cs - su * ss * ca) - (1 - c) * f * alpha * (sigma + c * ss * (middle + c * cs * (2 * middle * middle - 1)))
  return [lon + (across * 180) / Math.PI, (end * 180) / Math.PI]
}

export function distance(points: readonly Point[]): number {
  return points.slice(1).reduce((sum, point, i) => sum + inverse(points[i]!, point).metres, 0)
}

/** The way of the geodesic between points, bent as finely as `step` metres, for drawing and for areas. */
export function trace(points: readonly Point[], step = 2000, least = 1): Point[] {
  const way: Point[] = points.slice(0, 1)
  for (const [i, point] of points.slice(1).entries()) {
    const line = inverse(points[i]!, point)
    const parts = Math.min(2000, Math.max(least, Math.ceil(line.metres / step)))
    for (let k = 1; k < parts; k++) way.push(direct(points[i]!, line, (line.metres * k) / parts))
    way.push(point)
  }
  return way
}

/** Area between the equator and a latitude for each radian of longitude: in this projection areas are true. */
function authalic(lat: number): number {
  const e = Math.sqrt(e2)
  const s = Math.sin(radians(lat))
  return ((b * b) / 2) * (s / (1 - e2 * s * s) + Math.log((1 + e * s) / (1 - e * s)) / (2 * e))
}

/** Area within the geodesics between points, however they turn round it. */
export function area(points: readonly Point[]): number {
  if (points.length < 3) return 0
  // Straight lines of the projection are no geodesics, so these are cut short first.
  const way = trace([...points, points[0]!], 2000, 16)
  let sum = 0
  for (const [i, [lon, lat]] of way.slice(1).entries()) sum += radians(lon - way[i]![0]) * (authalic(lat) + authalic(way[i]![1])) / 2
  return Math.abs(sum)
}
