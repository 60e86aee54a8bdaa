import type { Signal } from '@preact/signals'
import type { Feature } from 'geojson'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Bounds, Theme } from '../api/types'
import { lang, t } from '../i18n'
import type { Picked } from '../map/desk-layers'
import type { PreviewMap } from '../map/preview'
import { dark } from '../map/scheme'
import { failureOf } from './Failure'

/** Where a map stands, for another one that is moved with it. */
export interface Camera { center: [number, number]; zoom: number; by: object }

interface Props {
  label: string
  points?: readonly Feature[]
  changes?: readonly Feature[]
  /** Outlines with `role` (this one, or beside it) and `text`. */
  shapes?: readonly Feature[]
  /** Path of the findings' tiles, and whether they are shown. */
  findings?: { path: string; shown: boolean }
  surroundings?: readonly Theme[]
  /** Which published features are no more, by id. */
  gone?: readonly number[]
  bounds?: Bounds | null
  place?: { lon: number; lat: number } | null
  onPick?: (found: Picked[]) => void
  camera?: Signal<Camera | null>
  /** Told where somebody clicked, whatever is there. */
  onPlace?: (lon: number, lat: number) => void
}

/** A map within a page. Its code is loaded when the first one is shown. */
export function MapBox({ label, points, changes, shapes, findings, surroundings, gone, bounds, place, onPick, camera, onPlace }: Props) {
  const element = useRef<HTMLDivElement>(null)
  const [map, setMap] = useState<PreviewMap | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const pick = useRef(onPick)
  pick.current = onPick
  const placed = useRef(onPlace)
  placed.current = onPlace

  useEffect(() => {
    let made: PreviewMap | null = null
    let gone = false
    const begin = async () => {
      const { PreviewMap } = await import('../map/preview')
      if (gone || !element.current) return
      made = new PreviewMap(element.current, label, (found) => pick.current?.(found), (lon, lat) => placed.current?.(lon, lat))
      await made.started()
      if (!gone) setMap(made)
    }
    begin().catch((error: unknown) => { if (!gone) setFailure(failureOf(error).title) })
    return () => {
      gone = true
      made?.destroy()
    }
  }, [])

  useEffect(() => { map?.repaint() }, [map, dark.value])
  useEffect(() => { map?.label(label) }, [map, label])
  useEffect(() => { if (map && points) void map.points(points) }, [map, points])
  useEffect(() => { if (map && changes) void map.changes(changes) }, [map, changes])
  useEffect(() => { if (map && shapes) void map.shapes(shapes) }, [map, shapes])
  useEffect(() => { if (map && findings) void map.findings(findings.path, findings.shown) }, [map, findings?.path, findings?.shown])
  useEffect(() => { if (map && surroundings) map.surroundings(surroundings, lang.value, gone).catch(() => {}) }, [map, surroundings, gone])
  useEffect(() => { if (map && bounds) map.fit(bounds, shapes ? 19 : 17) }, [map, bounds?.join()])
  useEffect(() => { if (map && place) map.go(place.lon, place.lat) }, [map, place])

  useEffect(() => {
    if (!map || !camera) return
    map.moved((center, zoom) => { camera.value = { center, zoom, by: map } })
    return camera.subscribe((told) => { if (told && told.by !== map) map.stand(told.center, told.zoom) })
  }, [map, camera])

  return (
    <div class="map-box">
      <div ref={element} class="map-canvas" dir="ltr" data-testid="preview" />
      {!map && !failure && <p class="map-wait" role="status">{t('map.loading')}</p>}
      {map && <p class="map-part">{t('map.part')}</p>}
      {failure && <p class="map-wait map-broken" role="alert">{failure}</p>}
      {map && (
        <div class="controls" role="group" aria-label={t('map.label')}>
          <button type="button" aria-label={t('map.zoomin')} title={t('map.zoomin')} onClick={() => map.zoom(1)}>+</button>
          <button type="button" aria-label={t('map.zoomout')} title={t('map.zoomout')} onClick={() => map.zoom(-1)}>−</button>
        </div>
      )}
    </div>
  )
}

/** Brings the page's map to where it is seen: on a phone it is far from the list whose place it shows. */
export const toMap = () => document.querySelector('.map-box')?.scrollIntoView({ block: 'nearest' })

/** The box around features. */
export function boundsOf(features: readonly Feature[]): Bounds | null {
  let box: Bounds | null = null
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return
    if (typeof value[0] === 'number' && typeof value[1] === 'number') {
      const [x, y] = value as [number, number]
      box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y]
      return
    }
    value.forEach(visit)
  }
  for (const { geometry } of features) if (geometry && 'coordinates' in geometry) visit(geometry.coordinates)
  return box
}

/** The box around both. */
export const joined = (a: Bounds, b: Bounds): Bounds => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]
