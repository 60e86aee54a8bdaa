import type { FilterSpecification } from 'maplibre-gl'

/** What of a published layer is drawn when some of its features are no more. What stands for many has no id, and stays. */
export function staying(usual: FilterSpecification | undefined, gone: readonly number[]): FilterSpecification | undefined {
  if (gone.length === 0) return usual
  const there = ['any', ['has', 'count'], ['!', ['in', ['id'], ['literal', gone]]]]
  return (usual ? ['all', usual, there] : there) as FilterSpecification
}
