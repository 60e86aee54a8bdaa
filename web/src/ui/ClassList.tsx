import { formatPercent } from '../format'
import { lang, t } from '../i18n'
import { classes, type ColourClass } from '../map/classes'

export function classLabel({ id, from, to }: ColourClass): string {
  const percent = (value: number) => formatPercent(value, lang.value)
  if (id === 'zero') return t('legend.zero')
  if (id === 'complete') return t('legend.complete')
  if (from === 0) return t('legend.below', { to: percent(to) })
  return t('legend.range', { from: percent(from), to: percent(to) })
}

/** What the colours of a map of completion stand for. */
export function ClassList({ notDue }: { notDue: boolean }) {
  return (
    <ul class="class-list">
      {classes.map((c) => <li key={c.id}><i class="swatch" style={{ background: c.colour }} />{classLabel(c)}</li>)}
      <li><i class="swatch hatched" />{t('legend.unknown')}</li>
      {notDue && <li><i class="swatch dotted" />{t('legend.notdue')}</li>}
    </ul>
  )
}
