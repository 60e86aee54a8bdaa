import { useState } from 'preact/hooks'
import { useResource } from '../api/resource'
import { nameOf } from '../i18n'
import { Choice, TextField } from '../ui/Field'
import { Table } from '../ui/Table'
import { administration, type Person } from './data'
import { agencyOptions, Code, Findable, Grave, Loaded, Making, roles, Secret, When } from './parts'
import { w, type Word } from './words'

const roleOptions = roles.map((one) => one)
const none = { login: '', name: '', agency: '', role: 'uploader' }

/** People and what they are where. A generated password is shown this once. */
export function People() {
  const told = useResource('people', administration.people)
  const agencies = useResource('agencies', administration.agencies)
  const [person, setPerson] = useState(none)
  const [given, setGiven] = useState({ login: '', agency: '', role: 'uploader' })
  const [giving, setGiving] = useState(false)
  const begin = (login: string) => {
    setGiven({ ...given, login })
    setGiving(true)
    requestAnimationFrame(() => document.querySelector<HTMLSelectElement>('[name="given-agency"]')?.focus())
  }
  const [secret, setSecret] = useState<{ login: string; password: string } | null>(null)
  const options = agencyOptions(agencies.data?.agencies ?? [], '—')
  const shown = roleOptions.map((one) => ({ value: one, label: w(`role.${one}` as Word) }))
  const titleOf = (code: string) => { const found = agencies.data?.agencies.find((one) => one.code === code); return found ? nameOf(found) : code }
  const mine = (one: Person) => !one.elsewhere && (one.memberships.length > 0 || agencies.data?.installation)
  return (
    <>
      {secret && <Secret title={w('password.of', { login: `⁨${secret.login}⁩` })} value={secret.password} onClose={() => setSecret(null)} />}
      <div class="a-forms">
        <Making title={w('person.add')} act={() => administration.addPerson(person).then((made) => { setSecret(made); setPerson(none); told.reload() })}>
          <div class="pair">
            <TextField label={w('login')} hint={w('login.hint')} value={person.login} set={(login) => setPerson({ ...person, login })} ltr max={63} required name="login" />
            <TextField label={w('name')} value={person.name} set={(name) => setPerson({ ...person, name })} max={200} name="name" />
            <Choice label={w('agency')} value={person.agency} set={(agency) => setPerson({ ...person, agency })} options={options} required name="agency" />
            <Choice label={w('role')} value={person.role} set={(role) => setPerson({ ...person, role })} options={shown} name="role" />
          </div>
        </Making>
        <Making title={w('role.give')} held={{ open: giving, set: setGiving }} act={() => administration.setRole(given.login.trim(), given.agency, given.role, false).then(told.reload)}>
          <div class="pair">
            <TextField label={w('login')} value={given.login} set={(login) => setGiven({ ...given, login })} ltr max={63} required name="given-login" />
            <Choice label={w('agency')} value={given.agency} set={(agency) => setGiven({ ...given, agency })} options={options} required name="given-agency" />
            <Choice label={w('role')} value={given.role} set={(role) => setGiven({ ...given, role })} options={shown} name="given-role" />
          </div>
        </Making>
      </div>
      <Loaded of={told} empty={(data) => data.people.length === 0}>{(data) => (
        <Findable rows={data.people} texts={(one) => [one.login, one.name, ...one.memberships.flatMap(({ agency }) => [agency, titleOf(agency)])]}>{(rows) => <Table caption={w('tab.people')} rows={rows} keyOf={(one) => one.login} columns={[
          { id: 'login', title: w('login'), cell: (one) => <><b>{one.name || one.login}</b><small><Code>{one.login}</Code></small></> },
          { id: 'roles', title: w('roles'), cell: (one) => (
            <ul class="a-roles">
              {one.memberships.flatMap(({ agency, roles }) => roles.map((role) => (
                <li key={agency + role}>{w(`role.${role}` as Word)} · {titleOf(agency)} <Grave label={w('take')} title={w('role.take')} why={w('role.why', { login: `⁨${one.login}⁩`, role: w(`role.${role}` as Word), agency: titleOf(agency) })} act={() => administration.setRole(one.login, agency, role, true).then(told.reload)} /></li>
              )))}
              {one.elsewhere && <li class="note">{w('elsewhere')}</li>}
            </ul>
          ) },
          { id: 'state', title: w('state'), cell: (one) => one.closed ? <>{w('closed')} <small><When at={one.closed} /></small></> : one.must_change_password ? w('mustChange') : w('open') },
          { id: 'act', title: w('act'), cell: (one) => mine(one) ? (
            <span class="row-actions">
              <button type="button" class="link-button" onClick={() => begin(one.login)}>{w('role.give')}<span class="visually-hidden">: {one.name || one.login}</span></button>
              <Grave label={w('reset')} title={w('reset.title', { login: `⁨${one.login}⁩` })} why={w('reset.why')} act={() => administration.resetPassword(one.login).then((made) => { setSecret(made); told.reload() })} />
              {one.closed
                ? <Grave label={w('reopen')} title={w('reopen.title', { login: `⁨${one.login}⁩` })} why={w('reopen.why')} act={() => administration.setState(one.login, false).then(told.reload)} />
                : <Grave label={w('close')} title={w('close.title', { login: `⁨${one.login}⁩` })} why={w('close.why')} act={() => administration.setState(one.login, true).then(told.reload)} />}
            </span>
          ) : '—' },
        ]} />}</Findable>
      )}</Loaded>
    </>
  )
}
