/**
 * Below its split zoom a layer's features are drawn together: one of a tile says in `count` for how many it stands, and is drawn the larger the more they are.
 * These are the circles of the styles that nsdi makes, at small zooms: ten times as many are a step more.
 */
export const radiusOf = (points: number) => 1.5 + 1.3 * Math.log10(Math.max(1, points))

/** The circles that the legend shows. */
export const shownCounts = [1, 100, 10_000] as const
