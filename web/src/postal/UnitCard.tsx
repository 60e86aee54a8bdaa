import type { Unit } from '../api/postal'
import { localiseDigits } from '../format/number'
import { lang } from '../i18n'
import { Code } from './Code'
import { w, type Word } from './words'

/** A unit's address in one line and in parts. */
export function UnitCard({ unit }: { unit: Unit }) {
  const floor = unit.floor === undefined ? undefined : unit.floor === 0 ? w('ground') : String(unit.floor)
  const parts: [Word, string | undefined][] = [
    ['province', unit.province], ['county', unit.county], ['city', unit.city], ['neighbourhood', unit.neighbourhood], ['before', unit.street_before],
    ['street', unit.street], ['number', unit.number === undefined ? undefined : `${unit.number} ${unit.number_suffix ?? ''}`.trim()], ['building', unit.building],
    ['floor', floor], ['unit', unit.unit],
  ]
  return (
    <article class="postal-card">
      <header><Code code={unit.postal_code} /></header>
      <p class="postal-line" dir="auto">{localiseDigits(unit.address, lang.value)}</p>
      <dl>{parts.map(([key, value]) => value && <div key={key}><dt>{w(key)}</dt><dd dir="auto">{localiseDigits(value, lang.value)}</dd></div>)}</dl>
    </article>
  )
}
