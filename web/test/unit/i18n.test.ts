import { describe, expect, it } from 'vitest'
import { translate, translatePlural } from '../../src/i18n'
import type { Pair } from '../../src/i18n/words'
import { attributeNames } from '../../src/i18n/attributes'
import { en } from '../../src/i18n/en'
import { fa, type Key } from '../../src/i18n/fa'

const keys = Object.keys(fa) as Key[]
const sources = import.meta.glob<string>('../../src/**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true })
const holes = (message: string) => [...message.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

describe('messages', () => {
  it('are the same set in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(fa).sort())
  })

  it.each(keys)('%s says something in both, with the same values', (key) => {
    expect(fa[key].trim()).not.toBe('')
    expect(en[key].trim()).not.toBe('')
    expect(holes(en[key])).toEqual(holes(fa[key]))
  })

  it('are Persian in Persian: no Arabic kaf or yeh, no Latin digits', () => {
    for (const key of keys) expect(fa[key].replace(/\{\w+\}|WebGL2|Enter/g, ''), key).not.toMatch(/[\u0643\u064a0-9]/)
  })

  it('are all used', () => {
    const all = Object.entries(sources).filter(([path]) => !/i18n\/(fa|en)\.ts$/.test(path)).map(([, source]) => source).join('\n')
    const unused = keys.filter((key) => {
      if (/^(level|levels|match|geometry|together)\./.test(key)) return false
      return !all.includes(`'${key}'`) && !all.includes(`'${key.replace(/\.(one|other)$/, '')}'`)
    })
    expect(unused).toEqual([])
  })

  it('name every attribute in both languages', () => {
    for (const [field, name] of Object.entries(attributeNames)) {
      expect(name.fa, field).toMatch(/[\u0600-\u06ff]/)
      expect(name.en, field).toMatch(/[A-Za-z]/)
    }
  })
})

const dictionaries = Object.entries(import.meta.glob<{ pairs: Record<string, Pair> }>(['../../src/*/words.ts', '!../../src/i18n/*'], { eager: true }))

describe.each(dictionaries)('the words of %s', (path, { pairs }) => {
  const own = Object.entries(sources).filter(([source]) => !source.endsWith('/words.ts')).map(([, source]) => source).join('\n')

  it('say something in both languages, with the same values, and Persian in Persian', () => {
    for (const [key, [fa, en, one]] of Object.entries(pairs)) {
      expect(fa.trim() && en.trim(), key).not.toBe('')
      expect(holes(en), key).toEqual(holes(fa))
      if (one) expect(holes(en), key).toEqual(expect.arrayContaining(holes(one)))
      expect(fa.replace(/\{\w+\}/g, ''), key).not.toMatch(/[\u0643\u064a0-9]/)
    }
  })

  it('are all used', () => {
    const prefixes = [...own.matchAll(/`([a-z]+\.)\$\{/g)].map((match) => match[1]!)
    const unused = Object.keys(pairs).filter((key) => !own.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)))
    expect(unused, path).toEqual([])
  })
})

describe('translate', () => {
  it('writes numbers with the digits of the language', () => {
    expect(translate('fa', 'progress.article', { n: 23 })).toBe('ماده ۲۳')
    expect(translate('en', 'progress.article', { n: 23 })).toBe('Article 23')
  })

  it('knows one from many', () => {
    expect(translatePlural('en', 'progress.overdue', 1)).toBe('1 day overdue')
    expect(translatePlural('en', 'progress.overdue', 3728)).toBe('3,728 days overdue')
    expect(translatePlural('fa', 'progress.overdue', 3728)).toBe('۳٬۷۲۸ روز دیرکرد')
  })
})
