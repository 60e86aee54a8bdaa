import type { Lang } from '../i18n'
import { formatNumber } from './number'

export type MeasureUnit = 'm2' | 'address' | 'layer' | 'parcel' | 'plate' | 'village' | 'duty' | 'service' | 'person' | 'household' | 'theme' | 'sheet'

const units: Record<MeasureUnit | 'km2' | 'm' | 'km', Record<Lang, [one: string, other: string]>> = {
  km2: { fa: ['کیلومتر مربع', 'کیلومتر مربع'], en: ['km²', 'km²'] },
  m2: { fa: ['متر مربع', 'متر مربع'], en: ['m²', 'm²'] },
  m: { fa: ['متر', 'متر'], en: ['m', 'm'] },
  km: { fa: ['کیلومتر', 'کیلومتر'], en: ['km', 'km'] },
  address: { fa: ['نشانی', 'نشانی'], en: ['address', 'addresses'] },
  layer: { fa: ['لایه', 'لایه'], en: ['layer', 'layers'] },
  parcel: { fa: ['قطعه', 'قطعه'], en: ['parcel', 'parcels'] },
  plate: { fa: ['پلاک', 'پلاک'], en: ['plate', 'plates'] },
  village: { fa: ['روستا', 'روستا'], en: ['village', 'villages'] },
  duty: { fa: ['وظیفه', 'وظیفه'], en: ['duty', 'duties'] },
  service: { fa: ['خدمت', 'خدمت'], en: ['service', 'services'] },
  person: { fa: ['نفر', 'نفر'], en: ['person', 'people'] },
  household: { fa: ['خانوار', 'خانوار'], en: ['household', 'households'] },
  sheet: { fa: ['برگ', 'برگ'], en: ['sheet', 'sheets'] },
  theme: { fa: ['موضوع', 'موضوع'], en: ['theme', 'themes'] },
}

function squareKilometres(km2: number, lang: Lang): string {
  return formatNumber(km2, lang, km2 >= 100 ? 0 : km2 >= 1 ? 1 : 3)
}

/** Below a hectare square metres say more; above it square kilometres are what people compare. */
const smallArea = 10_000

export function formatArea(m2: number, lang: Lang): string {
  if (m2 > 0 && m2 < smallArea) return `${formatNumber(m2, lang)} ${units.m2[lang][0]}`
  return `${squareKilometres(m2 / 1e6, lang)} ${units.km2[lang][0]}`
}

export function formatQuantity(value: number, unit: MeasureUnit | null, lang: Lang): string {
  if (unit === 'm2') return formatArea(value, lang)
  const number = formatNumber(value, lang)
  return unit ? `${number} ${units[unit][lang][value === 1 ? 0 : 1]}` : number
}

/** "12.3 of 45.6 km²": both figures in the unit of the whole, so that they can be compared. */
export function formatShare(numerator: number, denominator: number, unit: MeasureUnit | null, lang: Lang): string {
  const of = lang === 'fa' ? 'از' : 'of'
  if (unit === 'm2' && denominator >= smallArea) {
    return `${squareKilometres(numerator / 1e6, lang)} ${of} ${formatArea(denominator, lang)}`
  }
  return `${formatNumber(numerator, lang)} ${of} ${formatQuantity(denominator, unit, lang)}`
}

export function formatDistance(metres: number, lang: Lang): string {
  if (metres < 1000) return `${formatNumber(metres, lang)} ${units.m[lang][0]}`
  return `${formatNumber(metres / 1000, lang, metres < 10_000 ? 1 : 0)} ${units.km[lang][0]}`
}
