import { effect } from '@preact/signals'
import { render } from 'preact'
import 'uplot/dist/uPlot.min.css'
import { lang, t } from '../i18n'
import '../styles/desk.css'
import './committee.css'
import { CommitteePage } from './CommitteePage'
import { choice, formatChoice, parseChoice, type Choice } from './state'
import { w } from './words'

const placeOf = ({ unit, list, cell, after }: Choice) => [unit, list, cell, after].join(' ')

/** The page of the steering committee. */
export function start(root: HTMLElement): void {
  const first = parseChoice(location.search)
  lang.value = first.lang
  choice.value = first.choice
  let place = placeOf(first.choice)
  effect(() => {
    const address = location.pathname + formatChoice(lang.value, choice.value) + location.hash
    // Another unit, and another page of a list, is another place, to which the browser's back button leads; the rest is how one looks at it.
    if (place === placeOf(choice.value)) history.replaceState(null, '', address)
    else history.pushState(null, '', address)
    place = placeOf(choice.value)
    document.documentElement.lang = lang.value
    document.title = `${w('title')} · ${t('app.title')}`
  })
  addEventListener('popstate', () => {
    const back = parseChoice(location.search)
    place = placeOf(back.choice)
    lang.value = back.lang
    choice.value = back.choice
  })
  render(<CommitteePage />, root)
}
