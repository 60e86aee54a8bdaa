import { useCallback, useEffect, useState } from 'preact/hooks'
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
