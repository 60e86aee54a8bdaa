import { render } from 'preact'
import { App } from './App'
import { direction, t } from './i18n'
import { followView } from './state/view'
import { effect } from '@preact/signals'
import './styles/main.css'

const root = document.getElementById('app')
if (!root) throw new Error('the page has no #app')
effect(() => { root.dir = direction.value })
followView(() => t('app.title'))
root.replaceChildren()
render(<App />, root)
