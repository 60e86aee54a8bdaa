import { useState } from 'preact/hooks'
import { formatPosition } from '../format'
import { formatUtm, toUtm } from '../geo/utm'
import { t } from '../i18n'

/** A point in degrees and in its UTM zone, each to be copied. */
export function Coordinates({ lon, lat }: { lon: number; lat: number }) {
  const utm = toUtm(lon, lat)
  return (
    <dl class="attributes coordinates">
      <Line name={t('place.position')} value={formatPosition(lat, lon)} />
      {utm && <Line name={t('place.utm')} value={formatUtm(utm)} />}
    </dl>
  )
}

function Line({ name, value }: { name: string; value: string }) {
  const [copied, setCopied] = useState<boolean | null>(null)
  // Without a secure address there is no clipboard; the text can be selected by hand.
  const copy = () => {
    const done = navigator.clipboard?.writeText(value)
    if (done) done.then(() => setCopied(true), () => setCopied(false))
    else setCopied(false)
  }
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <bdi class="code" dir="ltr">{value}</bdi>{' '}
        <button type="button" class="link-button" aria-label={`${t('copy')}: ${name}`} onClick={copy}>{t(copied ? 'copied' : copied === false ? 'copy.not' : 'copy')}</button>
      </dd>
    </div>
  )
}
