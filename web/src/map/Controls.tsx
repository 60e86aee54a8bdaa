import { formatDistance } from '../format'
import { lang, t } from '../i18n'
import { target } from '../state/selection'
import { metresPerPixel } from '../state/zoom'
import { country } from '../state/url'
import { unit } from '../state/view'
import { ToolButtons } from '../tools/Tools'
import { iran as home } from './extent'


export function Controls() {
  return (
    <div class="controls" role="group">
      <button type="button" class="zoom-button" aria-label={t('map.zoomin')} title={t('map.zoomin')} onClick={() => { target.value = { by: 1 } }}>+</button>
      <button type="button" class="zoom-button" aria-label={t('map.zoomout')} title={t('map.zoomout')} onClick={() => { target.value = { by: -1 } }}>−</button>
      <button type="button" aria-label={t('map.home')} title={t('map.home')}
        onClick={() => { unit.value = country; target.value = { bounds: home } }}>
        <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 9.500 10 3.500l7 6V17h-4.500v-4.500h-5V17H3z" fill="none" stroke="currentColor" stroke-width="1.700" stroke-linejoin="round" /></svg>
      </button>
      <ToolButtons />
    </div>
  )
}

/** A bar of a round length, between 70 and 140 pixels long. */
export function ScaleBar() {
  const most = metresPerPixel.value * 140
  if (most <= 0) return null
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = power * ([5, 3, 2, 1].find((step) => most / power >= step) ?? 1)
  return (
    <div class="scale-bar" style={{ inlineSize: `${metres / metresPerPixel.value}px` }}>
      <span>{formatDistance(metres, lang.value)}</span>
    </div>
  )
}
