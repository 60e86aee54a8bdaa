import type { Bounds } from '../api/types'

/** The box of the country: what the map shows first. */
export const iran: Bounds = [44.0, 25.0, 63.4, 39.8]

/** The box around several others; null where none has one. */
export function around(parts: readonly { bounds: Bounds | null }[]): Bounds | null {
  return parts.reduce<Bounds | null>((all, { bounds }) => {
    if (!bounds || !all) return bounds ?? all
    return [Math.min(all[0], bounds[0]), Math.min(all[1], bounds[1]), Math.max(all[2], bounds[2]), Math.max(all[3], bounds[3])]
  }, null)
}
