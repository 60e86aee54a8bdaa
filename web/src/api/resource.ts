import { useCallback, useEffect, useState } from 'preact/hooks'
import { isAbort } from './problem'

export type Resource<T> = {
  data: T | null
  error: unknown
  loading: boolean
  reload: () => void
}

/**
 * Loads something and keeps what was loaded before on screen while the next answer is on its way.
 * The request is aborted when its key changes or its owner goes away. A null key loads nothing.
 */
export function useResource<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [state, setState] = useState<{ key: string | null; data: T | null; error: unknown }>({ key: null, data: null, error: null })
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    if (key === null) return
    const abort = new AbortController()
    load(abort.signal).then(
      (data) => setState({ key, data, error: null }),
      (error: unknown) => {
        if (!isAbort(error)) setState({ key, data: null, error })
      },
    )
    return () => abort.abort()
    // `load` is a new closure at every render; the key says when its meaning changes.
  }, [key, attempt])

  const reload = useCallback(() => {
    setState({ key: null, data: null, error: null })
    setAttempt((n) => n + 1)
  }, [])
  return { data: key === null ? null : state.data, error: state.key === key ? state.error : null, loading: key !== null && state.key !== key, reload }
}
