import type { Place } from '../api/types'
import { localiseDigits } from '../format'
import { has, lang, t } from '../i18n'

export function placeLabel(place: Place): string {
  const { label, label_en } = place.properties.geocoding
  return lang.value === 'en' ? label_en || label : localiseDigits(label, 'fa')
}

/** How exact the answer is, in a word. A level that the page does not know is shown as it came. */
export function levelOf(place: Place): string {
  const level = place.properties.match?.level ?? place.properties.geocoding.type
  for (const key of [`match.${level}`, `level.${level}`]) if (has(key)) return t(key)
  return level
}

const zooms: Record<string, number> = {
  unit: 17.5, house: 17.5, site: 17.5, building: 17.5, interpolated: 17, alley: 16.5, intersection: 17, landmark: 16.5, parcel: 17, way: 16, street: 16, postcode: 17,
  neighbourhood: 14, village: 13, locality: 13, district: 11, city: 11.5, 'rural-district': 11.5, 'municipal-district': 12.5, county: 8.5, province: 7, country: 4.5,
}

/** How close to go: an exact answer deserves the street, a city the city. */
export function zoomOf(place: Place): number {
  return zooms[place.properties.match?.level ?? ''] ?? zooms[place.properties.geocoding.type] ?? 15
}
