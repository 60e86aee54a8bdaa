import type { Lang } from '../i18n'
import { intl } from './intl'
import { latinDigits } from './letters'

/**
 * The registration plate as it is read aloud. Its two numbers stand in an isolate, so that they do not change places beside text of the other direction;
 * they are never joined by a slash, which is read either way round.
 */
export function platePhrase(main: number, sub: number | null | undefined, lang: Lang): string {
  const digits = intl(Intl.NumberFormat, lang === 'fa' ? 'fa-IR' : 'en-GB', { useGrouping: false })
  const [m, s] = [digits.format(main), sub ? digits.format(sub) : '']
  if (lang === 'fa') return `\u2067${s ? `${s} فرعی از ` : ''}${m} اصلی\u2069`
  return `\u2066${s ? `sub ${s} of ` : ''}main ${m}\u2069`
}

/** A whole number as it is typed, in Persian, Arabic or Latin digits; null where it is none. */
export function latinNumber(text: string): number | null {
  const latin = latinDigits(text.trim())
  return /^\d{1,9}$/.test(latin) ? Number(latin) : null
}
