import { Verify } from '../inquiry/Verify'
import { lang, t } from '../i18n'
import { to } from '../ui/address'
import { Frame } from '../ui/Frame'
import { ByIdentifier, ByPlate, ByPoint, Linked } from './Questions'
import { linked, tab, tabs, type Tab } from './state'
import { w, type Word } from './words'

const titles: Record<Tab | 'parcel', Word> = { plate: 'plate', identifier: 'identifier', point: 'point', verify: 'verify', parcel: 'parcel' }
const leads: Record<Tab | 'parcel', Word> = { plate: 'plate.lead', identifier: 'identifier.lead', point: 'point.lead', verify: 'verify.lead', parcel: 'parcel.lead' }
const panels: Record<Tab | 'parcel', () => preact.JSX.Element> = { plate: ByPlate, identifier: ByIdentifier, point: ByPoint, verify: Verify, parcel: Linked }

export function ParcelsPage() {
  const Panel = panels[tab.value]
  return (
    <Frame>
      <div class="postal parcels">
        <h1>{t('page.parcels')}</h1>
        <nav class="postal-tabs" aria-label={w('tabs')}>
          {tabs.map((one) => (
            <a key={one} href={to('/parcels', { tab: one === 'plate' ? '' : one })} aria-current={one === tab.value ? 'page' : undefined}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return
                event.preventDefault()
                tab.value = one
              }}>{w(titles[one])}</a>
          ))}
        </nav>
        <section class="postal-sheet" id="question" tabIndex={-1} aria-label={w(titles[tab.value])}>
          <p class="postal-lead-text">{w(leads[tab.value], { id: String(linked.value ?? '') })}</p>
          <Panel key={tab.value} />
        </section>
        <p class="postal-foot"><a href={`/services?lang=${lang.value}`}>{w('services')}</a></p>
      </div>
    </Frame>
  )
}
