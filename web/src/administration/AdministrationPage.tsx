import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { hasRole, type Role } from '../api/session'
import { asked, remember } from '../ui/address'
import { Gate } from '../ui/Frame'
import { Agencies } from './Agencies'
import { Audit } from './Audit'
import { Decisions } from './Decisions'
import { Delegations } from './Delegations'
import { Keys } from './Keys'
import { People } from './People'
import { RuleSets } from './RuleSets'
import { Styles } from './Styles'
import { w, type Word } from './words'

const parts = [
  { id: 'agencies', roles: ['administrator'], of: Agencies },
  { id: 'people', roles: ['administrator'], of: People },
  { id: 'keys', roles: ['administrator'], of: Keys },
  { id: 'delegations', roles: ['administrator'], of: Delegations },
  { id: 'rules', roles: ['administrator', 'auditor', 'committee-member'], of: RuleSets },
  { id: 'styles', roles: ['publisher', 'administrator'], of: Styles },
  { id: 'decisions', roles: ['committee-member'], of: Decisions },
  { id: 'audit', roles: ['auditor'], of: Audit },
] as const satisfies readonly { id: string; roles: readonly Role[]; of: () => preact.ComponentChildren }[]

export const tab = signal(asked('tab'))

export function AdministrationPage() {
  useEffect(() => {
    const back = () => { tab.value = asked('tab') }
    addEventListener('popstate', back)
    return () => removeEventListener('popstate', back)
  }, [])
  return (
    <>
      <div><h1>{w('title')}</h1><p class="lead">{w('lead')}</p></div>
      <Gate why={w('signin')} allowed={hasRole('administrator', 'auditor', 'committee-member', 'publisher')} not={w('noRole')}>{() => <Tabs />}</Gate>
    </>
  )
}

function Tabs() {
  const mine = parts.filter((one) => hasRole(...one.roles))
  const chosen = mine.find((one) => one.id === tab.value) ?? mine[0]!
  const Part = chosen.of
  const go = (id: string) => {
    if (id === chosen.id) return
    history.pushState(null, '', location.href)
    remember({ tab: id, event: '', agency: '', name: '', resource: '', from: '', to: '', outcome: '', before: '', theme: '', profile: '', unit: '', layer: '' })
    tab.value = id
  }
  const step = (event: KeyboardEvent) => {
    if (!['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) return
    event.preventDefault()
    const at = mine.indexOf(chosen)
    const along = (event.key === 'ArrowRight') === (document.dir === 'rtl' || getComputedStyle(event.currentTarget as Element).direction === 'rtl') ? -1 : 1
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? mine.length - 1 : (at + along + mine.length) % mine.length
    go(mine[next]!.id)
    document.getElementById(`tab-${mine[next]!.id}`)?.focus()
  }
  return (
    <div class="administration" data-part={chosen.id}>
      <div class="a-tabs" role="tablist" aria-label={w('title')} onKeyDown={step}>
        {mine.map(({ id }) => (
          <button key={id} type="button" role="tab" id={`tab-${id}`} aria-selected={id === chosen.id} aria-controls="part" tabIndex={id === chosen.id ? 0 : -1} onClick={() => go(id)}>{w(`tab.${id}` as Word)}</button>
        ))}
      </div>
      <section id="part" role="tabpanel" aria-labelledby={`tab-${chosen.id}`} tabIndex={0}><Part /></section>
    </div>
  )
}
