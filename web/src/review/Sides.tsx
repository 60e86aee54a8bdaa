import { signal } from '@preact/signals'
import type { Feature } from 'geojson'
import { useMemo } from 'preact/hooks'
import type { Bounds } from '../api/types'
import { MapBox, type Camera } from '../ui/MapBox'
import { useSurroundings } from '../ui/surroundings'
import { w } from './words'

type Props = { op: string; side: string }

/** The published map beside what it becomes; both are moved together. */
export function Sides({ theme, features, bounds }: { theme: string; features: readonly Feature[]; bounds: Bounds | null }) {
  const camera = useMemo(() => signal<Camera | null>(null), [])
  const around = useSurroundings(theme)
  const road = useSurroundings()
  const [before, after] = useMemo(() => (['before', 'after'] as const).map((side) => features.filter((one) => (one.properties as Props).side === side)
    // On its own side each is a whole: what was there, and what will be.
    .map((one): Feature => ({ ...one, properties: { ...one.properties, side: 'after' } }))), [features])
  return (
    <section class="sides" aria-label={w('sides')}>
      <h2>{w('sides')}</h2>
      <div>
        <figure><figcaption>{w('before')}</figcaption><MapBox label={w('before')} changes={before} bounds={bounds} camera={camera} {...(around && { surroundings: around })} /></figure>
        <figure><figcaption>{w('after')}</figcaption><MapBox label={w('after')} changes={after} bounds={bounds} camera={camera} {...(road && { surroundings: road })} /></figure>
      </div>
    </section>
  )
}
