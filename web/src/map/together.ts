import type { ExpressionSpecification, FilterSpecification } from 'maplibre-gl'

/**
 * Below its split zoom a layer's features are drawn together: one of a tile says in `count` for how many it stands. Above it nothing has a count.
 */
const count: ExpressionSpecification = ['coalesce', ['get', 'count'], 1]
export const several: ExpressionSpecification = ['>', count, 1]
export const alone: FilterSpecification = ['<=', count, 1]

/** Radius of a circle by how many points it stands for: ten times as many are a step more. */
const radii: readonly [number, number][] = [[1, 1.6], [10, 2.4], [100, 3.6], [1000, 5], [10_000, 6.5], [100_000, 8]]

export function radiusOf(points: number): number {
  const at = Math.log10(Math.max(1, points))
  const below = Math.min(Math.floor(at), radii.length - 1)
  const [from, to] = [radii[below]![1], (radii[below + 1] ?? radii[below]!)[1]]
  return from + (to - from) * (at - below)
}

export const radiusByCount: ExpressionSpecification = [
  'interpolate', ['linear'], ['log10', ['max', 1, count]], ...radii.flatMap(([n, r]) => [Math.log10(n), r]),
] as unknown as ExpressionSpecification

/** The circles that the legend shows. */
export const shownCounts = [1, 100, 10_000] as const
