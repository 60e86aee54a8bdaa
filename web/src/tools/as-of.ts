import type { FeatureCollection } from 'geojson'
import { isAbort, Problem, Unreachable } from '../api/problem'
import type { ProblemDocument, Style, Theme } from '../api/types'
import { lang } from '../i18n'
import { styleOf } from '../map/theme'
import type { NationalMap } from '../map/national-map'
import { asOfNotes, type AsOfNote } from '../state/tools'
import { failureOf } from '../ui/Failure'
import { aloneFrom, askArea, askDataset, viewBox } from './view'

/**
 * Shows layers as they stood at the end of a day. Tiles are of now only, so the features in view are asked for by themselves, wherever the map comes to rest;
 * where that is too much for one answer, the reader is told to come closer.
 */
export function followAsOf(map: NationalMap, themes: readonly Theme[], day: string): () => void {
  const abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = ''
  const styles = new Map<string, Style>()

  const show = async (theme: Theme) => {
    const from = aloneFrom(theme)
    if (map.gl.getZoom() < from) {
      map.hideTheme(theme.code)
      return note(theme.code, { kind: 'far', zoom: from })
    }
    note(theme.code, { kind: 'loading' })
    try {
      const response = await (theme.of ? askDataset(map, theme.of.dataset, day, abort.signal) : askArea(map, theme.code, { format: 'geojson', as_of: day }, abort.signal))
      const body = await response.json() as FeatureCollection & ProblemDocument & { next?: string | null }
      if (!response.ok) throw new Problem(response.status, body)
      if (response.status === 202 || body.next) {
        map.hideTheme(theme.code)
        return note(theme.code, { kind: 'many' })
      }
      const style = styles.get(theme.code) ?? await styleOf(theme, abort.signal)
      styles.set(theme.code, style)
      map.showData(theme, style, { type: 'FeatureCollection', features: body.features }, day, lang.value)
      note(theme.code, { kind: 'shown', n: body.features.length })
    } catch (error) {
      if (isAbort(error)) return
      map.hideTheme(theme.code)
      note(theme.code, { kind: 'failed', why: failureOf(error instanceof TypeError ? new Unreachable('') : error).title })
    }
  }
  const look = () => {
    const box = JSON.stringify(viewBox(map))
    if (box === last) return
    last = box
    void map.hold(Promise.all(themes.map(show)))
  }
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(look, 350)
  }
  asOfNotes.value = new Map()
  look()
  map.gl.on('moveend', soon)
  return () => {
    abort.abort()
    clearTimeout(timer)
    map.gl.off('moveend', soon)
    for (const theme of themes) map.hideTheme(theme.code)
    asOfNotes.value = new Map()
  }
}

function note(code: string, told: AsOfNote): void {
  asOfNotes.value = new Map(asOfNotes.value).set(code, told)
}
