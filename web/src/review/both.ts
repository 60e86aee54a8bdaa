import type { Feature } from 'geojson'

interface Props { op: string; side: string }
const of = (one: Feature) => one.properties as Props

/**
 * Differences for two maps, of what is published and of what will be: each is a whole on its own. What goes is marked on the second as well, for far out tiles
 * tell how many features there are, and not which. `gone` are the published features that are no more, or drawn anew.
 */
export function bothSides(features: readonly Feature[]): { before: Feature[]; after: Feature[]; gone: number[]; goes: boolean } {
  const whole = (list: Feature[]) => list.map((one): Feature => ({ ...one, properties: { ...one.properties, side: 'after' } }))
  const before = features.filter((one) => of(one).side === 'before')
  const removed = before.filter((one) => of(one).op === 'removed')
  return { before: whole(before), after: whole(features.filter((one) => of(one).side === 'after' || of(one).op === 'removed')), gone: before.map((one) => Number(one.id)), goes: removed.length > 0 }
}
