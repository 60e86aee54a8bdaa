import type { Theme } from '../api/types'
import { formatNumber } from '../format'
import { lang, t } from '../i18n'
import { colourOfLayer } from '../state/legend'
import { radiusOf, shownCounts } from '../map/together'

/** What a layer's signs stand for at zooms at which its features are drawn together. */
export function Together({ theme }: { theme: Theme }) {
  const colour = colourOfLayer(theme.code)
  return (
    <div class="together">
      <p>{t(`together.${theme.geometry === 'none' ? 'any' : theme.geometry}`, { zoom: formatNumber(theme.split_zoom ?? 0, lang.value) })}</p>
      {theme.geometry === 'point' && (
        <ul>
          {shownCounts.map((n) => (
            <li key={n}>
              <svg viewBox="-9 -9 18 18" width="18" height="18" aria-hidden="true"><circle r={radiusOf(n)} fill={colour} fill-opacity="0.75" /></svg>
              <bdi>{formatNumber(n, lang.value)}</bdi>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
