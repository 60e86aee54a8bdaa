import { useState } from 'preact/hooks'
import { useResource } from '../api/resource'
import { comma } from '../i18n'
import { Check, Choice, TextField } from '../ui/Field'
import { Table } from '../ui/Table'
import { listed } from './Agencies'
import { administration, type Key } from './data'
import { agencyOptions, Code, Findable, Grave, Loaded, Making, Named, roles, Secret, When } from './parts'
import { w, type Word } from './words'

const none = { name: '', agency: '', roles: ['inquirer'] as string[], scopes: 'read', networks: '', days: '365' }
/** What keys are mostly made for: the role and the scope of each. What is written by hand is none of them. */
const uses = { search: ['inquirer', 'read'], inquire: ['inquirer', 'read inquire'], deliver: ['uploader', 'upload submit read-restricted'] } as const
const soon = 30 * 86_400_000

/** API keys of agencies' programs. A key is shown this once; afterwards only what names it. */
export function Keys() {
  const told = useResource('keys', administration.keys)
  const agencies = useResource('agencies', administration.agencies)
  const [key, setKey] = useState(none)
  const [secret, setSecret] = useState<{ name: string; key: string } | null>(null)
  const use = Object.entries(uses).find(([, [role, scopes]]) => key.scopes === scopes && key.roles.join() === role)?.[0] ?? 'other'
  const left = (one: Key) => Math.ceil((Date.parse(one.expires.at) - Date.now()) / 86_400_000)
  const make = () => administration.addKey({ name: key.name, agency: key.agency, roles: key.roles, scopes: listed(key.scopes), networks: listed(key.networks), days: Number(key.days) })
    .then((made) => { setSecret(made); setKey(none); told.reload() })
  return (
    <>
      {secret && <Secret title={w('key.of', { name: `⁨${secret.name}⁩` })} value={secret.key} onClose={() => setSecret(null)} />}
      <Making title={w('key.add')} act={make}>
        <div class="pair">
          <TextField label={w('program')} hint={w('program.hint')} value={key.name} set={(name) => setKey({ ...key, name })} max={200} required name="key-name" />
          <Choice label={w('agency')} value={key.agency} set={(agency) => setKey({ ...key, agency })} options={agencyOptions(agencies.data?.agencies ?? [], '—')} required name="key-agency" />
          <Choice label={w('key.use')} value={use} set={(one) => { if (one in uses) { const [role, scopes] = uses[one as keyof typeof uses]; setKey({ ...key, roles: [role], scopes }) } }} name="use"
            options={[...Object.keys(uses), ...(use === 'other' ? ['other'] : [])].map((one) => ({ value: one, label: w(`use.${one}` as Word) }))} />
          <TextField label={w('scopes')} hint={<>{w('scopes.hint')} <Code>upload:road read *</Code></>} value={key.scopes} set={(scopes) => setKey({ ...key, scopes })} ltr required name="scopes" />
          <TextField label={w('networks')} hint={w('networks.hint')} value={key.networks} set={(networks) => setKey({ ...key, networks })} ltr name="networks" />
          <Choice label={w('days')} value={key.days} set={(days) => setKey({ ...key, days })} options={['30', '90', '365', '1095'].map((value) => ({ value, label: w('days.n', { n: Number(value) }) }))} name="days" />
        </div>
        <fieldset class="a-checks"><legend>{w('roles')}</legend>
          {roles.filter((one) => one !== 'administrator').map((one) => (
            <Check key={one} label={w(`role.${one}` as Word)} value={key.roles.includes(one)} set={(on) => setKey({ ...key, roles: on ? [...key.roles, one] : key.roles.filter((role) => role !== one) })} name={`role-${one}`} />
          ))}
        </fieldset>
      </Making>
      <Loaded of={told} empty={(data) => data.keys.length === 0} none={w('keys.none')}>{(data) => (
        <Findable rows={data.keys} texts={(one) => [one.name, one.prefix, one.agency]}>{(rows) => <Table caption={w('tab.keys')} rows={rows} keyOf={(one) => one.prefix} columns={[
          { id: 'name', title: w('program'), cell: (one) => <><b>{one.name}</b><small><Code>{one.prefix}</Code></small></> },
          { id: 'agency', title: w('agency'), cell: (one) => <Named code={one.agency} among={agencies.data?.agencies} /> },
          { id: 'may', title: w('scopes'), cell: (one) => <>{one.roles.map((role) => w(`role.${role}` as Word)).join(comma())}<small><Code>{one.scopes.join(' ')}</Code></small></> },
          { id: 'networks', title: w('networks'), cell: (one) => (one.networks.length ? <Code>{one.networks.join(' ')}</Code> : w('everywhere')) },
          { id: 'expires', title: w('expires'), cell: (one) => <><When at={one.expires} />{one.in_force && Date.parse(one.expires.at) - Date.now() < soon && <small class="wrong">{w('key.left', { n: left(one) })}</small>}</> },
          { id: 'used', title: w('lastUsed'), cell: (one) => (one.last_used ? <When at={one.last_used} /> : w('never')) },
          { id: 'state', title: w('state'), cell: (one) => one.revoked ? <>{w('revoked')} <small><When at={one.revoked} /></small></> : w(one.in_force ? 'inForce' : 'ended') },
          { id: 'act', title: w('act'), cell: (one) => one.in_force ? <Grave label={w('revoke')} title={w('key.revoke', { name: `⁨${one.name}⁩` })} why={w('key.why')} act={() => administration.revokeKey(one.prefix).then(told.reload)} /> : '—' },
        ]} />}</Findable>
      )}</Loaded>
    </>
  )
}
