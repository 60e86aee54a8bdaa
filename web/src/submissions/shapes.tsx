import type { Feature } from 'geojson'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { isAbort } from '../api/problem'
import { failureOf } from '../ui/Failure'
import { boundsOf } from '../ui/MapBox'
import { w } from './words'

type Page = { features: readonly object[]; next: string | null }
type Load = (after: string | undefined, signal: AbortSignal) => Promise<Page>

/** As many shapes are drawn before the reader is asked whether there shall be more: as many again. */
const atOnce = 20_000
/** The map is drawn anew after so many pages, and at the end. */
const pagesADraw = 5

interface Shapes { key: string | null; features: readonly Feature[]; next: string | undefined; state: 'loading' | 'all' | 'some' | 'failed'; error: unknown }
const none: Shapes = { key: null, features: [], next: undefined, state: 'loading', error: null }

/** All differences of a comparison for a map, page after page. A null key loads nothing. */
export function useShapes(key: string | null, load: Load) {
  const [told, setTold] = useState<Shapes>(none)
  const [round, setRound] = useState(0)

  useEffect(() => {
    if (key === null) return
    const abort = new AbortController()
    const before = told.key === key ? told : none
    const run = async () => {
      const features = [...before.features]
      let { next } = before
      const most = Math.max(atOnce, features.length + (round > 0 && before.state === 'some' ? atOnce : 0))
      setTold({ ...before, key, features, state: 'loading', error: null })
      try {
        for (let pages = 1; ; pages++) {
          const page = await load(next, abort.signal)
          features.push(...(page.features as Feature[]))
          next = page.next ?? undefined
          const state = next === undefined ? 'all' : features.length >= most ? 'some' : 'loading'
          if (state !== 'loading' || pages === 1 || pages % pagesADraw === 0) setTold({ key, features: [...features], next, state, error: null })
          if (state !== 'loading') return
        }
      } catch (error) {
        if (!isAbort(error)) setTold({ key, features, next, state: 'failed', error })
      }
    }
    void run()
    return () => abort.abort()
    // `load` is a new closure at every render; the key says when its meaning changes.
  }, [key, round])

  const current = told.key === key ? told : none
  // The map is moved for the first page and for the whole, and stays where the reader put it in between.
  const moment = current.features.length === 0 ? 0 : current.state === 'loading' ? 1 : 2
  const bounds = useMemo(() => boundsOf(current.features), [key, moment])
  return { ...current, bounds, more: () => setRound((n) => n + 1) }
}

/** How much of it is on the map. */
export function ShapesTold({ shapes }: { shapes: ReturnType<typeof useShapes> }) {
  const n = useMemo(() => new Set(shapes.features.map((one) => (one.properties as { key: string }).key)).size, [shapes.features])
  if (shapes.key === null) return null
  return (
    <p class="note" role="status" data-shapes={shapes.state} data-count={n}>
      {shapes.state === 'loading' && w('shapesLoading', { n })}
      {shapes.state === 'all' && n > 0 && w('shapesAll', { n })}
      {shapes.state === 'some' && w('shapesShown', { n })}
      {shapes.state === 'failed' && <>{failureOf(shapes.error).title} {w('shapesShown', { n })}</>}
      {(shapes.state === 'some' || shapes.state === 'failed') && <> <button type="button" class="link-button" onClick={shapes.more}>{w('shapesMore')}</button></>}
    </p>
  )
}
