import type { Progress } from '../api/types'
import { formatNumber, formatPercent } from '../format'
import { lang, t, text } from '../i18n'
import { by } from '../state/view'
import type { PickedFeature } from '../state/selection'
import { to } from '../ui/address'
import { Bar, Percent } from '../ui/Bar'
import { Attributes, type Row } from './Attributes'
import { Coordinates } from './Coordinates'

/** What is done of an obligation in one H3 cell, and the way to what was counted there. */
export function CellCard({ feature, progress }: { feature: PickedFeature; progress: Progress | null }) {
  const of = feature.properties
  const obligation = progress?.obligations.find((one) => one.code === by.value)
  const number = (name: string) => (typeof of[name] === 'number' ? (of[name] as number) : null)
  const percent = of.state === 'known' ? number('percent') : null
  const share = (name: string, key: 'cells.delivered' | 'cells.validated' | 'cells.fresh'): Row[] => {
    const value = number(name)
    return value === null ? [] : [{ name: t(key), value: formatPercent(value, lang.value) }]
  }
  const ground = number('m2')
  const rows: Row[] = [
    ...share('delivered', 'cells.delivered'), ...share('validated', 'cells.validated'), ...share('fresh', 'cells.fresh'),
    ...(ground === null ? [] : [{ name: t('cells.ground'), value: formatNumber(ground / 1e6, lang.value, 3) }]),
    { name: t('cells.cell'), value: String(of.cell), code: true },
  ]
  const unit = String((lang.value === 'en' && of.name_en) || of.name_fa || of.code)
  return (
    <>
      <p class="card-theme">{t('cells.title')}{obligation && <> · {text(obligation.title)}</>}</p>
      <h2><bdi>{unit}</bdi></h2>
      <div class="card-figure">
        {of.state === 'not-applicable' ? <p>{t('legend.notdue')}</p> : <><Percent percent={percent} /><Bar percent={percent} /></>}
      </div>
      <Attributes rows={rows} />
      {feature.at && <Coordinates {...feature.at} />}
      <p class="card-links"><a href={to('/progress', { unit: String(of.code), list: by.value, cell: String(of.cell) })}>{t('cells.list')}</a></p>
    </>
  )
}
