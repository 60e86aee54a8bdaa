import type { Unit } from '../api/postal'
import { localiseDigits } from '../format/number'
import { lang, t, type Key } from '../i18n'
import { Code } from './Code'

/** A unit's address in one line and in parts. */
export function UnitCard({ unit }: { unit: Unit }) {
  const floor = unit.floor === undefined ? undefined : unit.floor === 0 ? t('postal.ground') : String(unit.floor)
  const parts: [Key, string | undefined][] = [
    ['postal.province', unit.province], ['postal.county', unit.county], ['postal.city', unit.city], ['postal.neighbourhood', unit.neighbourhood], ['postal.before', unit.street_before],
    ['postal.street', unit.street], ['postal.number', unit.number === undefined ? undefined : `${unit.number} ${unit.number_suffix ?? ''}`.trim()], ['postal.building', unit.building],
    ['postal.floor', floor], ['postal.unit', unit.unit],
  ]
  return (
    <article class="postal-card">
      <header><Code code={unit.postal_code} /></header>
      <p class="postal-line" dir="auto">{localiseDigits(unit.address, lang.value)}</p>
      <dl>{parts.map(([key, value]) => value && <div key={key}><dt>{t(key)}</dt><dd dir="auto">{localiseDigits(value, lang.value)}</dd></div>)}</dl>
    </article>
  )
}
