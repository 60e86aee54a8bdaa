import { formatNumber } from '../format/number'
import { lang, type Values } from './index'

/** A text in both languages; the third is the English one for a single thing, where `n` says how many there are. */
export type Pair = readonly [fa: string, en: string, one?: string]

/**
 * The words of one page, which are loaded with that page only. What all pages say is in fa.ts and en.ts.
 * Numbers get the digits of the language; strings come as they are.
 */
export function words<W extends Record<string, Pair>>(pairs: W): (key: keyof W, values?: Values) => string {
  return (key, values = {}) => {
    const [fa, en, one] = pairs[key]!
    const pattern = lang.value === 'fa' ? fa : values.n === 1 && one ? one : en
    return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name]
      if (value === undefined) return whole
      return typeof value === 'number' ? formatNumber(value, lang.value) : value
    })
  }
}
