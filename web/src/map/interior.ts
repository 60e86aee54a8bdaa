import type { Position } from 'geojson'

type Ring = readonly Position[]

/** Twice the area that a ring encloses, in the units of its coordinates. */
function ringArea(ring: Ring): number {
  let sum = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) sum += (ring[j]![0]! - ring[i]![0]!) * (ring[j]![1]! + ring[i]![1]!)
  return Math.abs(sum)
}

export function polygonArea(rings: readonly Ring[]): number {
  return rings.reduce((area, ring, index) => area + (index === 0 ? 1 : -1) * ringArea(ring), 0) / 2
}

/** How far inside the polygon a point is (negative: outside). East–west counts less, since labels are wide. */
function depth(x: number, y: number, rings: readonly Ring[], squeeze: number): number {
  let inside = false
  let nearest = Infinity
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [ax, ay] = ring[i] as [number, number]
      const [bx, by] = ring[j] as [number, number]
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
      const [dx, dy] = [(bx - ax) * squeeze, by - ay]
      const length = dx * dx + dy * dy
      const share = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * squeeze * dx + (y - ay) * dy) / length))
      nearest = Math.min(nearest, ((x - ax) * squeeze - share * dx) ** 2 + (y - ay - share * dy) ** 2)
    }
  }
  return (inside ? 1 : -1) * Math.sqrt(nearest)
}

/** A point well inside a polygon, where a wide label fits best: a coarse grid first, then closer around the best. */
export function interiorPoint(rings: readonly Ring[]): [number, number] {
  const outer = rings[0] ?? []
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of outer as readonly [number, number][]) {
    west = Math.min(west, x)
    east = Math.max(east, x)
    south = Math.min(south, y)
    north = Math.max(north, y)
  }
  const squeeze = 0.55 * Math.cos((((south + north) / 2) * Math.PI) / 180)
  const middle = [(west + east) / 2, (south + north) / 2] as const
  let best: [number, number] = [...middle]
  let bestDepth = -Infinity
  let [width, height] = [east - west, north - south]
  for (let round = 0, cells = 9; round < 4; round++, cells = 5) {
    const [cx, cy] = best
    for (let i = 0; i < cells; i++) {
      for (let j = 0; j < cells; j++) {
        const x = cx + ((i + 0.5) / cells - 0.5) * width
        const y = cy + ((j + 0.5) / cells - 0.5) * height
        // Among places with the same room, the one nearer to the middle.
        const found = depth(x, y, rings, squeeze) - 0.05 * Math.hypot((x - middle[0]) * squeeze, y - middle[1])
        if (found > bestDepth) {
          bestDepth = found
          best = [x, y]
        }
      }
    }
    width /= cells / 2
    height /= cells / 2
  }
  return best
}
