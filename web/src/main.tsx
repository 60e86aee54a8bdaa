import { direction } from './i18n'
import { effect } from '@preact/signals'
import './styles/main.css'

const root = document.getElementById('app')
if (!root) throw new Error('the page has no #app')
effect(() => { root.dir = direction.value })
// Each page brings what it needs: whoever looks up a code does not load the map.
const { start } = location.pathname === '/postal-codes' ? await import('./postal/start') : await import('./start')
root.replaceChildren()
start(root)
