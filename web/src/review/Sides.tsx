import { signal } from '@preact/signals'
import type { Feature } from 'geojson'
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Bounds } from '../api/types'
import { MapBox, type Camera } from '../ui/MapBox'
import { useSurroundings } from '../ui/surroundings'
import { bothSides } from './both'
import { w } from './words'

/** The published map beside what it becomes; both are moved together. */
export function Sides({ theme, features, bounds, children }: { theme: string; features: readonly Feature[]; bounds: Bounds | null; children: ComponentChildren }) {
  const camera = useMemo(() => signal<Camera | null>(null), [])
  const around = useSurroundings(theme)
  const { before, after, gone, goes } = useMemo(() => bothSides(features), [features])
  return (
    <section class="sides" aria-label={w('sides')}>
      <h2>{w('sides')}</h2>
      <div>
        <figure><figcaption>{w('before')}</figcaption><MapBox label={w('before')} changes={before} bounds={bounds} camera={camera} {...(around && { surroundings: around })} /></figure>
        <figure><figcaption>{w('after')}</figcaption><MapBox label={w('after')} changes={after} bounds={bounds} camera={camera} gone={gone} {...(around && { surroundings: around })} /></figure>
      </div>
      {goes && <p class="note">{w('goes')}</p>}
      {children}
    </section>
  )
}
