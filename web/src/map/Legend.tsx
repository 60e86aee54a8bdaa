import { useEffect, useRef, useState } from 'preact/hooks'
import type { Progress } from '../api/types'
import { has, t, text } from '../i18n'
import { by, layers } from '../state/view'
import { zoom } from '../state/zoom'
import { narrow } from '../ui/layout'
import { adminTheme } from './admin'
import { ClassList } from '../ui/ClassList'
import { classes } from './classes'

/** From here on the ground of most obligations is coloured by cells. */
const cellsNear = 10

export function levelName(level: string | undefined): string {
  const key = `levels.${level ?? ''}`
  return has(key) ? t(key) : t('table.units')
}

export function Legend({ progress }: { progress: Progress | null }) {
  const [open, setOpen] = useState<boolean | null>(null)
  const button = useRef<HTMLButtonElement>(null)
  // One button takes the other's place, and the keyboard goes with it.
  useEffect(() => { if (open !== null) button.current?.focus() }, [open])
  const shown = open ?? (!narrow.value && layers.value.includes(adminTheme))
  if (!shown) {
    return <button ref={button} type="button" class="legend-open" aria-expanded="false" onClick={() => setOpen(true)}>
      <span class="legend-ramp" aria-hidden="true">{classes.map((c) => <i key={c.id} style={{ background: c.colour }} />)}</span>
      {t('legend.show')}
    </button>
  }
  return (
    <section class="legend" aria-label={t('legend.title')}>
      <header>
        <label for="colour-by">{t('by.label')}</label>
        <button ref={button} type="button" class="icon-button" aria-label={t('legend.hide')} aria-expanded="true" onClick={() => setOpen(false)}>×</button>
      </header>
      <ColourSelector progress={progress} />
      <ClassList notDue={progress?.children.some((one) => one.not_applicable?.includes(by.value)) ?? false} />
      {zoom.value >= cellsNear && <p class="legend-note">{t(by.value ? 'cells.here' : 'cells.choose')}</p>}
    </section>
  )
}

function ColourSelector({ progress }: { progress: Progress | null }) {
  const obligations = progress?.obligations ?? []
  const missing = by.value && !obligations.some((one) => one.code === by.value)
  return (
    <select id="colour-by" value={by.value} onChange={(event) => { by.value = event.currentTarget.value }}>
      <option value="">{t('by.mean')}</option>
      {missing && <option value={by.value}>{by.value}</option>}
      {progress?.articles.map((article) => (
        <optgroup key={article.article} label={t('progress.article', { n: Number(article.article) })}>
          {obligations.filter((one) => article.obligations.includes(one.code)).map((one) => (
            <option key={one.code} value={one.code}>{text(one.title)}</option>
          ))}
        </optgroup>
      ))}
    </select>
  )
}
