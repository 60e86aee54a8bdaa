import { intl } from './intl'
import { latinDigits } from './letters'

/** The ISO day of one that somebody typed in the Jalali calendar or, as ISO writes it, in the Gregorian one; null where there is no such day. */
export function typedDay(typed: string): string | null {
  const iso = latinDigits(typed.trim())
  if (!/^(19|20)\d\d-\d\d-\d\d$/.test(iso)) return jalaliDay(typed)
  const date = new Date(`${iso}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === iso ? iso : null
}

/** The ISO day of a Jalali one that somebody typed, 1405/1/5 or ۱۴۰۵-۰۱-۰۵; null where there is no such day. */
export function jalaliDay(typed: string): string | null {
  const latin = latinDigits(typed.trim())
  const found = /^(1[2-4]\d\d)[/\-.](\d{1,2})[/\-.](\d{1,2})$/.exec(latin)
  if (!found) return null
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])]
  // Six months of 31 days, then months of 30, from about 21 March on: the calendar of the browser says which of the days around it is meant.
  const about = Date.UTC(year + 621, 2, 21) + (((month - 1) * 30 + Math.min(month - 1, 6) + day - 1) * 86_400_000)
  const parts = intl(Intl.DateTimeFormat, 'en-u-ca-persian-nu-latn', { year: 'numeric', month: 'numeric', day: 'numeric', timeZone: 'UTC' })
  for (const off of [0, -1, 1, -2, 2]) {
    const date = new Date(about + off * 86_400_000)
    const part = Object.fromEntries(parts.formatToParts(date).map(({ type, value }) => [type, Number.parseInt(value, 10)]))
    if ((part.year ?? part.relatedYear) === year && part.month === month && part.day === day) return date.toISOString().slice(0, 10)
  }
  return null
}
