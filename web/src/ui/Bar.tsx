import { formatPercent } from '../format'
import { lang, t } from '../i18n'

/** A figure and its length. Unknown has its own look and word, and is never an empty bar. */
export function Bar({ percent }: { percent: number | null }) {
  if (percent === null) return <span class="bar unknown" aria-hidden="true" />
  return <span class="bar" aria-hidden="true"><i style={{ inlineSize: `${Math.min(100, Math.max(percent, percent > 0 ? 1 : 0))}%` }} /></span>
}

export function Percent({ percent }: { percent: number | null }) {
  if (percent === null) return <span class="percent unknown">{t('progress.unknown')}</span>
  return <span class="percent"><bdi>{formatPercent(percent, lang.value)}</bdi></span>
}
