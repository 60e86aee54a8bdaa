import type { ComponentChildren } from 'preact'
import { NumberInput } from '../ui/NumberInput'
import { purpose } from './purpose'
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
          <datalist id="purposes"><option value={w('purpose.a')} /><option value={w('purpose.b')} /><option value={w('purpose.c')} /></datalist>
        </label>
      )}
      <button class="button postal-ask" aria-disabled={busy}>{w('ask')}</button>
    </form>
  )
}

export function Field({ label, hint, value, set, ltr = false, long = false, required = true, max = 100, numeric = false, name }:
  { label: string; hint?: string; value: string; set: (value: string) => void; ltr?: boolean; long?: boolean; required?: boolean; max?: number; numeric?: boolean; name?: string }) {
  const common = {
    value, required, name, maxLength: max, autoComplete: 'off', spellcheck: false, dir: ltr ? 'ltr' : 'auto', class: ltr ? 'ltr-field' : undefined,
  } as const
  return (
    <label class="postal-field">
      <span>{label}</span>
      {long
        ? <textarea {...common} rows={3} onInput={(event) => set(event.currentTarget.value)} />
        : <input {...common} inputMode={numeric ? 'numeric' : undefined} pattern={numeric ? '[0-9۰-۹٠-٩]{1,9}' : undefined} onInput={(event) => set(event.currentTarget.value)} />}
      {hint && <small>{hint}</small>}
    </label>
  )
}

/** Degrees, from -most to most. */
export function Coordinate({ label, value, set, name, most }: { label: string; value: string; set: (value: string) => void; name: string; most: number }) {
  return <label class="postal-field"><span>{label}</span><NumberInput value={value} set={set} name={name} least={-most} most={most} /></label>
}
