import { direction, lang, t, type Key } from '../i18n'
import icon from '../icon.svg'
import { AddressOf } from './AddressOf'
import { CodesOf } from './CodesOf'
import { formatPostal, tab, tabs, type Tab } from './state'
import { Validate } from './Validate'
import { Verify } from './Verify'

const titles: Record<Tab, Key> = { validate: 'postal.validate', address: 'postal.address', codes: 'postal.codes', verify: 'postal.verify' }
const leads: Record<Tab, Key> = { validate: 'postal.validate.lead', address: 'postal.address.lead', codes: 'postal.codes.lead', verify: 'postal.verify.lead' }

export function PostalPage() {
  const other = lang.value === 'fa' ? 'en' : 'fa'
  const panels: Record<Tab, () => preact.JSX.Element> = { validate: Validate, address: AddressOf, codes: CodesOf, verify: Verify }
  const Panel = panels[tab.value]
  return (
    <div class="postal" dir={direction.value} lang={lang.value}>
      <a class="skip" href="#question" onClick={(event) => { event.preventDefault(); document.getElementById('question')?.focus() }}>{t('postal.skip')}</a>
      <header class="postal-top">
        <a class="brand" href={lang.value === 'en' ? '/?lang=en' : '/'}>
          <img src={icon} alt="" width="34" height="34" />
          <span>{t('app.title')}</span>
        </a>
        <a class="lang" href={`/postal-codes${formatPostal(other, tab.value)}`} hreflang={other} lang={other} aria-label={`${t('lang.switch')}: ${t('lang.switch.label')}`}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return
            event.preventDefault()
            lang.value = other
          }}>{t('lang.switch')}</a>
      </header>
      <main>
        <h1>{t('postal.title')}</h1>
        <nav class="postal-tabs" aria-label={t('postal.tabs')}>
          {tabs.map((one) => (
            <a key={one} href={`/postal-codes${formatPostal(lang.value, one)}`} aria-current={one === tab.value ? 'page' : undefined}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return
                event.preventDefault()
                tab.value = one
              }}>{t(titles[one])}</a>
          ))}
        </nav>
        <section class="postal-sheet" id="question" tabIndex={-1} aria-label={t(titles[tab.value])}>
          <p class="postal-lead-text">{t(leads[tab.value])}</p>
          <Panel key={tab.value} />
        </section>
        <datalist id="purposes"><option value={t('postal.purpose.a')} /><option value={t('postal.purpose.b')} /><option value={t('postal.purpose.c')} /></datalist>
        <p class="postal-foot"><a href={`/services?lang=${lang.value}`}>{t('postal.services')}</a></p>
      </main>
    </div>
  )
}
