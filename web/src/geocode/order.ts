import { signal } from '@preact/signals'
import { request } from '../api/client'
import { Problem, Unreachable } from '../api/problem'
import type { ProblemDocument } from '../api/types'

/** A file of addresses that the server looks up in the background. Its rows are null until they are counted. */
export interface Order {
  id: string
  state: 'waiting' | 'making' | 'ready' | 'failed' | 'cancelled'
  rows: number | null
  done: number
  levels: Record<string, number>
  file?: string
  problem?: ProblemDocument
}

const path = '/v1/geocode/batches'
const kept = 'nsdi-geocode-order'
const pause = 2000

/** Hands a file over, and follows it to its end. The browser keeps which one it is: the page may be closed meanwhile. */
export class Errand {
  readonly order = signal<Order | null>(null)
  /** The share of the file that the server has. */
  readonly sent = signal(0)
  readonly failure = signal<unknown>(null)
  private timer = 0
  private marks: { at: number; done: number }[] = []
  private sending: XMLHttpRequest | null = null

  constructor(readonly name: string) {}

  /** What a person handed over last in this browser, if the server still has it. */
  static last(): Errand | null {
    const [id, name] = (localStorage.getItem(kept) ?? '').split('\n')
    if (!id) return null
    const errand = new Errand(name ?? '')
    void errand.look(id)
    return errand
  }

  static forget(): void { localStorage.removeItem(kept) }

  /** columns: the names of the columns by what they are; an empty one says that none is. */
  send(file: Blob, columns: Record<string, string>): void {
    const sending = this.sending = new XMLHttpRequest() // fetch does not tell how much was sent
    sending.open('POST', `${path}?${new URLSearchParams({ ...columns, format: 'csv' })}`)
    sending.setRequestHeader('content-type', 'text/csv; charset=utf-8')
    sending.setRequestHeader('accept', 'application/json')
    sending.responseType = 'json'
    sending.upload.onprogress = (event) => { this.sent.value = event.loaded / Math.max(1, event.total) }
    sending.onerror = () => { this.failure.value = new Unreachable(path) }
    sending.onload = () => {
      this.sending = null
      if (sending.status !== 202) {
        this.failure.value = new Problem(sending.status, (sending.response ?? {}) as ProblemDocument)
        return
      }
      this.sent.value = 1
      const order = sending.response as Order
      localStorage.setItem(kept, `${order.id}\n${this.name}`)
      this.take(order)
    }
    sending.send(file)
  }

  private take(order: Order): void {
    this.failure.value = null
    this.order.value = order
    this.marks = [...this.marks.slice(-30), { at: performance.now(), done: order.done }]
    if (order.state === 'waiting' || order.state === 'making') this.timer = window.setTimeout(() => void this.look(order.id), pause)
  }

  private async look(id: string): Promise<void> {
    try {
      this.take(await request<Order>(`${path}/${id}`))
    } catch (error) {
      this.failure.value = error
      if (error instanceof Problem && error.status < 500) Errand.forget() // nobody's any more, or somebody else's
      else this.timer = window.setTimeout(() => void this.look(id), 5 * pause)
    }
  }

  /** Rows a second over the last minute; 0 as long as nobody knows. */
  rate(): number {
    const first = this.marks[0]
    const last = this.marks.at(-1)
    return first && last && last.done > first.done ? ((last.done - first.done) * 1000) / (last.at - first.at) : 0
  }

  /** Minutes until it will be at its end; null as long as nobody knows. */
  left(): number | null {
    const { rows, done } = this.order.value!
    const rate = this.rate()
    return rows !== null && rate > 0 ? Math.ceil((rows - done) / rate / 60) : null
  }

  /** Ends the work and has the server forget the file, or takes back what is being sent. */
  async cancel(): Promise<void> {
    this.leave()
    const { value } = this.order
    Errand.forget()
    if (value) await fetch(`${path}/${value.id}`, { method: 'DELETE' }).catch(() => {}) // one that stays goes by itself, after a week
  }

  /** Follows it no longer. */
  leave(): void {
    clearTimeout(this.timer)
    this.sending?.abort()
    this.sending = null
  }
}
