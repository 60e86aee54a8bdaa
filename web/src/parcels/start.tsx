import { render } from 'preact'
import '../styles/desk.css'
import '../styles/map.css'
import '../inquiry/inquiry.css'
import './parcels.css'
import { t } from '../i18n'
import { followLanguage } from '../ui/address'
import { ParcelsPage } from './ParcelsPage'
import { followTab, readAddress } from './state'

/** The page of parcels. */
export function start(root: HTMLElement): void {
  readAddress()
  followLanguage(() => `${t('page.parcels')} · ${t('app.title')}`)
  followTab()
  render(<ParcelsPage />, root)
}
