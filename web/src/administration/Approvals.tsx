import { useState } from 'preact/hooks'
import { request } from '../api/client'
import { useResource } from '../api/resource'
import type { Text } from '../api/types'
import { formatNumber } from '../format'
import { typedDay } from '../format/jalali'
import { comma, lang, nameOf, text } from '../i18n'
import { Choice, TextField, type Option } from '../ui/Field'
import { Table } from '../ui/Table'
import { Day } from '../ui/When'
import { TypedDay, NotADay } from './TypedDay'
import { Loaded, Making } from './parts'
import { w } from './words'

interface Named { code: string; name_fa: string; name_en: string | null }
interface Layer {
  title: Text; dataset: number; agency: Named; territory: Named | null; version: number; published_at: string; features: number
  obligations: string[]; approved: boolean; decision: string | null; decided_on: string | null; body: Text | null
}
const path = '/v1/progress/denominators/layers'
const none = { dataset: '', decision: '', decided_on: '', fa: '', en: '' }

/** The layers that figures are measured by, in their newest version: a figure is provisional until the committee has approved that version. */
export function Approvals({ duties }: { duties: readonly Option[] }) {
  const told = useResource('denominator layers', (signal) => request<{ layers: Layer[] }>(path, { signal }))
  const [given, setGiven] = useState(none)
  const [open, setOpen] = useState(false)
  const set = (change: Partial<typeof none>) => setGiven({ ...given, ...change })
  const waiting = told.data?.layers.filter((one) => !one.approved) ?? []
  const save = async () => {
    const decided_on = typedDay(given.decided_on)
    if (!decided_on) throw new NotADay()
    const dataset = Number(given.dataset)
    await request(path, { body: { dataset, version: waiting.find((one) => one.dataset === dataset)?.version, decision: given.decision, decided_on, body: { fa: given.fa, en: given.en } } })
    // One sitting often approves several: its number and day stay for the next.
    set({ dataset: '' })
    told.reload()
  }
  const titleOf = (code: string) => duties.find((one) => one.value === code)?.label ?? code
  /** An agency may have a layer of a theme for each of several territories. */
  const whose = (one: Layer) => [one.agency, ...(one.territory ? [one.territory] : [])].map(nameOf).join(comma())
  const called = (one: Layer) => w('approval.of', { title: text(one.title), agency: whose(one), n: one.version })
  return (
    <section class="a-decisions" aria-labelledby="approvals-title">
      <h2 id="approvals-title">{w('approvals')}</h2>
      <p class="note">{w('approval.hint')}</p>
      {waiting.length > 0 && (
        <Making title={w('approval.set')} act={save} held={{ open, set: setOpen }}>
          <div class="pair">
            <Choice label={w('approval.layer')} value={given.dataset} set={(dataset) => set({ dataset })} required name="approval-dataset" options={[
              { value: '', label: '—' }, ...waiting.map((one) => ({ value: String(one.dataset), label: called(one) })),
            ]} />
            <TextField label={w('decision')} value={given.decision} set={(decision) => set({ decision })} max={80} required name="approval-decision" />
            <TypedDay label={w('decidedOn')} value={given.decided_on} set={(day) => set({ decided_on: day })} name="approval-decided" />
            <TextField label={w('body.fa')} value={given.fa} set={(fa) => set({ fa })} max={200} required name="approval-fa" />
            <TextField label={w('body.en')} value={given.en} set={(en) => set({ en })} max={200} required ltr name="approval-en" />
          </div>
        </Making>
      )}
      <Loaded of={told} empty={(data) => data.layers.length === 0} none={w('approvals.none')}>{(data) => (
        <Table caption={w('approvals')} rows={data.layers} keyOf={(one) => one.dataset} columns={[
          { id: 'layer', title: w('approval.layer'), cell: (one) => <>{text(one.title)}<small>{whose(one)}</small></> },
          { id: 'version', title: w('version'), cell: (one) => <>{formatNumber(one.version, lang.value)}<small><Day at={one.published_at} /></small></> },
          { id: 'features', title: w('features'), number: true, cell: (one) => formatNumber(one.features, lang.value) },
          { id: 'duties', title: w('obligation'), cell: (one) => <>{one.obligations.map(titleOf).join(comma())}</> },
          { id: 'state', title: w('state'), cell: (one) => (one.approved
            ? <><span class="badge done">{w('approved')}</span><small><bdi>{one.decision}</bdi> · {one.decided_on && <Day at={one.decided_on} />} · {one.body && text(one.body)}</small></>
            : <><span class="badge paused">{w('provisional')}</span> <button type="button" class="link-button" onClick={() => { set({ dataset: String(one.dataset) }); setOpen(true) }}>{w('approve')}<span class="visually-hidden">: {called(one)}</span></button></>) },
        ]} />
      )}</Loaded>
    </section>
  )
}
