import { lang, t } from '../i18n'
import { Frame } from '../ui/Frame'
import { AddressOf } from './AddressOf'
import { Certificates } from './Certificates'
import { CodeAt } from './CodeAt'
import { CodesOf } from './CodesOf'
import { formatPostal, tab, tabs, type Tab } from './state'
import { Validate } from './Validate'
import { Verify } from '../inquiry/Verify'
import { w, type Word } from './words'

const titles: Record<Tab, Word> = { validate: 'validate', address: 'address', codes: 'codes', at: 'at', certificates: 'certify', verify: 'verify' }
const leads: Record<Tab, Word> = { validate: 'validate.lead', address: 'address.lead', codes: 'codes.lead', at: 'at.lead', certificates: 'certify.lead', verify: 'verify.lead' }

export function PostalPage() {
  const panels: Record<Tab, () => preact.JSX.Element> = { validate: Validate, address: AddressOf, codes: CodesOf, at: CodeAt, certificates: Certificates, verify: Verify }
  const Panel = panels[tab.value]
  return (
    <Frame>
      <div class="postal">
        <h1>{t('postal.title')}</h1>
        <nav class="postal-tabs" aria-label={w('tabs')}>
          {tabs.map((one) => (
            <a key={one} href={`/postal-codes${formatPostal(lang.value, one)}`} aria-current={one === tab.value ? 'page' : undefined}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return
                event.preventDefault()
                tab.value = one
              }}>{w(titles[one])}</a>
          ))}
        </nav>
        <section class="postal-sheet" id="question" tabIndex={-1} aria-label={w(titles[tab.value])}>
          <p class="postal-lead-text">{w(leads[tab.value])}</p>
          <Panel key={tab.value} />
        </section>
        <p class="postal-foot"><a href={`/services?lang=${lang.value}`}>{w('services')}</a></p>
      </div>
    </Frame>
  )
}
