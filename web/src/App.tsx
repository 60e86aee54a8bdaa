import { useEffect, useMemo, useRef } from 'preact/hooks'
import { api } from './api/client'
import { useLayers } from './api/layers'
import { useResource } from './api/resource'
import { Card } from './card/Card'
import { direction, lang, t } from './i18n'
import { Controls, ScaleBar } from './map/Controls'
import type { Shade } from './map/classes'
import { Legend } from './map/Legend'
import { MapView } from './map/MapView'
import { Figures } from './panel/Figures'
import { Layers } from './panel/Layers'
import { Panel } from './panel/Panel'
import { deepen, deeper, depth } from './panel/deeper'
import { Ranking } from './panel/Ranking'
import { colourValues } from './panel/ranking'
import { country } from './state/url'
import { around, iran } from './map/extent'
import { selection, target } from './state/selection'
import { by, position, showSurroundings, unit } from './state/view'
import { clearMapFailure, reportMapFailure, zoom } from './state/zoom'
import { AsOfChip } from './tools/AsOf'
import { ToolPanel } from './tools/Tools'
import { failureOf } from './ui/Failure'
import { Header } from './ui/Header'
import { Notices } from './ui/Notices'

const none = new Map<string, Shade>()

export function App() {
  const themes = useLayers()
  const progress = useResource(unit.value, (signal) => api.progress(unit.value, signal))
  const provinces = useResource('provinces', (signal) => api.adminUnits({ level: 'province' }, signal))
  const parts = useResource(unit.value === country ? null : unit.value, (signal) => api.adminUnits({ parent: unit.value }, signal))

  const unitsError = provinces.error ?? parts.error
  useEffect(() => {
    if (unitsError != null) reportMapFailure('units', failureOf(unitsError).title)
    else clearMapFailure('units')
  }, [unitsError])

  const units = useMemo(() => [...(provinces.data?.units ?? []), ...(parts.data?.units ?? [])], [provinces.data, parts.data])
  // A new scope is shown whole; a link that says where the map stands is followed instead.
  const scope = useRef(position.value ? unit.value : country)
  useEffect(() => {
    // Before the provinces are known, the box around a province's parts would be taken for its own.
    if (scope.current === unit.value || !provinces.data) return
    const bounds = unit.value === country ? iran : (units.find((one) => one.code === unit.value)?.bounds ?? around(units.filter((one) => one.parent_code === unit.value)))
    if (!bounds) return
    scope.current = unit.value
    target.value = { bounds }
  }, [unit.value, units])

  const level = depth(zoom.value)
  const values = useMemo(() => {
    if (progress.data) return deepen(colourValues(progress.data, by.value), deeper.value, zoom.value, by.value)
    return progress.error != null ? none : null
  }, [progress.data, progress.error, by.value, deeper.value, level])
  const list = themes.data?.themes ?? []

  // An answer on an empty map would say little, so a reader who has chosen no layers gets streets and addresses with it.
  useEffect(() => {
    if (selection.value?.kind === 'place') showSurroundings(list.filter((theme) => theme.features > 0).map((theme) => theme.code))
  }, [selection.value])

  return (
    <div class="page" dir={direction.value} lang={lang.value}>
      <a class="skip" href="#panel" onClick={(event) => { event.preventDefault(); document.getElementById('panel')?.focus() }}>{t('app.skip')}</a>
      <Header sample={themes.data?.sample === true} />
      <Panel
        progress={<><Figures progress={progress} />{progress.data && <Ranking progress={progress.data} units={units} />}</>}
        layers={<Layers themes={themes} />}
      />
      <main class="map" aria-label={t('map.label')}>
        <MapView themes={themes.data?.themes ?? null} values={values} />
        <Notices themes={list} />
        <Controls />
        <div class="map-foot"><ScaleBar /><span class="map-hint">{t('map.hint')}</span></div>
        <Legend progress={progress.data} />
        <AsOfChip />
        <ToolPanel />
        <Card themes={list} progress={progress.data} />
      </main>
    </div>
  )
}
