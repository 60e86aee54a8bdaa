import { useMemo } from 'preact/hooks'
import type { Progress, ProgressChild } from '../api/types'
import { formatNumber } from '../format'
import { lang, nameOf, text } from '../i18n'
import { Percent, Provisional } from './Cards'
import { Opens } from './Opens'
import { choice, choose, enter, orders, type Order } from './state'
import { w, type Word } from './words'

const fold = (name: string) => name.toLowerCase().replace(/[يى]/g, 'ی').replace(/ك/g, 'ک').replace(/[\u200c\s]+/g, ' ')

export const valueOf = (child: ProgressChild, by: string) => (by ? (child.obligations[by] ?? null) : child.percent)

/** In the reader's order; what is not known stands at the end, whatever the order. */
export function ordered(children: ProgressChild[], by: string, order: Order, locale: string): ProgressChild[] {
  const names = new Intl.Collator(locale)
  return [...children].sort((a, b) => {
    const [x, y] = [valueOf(a, by), valueOf(b, by)]
    if (order !== 'name') {
      if (x === null || y === null) { if (x !== y) return x === null ? 1 : -1 } else if (x !== y) return order === 'best' ? y - x : x - y
    }
    return names.compare(nameOf(a), nameOf(b))
  })
}

/** The ranked table of the units below, each a way down. */
export function Units({ progress }: { progress: Progress }) {
  const { by, order, search } = choice.value
  const list = useMemo(() => ordered(progress.children, by, order, lang.value), [progress, by, order, lang.value])
  const chosen = progress.obligations.find((one) => one.code === by)
  const shown = list.filter((one) => fold(`${one.name_fa} ${one.name_en ?? ''} ${one.code}`).includes(fold(search)))
  if (progress.children.length === 0) return <p class="c-note">{w('noUnits')}</p>
  const ranks = new Map(ordered(progress.children, by, 'best', lang.value).map((one, i) => [one.code, valueOf(one, by) === null ? null : i + 1]))
  return (
    <>
      <div class="c-tools">
        <label>{w('rankBy')}
          <select value={by} onChange={(event) => choose({ by: event.currentTarget.value })}>
            <option value="">{w('meanKnown')}</option>
            {progress.obligations.map((one) => <option key={one.code} value={one.code}>{text(one.title)}</option>)}
          </select>
        </label>
        <label>{w('sort')}
          <select value={order} onChange={(event) => choose({ order: event.currentTarget.value as Order })}>
            {orders.map((one) => <option key={one} value={one}>{w(`sort.${one}` as Word)}</option>)}
          </select>
        </label>
        <label>{w('search')}<input type="search" value={search} maxLength={80} onInput={(event) => choose({ search: event.currentTarget.value })} /></label>
      </div>
      {shown.length === 0 ? <p class="c-note">{w('noneFound')}</p> : (
        <div class="c-scroll c-tall" tabIndex={0} role="group" aria-label={w('ranking')}>
          <table>
            <thead><tr><th scope="col">{w('rank')}</th><th scope="col">{w('unit')}</th><th scope="col" class="c-wide">{w('percent')}</th><th scope="col">{w('known')}</th></tr></thead>
            <tbody>
              {shown.map((one) => {
                const value = valueOf(one, by)
                const rank = ranks.get(one.code)
                return (
                  <tr key={one.code}>
                    <td>{rank ? formatNumber(rank, lang.value) : '–'}</td>
                    <th scope="row"><button type="button" class="link-button" onClick={() => enter(one.code)}>{nameOf(one)}</button></th>
                    <td><span class="c-stage-bar"><span class={value === null ? 'bar unknown' : 'bar'} aria-hidden="true"><i style={{ inlineSize: `${value ?? 0}%` }} /></span><span class="c-figure">{chosen && value !== null ? <Opens list={{ ...chosen, percent: value }} unit={one.code} of={nameOf(one)}><Percent percent={value} /></Opens> : <Percent percent={value} />}<Provisional when={value !== null && (by ? one.provisional?.includes(by) : !!one.provisional?.length)} /></span></span></td>
                    <td>{formatNumber(one.known, lang.value)}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
