import type { Theme } from '../api/types'
import type { Key } from '../i18n'

export const groups = ['base', 'cadastre', 'address', 'municipal'] as const
export type Group = (typeof groups)[number]
export const groupTitles: Record<Group, Key> = {
  base: 'layers.group.base', cadastre: 'layers.group.cadastre', address: 'layers.group.address', municipal: 'layers.group.municipal',
}

/** Which part of the list a theme belongs to: by its store first, then by the obligation that it serves. */
export function groupOf(theme: Pick<Theme, 'store' | 'obligation' | 'code'>): Group {
  if (theme.store.startsWith('cadastre')) return 'cadastre'
  if (theme.store.startsWith('gnaf')) return 'address'
  if (theme.obligation?.startsWith('A26')) return 'municipal'
  return 'base'
}
