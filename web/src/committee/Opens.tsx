import type { ComponentChildren } from 'preact'
import { openList } from './state'
import { w } from './words'

/** A figure that opens into the list that it is the sum of. What is not known has none. */
export function Opens({ list, unit, of, measure = '', children }: { measure?: string; list: { code: string; percent: number | null }; unit?: string; of?: string; children: ComponentChildren }) {
  if (list.percent === null) return <>{children}</>
  return <button type="button" class="c-opens" title={w('behind')} onClick={() => openList(list.code, unit, measure)}>{children}<span class="visually-hidden"> · {of && `${of} · `}{w('behind')}</span></button>
}
