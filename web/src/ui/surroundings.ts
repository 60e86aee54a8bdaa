import { useMemo } from 'preact/hooks'
import { api } from '../api/client'
import { useResource } from '../api/resource'
import type { Theme } from '../api/types'

/** Published layers by which one finds one's way on a small map: the streets, and what else is named. */
export function useSurroundings(...codes: readonly string[]): readonly Theme[] | undefined {
  const themes = useResource('themes', api.themes)
  return useMemo(() => themes.data?.themes.filter((one) => ['road', ...codes].includes(one.code) && (one.features ?? 0) > 0), [themes.data, codes.join()])
}
