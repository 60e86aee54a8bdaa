import type { Lang } from '../i18n'

const dateOnly = /^\d{4}-\d{2}-\d{2}$/

/** A date without a time is a day, wherever the reader is; an instant belongs to a day in Tehran. */
function parse(iso: string): { date: Date; timeZone: string } {
  return dateOnly.test(iso)
    ? { date: new Date(`${iso}T00:00:00Z`), timeZone: 'UTC' }
    : { date: new Date(iso), timeZone: 'Asia/Tehran' }
}

const tehranDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Tehran', year: 'numeric', month: '2-digit', day: '2-digit' })

/** The ISO day that it is in Tehran: from midnight there till half past three it is another one than by UTC. */
export function today(now = new Date()): string {
  return tehranDay.format(now)
}

/**
 * Day, month and year in this order. Intl's own long form for fa-IR puts the year first,
 * so the date is assembled from its parts.
 */
export function formatJalali(iso: string, lang: Lang): string {
  const { date, timeZone } = parse(iso)
  if (Number.isNaN(date.getTime())) return iso
  const locale = lang === 'fa' ? 'fa-IR-u-ca-persian' : 'en-u-ca-persian'
  const parts = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone }).formatToParts(date)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((p) => p.type === type)?.value ?? ''
  return `${part('day')} ${part('month')} ${part('year')}`
}

/** Persian reads the Jalali date; English reads the Gregorian one with the Jalali beside it, since the law counts in it. */
export function formatDate(iso: string, lang: Lang): string {
  if (lang === 'fa') return formatJalali(iso, lang)
  const { date, timeZone } = parse(iso)
  if (Number.isNaN(date.getTime())) return iso
  const gregorian = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone }).format(date)
  return `${gregorian} (${formatJalali(iso, lang)})`
}
