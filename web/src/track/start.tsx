import { render } from 'preact'
import '../styles/desk.css'
import './track.css'
import { t } from '../i18n'
import { followLanguage } from '../ui/address'
import { Frame } from '../ui/Frame'
import { TrackPage } from './TrackPage'

/** The page on which anybody follows a tracking identifier. */
export function start(root: HTMLElement): void {
  followLanguage(() => `${t('page.track')} · ${t('app.title')}`)
  render(<Frame><TrackPage id={decodeURIComponent(location.pathname.split('/')[2] ?? '')} /></Frame>, root)
}
