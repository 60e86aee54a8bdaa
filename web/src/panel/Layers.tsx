import { useState } from 'preact/hooks'
import type { LayerList } from '../api/layers'
import type { Geometry, Text, Theme } from '../api/types'
import { formatDate, formatNumber } from '../format'
import { lang, t, text, tn } from '../i18n'
import { colourOfLayer, extents, legends } from '../state/legend'
import { target } from '../state/selection'
import { layers, opacity, setLayer, setOpacity } from '../state/view'
import { zoom } from '../state/zoom'
import { AsOf } from '../tools/AsOf'
import { FailureBox } from '../ui/Failure'
import { Loading } from '../ui/Loading'
import { Iso } from '../ui/When'
import { Together } from './Together'
import { groupOf, groups, groupTitles } from './groups'

export function Layers({ themes }: { themes: LayerList }) {
  const [sought, setSought] = useState('')
  if (themes.error != null) return <FailureBox error={themes.error} retry={themes.reload} />
  if (!themes.data) return <Loading lines={8} />
  const drawable = themes.data.themes.filter((theme) => theme.geometry !== 'none')
  const published = drawable.filter((theme) => theme.features > 0)
  const pending = drawable.filter((theme) => theme.features === 0)
  if (published.length === 0) return <p class="empty">{t('layers.empty')}</p>
  const words = plain(sought).split(/\s+/).filter(Boolean)
  const matches = (theme: Theme) => words.every((word) => plain(`${theme.title.fa} ${theme.title.en} ${theme.code}`).includes(word))
  return (
    <section class="layers">
      <p class="layers-intro">{t('layers.intro')}
        {layers.value.length > 0 && <button type="button" class="link-button" onClick={() => {
          layers.value = []
          document.querySelector<HTMLElement>('.layer-row input')?.focus() // the button is gone then
        }}>{t('layers.clear')}</button>}
      </p>
      <AsOf themes={themes.data.themes} />
      <input class="layer-search" type="search" value={sought} aria-label={t('layers.search')} placeholder={t('layers.search')} onInput={(event) => setSought(event.currentTarget.value)} />
      {!published.some(matches) && <p class="empty">{t('layers.notfound')}</p>}
      {groups.map((group) => {
        const members = published.filter((theme) => groupOf(theme) === group && matches(theme))
        return members.length > 0 && (
          <section key={group} class="layer-group">
            <h2>{t(groupTitles[group])}</h2>
            <ul>{members.map((layer, i) => (
              <LayerRow key={layer.code} theme={layer} {...(layer.of && layer.of.theme !== members[i - 1]?.of?.theme && { under: layer.of.title })} />
            ))}</ul>
          </section>
        )
      })}
      {themes.mine.error != null && <FailureBox error={themes.mine.error} retry={themes.mine.reload} />}
      {pending.length > 0 && (
        <details class="pending">
          <summary>{t('layers.pending', { n: pending.length })}</summary>
          <ul>{pending.map((theme) => <li key={theme.code}><GeometryIcon geometry={theme.geometry} colour="#7b8a92" />{text(theme.title)}</li>)}</ul>
        </details>
      )}
    </section>
  )
}

/** Letters that are typed in several ways are one. */
const plain = (text: string) => text.toLowerCase().replace(/ي/g, 'ی').replace(/ك/g, 'ک').replace(/\u200c/g, ' ')

/** A layer of the list. One of a restricted theme is called by whose it is; the first of a theme stands below the theme's name. */
function LayerRow({ theme, under }: { theme: Theme; under?: Text }) {
  const bounds = theme.bounds ?? extents.value[theme.code]
  const on = layers.value.includes(theme.code)
  const lines = on ? legends.value[theme.code] ?? [] : []
  const tooFar = on && zoom.value < theme.min_zoom
  const together = on && !tooFar && Math.floor(zoom.value) < (theme.split_zoom ?? 0)
  const go = () => {
    if (bounds) target.value = { bounds, theme: { code: theme.code, minZoom: theme.min_zoom + 0.1 } }
  }
  return (
    <li class="layer-row">
      {under && <h3 class="layer-under">{text(under)} <span class="restricted" title={t('layers.restricted.why')}>{t('layers.restricted')}</span></h3>}
      <label>
        <input type="checkbox" role="switch" checked={on} data-layer={theme.code} onChange={(event) => setLayer(theme.code, event.currentTarget.checked)} />
        <GeometryIcon geometry={theme.geometry} colour={colourOfLayer(theme.code)} />
        <span class="layer-title">{theme.of && <span class="visually-hidden">{text(theme.of.title)}: </span>}{text(theme.of?.holder ?? theme.title)}</span>
        <span class="layer-count">{tn('layers.count', theme.features)}</span>
      </label>
      {on && (
        <p class="layer-note">
          {tooFar ? t('layers.zoomhint', { zoom: formatNumber(theme.min_zoom, lang.value) })
            : theme.updated_at && <span>{t('layers.updated', { date: formatDate(theme.updated_at, lang.value) })}<Iso at={theme.updated_at} /></span>}
          {bounds && <button type="button" class="link-button" onClick={go}>{t(tooFar ? 'layers.zoomthere' : 'layers.fit')}</button>}
        </p>
      )}
      {on && (
        <input class="layer-opacity" type="range" min="5" max="100" step="5" value={opacity.value[theme.code] ?? 100} aria-label={t('layers.opacity', { name: text(theme.title) })}
          onInput={(event) => setOpacity(theme.code, event.currentTarget.valueAsNumber)} />
      )}
      {lines.length > 1 && (
        <ul class="layer-legend" aria-label={t('layers.legend', { name: text(theme.title) })}>
          {lines.map((line) => <li key={line.value ?? ''}><i style={{ background: line.colour }} />{text(line.label)}</li>)}
        </ul>
      )}
      {together && <Together theme={theme} />}
    </li>
  )
}

const shapes: Record<Geometry, string> = {
  point: 'M10 5.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9z',
  line: 'M3 15 8 6l4 7 5-9',
  polygon: 'M3.500 7 10 3.500l6.500 4-2 8.500h-9z',
  any: 'M3 13 8 4l5 4v8H6z',
  none: 'M4 10h12',
}

export function GeometryIcon({ geometry, colour }: { geometry: Geometry; colour: string }) {
  return (
    <svg class="geometry" viewBox="0 0 20 20" role="img" aria-label={t(`geometry.${geometry}`)}>
      <path d={shapes[geometry]} fill={geometry === 'line' || geometry === 'none' ? 'none' : colour} fill-opacity={geometry === 'point' ? 1 : 0.3}
        stroke={colour} stroke-width={geometry === 'line' ? 2.4 : 1.6} stroke-linejoin="round" stroke-linecap="round" />
    </svg>
  )
}
