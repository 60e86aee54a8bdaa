import { request } from '../api/client'
import { Problem, Unreachable } from '../api/problem'
import type { LegendLine, ProblemDocument } from '../api/types'

interface Style { metadata: { 'nsdi:legend': LegendLine[] }; layers: { 'source-layer'?: string; paint?: Record<string, unknown> }[] }
export interface StyleVersion { version: number; set_at: string; agency: string; reason: string; taken_from: number | null; generated: boolean }
/** A style as it is edited, with the ETag of the one that was read. */
export interface Read { text: string; tag: string; legend: LegendLine[] }

const path = (layer: string) => `/v1/layers/${encodeURIComponent(layer)}/style`

async function send(url: string, init: RequestInit): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(url, init)
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw new Unreachable(url, { cause })
  }
  if (!answer.ok) throw new Problem(answer.status, (await answer.json().catch(() => ({}))) as ProblemDocument)
  return answer
}

export const styles = {
  async read(layer: string, version: number, signal: AbortSignal): Promise<Read> {
    const answer = await send(path(layer) + (version ? `?version=${version}` : ''), { signal })
    const { metadata, ...style } = (await answer.json()) as Style // which follows from the rest
    return { text: JSON.stringify(style, null, 2), tag: answer.headers.get('etag') ?? '', legend: metadata['nsdi:legend'] }
  },
  versions: (layer: string, signal: AbortSignal) => request<{ versions: StyleVersion[]; editable: boolean }>(`${path(layer)}/versions`, { signal }),
  put: (layer: string, text: string, tag: string, reason: string) =>
    send(`${path(layer)}?${new URLSearchParams({ reason })}`, { method: 'PUT', headers: { 'content-type': 'application/json', 'if-match': tag }, body: text }),
  restore: (layer: string, version: number, tag: string, reason: string) =>
    send(`${path(layer)}/restore`, { method: 'POST', headers: { 'content-type': 'application/json', 'if-match': tag }, body: JSON.stringify({ version, reason }) }),
}

/** Where the server found the style wrong, as it names the place. */
export function placeOf(error: unknown): string {
  const found = error instanceof Problem ? (error.document as { errors?: { location?: string }[] }).errors?.[0]?.location : undefined
  return found?.startsWith('body.') ? found.slice(5) : ''
}

/** The style with another colour where one layer of the tiles had one. Text that is no JSON yet stays as it is. */
export function recoloured(text: string, layer: string, from: string, to: string): string {
  let style: Style
  try {
    style = JSON.parse(text) as Style
  } catch {
    return text
  }
  const change = (value: unknown): unknown => {
    if (value === from) return to
    return Array.isArray(value) ? value.map(change) : value
  }
  for (const one of style.layers ?? []) {
    if (one['source-layer'] !== layer || !one.paint) continue
    one.paint = Object.fromEntries(Object.entries(one.paint).map(([name, value]) => [name, change(value)]))
  }
  return JSON.stringify(style, null, 2)
}
