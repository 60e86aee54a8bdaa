import { useEffect, useLayoutEffect } from 'preact/hooks'
import { area, distance } from '../geo/ellipsoid'
import { formatNumber } from '../format'
import { lang } from '../i18n'
import { mostPoints } from '../state/url'
import { measure } from '../state/view'
import { nationalMap, toMap } from '../state/tools'
import { drawMeasure } from './drawing'
import { w } from './words'

/** Metres to a decimeter, kilometres to a metre where that is not more than a screen shows. */
export function lengthText(metres: number): string {
  if (Number.isNaN(metres)) return '—'
  return metres < 1000 ? w('metres', { n: formatNumber(metres, lang.value, 1) }) : w('kilometres', { n: formatNumber(metres / 1000, lang.value, metres < 100_000 ? 3 : 1) })
}

export function areaText(m2: number): string {
  if (Number.isNaN(m2)) return '—'
  if (m2 < 10_000) return w('m2', { n: formatNumber(m2, lang.value, 1) })
  return m2 < 1_000_000 ? w('hectares', { n: formatNumber(m2 / 10_000, lang.value, 3) }) : w('km2', { n: formatNumber(m2 / 1e6, lang.value, 3) })
}

export default function Measure() {
  const map = nationalMap.value
  // Before it is painted: a press on the map right after the tool is seen counts.
  useLayoutEffect(() => {
    if (!map) return
    const release = map.take((lon, lat) => {
      if (measure.value.length < mostPoints) measure.value = [...measure.value, [Number(lon.toFixed(6)), Number(lat.toFixed(6))]]
    })
    return () => {
      release()
      drawMeasure(map, [])
    }
  }, [map])
  useEffect(() => { if (map) drawMeasure(map, measure.value) }, [map, measure.value])

  const points = measure.value
  const leave = (rest: typeof points) => {
    if (rest.length === 0) toMap() // a button without points answers no key
    measure.value = rest
  }
  return (
    <>
      <p class="tool-hint">{w(points.length === 0 ? 'measure.start' : 'measure.more')}</p>
      <dl class="tool-figures" aria-live="polite">
        <div><dt>{w('distance')}</dt><dd data-testid="distance">{lengthText(distance(points))}</dd></div>
        {points.length > 2 && <div><dt>{w('area')}</dt><dd data-testid="area">{areaText(area(points))}</dd></div>}
        {points.length > 2 && <div><dt>{w('perimeter')}</dt><dd>{lengthText(distance([...points, points[0]!]))}</dd></div>}
      </dl>
      <p class="actions">
        <button type="button" class="button" disabled={points.length === 0} onClick={() => leave(points.slice(0, -1))}>{w('undo')}</button>
        <button type="button" class="button" disabled={points.length === 0} onClick={() => leave([])}>{w('clear')}</button>
      </p>
      <p class="tool-note">{w('measure.note')}</p>
    </>
  )
}
