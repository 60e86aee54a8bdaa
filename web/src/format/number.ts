import type { Lang } from '../i18n'
import { intl } from './intl'

const locales: Record<Lang, string> = { fa: 'fa-IR', en: 'en-GB' }

export function formatNumber(value: number, lang: Lang, maximumFractionDigits = 0): string {
  return intl(Intl.NumberFormat, locales[lang], { maximumFractionDigits }).format(value)
}

/**
 * A percentage with one decimal that never rounds to a claim: a little is not 0 %, and almost is not 100 %.
 */
export function formatPercent(percent: number, lang: Lang): string {
  const format = (value: number) => intl(Intl.NumberFormat, locales[lang], { style: 'percent', maximumFractionDigits: 1 }).format(value / 100)
  if (percent > 0 && percent < 0.1) return lang === 'fa' ? `کمتر از ${format(0.1)}` : `<${format(0.1)}`
  if (percent < 100 && percent > 99.9) return format(99.9)
  return format(percent)
}

/** Latitude and longitude as machines and GIS desks write them: Latin digits, decimal point, in this order. */
export function formatPosition(lat: number, lon: number): string {
  const latin = intl(Intl.NumberFormat, 'en-GB', { useGrouping: false, maximumFractionDigits: 5, minimumFractionDigits: 5 })
  return `${latin.format(lat)}, ${latin.format(lon)}`
}

/**
 * A text's digits in the reader's script. Long runs are codes (postal codes, identifiers):
 * they keep the digits that they came with.
 */
export function localiseDigits(text: string, lang: Lang): string {
  if (lang !== 'fa') return text
  return text.replace(/\d+/g, (run) => (run.length > 5 ? run : run.replace(/\d/g, (digit) => String.fromCodePoint(0x06f0 + Number(digit)))))
}
