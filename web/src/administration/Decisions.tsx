import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { useResource } from '../api/resource'
import { nameOf, text } from '../i18n'
import { asked, remember } from '../ui/address'
import { Choice, TextField } from '../ui/Field'
import { Approvals } from './Approvals'
import { Denominators } from './Denominators'
import { Plans } from './Plans'
import { w } from './words'

/** What the committee decides: targets beside the law's dates, and what 100 per cent is. Every decision stays; the newest counts. */
export function Decisions() {
  const [unit, setUnit] = useState(asked('unit') || 'IR')
  const [typed, setTyped] = useState(unit)
  const progress = useResource(`progress ${unit}`, (signal) => api.progress(unit, signal))
  const provinces = useResource('provinces', (signal) => api.adminUnits({ level: 'province' }, signal))
  const go = (code: string) => {
    setUnit(code)
    setTyped(code)
    remember({ unit: code === 'IR' ? '' : code })
  }
  const duties = (progress.data?.obligations ?? []).map((one) => ({ value: one.code, label: text(one.title) }))
  return (
    <>
      <form class="pair" aria-label={w('unit')} onSubmit={(event) => { event.preventDefault(); if (typed.trim()) go(typed.trim()) }}>
        <Choice label={w('unit')} value={unit} set={go} name="unit" options={[
          { value: 'IR', label: w('country') }, ...(provinces.data?.units ?? []).map((one) => ({ value: one.code, label: nameOf(one) })),
          ...(unit !== 'IR' && !provinces.data?.units.some((one) => one.code === unit) ? [{ value: unit, label: progress.data ? nameOf(progress.data.unit) : unit }] : []),
        ]} />
        <TextField label={w('unit.code')} hint={w('unit.hint')} value={typed} set={setTyped} ltr max={64} name="unit-code" />
      </form>
      <Plans unit={unit} duties={duties} key={`plans ${unit}`} />
      <Denominators unit={unit} duties={duties} key={`denominators ${unit}`} />
      <Approvals duties={duties} />
    </>
  )
}
