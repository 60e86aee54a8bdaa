import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { useResource } from '../api/resource'
import { typedDay } from '../format/jalali'
import { text } from '../i18n'
import { Choice, TextField } from '../ui/Field'
import { Table } from '../ui/Table'
import { administration } from './data'
import { TypedDay, NotADay } from './TypedDay'
import { agencyOptions, Code, Grave, Loaded, Making, Named, When } from './parts'
import { w } from './words'

const none = { agency: '', contractor: '', theme: '', territory: '', until: '' }

/** What agencies let contractors deliver in their name, and until when. */
export function Delegations() {
  const told = useResource('delegations', administration.delegations)
  const agencies = useResource('agencies', administration.agencies)
  const themes = useResource('themes', api.themes)
  const [given, setGiven] = useState(none)
  const set = (change: Partial<typeof none>) => setGiven({ ...given, ...change })
  const save = async () => {
    const day = typedDay(given.until)
    if (!day) throw new NotADay()
    await administration.delegate({ agency: given.agency, contractor: given.contractor.trim(), theme: given.theme, ...(given.territory.trim() && { territory: given.territory.trim() }), until: `${day}T00:00:00+03:30` })
    setGiven(none)
    told.reload()
  }
  const titleOf = (code: string) => { const found = themes.data?.themes.find((one) => one.code === code); return found ? text(found.title) : code }
  return (
    <>
      <Making title={w('delegate')} act={save}>
        <div class="pair">
          <Choice label={w('giver')} value={given.agency} set={(agency) => set({ agency })} options={agencyOptions(agencies.data?.agencies ?? [], '—')} required name="giver" />
          <TextField label={w('contractor')} hint={w('contractor.hint')} value={given.contractor} set={(contractor) => set({ contractor })} ltr max={63} required name="contractor" />
          <Choice label={w('theme')} value={given.theme} set={(theme) => set({ theme })} options={[{ value: '', label: '—' }, ...(themes.data?.themes ?? []).map((one) => ({ value: one.code, label: text(one.title) }))]} required name="theme" />
          <TextField label={w('territory')} hint={w('territory.hint')} value={given.territory} set={(territory) => set({ territory })} ltr max={64} name="territory" />
          <TypedDay label={w('until')} value={given.until} set={(until) => set({ until })} name="until" />
        </div>
      </Making>
      <Loaded of={told} empty={(data) => data.delegations.length === 0} none={w('delegations.none')}>{(data) => (
        <Table caption={w('tab.delegations')} rows={data.delegations} keyOf={(one) => one.id} columns={[
          { id: 'agency', title: w('giver'), cell: (one) => <Named code={one.agency} among={agencies.data?.agencies} /> },
          { id: 'contractor', title: w('contractor'), cell: (one) => <Named code={one.contractor} among={agencies.data?.agencies} /> },
          { id: 'theme', title: w('theme'), cell: (one) => titleOf(one.theme) },
          { id: 'territory', title: w('territory'), cell: (one) => (one.territory ? <Code>{one.territory}</Code> : w('wholeTerritory')) },
          { id: 'until', title: w('until'), cell: (one) => <When at={one.until} /> },
          { id: 'state', title: w('state'), cell: (one) => one.revoked ? <>{w('revoked')} <small><When at={one.revoked} /></small></> : w(one.in_force ? 'inForce' : 'ended') },
          { id: 'act', title: w('act'), cell: (one) => one.in_force ? <Grave label={w('revoke')} title={w('delegation.revoke')} why={w('delegation.why')} act={() => administration.revokeDelegation(one.id).then(told.reload)} /> : '—' },
        ]} />
      )}</Loaded>
    </>
  )
}
