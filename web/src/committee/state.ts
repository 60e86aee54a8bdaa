import { signal } from '@preact/signals'
import type { Lang } from '../i18n'

export const orders = ['best', 'worst', 'name'] as const
export type Order = (typeof orders)[number]

/** Everything that is chosen stands in the address, so that a link shows the same to whoever gets it. */
export interface Choice { unit: string; obligation: string; by: string; order: Order; search: string; agency: string; from: string; to: string; axis: 'ltr' | 'rtl'; span: 'all' | 'year'; print: boolean; list: string; measure: string; cell: string; after: string; page: number }

export const country = 'IR'
const usual: Choice = { unit: country, obligation: '', by: '', order: 'best', search: '', agency: '', from: '', to: '', axis: 'ltr', span: 'all', print: false, list: '', measure: '', cell: '', after: '', page: 1 }

export const choice = signal<Choice>(usual)
export const choose = (change: Partial<Choice>) => { choice.value = { ...choice.value, ...change } }

/** Opens the list behind a figure from its beginning; '' closes it. */
export const openList = (list: string, unit = choice.value.unit, measure = '') => choose({ list, unit, measure, cell: '', after: '', page: 1 })

/** Leads to another unit: what was searched for, and how far a list was read, is of the one before. */
export const inUnit = (unit: string): Partial<Choice> => ({ unit, search: '', cell: '', after: '', page: 1 })

/** Goes into a unit from a place that is gone then: the reader goes on at its figures. */
export function enter(unit: string): void {
  choose(inUnit(unit))
  const figures = document.getElementById('figures')
  figures?.focus({ preventScroll: true })
  figures?.parentElement?.scrollIntoView({ block: 'start' })
}

/** Where in a list a page begins: as the server tells it. */
const place = (value: string | null) => (value && value.length <= 300 ? value : '')
const code = (value: string | null) => (value && /^[\p{L}\p{N}-]{1,64}$/u.test(value) ? value : '')

export function parseChoice(search: string): { lang: Lang; choice: Choice } {
  const query = new URLSearchParams(search)
  return {
    lang: query.get('lang') === 'en' ? 'en' : 'fa',
    choice: {
      unit: code(query.get('unit')) || country, obligation: code(query.get('obligation')), by: code(query.get('by')), order: orders.find((one) => one === query.get('order')) ?? 'best',
      search: (query.get('q') ?? '').slice(0, 80), agency: code(query.get('agency')), from: code(query.get('from')), to: code(query.get('to')),
      axis: query.get('axis') === 'rtl' ? 'rtl' : 'ltr', span: query.get('span') === 'year' ? 'year' : 'all', print: query.get('print') === '1',
      list: code(query.get('list')), measure: code(query.get('measure')), cell: code(query.get('cell')), after: place(query.get('after')), page: Math.min(Math.max(Math.trunc(Number(query.get('page'))) || 1, 1), 1e6),
    },
  }
}

export function formatChoice(lang: Lang, c: Choice): string {
  const query = new URLSearchParams()
  if (lang !== 'fa') query.set('lang', lang)
  const names: [keyof Choice, string][] = [['unit', 'unit'], ['obligation', 'obligation'], ['by', 'by'], ['order', 'order'], ['search', 'q'], ['agency', 'agency'], ['from', 'from'], ['to', 'to'], ['axis', 'axis'], ['span', 'span'],
    ['list', 'list'], ['measure', 'measure'], ['cell', 'cell'], ['after', 'after'], ['page', 'page']]
  for (const [name, key] of names) if (c[name] !== usual[name]) query.set(key, String(c[name]))
  if (c.print) query.set('print', '1')
  const text = query.toString()
  return text ? `?${text}` : ''
}
