import { request } from '../api/client'
import type { Role } from '../api/session'
import type { Text } from '../api/types'

// The shapes of /v1/administration/… and of the audit trail, as far as the page shows them.

export interface Moment { at: string; jalali: string }
export interface Agency { code: string; kind: string; name_fa: string; name_en: string; parent?: string; territories: string[]; themes?: string[] }
export interface Person { login: string; name: string; memberships: { agency: string; roles: Role[] }[]; elsewhere: boolean; closed: Moment | null; must_change_password: boolean }
export interface Key { prefix: string; name: string; agency: string; roles: Role[]; scopes: string[]; networks: string[]; created: Moment; expires: Moment; last_used: Moment | null; revoked: Moment | null; in_force: boolean }
export interface Delegation { id: number; agency: string; contractor: string; theme: string; territory: string; granted: Moment; until: Moment; revoked: Moment | null; in_force: boolean }
export interface Entry {
  seq: number; when: Moment; event: string; outcome: 'done' | 'refused'; person_id: number; key_id: number; name: string; agency: string; resource: string; territory: string; tracking: string; address: string; told: Text
}

const path = '/v1/administration'
const get = <T>(of: string, signal: AbortSignal) => request<T>(`${path}/${of}`, { signal })
const post = <T = { done: boolean }>(of: string, body: unknown = {}) => request<T>(`${path}/${of}`, { body })
const named = encodeURIComponent

export const administration = {
  agencies: (signal: AbortSignal) => get<{ agencies: Agency[]; installation: boolean }>('agencies', signal),
  setAgency: (agency: Agency) => post<Agency>('agencies', agency),
  people: (signal: AbortSignal) => get<{ people: Person[] }>('people', signal),
  addPerson: (person: { login: string; name: string; agency: string; role: string }) => post<{ login: string; password: string }>('people', person),
  setRole: (login: string, agency: string, role: string, remove: boolean) => post(`people/${named(login)}/roles`, { agency, role, remove }),
  resetPassword: (login: string) => post<{ login: string; password: string }>(`people/${named(login)}/password`),
  setState: (login: string, closed: boolean) => post(`people/${named(login)}/state`, { closed }),
  keys: (signal: AbortSignal) => get<{ keys: Key[] }>('keys', signal),
  addKey: (key: { name: string; agency: string; roles: string[]; scopes: string[]; networks: string[]; days: number }) => post<Key & { key: string }>('keys', key),
  revokeKey: (prefix: string) => post(`keys/${named(prefix)}/revoke`),
  delegations: (signal: AbortSignal) => get<{ delegations: Delegation[] }>('delegations', signal),
  delegate: (given: { agency: string; contractor: string; theme: string; territory?: string; until: string }) => post<{ id: number }>('delegations', given),
  revokeDelegation: (id: number) => post(`delegations/${id}/revoke`),
  auditAgencies: (signal: AbortSignal) => request<{ agencies: { code: string; title: Text }[] }>('/v1/audit/agencies', { signal }),
  audit: (query: Record<string, string | undefined>, signal: AbortSignal) => request<{ entries: Entry[]; next: number | null }>('/v1/audit', { query, signal }),
}
