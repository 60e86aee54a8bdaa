import type { ComponentChildren } from 'preact'

interface Common { label: string; hint?: ComponentChildren; value: string; set: (value: string) => void; required?: boolean }

export function TextField({ label, hint, value, set, required = false, long = false, ltr = false, max = 2000, name }: Common & { long?: boolean; ltr?: boolean; max?: number; name?: string }) {
  const common = { value, required, name, maxLength: max, autoComplete: 'off', spellcheck: false, dir: ltr ? 'ltr' : 'auto' } as const
  return (
    <label class="field">
      <span>{label}{required && <Required />}</span>
      {long ? <textarea {...common} rows={3} onInput={(event) => set(event.currentTarget.value)} /> : <input {...common} onInput={(event) => set(event.currentTarget.value)} />}
      {hint && <small>{hint}</small>}
    </label>
  )
}

export interface Option { value: string; label: string }

export function Choice({ label, hint, value, set, options, required = false, name }: Common & { options: readonly Option[]; name?: string }) {
  return (
    <label class="field">
      <span>{label}{required && <Required />}</span>
      <select value={value} required={required} name={name} onChange={(event) => set(event.currentTarget.value)}>
        {options.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
      </select>
      {hint && <small>{hint}</small>}
    </label>
  )
}

export function Check({ label, value, set, name }: { label: ComponentChildren; value: boolean; set: (value: boolean) => void; name?: string }) {
  return <label class="check"><input type="checkbox" name={name} checked={value} onChange={(event) => set(event.currentTarget.checked)} /><span>{label}</span></label>
}

export const Required = () => <b class="required" aria-hidden="true"> *</b>
