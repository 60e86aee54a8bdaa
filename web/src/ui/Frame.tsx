import type { ComponentChildren } from 'preact'
import { hasRole, loadSession, session, sessionFailure } from '../api/session'
import { direction, lang, t } from '../i18n'
import icon from '../icon.svg'
import { signIn, to } from './address'
import { FailureBox } from './Failure'
import { Loading } from './Loading'
import { Language, Nav } from './Nav'

/** A page of the product: the header that all share, and the content. */
export function Frame({ children, wide = false }: { children: ComponentChildren; wide?: boolean }) {
  const other = new URLSearchParams(location.search)
  if (lang.value === 'fa') other.set('lang', 'en')
  else other.delete('lang')
  return (
    <div class="desk" dir={direction.value} lang={lang.value}>
      <a class="skip" href="#content" onClick={(event) => { event.preventDefault(); document.getElementById('content')?.focus() }}>{t('nav.skip')}</a>
      <header class="desk-top">
        <a class="brand" href={lang.value === 'en' ? '/?lang=en' : '/'}>
          <img src={icon} alt="" width="30" height="30" />
          <span>{t('app.title')}</span>
        </a>
        <Nav />
        <Language href={`${location.pathname}?${other.toString()}`} />
      </header>
      <main id="content" class={wide ? 'desk-main wide' : 'desk-main'} tabIndex={-1}>{children}</main>
    </div>
  )
}

/** What only people who signed in see. */
export function Gate({ why, allowed = true, not, children }: { why: string; allowed?: boolean; not?: string; children: () => ComponentChildren }) {
  if (sessionFailure.value != null) return <FailureBox error={sessionFailure.value} retry={loadSession} />
  if (!session.value) return <Loading lines={5} />
  if (!session.value.person) {
    return (
      <div class="closed">
        <strong>{t('gate.title')}</strong>
        <p>{why}</p>
        <a class="button" href={signIn()}>{t('nav.signin')}</a>
      </div>
    )
  }
  if (!allowed) return <div class="closed" role="alert"><strong>{t('gate.no')}</strong><p>{not}</p><GiveRoles /><a href={signIn()}>{t('nav.account')}</a></div>
  return <>{children()}</>
}

/** Where who administers an agency gives the role that is missing. */
export const GiveRoles = () => (hasRole('administrator') ? <a href={to('/administration', { tab: 'people' })}>{t('gate.give')}</a> : null)
