import type { ComponentChildren } from 'preact'
import { purpose } from './state'
import { w } from './words'

/** A question with the button that asks it. An inquiry says what it is for. */
export function Form({ children, inquiry = true, busy, onAsk }: { children: ComponentChildren; inquiry?: boolean; busy: boolean; onAsk: () => void }) {
  return (
    <form class="postal-form" onSubmit={(event) => { event.preventDefault(); if (!busy) onAsk() }}>
      {children}
      {inquiry && (
        <label class="postal-field">
          <span>{w('purpose')}</span>
          <input name="purpose" value={purpose.value} required maxLength={200} list="purposes" autoComplete="off" placeholder={w('purpose.example')}
            onInput={(event) => { purpose.value = event.currentTarget.value }} />
          <small>{w('purpose.why')}</small>
        </label>
      )}
      <button class="button postal-ask" aria-disabled={busy}>{w('ask')}</button>
    </form>
  )
}

export function Field({ label, hint, value, set, ltr = false, long = false, required = true, max = 100 }:
  { label: string; hint?: string; value: string; set: (value: string) => void; ltr?: boolean; long?: boolean; required?: boolean; max?: number }) {
  const common = {
    value, required, maxLength: max, autoComplete: 'off', spellcheck: false, dir: ltr ? 'ltr' : 'auto', class: ltr ? 'ltr-field' : undefined,
  } as const
  return (
    <label class="postal-field">
      <span>{label}</span>
      {long
        ? <textarea {...common} rows={3} onInput={(event) => set(event.currentTarget.value)} />
        : <input {...common} onInput={(event) => set(event.currentTarget.value)} />}
      {hint && <small>{hint}</small>}
    </label>
  )
}
