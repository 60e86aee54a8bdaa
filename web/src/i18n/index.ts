import { computed, signal } from '@preact/signals'
import type { Text } from '../api/types'
import { intl } from '../format/intl'
import { formatNumber } from '../format/number'
import { en } from './en'
import { fa, type Key, type Messages } from './fa'

export type Lang = 'fa' | 'en'
export type { Key }

const messages: Record<Lang, Messages> = { fa, en }

export type Values = Record<string, string | number>

/** Numbers get the digits of the language; strings come as they are. */
export function translate(lang: Lang, key: Key, values: Values = {}): string {
  return messages[lang][key].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? formatNumber(value, lang) : value
  })
}

type Plural<K> = K extends `${infer P}.other` ? P : never
export type PluralKey = Plural<Key>

export function translatePlural(lang: Lang, key: PluralKey, n: number, values: Values = {}): string {
  const form = intl(Intl.PluralRules, lang, {}).select(n) === 'one' ? 'one' : 'other'
  return translate(lang, `${key}.${form}` as Key, { ...values, n })
}

export function has(key: string): key is Key {
  return Object.hasOwn(fa, key)
}

export const lang = signal<Lang>('fa')
export const direction = computed<'rtl' | 'ltr'>(() => (lang.value === 'fa' ? 'rtl' : 'ltr'))

export const t = (key: Key, values?: Values) => translate(lang.value, key, values)
export const tn = (key: PluralKey, n: number, values?: Values) => translatePlural(lang.value, key, n, values)

/** The text of a pair in the reader's language, or the other one where it is missing. */
export const text = (pair: Text) => pair[lang.value] || pair.fa || pair.en

/** What stands between the parts of a list. */
export const comma = () => (lang.value === 'fa' ? '، ' : ', ')

/** The name of a place: English readers get the English name where there is one. */
export function nameOf(unit: { name_fa: string; name_en: string | null }): string {
  return (lang.value === 'en' && unit.name_en) || unit.name_fa
}
