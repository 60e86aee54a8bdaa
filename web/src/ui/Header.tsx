import { lang, t } from '../i18n'
import { Search } from '../search/Search'
import { formatView } from '../state/url'
import { view } from '../state/view'
import icon from '../icon.svg'

export function Header({ sample }: { sample: boolean }) {
  const other = lang.value === 'fa' ? 'en' : 'fa'
  const href = formatView({ ...view(), lang: other }) || '/'
  return (
    <header class="top">
      <a class="brand" href="/">
        <img src={icon} alt="" width="34" height="34" />
        <span><h1>{t('app.title')}</h1><small>{t('app.subtitle')}</small></span>
      </a>
      <Search />
      <a class="to-postal" href={`/postal-codes${lang.value === 'en' ? '?lang=en' : ''}`}>{t('postal.title')}</a>
      <div class="top-end">
        {sample && <span class="sample" title={t('sample.detail')}>{t('sample.notice')}</span>}
        <a class="lang" href={href} hreflang={other} lang={other} aria-label={`${t('lang.switch')}: ${t('lang.switch.label')}`}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return
            event.preventDefault()
            lang.value = other
          }}>{t('lang.switch')}</a>
      </div>
    </header>
  )
}
