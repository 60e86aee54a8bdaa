import { render } from 'preact'
import '../styles/desk.css'
import '../styles/map.css'
import './geocode.css'
import { t } from '../i18n'
import { followLanguage } from '../ui/address'
import { Frame } from '../ui/Frame'
import { GeocodePage } from './GeocodePage'

/** The page on which addresses become places. */
export function start(root: HTMLElement): void {
  followLanguage(() => `${t('page.geocode')} · ${t('app.title')}`)
  render(<Frame wide><GeocodePage /></Frame>, root)
}
