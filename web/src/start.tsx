import { render } from 'preact'
import { App } from './App'
import { t } from './i18n'
import { followView } from './state/view'

/** The map page. */
export function start(root: HTMLElement): void {
  followView(() => t('app.title'))
  render(<App />, root)
}
