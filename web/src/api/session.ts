import { signal } from '@preact/signals'
import { text } from '../i18n'
import { request } from './client'
import type { Text } from './types'

export type Role = 'uploader' | 'reviewer' | 'publisher' | 'inquirer' | 'committee-member' | 'administrator' | 'auditor'

/** Who is signed in, where, and for whom the person may hand over what. */
export interface Session {
  person: { login: string; name: string } | null
  must_change_password: boolean
  agencies: { code: string; title: Text; roles: Role[] }[]
  delivers: { agency: string; title: Text; territory: string | null; themes: string[] }[]
}

/** null as long as nobody knows. */
export const session = signal<Session | null>(null)
export const sessionFailure = signal<unknown>(null)

export function loadSession(): void {
  sessionFailure.value = null
  request<Session>('/v1/session').then((told) => { session.value = told }, (error: unknown) => { sessionFailure.value = error })
}

/** Asks again, and tells only of another answer: forms keep what is in them, and a server out of reach signs nobody out. */
export function refreshSession(): void {
  if (!session.value) return
  request<Session>('/v1/session').then((told) => { if (JSON.stringify(told) !== JSON.stringify(session.value)) session.value = told }, () => {})
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
