import type { Lang } from '../i18n'
import type { ProblemDocument } from './types'

/** A failure that a person can act on: what happened, and the next step. */
export interface Failure { title: string; detail?: string; next?: string }

/** The server answered with a problem document (RFC 9457), or with a status and nothing to read. */
export class Problem extends Error {
  override name = 'Problem'
  constructor(readonly status: number, readonly document: ProblemDocument) {
    super(document.title ?? `HTTP ${status}`)
  }

  failure(lang: Lang): Failure | null {
    const d = this.document
    const [title, detail, next] = lang === 'fa'
      ? [d.title_fa ?? d.title, d.detail_fa ?? d.detail, d.next_step_fa ?? d.next_step]
      : [d.title, d.detail, d.next_step]
    if (!title) return null
    return { title, ...(detail && { detail }), ...(next && { next }) }
  }
}

/** No answer at all: the server is down, or the network is. */
export class Unreachable extends Error {
  override name = 'Unreachable'
}

/** An answer that is not what the interface promises. */
export class Unreadable extends Error {
  override name = 'Unreadable'
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
