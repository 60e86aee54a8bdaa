import { lang, t } from '../i18n'
import { Language, Nav } from './Nav'
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
      <div class="top-end">
        {sample && <span class="sample" title={t('sample.detail')}>{t('sample.notice')}</span>}
        <Nav folded />
        <Language href={href} />
      </div>
    </header>
  )
}
