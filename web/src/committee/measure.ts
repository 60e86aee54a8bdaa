import { lang } from '../i18n'
import { w, type Word } from './words'

/** A year of the Persian calendar with the other beside it, or the other alone. */
export const yearName = (year: number, jalali: number) => lang.value === 'fa' ? `${jalali.toLocaleString('fa-IR', { useGrouping: false })} (⁨${year}⁩)` : `${year}`

/** What a measure is called; those of capture years are as many as there are years. */
export function measureName(measure: string): string {
  const year = Number(/^year-(\d{4})$/.exec(measure)?.[1])
  return year ? w('measure.year', { year: yearName(year, year - 621) }) : w(`measure.${measure}` as Word)
}
