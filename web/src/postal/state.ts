import { signal } from '@preact/signals'
import type { Lang } from '../i18n'

export const tabs = ['validate', 'address', 'codes', 'at', 'certificates', 'verify'] as const
export type Tab = (typeof tabs)[number]

export const tab = signal<Tab>('validate')
/** The point that a link from the map names. */
export const place = signal<{ lon: number; lat: number } | null>(null)

export function parsePlace(search: string): { lon: number; lat: number } | null {
  const query = new URLSearchParams(search)
  const [lon, lat] = ['lon', 'lat'].map((name) => Number(query.get(name) || NaN)) as [number, number]
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 85 ? { lon, lat } : null
}

/** What is asked about stands in no address: links and histories are read by others. */
export function parsePostal(search: string): { lang: Lang; tab: Tab } {
  const query = new URLSearchParams(search)
  return { lang: query.get('lang') === 'en' ? 'en' : 'fa', tab: tabs.find((one) => one === query.get('tab')) ?? 'validate' }
}

export function formatPostal(lang: Lang, tab: Tab): string {
  const query: string[] = []
  if (lang !== 'fa') query.push(`lang=${lang}`)
  if (tab !== 'validate') query.push(`tab=${tab}`)
  if (tab === 'at' && place.value) query.push(`lat=${place.value.lat}`, `lon=${place.value.lon}`)
  return query.length ? `?${query.join('&')}` : ''
}
