import type { ComponentChildren } from 'preact'
import { openList } from './state'
import { w } from './words'

/** The obligations whose figures are sums of a list. */
const listed = (code: string) => /^A2[45]-/.test(code) && code !== 'A25-INQUIRY' || code === 'A26-LAYERS' || code === 'A27-GNAF'

/** A figure that opens into the list that it is the sum of. What is not known has none. */
export function Opens({ list, unit, of, children }: { list: { code: string; percent: number | null }; unit?: string; of?: string; children: ComponentChildren }) {
  if (list.percent === null || !listed(list.code)) return <>{children}</>
  return <button type="button" class="c-opens" title={w('behind')} onClick={() => openList(list.code, unit)}>{children}<span class="visually-hidden"> · {of && `${of} · `}{w('behind')}</span></button>
}
