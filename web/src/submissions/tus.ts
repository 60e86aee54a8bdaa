import { signal } from '@preact/signals'
import { DetailedError, Upload as Tus } from 'tus-js-client'
import { delivery, type Submission, type Upload } from '../api/delivery'
import { Problem, Unreachable } from '../api/problem'
import type { ProblemDocument } from '../api/types'

/** One file on its way to the server. */
export interface Transfer {
  file: File
  sent: number
  /** Bytes a second, over the last seconds; null while nothing has been measured. */
  speed: number | null
  state: 'waiting' | 'sending' | 'paused' | 'done' | 'failed'
  error: unknown
  /** Of the upload on the server, once it has one. */
  id: string | null
}

export interface Delivery { agency: string; theme: string; territory: string | null }

const pieceBytes = 8 << 20

/** The files of one delivery, which are sent one after the other under one tracking identifier. */
export class Courier {
  readonly transfers = signal<Transfer[]>([])
  readonly failure = signal<unknown>(null)
  private tracking: string | null = null
  private running: Tus | null = null
  private marks: { at: number; sent: number }[] = []

  constructor(private readonly of: Delivery, files: readonly File[], private readonly begun: readonly Upload[], private readonly done: (submission: Submission) => void) {
    this.transfers.value = files.map((file) => ({ file, sent: 0, speed: null, state: 'waiting', error: null, id: null }))
    this.tracking = files.map((file) => this.earlier(file)?.tracking).find((one) => one) ?? null
  }

  /** What was sent of a file before: the server knows it by name and size, this browser by the date of the file too. */
  private earlier(file: File): Upload | undefined {
    return this.begun.find((one) => one.name === file.name && one.bytes === file.size && one.agency === this.of.agency && [null, stamp(file)].includes(localStorage.getItem(`nsdi-upload-${one.id}`)))
  }

  private change(index: number, change: Partial<Transfer>): void {
    this.transfers.value = this.transfers.value.map((one, i) => (i === index ? { ...one, ...change } : one))
  }

  /** Goes on with the first file that is not there yet; when all are, hands them over. */
  async start(): Promise<void> {
    const index = this.transfers.value.findIndex((one) => one.state !== 'done')
    if (index < 0) return this.hand()
    const { file } = this.transfers.value[index]!
    this.marks = []
    this.change(index, { state: 'sending', error: null, speed: null })
    const earlier = this.earlier(file)
    const id = this.transfers.value[index]!.id ?? earlier?.id ?? null
    const { agency, theme, territory } = this.of
    const upload = new Tus(file, {
      endpoint: '/v1/uploads',
      uploadUrl: id ? `/v1/uploads/${encodeURIComponent(id)}` : null,
      chunkSize: pieceBytes,
      // The network may be away for some minutes; whoever does not want to wait stops it.
      retryDelays: [0, 1000, 3000, 5000, 10_000, 20_000, 30_000, 30_000, 30_000],
      storeFingerprintForResuming: false,
      metadata: { filename: file.name, agency, ...(theme && { theme }), ...(territory && { territory }), ...(this.tracking && { tracking: this.tracking }) },
      onAfterResponse: (_, response) => { this.tracking ??= response.getHeader('Sdi-Tracking-Id') ?? null },
      onUploadUrlAvailable: () => {
        const made = upload.url?.split('/').pop() ?? null
        if (made) localStorage.setItem(`nsdi-upload-${made}`, stamp(file))
        this.change(index, { id: made })
      },
      onProgress: (sent) => this.change(index, { sent, speed: this.measure(sent) }),
      onSuccess: () => {
        this.change(index, { state: 'done', sent: file.size })
        this.running = null
        void this.start()
      },
      onError: (error) => {
        this.running = null
        this.change(index, { state: 'failed', error: told(error) })
      },
    })
    this.running = upload
    upload.start()
  }

  private measure(sent: number): number | null {
    const now = performance.now()
    this.marks = [...this.marks.filter((one) => now - one.at < 8000), { at: now, sent }]
    const first = this.marks[0]!
    return now - first.at < 400 ? null : ((sent - first.sent) * 1000) / (now - first.at)
  }

  async pause(): Promise<void> {
    const { running } = this
    this.running = null
    await running?.abort()
    this.transfers.value = this.transfers.value.map((one) => (one.state === 'sending' ? { ...one, state: 'paused', speed: null } : one))
  }

  /** Stops and has the server forget what it has. */
  async cancel(): Promise<void> {
    await this.pause()
    for (const { id } of this.transfers.value) if (id) await discard(id).catch(() => {}) // one that stays expires by itself
  }

  private async hand(): Promise<void> {
    const { agency, theme, territory } = this.of
    this.failure.value = null
    try {
      const made = await delivery.deliver({ agency, ...(theme && { theme }), ...(territory && { territory }), uploads: this.transfers.value.map((one) => one.id) })
      for (const { id } of this.transfers.value) localStorage.removeItem(`nsdi-upload-${id}`)
      this.done(made)
    } catch (error) {
      this.failure.value = error
    }
  }
}

const stamp = (file: File) => String(file.lastModified)

/** Has the server forget an upload. */
export async function discard(id: string): Promise<void> {
  const answer = await fetch(`/v1/uploads/${encodeURIComponent(id)}`, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } })
  localStorage.removeItem(`nsdi-upload-${id}`)
  if (!answer.ok && answer.status !== 404 && answer.status !== 410) throw new Problem(answer.status, (await answer.json().catch(() => ({}))) as ProblemDocument)
}

/** The server's problem document, which the tus client wraps. */
function told(error: Error | DetailedError): unknown {
  if (!(error instanceof DetailedError)) return error
  const answer = error.originalResponse
  if (!answer || answer.getStatus() === 0) return new Unreachable('/v1/uploads', { cause: error })
  try {
    return new Problem(answer.getStatus(), JSON.parse(answer.getBody()) as ProblemDocument)
  } catch {
    return new Problem(answer.getStatus(), {})
  }
}

