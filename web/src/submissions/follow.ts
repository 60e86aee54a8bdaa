import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { delivery, type State, type Submission } from '../api/delivery'
import { isAbort } from '../api/problem'

/** States in which the server is at work, so that the page asks again. */
const busy: readonly State[] = ['received', 'confirmed', 'approved']
export const working = (submission: Submission) => busy.includes(submission.state)

const pause = 1000

/** A delivery, read again as long as the server is at work on it. */
export function useFollowed(tracking: string): { data: Submission | null; error: unknown; reload: () => void; set: (submission: Submission) => void } {
  const [state, setState] = useState<{ data: Submission | null; error: unknown }>({ data: null, error: null })
  const [round, setRound] = useState(0)
  useEffect(() => {
    const abort = new AbortController()
    delivery.one(tracking, abort.signal).then(
      (data) => setState({ data, error: null }),
      (error: unknown) => { if (!isAbort(error)) setState((before) => ({ data: before.data, error })) },
    )
    return () => abort.abort()
  }, [tracking, round])
  const going = state.data !== null && working(state.data)
  useEffect(() => {
    if (!going) return
    const timer = setTimeout(() => setRound((n) => n + 1), pause)
    return () => clearTimeout(timer)
  }, [going, state])
  const reload = useCallback(() => setRound((n) => n + 1), [])
  const set = useCallback((data: Submission) => setState({ data, error: null }), [])
  return { ...state, reload, set }
}

/** Seconds that a stage still takes, by how fast its rows went so far; null while that cannot be said. */
export function useTimeLeft(progress: Submission['progress']): number | null {
  const begun = useRef<{ stage: string; rows: number; at: number } | null>(null)
  if (!progress || progress.total <= progress.rows) return null
  const now = performance.now()
  if (begun.current?.stage !== progress.stage || begun.current.rows > progress.rows) begun.current = { stage: progress.stage, rows: progress.rows, at: now }
  const { rows, at } = begun.current
  return progress.rows > rows ? ((progress.total - progress.rows) * (now - at)) / (progress.rows - rows) / 1000 : null
}

/** A heading that has the focus when a step takes away what had it: there the new state is told. */
export function useFocusAfter(state: State) {
  const heading = useRef<HTMLHeadingElement>(null)
  const held = useRef<EventTarget | null>(null)
  useEffect(() => {
    const keep = (event: FocusEvent) => { held.current = event.target }
    document.addEventListener('focusin', keep)
    return () => document.removeEventListener('focusin', keep)
  }, [])
  useEffect(() => {
    if (held.current instanceof Node && !held.current.isConnected && document.activeElement === document.body) heading.current?.focus()
  }, [state])
  return heading
}
