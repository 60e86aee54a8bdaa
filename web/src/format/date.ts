import type { Lang } from '../i18n'
import { intl } from './intl'

const dateOnly = /^\d{4}-\d{2}-\d{2}$/

/** A date without a time is a day, wherever the reader is; an instant belongs to a day in Tehran. */
function parse(iso: string): { date: Date; timeZone: string } {
  return dateOnly.test(iso)
    ? { date: new Date(`${iso}T00:00:00Z`), timeZone: 'UTC' }
    : { date: new Date(iso), timeZone: 'Asia/Tehran' }
}

/** The ISO day that it is in Tehran: from midnight there till half past three it is another one than by UTC. */
export function today(now = new Date()): string {
  return intl(Intl.DateTimeFormat, 'en-CA', { timeZone: 'Asia/Tehran', year: 'numeric', month: '2-digit', day: '2-digit' }).format(now)
}

const inWords = (locale: string, month: 'long' | 'short', timeZone: string) => intl(Intl.DateTimeFormat, locale, { day: 'numeric', month, year: 'numeric', timeZone })

/**
 * Day, month and year in this order. Intl's own long form for fa-IR puts the year first,
 * so the date is assembled from its parts.
 */
export function formatJalali(iso: string, lang: Lang): string {
  const { date, timeZone } = parse(iso)
  if (Number.isNaN(date.getTime())) return iso
  const parts = inWords(lang === 'fa' ? 'fa-IR-u-ca-persian' : 'en-u-ca-persian', 'long', timeZone).formatToParts(date)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((p) => p.type === type)?.value ?? ''
  return `${part('day')} ${part('month')} ${part('year')}`
}

/** An ISO day as it is typed in the Jalali calendar: ۱۴۰۵/۰۹/۰۲. */
export function jalaliNumbers(day: string): string {
  const numbers = intl(Intl.DateTimeFormat, 'fa-IR-u-ca-persian', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: 'UTC' })
  return numbers.format(new Date(`${day}T00:00:00Z`)).replace(/[^۰-۹/]/g, '')
}

/** An instant as people in Iran read it: the day and the hour there. */
export function formatMoment(iso: string, lang: Lang): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return iso
  const hour = intl(Intl.DateTimeFormat, lang === 'fa' ? 'fa-IR' : 'en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'Asia/Tehran' }).format(date)
  return lang === 'fa' ? `${formatDate(iso, lang)}، ساعت ${hour}` : `${formatDate(iso, lang)}, ${hour} in Tehran`
}

/** Persian reads the Jalali date; English reads the Gregorian one with the Jalali beside it, since the law counts in it. */
export function formatDate(iso: string, lang: Lang): string {
  if (lang === 'fa') return formatJalali(iso, lang)
  const { date, timeZone } = parse(iso)
  if (Number.isNaN(date.getTime())) return iso
  return `${inWords('en-GB', 'short', timeZone).format(date)} (${formatJalali(iso, lang)})`
}
