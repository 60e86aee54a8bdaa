import { localiseDigits } from '../format'
import { lang, t } from '../i18n'
import { InquiryPage } from '../inquiry/InquiryPage'
import { Verify } from '../inquiry/Verify'
import { to } from '../ui/address'
import { ByIdentifier, ByPlate, ByPoint, Linked } from './Questions'
import { linked, tab, tabs, type Tab } from './state'
import { w, type Word } from './words'

const titles: Record<Tab | 'parcel', Word> = { plate: 'plate', identifier: 'identifier', point: 'point', verify: 'verify', parcel: 'parcel' }
const leads: Record<Tab | 'parcel', Word> = { plate: 'plate.lead', identifier: 'identifier.lead', point: 'point.lead', verify: 'verify.lead', parcel: 'parcel.lead' }
const panels: Record<Tab | 'parcel', () => preact.JSX.Element> = { plate: ByPlate, identifier: ByIdentifier, point: ByPoint, verify: Verify, parcel: Linked }

export function ParcelsPage() {
  const Panel = panels[tab.value]
  return (
    <InquiryPage kind="parcels" title={t('page.parcels')} label={w('tabs')} services={w('services')} current={tab.value} choose={(id) => { tab.value = id }}
      ways={tabs.map((id) => ({ id, title: w(titles[id]), href: to('/parcels', { tab: id === 'plate' ? '' : id }) }))}
      asked={w(titles[tab.value])} lead={w(leads[tab.value], { id: localiseDigits(String(linked.value ?? ''), lang.value) })}>
      <Panel key={tab.value} />
    </InquiryPage>
  )
}
