import { useState } from 'preact/hooks'
import { request } from '../api/client'
import { useResource } from '../api/resource'
import type { Text } from '../api/types'
import { formatNumber } from '../format'
import { typedDay } from '../format/jalali'
import { lang, text } from '../i18n'
import { Choice, Required, TextField, type Option } from '../ui/Field'
import { NumberInput } from '../ui/NumberInput'
import { Table } from '../ui/Table'
import { Day } from '../ui/When'
import { TypedDay, NotADay } from './TypedDay'
import { Loaded, Making } from './parts'
import { w } from './words'

interface Denominator { obligation: string; amount?: number; not_applicable?: Text; source: string; dated: string; decision: string; decided_on: string; body: Text; version: number }
const path = '/v1/progress/denominators'
const none = { obligation: 'A27-GNAF', what: 'amount', amount: '', whyFa: '', whyEn: '', source: '', dated: '', decision: '', decided_on: '', fa: '', en: '' }

/** What 100 per cent is in a unit by decision: a number with its source, or that nothing is due there. */
export function Denominators({ unit, duties }: { unit: string; duties: Option[] }) {
  const told = useResource(`denominators ${unit}`, (signal) => request<{ denominators: Denominator[] }>(path, { query: { unit }, signal }))
  const [given, setGiven] = useState(none)
  const set = (change: Partial<typeof none>) => setGiven({ ...given, ...change })
  const counted = given.what === 'amount'
  const save = async () => {
    const [dated, decided_on] = [typedDay(given.dated), typedDay(given.decided_on)]
    if (!dated || !decided_on) throw new NotADay()
    await request(path, { body: {
      obligation: given.obligation, unit, source: given.source, dated, decision: given.decision, decided_on, body: { fa: given.fa, en: given.en },
      ...(counted ? { amount: Number(given.amount) } : { not_applicable: { fa: given.whyFa, en: given.whyEn } }),
    } })
    setGiven(none)
    told.reload()
  }
  const titleOf = (code: string) => duties.find((one) => one.value === code)?.label ?? code
  return (
    <section class="a-decisions" aria-labelledby="denominators-title">
      <h2 id="denominators-title">{w('denominators')}</h2>
      <Making title={w('denominator.set')} act={save}>
        <p class="note">{w('denominator.hint')}</p>
        <div class="pair">
          <Choice label={w('what')} value={given.what} set={(what) => set({ what, ...(what === 'amount' && { obligation: 'A27-GNAF' }) })} options={[{ value: 'amount', label: w('what.amount') }, { value: 'none', label: w('what.none') }]} name="what" />
          <Choice label={w('obligation')} value={given.obligation} set={(obligation) => set({ obligation })} options={counted ? duties.filter((one) => one.value === 'A27-GNAF') : duties} required name="denominator-obligation" />
          {counted
            ? <label class="field"><span>{w('amount')}<Required /></span><NumberInput value={given.amount} set={(amount) => set({ amount })} name="amount" least={1} most={1e9} whole /></label>
            : <><TextField label={w('why.fa')} value={given.whyFa} set={(whyFa) => set({ whyFa })} max={400} required name="why-fa" /><TextField label={w('why.en')} value={given.whyEn} set={(whyEn) => set({ whyEn })} max={400} required ltr name="why-en" /></>}
          <TextField label={w('source')} hint={w('source.hint')} value={given.source} set={(source) => set({ source })} max={400} required name="source" />
          <TypedDay label={w('dated')} value={given.dated} set={(dated) => set({ dated })} name="dated" />
          <TextField label={w('decision')} value={given.decision} set={(decision) => set({ decision })} max={80} required name="denominator-decision" />
          <TypedDay label={w('decidedOn')} value={given.decided_on} set={(day) => set({ decided_on: day })} name="denominator-decided" />
          <TextField label={w('body.fa')} value={given.fa} set={(fa) => set({ fa })} max={200} required name="denominator-fa" />
          <TextField label={w('body.en')} value={given.en} set={(en) => set({ en })} max={200} required ltr name="denominator-en" />
        </div>
      </Making>
      <Loaded of={told} empty={(data) => data.denominators.length === 0} none={w('denominators.none')}>{(data) => (
        <Table caption={w('denominators')} rows={data.denominators} keyOf={(one) => `${one.obligation} ${one.version}`} columns={[
          { id: 'duty', title: w('obligation'), cell: (one) => titleOf(one.obligation) },
          { id: 'amount', title: w('what'), cell: (one) => (one.amount != null ? formatNumber(one.amount, lang.value) : one.not_applicable ? <>{w('what.none')}<small>{text(one.not_applicable)}</small></> : '—') },
          { id: 'source', title: w('source'), cell: (one) => <><bdi>{one.source}</bdi><small><Day at={one.dated} /></small></> },
          { id: 'decision', title: w('decision'), cell: (one) => <><bdi>{one.decision}</bdi><small>{text(one.body)}</small></> },
          { id: 'day', title: w('decidedOn'), cell: (one) => <Day at={one.decided_on} /> },
          { id: 'version', title: w('version'), number: true, cell: (one) => formatNumber(one.version, lang.value) },
        ]} />
      )}</Loaded>
    </section>
  )
}
