import { useState } from 'preact/hooks'
import { request } from '../api/client'
import { useResource } from '../api/resource'
import type { Text } from '../api/types'
import { formatPercent } from '../format'
import { typedDay } from '../format/jalali'
import { lang, text } from '../i18n'
import { Choice, Required, TextField, type Option } from '../ui/Field'
import { NumberInput } from '../ui/NumberInput'
import { Table } from '../ui/Table'
import { Day } from '../ui/When'
import { TypedDay, NotADay } from './TypedDay'
import { Loaded, Making } from './parts'
import { w, type Word } from './words'

interface Plan { obligation: string; unit: string; kind: string; version?: number; decision: string; decided_on: string; body?: Text; milestones: { due: string; percent: number }[] }
const path = '/v1/progress/plans'
const none = { obligation: '', decision: '', decided_on: '', fa: '', en: '', steps: [{ due: '', percent: '100' }] }

/** Targets of a unit: the law's, which never move, and revised ones by decision. */
export function Plans({ unit, duties }: { unit: string; duties: Option[] }) {
  const told = useResource(`plans ${unit}`, (signal) => request<{ plans: Plan[] }>(path, { query: { unit }, signal }))
  const [plan, setPlan] = useState(none)
  const set = (change: Partial<typeof none>) => setPlan({ ...plan, ...change })
  const step = (at: number, change: Partial<(typeof none.steps)[number]>) => set({ steps: plan.steps.map((one, i) => (i === at ? { ...one, ...change } : one)) })
  const save = async () => {
    const decided_on = typedDay(plan.decided_on)
    const milestones = plan.steps.map(({ due, percent }) => ({ due: typedDay(due), percent: Number(percent) }))
    if (!decided_on || milestones.some((one) => !one.due)) throw new NotADay()
    await request(path, { body: { obligation: plan.obligation, unit, decision: plan.decision, decided_on, body: { fa: plan.fa, en: plan.en }, milestones } })
    setPlan(none)
    told.reload()
  }
  const titleOf = (code: string) => duties.find((one) => one.value === code)?.label ?? code
  return (
    <section class="a-decisions" aria-labelledby="plans-title">
      <h2 id="plans-title">{w('plans')}</h2>
      <Making title={w('plan.set')} act={save}>
        <p class="note">{w('plan.hint')}</p>
        <div class="pair">
          <Choice label={w('obligation')} value={plan.obligation} set={(obligation) => set({ obligation })} options={[{ value: '', label: '—' }, ...duties]} required name="plan-obligation" />
          <TextField label={w('decision')} value={plan.decision} set={(decision) => set({ decision })} max={80} required name="plan-decision" />
          <TypedDay label={w('decidedOn')} value={plan.decided_on} set={(day) => set({ decided_on: day })} name="plan-decided" />
          <TextField label={w('body.fa')} value={plan.fa} set={(fa) => set({ fa })} max={200} required name="plan-fa" />
          <TextField label={w('body.en')} value={plan.en} set={(en) => set({ en })} max={200} required ltr name="plan-en" />
        </div>
        <fieldset>
          <legend>{w('milestones')}</legend>
          {plan.steps.map((one, i) => (
            <div class="a-step" key={i}>
              <TypedDay label={w('due')} value={one.due} set={(due) => step(i, { due })} name={`due-${i}`} />
              <label class="field"><span>{w('percent')}<Required /></span><NumberInput value={one.percent} set={(percent) => step(i, { percent })} name={`percent-${i}`} least={0} most={100} /></label>
              {plan.steps.length > 1 && <button type="button" class="link-button" onClick={() => set({ steps: plan.steps.filter((_, at) => at !== i) })}>{w('remove')}</button>}
            </div>
          ))}
          <button type="button" class="link-button" onClick={() => set({ steps: [{ due: '', percent: '' }, ...plan.steps] })}>{w('milestone.add')}</button>
        </fieldset>
      </Making>
      <Loaded of={told} empty={(data) => data.plans.length === 0} none={w('plans.none')}>{(data) => (
        <Table caption={w('plans')} rows={data.plans} keyOf={(one) => `${one.obligation} ${one.kind} ${one.unit} ${one.version ?? 0}`} columns={[
          { id: 'duty', title: w('obligation'), cell: (one) => titleOf(one.obligation) },
          { id: 'kind', title: w('kind'), cell: (one) => w(`plan.${one.kind}` as Word) },
          { id: 'decision', title: w('decision'), cell: (one) => <><bdi>{one.decision}</bdi>{one.body && <small>{text(one.body)}</small>}</> },
          { id: 'day', title: w('decidedOn'), cell: (one) => <Day at={one.decided_on} /> },
          { id: 'milestones', title: w('milestones'), cell: (one) => <ul>{one.milestones.map((m) => <li key={m.due}><Day at={m.due} />: <bdi>{formatPercent(m.percent, lang.value)}</bdi></li>)}</ul> },
        ]} />
      )}</Loaded>
    </section>
  )
}
