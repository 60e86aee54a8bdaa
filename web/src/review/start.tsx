import { render } from 'preact'
import '../styles/desk.css'
import '../styles/map.css'
import '../submissions/submissions.css'
import './review.css'
import { t } from '../i18n'
import { followLanguage } from '../ui/address'
import { Frame } from '../ui/Frame'
import { Case } from './Case'
import { Queue } from './Queue'

/** The reviewers' desk: what waits, and one delivery with its report. */
export function start(root: HTMLElement): void {
  followLanguage(() => `${t('page.review')} · ${t('app.title')}`)
  const tracking = decodeURIComponent(location.pathname.split('/')[2] ?? '')
  render(<Frame wide={tracking !== ''}>{tracking ? <Case tracking={tracking} /> : <Queue />}</Frame>, root)
}
