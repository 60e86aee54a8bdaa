import type { Progress, ProgressChild } from '../api/types'
import { shadeOf, type Shade } from '../map/classes'

/** The figure that a unit is coloured and ranked by: one obligation's, or the mean of the known ones. */
export function valueOf(child: ProgressChild, by: string): number | null {
  return by ? (child.obligations[by] ?? null) : child.percent
}

/** What colours the map: the parts of the scope, or the scope itself where it has none. */
export function colourValues(progress: Progress, by: string): Map<string, Shade> {
  if (progress.children.length > 0) return new Map(progress.children.map((child) => [child.code, shadeOf(child, by)]))
  const wanted = progress.obligations.filter((one) => !by || one.code === by).flatMap((one) => one.percent ?? [])
  return new Map([[progress.unit.code, wanted.length > 0 ? wanted.reduce((sum, one) => sum + one, 0) / wanted.length : null]])
}

export interface Ranked { child: ProgressChild; percent: number | null; rank: number | null }

/** Best first, equals share a rank, unknown ones at the end without one; names decide within. */
export function rank(children: readonly ProgressChild[], by: string, name: (child: ProgressChild) => string, locale: string): Ranked[] {
  const collator = new Intl.Collator(locale)
  const sorted = children
    .map((child) => ({ child, percent: valueOf(child, by) }))
    .sort((a, b) => {
      if (a.percent === null || b.percent === null) {
        if (a.percent !== b.percent) return a.percent === null ? 1 : -1
      } else if (a.percent !== b.percent) return b.percent - a.percent
      return collator.compare(name(a.child), name(b.child))
    })
  let rank = 0
  return sorted.map((row, index) => {
    if (row.percent === null) return { ...row, rank: null }
    if (index === 0 || sorted[index - 1]!.percent !== row.percent) rank = index + 1
    return { ...row, rank }
  })
}
