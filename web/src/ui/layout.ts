import { signal } from '@preact/signals'
import type { PaddingOptions } from 'maplibre-gl'
import { direction } from '../i18n'

const query = matchMedia('(max-width: 760px)')
/** Below this width the panel is a sheet over the map's lower part. */
export const narrow = signal(query.matches)
query.addEventListener('change', (event) => { narrow.value = event.matches })

/** How much of the map the sheet covers, in pixels. */
export const sheetHeight = signal(0)

/** The part of the map that nothing covers is where an answer has to come to stand. */
export function mapPadding(): PaddingOptions {
  if (!narrow.value) {
    // The buttons stand at the end of the line.
    // The legend takes two rows of a middling screen's lower edge.
    const bottom = innerWidth <= 1100 ? 130 : 30
    return direction.value === 'rtl' ? { top: 30, right: 24, bottom, left: 66 } : { top: 30, right: 66, bottom, left: 24 }
  }
  const most = innerHeight * 0.55
  return { top: 58, right: 14, bottom: Math.min(sheetHeight.value, most) + 12, left: 14 }
}
