import type { Place } from '../api/types'
import { formatDistance, formatPercent } from '../format'
import { lang, t } from '../i18n'
import { levelOf, placeLabel } from '../search/places'
import { Coordinates } from './Coordinates'
import { Attributes, type Row } from './Attributes'

export function PlaceCard({ place, version }: { place: Place; version: string | null }) {
  const match = place.properties.match
  const reasons = match?.reasons?.[lang.value] ?? []
  return (
    <>
      <p class="card-theme">{t('place.title')}</p>
      <h2><bdi>{placeLabel(place)}</bdi></h2>
      <Attributes rows={placeRows(place, version)} />
      <Coordinates lon={place.geometry.coordinates[0]} lat={place.geometry.coordinates[1]} />
      {reasons.length > 0 && (
        <details class="reasons">
          <summary>{t('place.reasons')}</summary>
          <ul>{reasons.map((reason) => <li key={reason}>{reason}</li>)}</ul>
        </details>
      )}
    </>
  )
}

export function placeRows(place: Place, version: string | null): Row[] {
  const { geocoding, match } = place.properties
  const rows: Row[] = [{ name: t('place.match'), value: levelOf(place) }]
  if (match) rows.push({ name: t('place.confidence'), value: formatPercent(Math.round(match.confidence * 100), lang.value) })
  if (geocoding.distance_m !== undefined) rows.push({ name: t('place.reverse'), value: t('place.distance', { distance: formatDistance(geocoding.distance_m, lang.value) }) })
  if (geocoding.postcode) rows.push({ name: t('place.postcode'), value: geocoding.postcode, code: true })
  if (version) rows.push({ name: t('place.version'), value: version, code: true })
  return rows
}
