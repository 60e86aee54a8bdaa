import type { Theme } from '../api/types'
import { formatJalali, formatNumber } from '../format'
import { lang, t, text, tn } from '../i18n'
import { asOfNotes, toMap, type AsOfNote } from '../state/tools'
import { asOf } from '../state/view'
import { DayField } from '../ui/DayField'

/** Either button is gone then. */
const now = () => {
  asOf.value = ''
  toMap()
}

/** The day whose data is shown, and what of each layer is to be seen of it. */
export function AsOf({ themes }: { themes: readonly Theme[] }) {
  return (
    <section class="as-of">
      <label>
        <span>{t('asof.label')}</span>
        <DayField day={asOf.value} set={(day) => { asOf.value = day }} name="as-of" />
      </label>
      {asOf.value && (
        <>
          <p><strong>{t('asof.day', { date: formatJalali(asOf.value, lang.value) })}</strong> <button type="button" class="link-button" onClick={now}>{t('asof.now')}</button></p>
          <p>{t('asof.note')}</p>
          <ul aria-live="polite" data-testid="as-of">{[...asOfNotes.value].map(([code, note]) => (
            <li key={code} data-kind={note.kind}>{nameOf(code, themes)}: {told(note)}</li>
          ))}</ul>
        </>
      )}
    </section>
  )
}

function nameOf(code: string, themes: readonly Theme[]): string {
  const theme = themes.find((one) => one.code === code)
  return theme ? text(theme.title) : code
}

function told(note: AsOfNote): string {
  switch (note.kind) {
    case 'loading': return t('state.loading')
    case 'far': return t('asof.far', { zoom: formatNumber(note.zoom, lang.value) })
    case 'many': return t('asof.many')
    case 'shown': return tn('layers.count', note.n)
    case 'failed': return note.why
  }
}

/** On the map itself, so that nobody takes a day gone by for today. */
export function AsOfChip() {
  if (!asOf.value) return null
  return (
    <p class="as-of-chip" role="status">
      {t('asof.day', { date: formatJalali(asOf.value, lang.value) })}
      <button type="button" class="icon-button" aria-label={t('asof.now')} title={t('asof.now')} onClick={now}>×</button>
    </p>
  )
}
