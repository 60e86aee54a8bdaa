import { render } from 'preact'
import '../styles/desk.css'
import './administration.css'
import { t } from '../i18n'
import { followLanguage } from '../ui/address'
import { Frame } from '../ui/Frame'
import { AdministrationPage } from './AdministrationPage'

/** Who may do what, and what was done: the page of administrators, auditors and the committee. */
export function start(root: HTMLElement): void {
  followLanguage(() => `${t('page.administration')} · ${t('app.title')}`)
  render(<Frame wide><AdministrationPage /></Frame>, root)
}
