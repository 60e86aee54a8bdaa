import { lang, t } from '../i18n'
import { InquiryPage } from '../inquiry/InquiryPage'
import { Verify } from '../inquiry/Verify'
import { AddressOf } from './AddressOf'
import { Certificates } from './Certificates'
import { CodeAt } from './CodeAt'
import { CodesOf } from './CodesOf'
import { formatPostal, tab, tabs, type Tab } from './state'
import { Validate } from './Validate'
import { w, type Word } from './words'

const titles: Record<Tab, Word> = { validate: 'validate', address: 'address', codes: 'codes', at: 'at', certificates: 'certify', verify: 'verify' }
const leads: Record<Tab, Word> = { validate: 'validate.lead', address: 'address.lead', codes: 'codes.lead', at: 'at.lead', certificates: 'certify.lead', verify: 'verify.lead' }

const panels: Record<Tab, () => preact.JSX.Element> = { validate: Validate, address: AddressOf, codes: CodesOf, at: CodeAt, certificates: Certificates, verify: Verify }

export function PostalPage() {
  const Panel = panels[tab.value]
  return (
    <InquiryPage title={t('postal.title')} label={w('tabs')} services={w('services')} current={tab.value} choose={(id) => { tab.value = id }}
      ways={tabs.map((id) => ({ id, title: w(titles[id]), href: `/postal-codes${formatPostal(lang.value, id)}` }))}
      asked={w(titles[tab.value])} lead={w(leads[tab.value])}>
      <Panel key={tab.value} />
    </InquiryPage>
  )
}
