import { followSession } from './api/session'
import { direction } from './i18n'
import { effect } from '@preact/signals'
import './styles/main.css'
import { pageOf } from './ui/pages'

const root = document.getElementById('app')
if (!root) throw new Error('the page has no #app')
effect(() => { root.dir = direction.value })
followSession()
// Each page brings what it needs: whoever looks up a code does not load the map.
const starts: Record<string, () => Promise<{ start: (root: HTMLElement) => void }>> = {
  '/': () => import('./start'),
  '/parcels': () => import('./parcels/start'),
  '/postal-codes': () => import('./postal/start'),
  '/progress': () => import('./committee/start'),
  '/submissions': () => import('./submissions/start'),
  '/review': () => import('./review/start'),
  '/geocode': () => import('./geocode/start'),
  '/track': () => import('./track/start'),
  '/administration': () => import('./administration/start'),
}
const { start } = await (starts[pageOf(location.pathname)] ?? starts['/']!)()
root.replaceChildren()
start(root)
