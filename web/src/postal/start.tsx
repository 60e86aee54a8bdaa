import { effect } from '@preact/signals'
import { render } from 'preact'
import '../styles/desk.css'
import '../styles/map.css'
import '../inquiry/inquiry.css'
import { lang, t } from '../i18n'
import { PostalPage } from './PostalPage'
import { formatPostal, parsePlace, parsePostal, place, tab } from './state'

/** The page of postal codes. */
export function start(root: HTMLElement): void {
  const first = parsePostal(location.search)
  lang.value = first.lang
  tab.value = first.tab
  place.value = parsePlace(location.search)
  effect(() => {
    history.replaceState(null, '', location.pathname + formatPostal(lang.value, tab.value))
    document.documentElement.lang = lang.value
    document.title = `${t('postal.title')} · ${t('app.title')}`
  })
  render(<PostalPage />, root)
}
