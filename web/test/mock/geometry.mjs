// A made-up country: an outline, cut into cells around points, with edges that wander alike on both sides.
const outline = [
  [44.1, 39.4], [45.5, 38.9], [46.6, 38.9], [48.0, 39.5], [48.9, 38.4], [49.2, 37.6], [50.6, 36.9], [52.0, 36.6], [53.9, 36.9], [54.0, 37.4], [55.6, 38.0],
  [57.2, 38.2], [59.3, 37.5], [61.1, 36.5], [60.6, 34.3], [60.9, 31.6], [61.8, 30.8], [60.9, 29.8], [62.7, 27.3], [63.2, 26.7], [61.5, 25.1], [58.5, 25.6],
  [57.0, 26.9], [55.5, 26.6], [53.5, 26.8], [51.5, 27.9], [50.7, 29.4], [49.9, 30.1], [48.5, 30.0], [47.7, 31.0], [46.0, 33.0], [45.5, 34.4], [46.2, 35.6], [45.3, 36.0], [44.8, 37.3], [44.1, 38.5],
]

/** The part of a ring that is nearer to a than to b. */
function nearer(ring, a, b) {
  const [mx, my] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
  const side = ([x, y]) => (x - mx) * (b[0] - a[0]) + (y - my) * (b[1] - a[1])
  const kept = []
  ring.forEach((p, i) => {
    const q = ring[(i + 1) % ring.length]
    const [sp, sq] = [side(p), side(q)]
    if (sp <= 0) kept.push(p)
    if ((sp < 0 && sq > 0) || (sp > 0 && sq < 0)) {
      const share = sp / (sp - sq)
      kept.push([p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share])
    }
  })
  return kept
}

export function cells(points, within = outline) {
  return points.map((a, i) => points.reduce((ring, b, j) => (i === j ? ring : nearer(ring, a, b)), within))
}

/** Moves a point by an amount that depends on where it is only, so that neighbours stay neighbours. */
function wander([x, y], size) {
  const wave = (a, b) => Math.sin(x * a + y * b) + 0.5 * Math.sin(x * b * 2.3 - y * a * 1.7)
  return [x + size * wave(7.3, 5.1), y + size * wave(4.7, 8.9)]
}

export function organic(ring, step = 0.12, size = 0.05) {
  const points = []
  ring.forEach((p, i) => {
    const q = ring[(i + 1) % ring.length]
    const parts = Math.max(1, Math.round(Math.hypot(q[0] - p[0], q[1] - p[1]) / step))
    for (let k = 0; k < parts; k++) points.push(wander([p[0] + ((q[0] - p[0]) * k) / parts, p[1] + ((q[1] - p[1]) * k) / parts], size))
  })
  return [...points, points[0]]
}

export function bounds(ring) {
  const xs = ring.map((p) => p[0])
  const ys = ring.map((p) => p[1])
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

/** A repeatable 0 … 1 from a number. */
export function chance(seed) {
  const x = Math.sin(seed * 127.1 + 11.7) * 43758.5453
  return x - Math.floor(x)
}
