import { useEffect, useRef } from 'preact/hooks'
import { hasRole, loadSession, session } from '../api/session'
import { lang, t, text } from '../i18n'
import { signIn } from './address'
import { pageOf, pages } from './pages'

/** The way to all pages, and who is signed in. Where there is room the links stand in a row, otherwise behind a button. */
export function Nav({ folded = false }: { folded?: boolean }) {
  const menu = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    if (!session.value) loadSession()
    const close = (event: Event) => {
      const { current } = menu
      if (!current?.open) return
      if (event instanceof KeyboardEvent) {
        if (event.key !== 'Escape') return
        current.querySelector('summary')?.focus()
      } else if (current.contains(event.target as Node)) return
      current.open = false
    }
    for (const kind of ['pointerdown', 'keydown', 'focusin'] as const) document.addEventListener(kind, close)
    return () => { for (const kind of ['pointerdown', 'keydown', 'focusin'] as const) document.removeEventListener(kind, close) }
  }, [])
  return (
    <>
      {!folded && <nav class="nav-row" aria-label={t('nav.label')}><Links /></nav>}
      <Person />
      <details class={folded ? 'menu' : 'menu menu-narrow'} ref={menu}>
        <summary aria-label={t('nav.label')} title={t('nav.label')}>
          <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 5.500h14M3 10h14M3 14.500h14" stroke="currentColor" stroke-width="1.800" stroke-linecap="round" /></svg>
        </summary>
        <nav aria-label={t('nav.label')}><Links /></nav>
      </details>
    </>
  )
}

function Links() {
  const here = pageOf(location.pathname)
  return <>{pages.filter(({ roles }) => !roles || hasRole(...roles)).map(({ path, title }) => (
    <a key={path} href={lang.value === 'en' ? `${path}?lang=en` : path} aria-current={path === here ? 'page' : undefined}>{t(title)}</a>
  ))}</>
}

function Person() {
  const told = session.value
  if (!told) return null
  if (!told.person) return <a class="person" href={signIn()}>{t('nav.signin')}</a>
  const agency = told.agencies[0]
  return (
    <a class="person" href={signIn()} title={[t('nav.account'), agency && text(agency.title)].filter(Boolean).join(' · ')}>
      <b dir="auto">{told.person.name || told.person.login}</b>
      {agency && <small>{text(agency.title)}</small>}
    </a>
  )
}

/** The same page in the other language, without leaving it. */
export function Language({ href }: { href: string }) {
  const other = lang.value === 'fa' ? 'en' : 'fa'
  return (
    <a class="lang" href={href} hreflang={other} lang={other} aria-label={`${t('lang.switch')}: ${t('lang.switch.label')}`}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        lang.value = other
      }}>{t('lang.switch')}</a>
  )
}
