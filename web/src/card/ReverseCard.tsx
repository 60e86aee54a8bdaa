import { api } from '../api/client'
import { useResource } from '../api/resource'
import { formatDistance } from '../format'
import { lang, t } from '../i18n'
import { levelOf, placeLabel, zoomOf } from '../search/places'
import { pin, selection, target } from '../state/selection'
import { to } from '../ui/address'
import { FailureBox } from '../ui/Failure'
import { Loading } from '../ui/Loading'
import { Coordinates } from './Coordinates'

const limit = 5

export function ReverseCard({ lon, lat }: { lon: number; lat: number }) {
  const { data, error, loading, reload } = useResource(`${lon},${lat}`, (signal) => api.reverse(lon, lat, limit, signal))
  return (
    <>
      <h2>{t('place.reverse')}</h2>
      <Coordinates lon={lon} lat={lat} />
      <p class="card-links">
        <a href={to('/parcels', { tab: 'point', lat: lat.toFixed(6), lon: lon.toFixed(6) })}>{t('card.parcelhere')}</a>{' '}
        <a href={to('/postal-codes', { tab: 'at', lat: lat.toFixed(6), lon: lon.toFixed(6) })}>{t('card.address')}</a>
      </p>
      {loading && <><p class="visually-hidden">{t('place.busy')}</p><Loading lines={3} /></>}
      {!loading && error != null && <FailureBox error={error} retry={reload} />}
      {!loading && data && !data.features.some((place) => place.properties.geocoding.distance_m !== undefined) && <p class="empty">{t('place.reverse.none')}</p>}
      {!loading && data && (
        <ol class="nearest">
          {data.features.map((place) => {
            const { place_id, distance_m, postcode } = place.properties.geocoding
            const [x, y] = place.geometry.coordinates
            return (
              <li key={place_id}>
                <button type="button" class="link-button" onClick={(event) => {
                  event.currentTarget.closest<HTMLElement>('.card')?.focus() // the list gives way to the address
                  pin.value = { lon: x, lat: y }
                  target.value = { lon: x, lat: y, zoom: zoomOf(place) }
                  selection.value = { kind: 'place', place, version: data.geocoding.data_version ?? null }
                }}><bdi>{placeLabel(place)}</bdi></button>
                <span>
                  {distance_m === undefined ? levelOf(place) : t('place.distance', { distance: formatDistance(distance_m, lang.value) })}
                  {postcode && <bdi class="code" dir="ltr">{postcode}</bdi>}
                </span>
              </li>
            )
          })}
        </ol>
      )}
    </>
  )
}
