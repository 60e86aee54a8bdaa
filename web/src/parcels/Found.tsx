import { useEffect, useState } from 'preact/hooks'
import type { Parcel } from '../api/parcels'
import { localiseDigits, persianLetters } from '../format'
import { platePhrase } from '../format/plate'
import { lang } from '../i18n'
import { ParcelCard } from './ParcelCard'
import { w } from './words'

export interface Answered { parcels: Parcel[]; why: string }

/** What a question found: nothing, one, or several of which one is looked at. */
export function Found({ parcels, why }: Answered) {
  const [chosen, setChosen] = useState(0)
  useEffect(() => setChosen(0), [parcels])
  const parcel = parcels[Math.min(chosen, parcels.length - 1)]
  if (!parcel) return <div class="postal-none"><strong>{w('none')}</strong><p>{w('none.next')}</p></div>
  return (
    <>
      {parcels.length > 1 && (
        <div>
          <p class="postal-note">{w('several', { n: parcels.length })}</p>
          <ul class="parcel-list">{parcels.map((one, i) => (
            <li key={`${one.id} ${one.valid_from}`}>
              <button type="button" class="link-button" aria-pressed={i === chosen} onClick={() => setChosen(i)}>
                {platePhrase(one.plate.main, one.plate.sub, lang.value)} · <bdi>{persianLetters(localiseDigits(one.section, lang.value))}</bdi>
              </button>
            </li>
          ))}</ul>
        </div>
      )}
      <ParcelCard key={parcel.id} parcel={parcel} why={why} />
    </>
  )
}
