import { request } from '../api/client'
import type { Comparison, Courses, Outlines, Overdue, Reminder, Snapshot, Trace } from './types'

const get = <T>(path: string, query: Record<string, string | undefined>, signal: AbortSignal) => request<T>(path, { query, signal })

/** How many lines of a list stand on a page. */
export const listLines = 50

export const committee = {
  trace: (obligation: string, measure: string, unit: string, cell: string, after: string, signal: AbortSignal) =>
    get<Trace>('/v1/progress/trace', { obligation, unit, measure: measure || undefined, cell: cell || undefined, after: after || undefined, limit: String(listLines) }, signal),
  outlines: (unit: string, signal: AbortSignal) => get<Outlines>('/v1/progress/outlines', { unit }, signal),
  courses: (unit: string, signal: AbortSignal) => get<Courses>('/v1/progress/series', { unit }, signal),
  overdue: (unit: string, signal: AbortSignal) => get<{ overdue: Overdue[] }>('/v1/progress/overdue', { unit }, signal),
  reminders: (signal: AbortSignal) => get<{ reminders: Reminder[] }>('/v1/progress/reminders', {}, signal),
  snapshots: (signal: AbortSignal) => get<{ snapshots: Snapshot[] }>('/v1/progress/snapshots', {}, signal),
  compare: (unit: string, from: string, to: string, signal: AbortSignal) => get<Comparison>('/v1/progress/compare', { unit, from, to: to || undefined }, signal),
}
