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
  const [before, after] = useMemo(() => {
    // On its own side each is a whole: what was there, and what will be. What goes is marked there too: far out tiles tell how many there are, and not which.
    const on = (shown: (of: Props) => boolean) => features.filter((one) => shown(one.properties as Props)).map((one): Feature => ({ ...one, properties: { ...one.properties, side: 'after' } }))
    return [on(({ side }) => side === 'before'), on(({ op, side }) => side === 'after' || op === 'removed')]
  }, [features]) as [Feature[], Feature[]]
  // What is published stays, but for what is removed, or drawn anew as it will be.
  const gone = useMemo(() => before.map((one) => Number(one.id)), [before])
  return (
    <section class="sides" aria-label={w('sides')}>
      <h2>{w('sides')}</h2>
      <div>
        <figure><figcaption>{w('before')}</figcaption><MapBox label={w('before')} changes={before} bounds={bounds} camera={camera} {...(around && { surroundings: around })} /></figure>
        <figure><figcaption>{w('after')}</figcaption><MapBox label={w('after')} changes={after} bounds={bounds} camera={camera} gone={gone} {...(around && { surroundings: around })} /></figure>
      </div>
    </section>
  )
}
