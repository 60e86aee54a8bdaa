import { useEffect, useRef, useState } from 'preact/hooks'
import { isAbort } from '../api/problem'
import { refreshSession } from '../api/session'
import type { Theme } from '../api/types'
import { lang, t, text } from '../i18n'
import { pin, selection, shown as chosenFeature, target } from '../state/selection'
import { extents, legends } from '../state/legend'
import { nationalMap } from '../state/tools'
import { asOf, by, layers, opacity, position, unit, wanted } from '../state/view'
import { clearMapFailure, metresPerPixel, reportMapFailure, zoom } from '../state/zoom'
import { followDeeper } from '../panel/deeper'
import { failureOf, withoutGraphics } from '../ui/Failure'
import { mapPadding, narrow, sheetHeight } from '../ui/layout'
import { adminTheme } from './admin'
import type { Shade } from './classes'
import type { NationalMap } from './national-map'
import { dark } from './scheme'

interface Props {
  themes: readonly Theme[] | null
  /** The figures that colour the map; null while they are on their way. */
  values: ReadonlyMap<string, Shade> | null
}

/** Puts the map on the page and keeps it true to the state. The map's code is loaded after the panel's. */
export function MapView({ themes, values }: Props) {
  const element = useRef<HTMLDivElement>(null)
  const [map, setMap] = useState<NationalMap | null>(null)
  const [started, setStarted] = useState(false)
  const [broken, setBroken] = useState(false)
  const [failed, setFailed] = useState(false)

  useEffect(() => {
    let made: NationalMap | null = null
    let gone = false
    const begin = async () => {
      const { NationalMap } = await import('./national-map')
      if (gone || !element.current) return
      made = new NationalMap(element.current, position.value, t('map.label'), mapPadding, {
        moved: (place, metres) => {
          position.value = place
          zoom.value = place.zoom
          metresPerPixel.value = metres
        },
        picked: (features) => {
          wanted.value = null
          selection.value = features.length ? { kind: 'features', features } : null
          pin.value = null
        },
        pressed: (lon, lat) => {
          wanted.value = null
          selection.value = { kind: 'reverse', lon, lat }
          pin.value = { lon, lat }
        },
        tilesFailed: (theme) => {
          reportMapFailure(`tiles ${theme}`, theme)
          refreshSession() // what was the reader's to see is not after signing out elsewhere
        },
        styled: (theme, legend) => { legends.value = { ...legends.value, [theme]: legend } },
        placed: (theme, bounds) => { extents.value = { ...extents.value, [theme]: bounds } },
        hatchFailed: () => reportMapFailure('hatch', ''),
      })
      setMap(made)
      await made.started()
      if (!gone) {
        setStarted(true)
        nationalMap.value = made
      }
    }
    begin().catch((error: unknown) => {
      if (isAbort(error)) return
      if (withoutGraphics(error)) return setBroken(true)
      setFailed(true)
      reportMapFailure('start', failureOf(error).title)
    })
    return () => {
      gone = true
      nationalMap.value = null
      made?.destroy()
    }
  }, [])

  useEffect(() => { if (map && started) map.repaint() }, [map, started, dark.value])

  const waiting = values === null
  // Until the figures are there (or have failed), a quiet map is not a finished one.
  useEffect(() => {
    if (!map || !waiting) return
    let release = () => {}
    void map.hold(new Promise<void>((resolve) => { release = resolve }))
    return () => release()
  }, [map, waiting])

  useEffect(() => {
    if (map && started && values) map.setChoropleth(values, unit.value)
  }, [map, started, values])

  useEffect(() => {
    if (map && started) map.setLanguage(lang.value, t('map.label'))
  }, [map, started, lang.value])

  useEffect(() => map?.whole(), [map, narrow.value, sheetHeight.value])

  const coloured = layers.value.includes(adminTheme)
  useEffect(() => {
    if (map && started) map.showChoropleth(coloured)
  }, [map, started, coloured])

  useEffect(() => {
    if (!map || !started) return
    clearMapFailure('tiles progress')
    map.showCells(by.value, coloured).catch((error: unknown) => {
      if (!isAbort(error)) reportMapFailure('tiles progress', 'progress')
    })
  }, [map, started, by.value])

  useEffect(() => {
    if (!map || !started || !themes) return undefined
    const wanted = themes.filter((theme) => theme.code !== adminTheme && theme.geometry !== 'none' && layers.value.includes(theme.code))
    // Tiles of now make room for a day gone by.
    const codes = new Set(asOf.value ? [] : wanted.map((theme) => theme.code))
    const { value: day } = asOf
    for (const code of map.themes()) {
      if (codes.has(code)) continue
      map.hideTheme(code)
      clearMapFailure(`tiles ${code}`)
      if (!themes.some((theme) => theme.code === code) && selection.value?.kind === 'features' && selection.value.features.some((one) => one.theme === code)) selection.value = null
    }
    if (day) {
      let stop = () => {}
      let gone = false
      import('../tools/as-of').then(({ followAsOf }) => {
        if (!gone) stop = followAsOf(map, wanted, day)
      }, (error: unknown) => reportMapFailure('start', failureOf(error).title))
      return () => {
        gone = true
        stop()
      }
    }
    for (const theme of wanted) {
      map.showTheme(theme, lang.value).catch((error: unknown) => {
        if (!isAbort(error)) reportMapFailure(`tiles ${theme.code}`, theme.code)
      })
    }
    return undefined
  }, [map, started, themes, layers.value, asOf.value])

  // A layer takes its opacity when it has come, so it is looked at again after every idle moment too.
  useEffect(() => {
    if (!map || !started) return
    const look = () => {
      map.fade(opacity.value)
      const link = wanted.value
      if (!link || !('theme' in link)) return
      const found = map.find(link.theme, link.id)
      if (!found) return
      selection.value = { kind: 'features', features: [found] }
      wanted.value = null
    }
    look()
    map.gl.on('idle', look)
    return () => { map.gl.off('idle', look) }
  }, [map, started, opacity.value])

  useEffect(() => {
    const link = wanted.value
    if (!link || 'theme' in link) return
    selection.value = { kind: 'reverse', lon: link.lon, lat: link.lat }
    pin.value = { lon: link.lon, lat: link.lat }
    wanted.value = null
  }, [])

  useEffect(() => {
    if (!map || !started || !coloured) return undefined
    return followDeeper(map)
  }, [map, started, coloured])

  const chosen = selection.value?.kind === 'features' ? (chosenFeature.value ?? selection.value.features[0] ?? null) : null
  useEffect(() => { if (map && started) map.mark(chosen) }, [map, started, chosen])

  useEffect(() => {
    if (!map || !target.value) return
    map.go(target.value, mapPadding())
    target.value = null
  }, [map, target.value])

  useEffect(() => map?.setPin(pin.value), [map, pin.value])

  useEffect(() => {
    const follow = () => { if (map && position.value) map.jump(position.value) }
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [map])

  return (
    <>
      <div ref={element} class="map-canvas" dir="ltr" data-testid="map" data-failed={broken || failed} />
      {!started && !broken && !failed && <p class="map-wait" role="status">{t('map.loading')}</p>}
      {broken && <p class="map-wait map-broken" role="alert">{t('map.error.webgl')}</p>}
    </>
  )
}

/** What the map says of a failure, in the reader's language. */
export function mapFailureText(name: string, detail: string, themes: readonly Theme[]): string {
  if (name === 'hatch') return t('map.error.hatch')
  if (name === 'start' || name === 'units') return `${t('map.error.units')} ${detail}`
  if (detail === 'progress') return t('map.error.tiles', { name: t('cells.title') })
  const theme = themes.find((one) => one.code === detail)
  return t('map.error.tiles', { name: theme ? text(theme.title) : detail })
}
