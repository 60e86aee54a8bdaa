import { request } from './client'
import type { Geometry, Text } from './types'

// A delivery as the interface tells it, as far as the pages show it.

export type State = 'received' | 'inspected' | 'confirmed' | 'validated' | 'submitted' | 'reviewed' | 'approved' | 'published' | 'unchanged' | 'returned' | 'withdrawn' | 'refused'
export type Step = 'confirm' | 'fix' | 'submit' | 'review' | 'publish' | 'return' | 'withdraw'
export interface Moment { at: string; jalali: string }
export type Severity = 'E' | 'W' | 'I'

export type Expr = string | { template: string } | { value: string }
export interface Mapping {
  layers?: string[]
  crs?: string
  encoding?: string
  key?: Expr
  point?: { lon: string; lat: string }
  plate?: { column: string; main?: 'left' | 'right' }
  attributes?: Record<string, Expr>
}

export interface Preview { crs: string; title: Text; declared: boolean; inside: number; rows: number; points: [number, number][] | null }
export interface InspectedLayer {
  file: string; name: string; features: number; geometry: string; crs: string; crs_name?: string; columns: string[]; rows: (string | null)[][]; preview?: Preview[]
}
export interface Question { code: string; column: string; title: Text; samples: { value: string; left: Text; right: Text }[]; next: Text }
export interface Inspection {
  layers: InspectedLayer[]
  ignored_files?: string[]
  proposal?: { theme: string; mapping: Mapping; missing?: string[]; unused?: string[]; from: Text }
  question?: Question
}

export interface Finding {
  seq?: number; rule: string; severity: Severity; source: string; row?: number; key?: string; field?: string; value?: string; proposed?: string; measure?: number; unit?: string
  other_key?: string; state?: 'open' | 'fixed' | 'exception' | 'accepted'; message: Text; lon?: number; lat?: number
}
export interface RuleCount { rule: string; severity: Severity; title: Text; count: number; proposed?: number; samples: Finding[] | null }
export interface Report {
  state: string; version?: number
  rows_in: number; rows_accepted: number; rows_refused: number; rows_repeated: number
  features_added: number; features_altered: number; features_removed: number; features_unchanged: number; features_kept: number; features: number
  rules?: RuleCount[]; notes?: Text[]; ignored_files?: string[]; ignored_columns?: string[]; sources?: string[]; crs?: string[]
  rule_set: string; profile?: string; reader: string
}
export interface Cause { code: string; title: Text; detail: Text; next: Text; location?: string }
export type Mode = 'replace' | 'append' | 'upsert' | 'delete'

export interface Submission {
  tracking: string; state: State; state_title: Text; next: Step[]; agency: string; theme?: string; territory?: string; dataset?: number
  files: { name: string; bytes: number; sha256: string }[]; mode: Mode; allow_removals: boolean
  received: Moment; updated: Moment; finished: Moment | null
  progress: { stage: string; rows: number; total: number } | null
  problem: Cause | null; review_reason?: string; answer: Text | null; report?: Report; mapping?: Mapping; inspection?: Inspection
}

export interface Upload { id: string; name: string; agency: string; theme?: string; territory?: string; tracking: string; bytes: number; received: number; created_at: string; expires_at: string; completed_at: string | null }
export interface Limit { code: string; title: Text; value: number; unit: 'byte' | 'feature' | 'layer' | 'upload' | 'second' }

export interface Attribute {
  name: string; value_type: 'text' | 'int' | 'number' | 'date' | 'boolean'; required: boolean; title: Text; definition: Text; unit: string | null; min: number | null; max: number | null
  listed_values: { code: string; label: Text }[]; extensible: boolean; aliases: string[]; examples: string[]
}
export interface ThemeSchema {
  code: string; title: Text; definition: Text; deliverer: Text; geometry: Geometry; key_attributes: string[]; mass_removal: number; update_cycle: { duration: string; text: Text } | null
  attributes: Attribute[]; files: { href: string; type: string }[]
}

export interface Rules {
  rule_set: string
  rules: { code: string; severity: Severity | 'off'; title: Text; excusable: boolean; remedy: Text | null }[]
  profiles: { code: string; title: Text; about: Text }[]
}

export interface Reshaped { area_m2_before: number | null; area_m2_after: number | null; length_m_before: number | null; length_m_after: number | null; moved_m: number | null }
export interface Difference { op: 'added' | 'altered' | 'removed'; id: number; key: string; fields: Record<string, { before: unknown; after: unknown }> | null; geometry: Reshaped | null }
export interface Changes { from: number; to: number | null; added: number; altered: number; removed: number; list: Difference[]; next: string | null }

export interface Version { seq: number; added: number; altered: number; removed: number; features: number; published_at: string; restores: number | null; reason: string | null; tracking: string | null }
export interface Dataset { id: number; theme: string; agency: string; territory: string | null; geometry: Geometry; restricted: boolean; version: Version | null }

const path = '/v1/submissions'
const one = (tracking: string) => `${path}/${encodeURIComponent(tracking)}`
type Body = Record<string, unknown>

export const delivery = {
  limits: (signal?: AbortSignal) => request<{ limits: Limit[] }>('/v1/limits', { ...(signal && { signal }) }),
  theme: (code: string, signal?: AbortSignal) => request<ThemeSchema>(`/v1/themes/${encodeURIComponent(code)}`, { ...(signal && { signal }) }),
  rules: (theme: string, signal?: AbortSignal) => request<Rules>('/v1/rules', { query: { theme: theme || undefined }, ...(signal && { signal }) }),
  uploads: (signal?: AbortSignal) => request<{ uploads: Upload[] }>('/v1/uploads', { ...(signal && { signal }) }),
  list: (query: { state?: string; theme?: string; before?: number; limit?: number }, signal?: AbortSignal) =>
    request<{ submissions: Submission[]; next: number | null }>(path, { query, ...(signal && { signal }) }),
  one: (tracking: string, signal?: AbortSignal) => request<Submission>(one(tracking), { ...(signal && { signal }) }),
  deliver: (body: Body) => request<Submission>(path, { body }),
  act: (tracking: string, step: 'confirm' | 'submit' | 'withdraw' | 'review' | 'exceptions' | 'fixes', body: Body) => request<Submission>(`${one(tracking)}/${step}`, { body }),
  findings: (tracking: string, query: { rule?: string; severity?: string; state?: string; key?: string; after?: number; limit?: number }, signal?: AbortSignal) =>
    request<{ findings: Finding[]; next: number | null }>(`${one(tracking)}/findings`, { query, ...(signal && { signal }) }),
  changes: (tracking: string, after: string | undefined, signal?: AbortSignal) =>
    request<Changes>(`${one(tracking)}/diff`, { query: { limit: 20, after }, ...(signal && { signal }) }),
  shapes: (tracking: string, after: string | undefined, signal?: AbortSignal) =>
    request<GeoJSON.FeatureCollection & { next: string | null }>(`${one(tracking)}/diff.geojson`, { query: { limit: 1000, after }, ...(signal && { signal }) }),
  fileOf: (tracking: string, name: string) => `${one(tracking)}/${name}`,

  dataset: (id: number, signal?: AbortSignal) => request<Dataset>(`/v1/datasets/${id}`, { ...(signal && { signal }) }),
  versions: (id: number, signal?: AbortSignal) => request<{ versions: Version[]; next: number | null }>(`/v1/datasets/${id}/versions`, { ...(signal && { signal }) }),
  compare: (id: number, from: number, to: number, after: string | undefined, signal?: AbortSignal) =>
    request<Changes>(`/v1/datasets/${id}/compare`, { query: { from, to, limit: 20, after }, ...(signal && { signal }) }),
  compareShapes: (id: number, from: number, to: number, after: string | undefined, signal?: AbortSignal) =>
    request<GeoJSON.FeatureCollection & { next: string | null }>(`/v1/datasets/${id}/compare.geojson`, { query: { from, to, limit: 1000, after }, ...(signal && { signal }) }),
  rollback: (id: number, version: number, reason: string) => request<{ changed: boolean; version: Version }>(`/v1/datasets/${id}/rollback`, { body: { version, reason } }),
}
