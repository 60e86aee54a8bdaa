import { effect, signal } from '@preact/signals'
import { asked, remember } from '../ui/address'

export const tabs = ['plate', 'identifier', 'point', 'verify'] as const
export type Tab = (typeof tabs)[number]

/** The question that is open. A link from the map names a parcel or a point; what is typed here stands in no address, since links and histories are read by others. */
export const tab = signal<Tab | 'parcel'>('plate')
/** The parcel that a link names. */
export const linked = signal<number | null>(null)
export const place = signal<{ lon: number; lat: number } | null>(null)

export function readAddress(): void {
  const id = Number(asked('id'))
  if (Number.isSafeInteger(id) && id > 0) linked.value = id
  const [lon, lat] = [asked('lon'), asked('lat')].map((text) => (text ? Number(text) : NaN)) as [number, number]
  if (Math.abs(lon) <= 180 && Math.abs(lat) <= 85) place.value = { lon, lat }
  tab.value = tabs.find((one) => one === asked('tab')) ?? (linked.value ? 'parcel' : place.value ? 'point' : 'plate')
}

export function followTab(): void {
  effect(() => remember({
    tab: tab.value === 'plate' || tab.value === 'parcel' ? '' : tab.value,
    id: tab.value === 'parcel' ? (linked.value ?? '') : '', 
    lon: tab.value === 'point' ? place.value?.lon : '', lat: tab.value === 'point' ? place.value?.lat : '',
  }))
}
