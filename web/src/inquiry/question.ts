import { useEffect, useRef, useState } from 'preact/hooks'
import { isAbort } from '../api/problem'
import type { Asked } from '../api/postal'
import { purpose } from './purpose'

export type Answer<T> = { state: 'idle' } | { state: 'loading' } | { state: 'done'; data: T } | { state: 'failed'; error: unknown }

/** An identifier for an inquiry that was not made before. */
export function freshRequest(): string {
  return crypto.randomUUID?.() ?? `page-${Date.now()}-${Math.random().toString(36).slice(2)}`
}

/** A question that is asked when somebody says so. A new one takes the place of what is under way. */
export function useQuestion<T>() {
  const [answer, setAnswer] = useState<Answer<T>>({ state: 'idle' })
  const last = useRef<{ abort: AbortController; again: () => void } | null>(null)
  useEffect(() => () => last.current?.abort.abort(), [])

  function ask(load: (asked: Asked, signal: AbortSignal) => Promise<T>, why = purpose.value): void {
    // Asked again after a fault it is the same inquiry, and is recorded once.
    const asked = { purpose: why.trim(), request: freshRequest() }
    const run = () => {
      last.current?.abort.abort()
      const abort = new AbortController()
      last.current = { abort, again: run }
      setAnswer({ state: 'loading' })
      load(asked, abort.signal).then(
        (data) => setAnswer({ state: 'done', data }),
        (error: unknown) => { if (!isAbort(error)) setAnswer({ state: 'failed', error }) },
      )
    }
    run()
  }
  return { answer, ask, retry: () => last.current?.again() }
}
