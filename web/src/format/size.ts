import type { Lang } from '../i18n'
import { formatNumber } from './number'

const names: Record<Lang, readonly string[]> = { fa: ['بایت', 'کیلوبایت', 'مگابایت', 'گیگابایت'], en: ['bytes', 'KB', 'MB', 'GB'] }

/** A number of bytes in the unit in which it is read, by powers of 1024 as file managers show it. */
export function formatBytes(bytes: number, lang: Lang): string {
  let step = 0
  let value = bytes
  while (value >= 1024 && step < 3) {
    value /= 1024
    step++
  }
  return `${formatNumber(value, lang, step === 0 || value >= 100 ? 0 : 1)} ${names[lang][step]}`
}
