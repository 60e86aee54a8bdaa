import { signal } from '@preact/signals'
import { text } from '../i18n'
import { request } from './client'
import type { Text } from './types'

export type Role = 'uploader' | 'reviewer' | 'publisher' | 'inquirer' | 'committee-member' | 'administrator' | 'auditor'

/** Who is signed in, where, and for whom the person may hand over what. */
export interface Session {
  person: { login: string; name: string } | null
  must_change_password: boolean
  /** Nobody is signed in, and who was signed out everywhere. */
  left?: boolean
  agencies: { code: string; title: Text; roles: Role[] }[]
  delivers: { agency: string; title: Text; territory: string | null; themes: string[] }[]
}

/** null as long as nobody knows. */
export const session = signal<Session | null>(null)
export const sessionFailure = signal<unknown>(null)

const owner = 'nsdi-person'
const forget = '/forget.js'

/**
 * What another person left in this browser, or one who signed out everywhere, is removed before anything of it is read. A session that ended by itself removes nothing:
 * its person comes back to it.
 */
async function own(told: Session): Promise<Session> {
  const login = told.person?.login
  const before = localStorage.getItem(owner)
  if (before !== null && (login ? before !== login : told.left)) {
    await import(/* @vite-ignore */ forget)
    if (session.value?.person) leave()
  }
  if (login) localStorage.setItem(owner, login)
  return told
}

/** Begins the page anew: nothing of its person's stays in it, not even for the question whether to leave what is not kept. */
function leave(): void {
  sessionStorage.clear()
  addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), { capture: true })
  location.reload()
}

/** Leaves when the person signed out in another tab, or another one signed in; or did so here, and somebody goes back to this page; or signed out everywhere, and this page is looked at. */
export function followSession(): void {
  document.addEventListener('visibilitychange', () => { if (!document.hidden && session.value?.person) request<Session>('/v1/session').then(own).catch(() => {}) })
  addEventListener('storage', ({ key }) => { if (key === null && session.value?.person) leave() })
  addEventListener('pageshow', ({ persisted }) => { if (persisted && session.value?.person && localStorage.getItem(owner) !== session.value.person.login) leave() })
}

export function loadSession(): void {
  sessionFailure.value = null
  request<Session>('/v1/session').then(own).then((told) => { session.value = told }, (error: unknown) => { sessionFailure.value = error })
}

/** Asks again, and tells only of another answer: forms keep what is in them, and a server out of reach signs nobody out. */
export function refreshSession(): void {
  if (!session.value) return
  request<Session>('/v1/session').then(own).then((told) => { if (JSON.stringify(told) !== JSON.stringify(session.value)) session.value = told }, () => {})
}

/** What an agency is called, where the session knows it: the person's own and those that it delivers for; otherwise its code. */
export function agencyName(code: string): string {
  const known = session.value
  const title = known?.agencies.find((one) => one.code === code)?.title ?? known?.delivers.find((one) => one.agency === code)?.title
  return title ? text(title) : code
}

export function hasRole(...roles: Role[]): boolean {
  return session.value?.agencies.some((agency) => agency.roles.some((role) => roles.includes(role))) ?? false
}
