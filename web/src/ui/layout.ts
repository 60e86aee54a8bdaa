import { signal } from '@preact/signals'
import type { PaddingOptions } from 'maplibre-gl'

const query = matchMedia('(max-width: 760px)')
/** Below this width the panel is a sheet over the map's lower part. */
export const narrow = signal(query.matches)
query.addEventListener('change', (event) => { narrow.value = event.matches })

/** How much of the map the sheet covers, in pixels. */
export const sheetHeight = signal(0)

/** The part of the map that nothing covers is where an answer has to come to stand. */
export function mapPadding(): PaddingOptions {
  if (!narrow.value) {
    // The legend stands in the lower left corner, which the country leaves free; on a middling screen it takes the lower edge. The buttons stand in an upper corner.
    return { top: 30, right: 24, bottom: innerWidth <= 1240 ? 130 : 30, left: 100 }
  }
  const most = innerHeight * 0.55
  return { top: 58, right: 14, bottom: Math.min(sheetHeight.value, most) + 12, left: 14 }
}
