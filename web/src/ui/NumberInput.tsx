import { useLayoutEffect, useRef } from 'preact/hooks'
import { latinDigits } from '../format'
import { lang, t } from '../i18n'

/** A number as it is typed, in the digits of any keyboard: browsers take Persian ones in a field of type number where they speak Persian themselves only. */
export function NumberInput({ value, set, name, least, most, whole = false }: { value: string; set: (value: string) => void; name: string; least: number; most: number; whole?: boolean }) {
  const input = useRef<HTMLInputElement>(null)
  const right = value === '' || ((whole ? /^\d+$/ : /^-?\d+(\.\d*)?$/).test(value) && Number(value) >= least && Number(value) <= most)
  useLayoutEffect(() => input.current?.setCustomValidity(right ? '' : t('number.range', { least, most })), [right, lang.value])
  return (
    <input ref={input} name={name} value={value} required dir="ltr" class="ltr-field" inputMode={whole ? 'numeric' : 'decimal'} autoComplete="off" maxLength={30} aria-invalid={!right}
      onInput={(event) => set(latinDigits(event.currentTarget.value))} />
  )
}
