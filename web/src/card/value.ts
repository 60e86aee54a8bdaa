import { formatNumber, localiseDigits, persianLetters } from '../format'
import { has, type Lang, t } from '../i18n'

/** Attributes that are measured or counted: their digits follow the language. All other numbers are codes. */
const quantities = new Set(['population', 'households', 'declared_area_m2', 'area_m2', 'accuracy_m', 'width_m', 'floors', 'capture_year', 'lot_area_m2', 'capacity', 'beds', 'trees', 'units', 'stalls', 'length_m', 'volume_l', 'circuits', 'fibres', 'lanes', 'max_floors', 'built_year'])
/** Years are read in the language's digits, but not grouped. */
const ungrouped = new Set(['capture_year', 'built_year'])
/** Metres that say where something is, not how much of it there is. */
const coordinates = new Set(['x_m', 'y_m'])

export interface Shown { text: string; code: boolean }

/** A code keeps Latin digits and its own direction; a quantity, such as all that is measured in a unit, and a word belong to the sentence. */
export function showValue(field: string, value: unknown, lang: Lang, measured = false): Shown {
  if (typeof value === 'boolean') return { text: t(value ? 'value.yes' : 'value.no'), code: false }
  if (field === 'level' && has(`level.${String(value)}`)) return { text: t(`level.${String(value)}` as Parameters<typeof t>[0]), code: false }
  if (typeof value === 'number' && (quantities.has(field) || (measured && !coordinates.has(field)))) {
    const text = ungrouped.has(field)
      ? new Intl.NumberFormat(lang === 'fa' ? 'fa-IR' : 'en-GB', { useGrouping: false }).format(value)
      : formatNumber(value, lang, 2)
    return { text, code: false }
  }
  const text = String(value)
  const code = typeof value === 'number' || /^[\p{ASCII}]*\d[\p{ASCII}]*$/u.test(text)
  return { text: code ? text : persianLetters(localiseDigits(text, lang)), code }
}
