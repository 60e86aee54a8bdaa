import type { AdminUnit, Progress, ProgressChild } from '../api/types'
import { formatNumber } from '../format'
import { lang, nameOf, t, text } from '../i18n'
import { colourOf } from '../map/classes'
import { levelName } from '../map/Legend'
import { pin, selection, target } from '../state/selection'
import { by } from '../state/view'
import { Percent } from '../ui/Bar'
import { rank } from './ranking'

interface Props { progress: Progress; units: readonly AdminUnit[] }

/** The table behind the map's colours. */
export function Ranking({ progress, units }: Props) {
  const what = levelName(progress.children[0]?.level)
  const obligation = progress.obligations.find((one) => one.code === by.value)
  const measure = obligation ? text(obligation.title) : t('by.mean')
  const rows = rank(progress.children, by.value, nameOf, lang.value)
  const bounds = new Map(units.map((one) => [one.code, one.bounds]))
  if (rows.length === 0) return <p class="empty">{t('table.empty')}</p>

  const show = (child: ProgressChild) => {
    const box = bounds.get(child.code)
    if (box) target.value = { bounds: box, maxZoom: 11 }
    pin.value = null
    selection.value = { kind: 'features', features: [{ theme: 'admin-unit', id: child.code, version: String(progress.change),
      properties: { code: child.code, level: child.level, name_fa: child.name_fa, name_en: child.name_en } }] }
  }
  return (
    <section class="ranking">
      <h2>{t('table.title', { what })}</h2>
      <p class="ranking-by">{measure}</p>
      <table data-testid="ranking">
        <caption class="visually-hidden">{t('table.caption', { what, by: measure })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('table.rank')}</th>
            <th scope="col">{t('table.name')}</th>
            <th scope="col" class="end">{t('table.percent')}</th>
            <th scope="col" class="end"><abbr title={t('table.known.label')}>{t('table.known')}</abbr></th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ child, percent, rank }) => (
            <tr key={child.code}>
              <td class="rank">{rank === null ? '–' : formatNumber(rank, lang.value)}</td>
              <th scope="row"><div>
                <i class={percent === null ? 'swatch hatched' : 'swatch'} style={percent === null ? {} : { background: colourOf(percent) }} aria-hidden="true" />
                <button type="button" class="link-button" title={t('table.fly', { name: nameOf(child) })} onClick={() => show(child)}>{nameOf(child)}</button>
              </div></th>
              <td class="end"><Percent percent={percent} /></td>
              <td class="end known">{formatNumber(child.known, lang.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
