import { render } from 'preact'
import '../styles/desk.css'
import '../styles/map.css'
import './submissions.css'
import { t } from '../i18n'
import { asked, followLanguage } from '../ui/address'
import { Frame } from '../ui/Frame'
import { Desk } from './Desk'
import { History } from './History'
import { One } from './One'

/** The delivery desk: all deliveries, one of them, or the versions of a dataset. */
export function start(root: HTMLElement): void {
  followLanguage(() => `${t('page.submissions')} · ${t('app.title')}`)
  const tracking = decodeURIComponent(location.pathname.split('/')[2] ?? '')
  const dataset = Number(asked('dataset'))
  render(
    <Frame wide={tracking !== '' || dataset > 0}>
      {tracking ? <One tracking={tracking} /> : dataset > 0 ? <History id={dataset} /> : <Desk />}
    </Frame>, root)
}
