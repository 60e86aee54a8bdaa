import { useState } from 'preact/hooks'
import { useResource } from '../api/resource'
import { nameOf } from '../i18n'
import { Choice, TextField } from '../ui/Field'
import { Table } from '../ui/Table'
import { administration, type Agency } from './data'
import { agencyOptions, Code, Codes, Findable, Loaded, Making, Named } from './parts'
import { w, type Word } from './words'

const kinds = ['municipality', 'contractor', 'consumer', 'ministry', 'registry', 'post', 'cartographic-centre', 'committee', 'provincial-committee'] as const
const none: Agency = { code: '', kind: 'municipality', name_fa: '', name_en: '', territories: [] }
export const listed = (text: string) => text.split(/[\s,،]+/).filter(Boolean)

/** Organisations, what they may deliver, and where. Only the steering committee's administrators add and change them. */
export function Agencies() {
  const told = useResource('agencies', administration.agencies)
  const [agency, setAgency] = useState(none)
  const [themes, setThemes] = useState('')
  const [open, setOpen] = useState(false)
  const known = told.data?.agencies.find((one) => one.code === agency.code)
  const begin = (one: Agency) => {
    setAgency({ ...one })
    setOpen(true)
    requestAnimationFrame(() => document.querySelector<HTMLInputElement>('[name="name_fa"]')?.focus())
  }
  const set = (change: Partial<Agency>) => setAgency({ ...agency, ...change })
  // Left out the themes stay as they are: the list below has those of every municipality too.
  const save = () => administration.setAgency({ code: agency.code, kind: agency.kind, name_fa: agency.name_fa, name_en: agency.name_en, territories: agency.territories.filter(Boolean),
    ...(agency.parent && { parent: agency.parent }), ...(themes.trim() && { themes: listed(themes) }) }).then(() => { setAgency(none); setThemes(''); told.reload() })
  return (
    <>
      {told.data?.installation && (
        <Making title={w(open && known ? 'agency.change' : 'agency.add')} act={save} held={{ open, set: (on) => { setOpen(on); if (!on) { setAgency(none); setThemes('') } } }}>
          <p class="note">{w('agency.hint')}</p>
          <div class="pair">
            <TextField label={w('code')} hint={w('agency.code')} value={agency.code} set={(code) => set({ code })} ltr max={63} required name="code" />
            <Choice label={w('kind')} value={agency.kind} set={(kind) => set({ kind })} options={kinds.map((one) => ({ value: one, label: w(`kind.${one}` as Word) }))} name="kind" />
            <TextField label={w('name.fa')} value={agency.name_fa} set={(name_fa) => set({ name_fa })} required name="name_fa" />
            <TextField label={w('name.en')} value={agency.name_en} set={(name_en) => set({ name_en })} required ltr name="name_en" />
            <Choice label={w('parent')} value={agency.parent ?? ''} set={(parent) => set({ parent })} options={agencyOptions(told.data.agencies, '—')} name="parent" />
            <TextField label={w('territories')} hint={w('territories.hint')} value={agency.territories.join(' ')} set={(text) => set({ territories: text.split(' ') })} ltr name="territories" />
            <TextField label={w('themes')} hint={w('themes.hint')} value={themes} set={setThemes} ltr name="themes" />
          </div>
        </Making>
      )}
      <Loaded of={told} empty={(data) => data.agencies.length === 0}>{(data) => (
        <Findable rows={data.agencies} texts={(one) => [one.code, one.name_fa, one.name_en, ...one.territories]}>{(rows) => <Table caption={w('tab.agencies')} rows={rows} keyOf={(one) => one.code} columns={[
          { id: 'name', title: w('name'), cell: (one) => <><b>{nameOf(one)}</b><small><Code>{one.code}</Code></small></> },
          { id: 'kind', title: w('kind'), cell: (one) => w(`kind.${one.kind}` as Word) },
          { id: 'parent', title: w('parent'), cell: (one) => (one.parent ? <Named code={one.parent} among={data.agencies} /> : '—') },
          { id: 'territories', title: w('territories'), cell: (one) => (one.territories.length ? <Codes of={one.territories} /> : '—') },
          { id: 'themes', title: w('themes'), cell: (one) => (one.themes?.length ? <Codes of={one.themes} /> : '—') },
          ...(data.installation ? [{ id: 'act', title: w('act'), cell: (one: Agency) => (
            <button type="button" class="link-button" onClick={() => begin(one)}>{w('edit')}<span class="visually-hidden">: {nameOf(one)}</span></button>
          ) }] : []),
        ]} />}</Findable>
      )}</Loaded>
    </>
  )
}
