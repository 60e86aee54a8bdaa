import { t } from '../i18n'

/** Grey lines where text will be, and the word for those who do not see them. */
export function Loading({ lines = 4 }: { lines?: number }) {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">{t('state.loading')}</span>
      {Array.from({ length: lines }, (_, i) => <i key={i} style={{ inlineSize: `${92 - ((i * 17) % 40)}%` }} />)}
    </div>
  )
}
