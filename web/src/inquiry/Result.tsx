import type { ComponentChildren } from 'preact'
import { Problem } from '../api/problem'
import { lang } from '../i18n'
import { signIn } from '../ui/address'
import { FailureBox } from '../ui/Failure'
import { Loading } from '../ui/Loading'
import type { Answer } from './question'
import { w } from './words'

/** What became of a question: nothing yet, on its way, an answer, something that is not there, no right to it, or a fault. */
export function Result<T>({ answer, retry, children }: { answer: Answer<T>; retry: () => void; children: (data: T) => ComponentChildren }) {
  return (
    <div class="postal-result" tabIndex={-1} aria-live="polite" data-state={answer.state}>
      {answer.state === 'loading' && <Loading lines={3} />}
      {answer.state === 'done' && children(answer.data)}
      {answer.state === 'failed' && <Failed error={answer.error} retry={retry} />}
    </div>
  )
}

function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const status = error instanceof Problem ? error.status : 0
  if (status === 404) return <Told error={error as Problem} kind="none" />
  if (status === 401) {
    return (
      <div class="postal-closed" role="alert">
        <strong>{w('closed.title')}</strong>
        <p>{w('closed.detail')}</p>
        <a class="button" href={signIn()}>{w('closed.sign')}</a>
      </div>
    )
  }
  if (status === 403) return <Told error={error as Problem} kind="closed" />
  if (status >= 400 && status < 500 && status !== 429) return <FailureBox error={error} />
  return <FailureBox error={error} retry={retry} />
}

/** Not there, or not for the reader: nothing broke, so it looks like no fault. */
function Told({ error, kind }: { error: Problem; kind: 'none' | 'closed' }) {
  const failure = error.failure(lang.value)
  return (
    <div class={`postal-${kind}`} role={kind === 'closed' ? 'alert' : undefined}>
      <strong>{failure?.title}</strong>
      {failure?.detail && <p>{failure.detail}</p>}
      {failure?.next && <p>{failure.next}</p>}
    </div>
  )
}
