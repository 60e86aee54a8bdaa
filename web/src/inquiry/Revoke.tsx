import { useRef, useState } from 'preact/hooks'
import { postal, type Moment } from '../api/postal'
import { Field } from './Form'
import { useQuestion } from './question'
import { Result } from './Result'
import { w } from './words'

/** Ends a certificate that should not have been given out, or whose address has changed, with the reason. */
export function Revoke({ number, done }: { number: string; done?: () => void }) {
  const [reason, setReason] = useState('')
  const own = useRef<HTMLDetailsElement>(null)
  const { answer, ask, retry } = useQuestion<{ state: 'revoked'; revoked: Moment }>()
  // The form goes with its certificate; the keyboard goes on at the answer that held both.
  const toAnswer = () => own.current?.parentElement?.closest<HTMLElement>('.postal-result')?.focus({ preventScroll: true })
  return (
    <details ref={own} class="postal-revoke">
      <summary>{w('revoke')}</summary>
      {answer.state !== 'done' && (
        <form class="postal-form" onSubmit={(event) => { event.preventDefault(); if (answer.state !== 'loading') ask((_, signal) => postal.revoke(number, reason.trim(), signal).then((told) => { toAnswer(); done?.(); return told })) }}>
          <Field label={w('revoke.reason')} hint={w('revoke.hint')} value={reason} set={setReason} max={500} />
          <button class="button grave" aria-disabled={answer.state === 'loading'}>{w('revoke')}</button>
        </form>
      )}
      <Result answer={answer} retry={retry}>{() => <p><strong>{w('revoke.done')}</strong></p>}</Result>
    </details>
  )
}
