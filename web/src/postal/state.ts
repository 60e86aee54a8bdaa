import { signal } from '@preact/signals'
import type { Lang } from '../i18n'

export const tabs = ['validate', 'address', 'codes', 'verify'] as const
export type Tab = (typeof tabs)[number]

export const tab = signal<Tab>('validate')

/** What is asked about stands in no address: links and histories are read by others. */
export function parsePostal(search: string): { lang: Lang; tab: Tab } {
  const query = new URLSearchParams(search)
  return { lang: query.get('lang') === 'en' ? 'en' : 'fa', tab: tabs.find((one) => one === query.get('tab')) ?? 'validate' }
}

export function formatPostal(lang: Lang, tab: Tab): string {
  const query: string[] = []
  if (lang !== 'fa') query.push(`lang=${lang}`)
  if (tab !== 'validate') query.push(`tab=${tab}`)
  return query.length ? `?${query.join('&')}` : ''
}
