import { signal } from '@preact/signals'
import { isAbort, Problem, Unreachable } from '../api/problem'
import type { ProblemDocument } from '../api/types'
import { formatCSV, harmless, parseCSV } from './csv'
import { Breath } from './breath'
import { Kept, type Held, type Piece, type Sheet } from './kept'

/** What was found for a row, and what a person made of it. */
export interface Found {
  row: number
  level: string
  name: string
  confidence: number
  label: string
  lon: number | null
  lat: number | null
  unmatched: string
  reasons: { fa: string; en: string }
  values: string[]
  hand: '' | 'accepted' | 'chosen' | 'none'
}

export type Group = 'sure' | 'doubtful' | 'missing'
const enough = 0.8

export function groupOf(found: Found): Group {
  if (found.lon === null) return 'missing'
  return found.confidence >= enough && found.unmatched === '' ? 'sure' : 'doubtful'
}

/** A file of addresses that is looked up in pieces, so that one sees it go on, can stop it, and a broken line costs one piece. */
export class Run {
  readonly done = signal(0)
  readonly running = signal(false)
  readonly failure = signal<unknown>(null)
  /** Counts what was changed by hand, for those who show it; and what of it is on the map. */
  readonly hands = signal(0)
  readonly moves = signal(0)
  /** Whether the browser has all of it. */
  readonly safe = signal(true)
  /** How many pieces and decisions are on their way into what the browser keeps. */
  readonly writing = signal(0)
  readonly found: Found[] = []
  private names: string[] = []
  private readonly before = new Map<number, Found>()
  private kept: Promise<Kept> | null = null
  private abort: AbortController | null = null
  private begun = 0
  private spent = 0
  private was = 0

  constructor(readonly sheet: Sheet, private readonly piece: number) {}

  get name(): string { return this.sheet.name }
  get rows(): Sheet['rows'] { return this.sheet.rows }

  /** The run that a person left on this page, as far as it was. */
  static async last(person: string, piece: number): Promise<Run | null> {
    const last = await Kept.last(person)
    if (!last) return null
    const run = new Run(last.held.sheet, piece)
    run.kept = Promise.resolve(last.kept)
    run.take(last.held)
    return run
  }

  private take({ pieces, hands }: Held): void {
    for (const { names, found } of pieces) {
      if (found[0]?.row !== this.found.length) break // the one before was not kept
      this.names = names
      this.found.push(...found)
    }
    for (const one of hands) {
      const found = this.found[one.row]
      if (!found) continue
      this.before.set(one.row, { ...found })
      Object.assign(found, one)
    }
    this.done.value = this.was = this.found.length
    this.hands.value = hands.length
  }

  /** What cannot be kept is asked about before the page is closed. */
  private keep(store: 'pieces' | 'hands', row: number, value: Piece | Found): void {
    this.kept ??= Kept.begin(this.sheet)
    this.writing.value++
    this.kept.then((kept) => kept.put(store, row, value)).catch(() => { this.safe.value = false }).finally(() => { this.writing.value-- })
  }

  /** Has the browser keep it no longer. */
  drop(): void {
    this.stop()
    this.kept?.then((kept) => kept.forget()).catch(() => {})
  }

  /** Rows a second, while it runs. */
  rate(): number {
    const time = this.spent + (this.running.value ? performance.now() - this.begun : 0)
    return time < 500 ? 0 : ((this.done.value - this.was) * 1000) / time
  }

  /** Minutes until it will be at its end; null as long as nobody knows. */
  left(): number | null {
    const rate = this.rate()
    return rate > 0 ? Math.ceil((this.rows.length - this.done.value) / rate / 60) : null
  }

  async start(): Promise<void> {
    if (this.running.value) return
    this.running.value = true
    this.failure.value = null
    this.begun = performance.now()
    this.abort = new AbortController()
    try {
      while (this.done.value < this.rows.length) await this.next(this.abort.signal)
    } catch (error) {
      if (!isAbort(error)) this.failure.value = error
    } finally {
      this.spent += performance.now() - this.begun
      this.running.value = false
    }
  }

  stop(): void { this.abort?.abort() }

  /** The columns that are sent: what a row says of its address, by the names of the roles. */
  private sent(rows: readonly string[][]): string {
    const columns = this.sheet.chosen.flatMap((role, index) => (role ? [{ role, index }] : []))
    // A row of nothing would not come back.
    return formatCSV([columns.map((one) => one.role), ...rows.map((row) => columns.map(({ index }) => row[index] ?? '')).map((cells) => (cells.every((cell) => cell.trim() === '') ? cells.map(() => '-') : cells))])
  }

  private async next(abort: AbortSignal): Promise<void> {
    const from = this.done.value
    const rows = this.rows.slice(from, from + this.piece)
    const [head, ...answers] = parseCSV(await post(this.sent(rows), abort), ',')
    const start = head!.findIndex((name) => name.startsWith('match_'))
    const names = this.names = head!.slice(start)
    if (answers.length !== rows.length) throw new Unreachable('/v1/geocode/batch')
    const at = (name: string) => names.indexOf(`match_${name}`)
    const [level, name, confidence, label, lon, lat, unmatched, fa, en] = ['level', 'level_name', 'confidence', 'label', 'lon', 'lat', 'unmatched', 'reason_fa', 'reason_en'].map(at) as [number, number, number, number, number, number, number, number, number]
    const found = answers.map((answer, index): Found => {
      const values = answer.slice(start).map((value) => value.replace(/^'(?=[=+@\t-])/, ''))
      const number = (i: number) => (values[i] ? Number(values[i]) : null)
      return {
        row: from + index, level: values[level] ?? '', name: values[name] ?? '', confidence: number(confidence) ?? 0, label: values[label] ?? '', lon: number(lon), lat: number(lat),
        unmatched: values[unmatched] ?? '', reasons: { fa: values[fa] ?? '', en: values[en] ?? '' }, values, hand: '',
      }
    })
    this.keep('pieces', from, { names, found: found.map((one) => ({ ...one })) })
    this.found.push(...found)
    this.done.value = from + rows.length
  }

  /** What the row says of its address, in one line. */
  asked(row: number): string {
    return this.sheet.chosen.flatMap((role, index) => (role && role !== 'lon' && role !== 'lat' && this.rows[row]![index] ? [this.rows[row]![index]!] : [])).join('، ')
  }

  /** Puts down what a person decided. */
  decide(found: Found, change: Partial<Found>): void {
    if (!this.before.has(found.row)) this.before.set(found.row, { ...found })
    const { lon, lat, confidence } = found
    Object.assign(found, change)
    this.hands.value++
    if (lon !== found.lon || lat !== found.lat || confidence !== found.confidence) this.moves.value++
    this.keep('hands', found.row, { ...found })
  }

  /** Takes a decision back. */
  undo(found: Found): void {
    this.decide(found, this.before.get(found.row)!)
  }

  /** The file with everything that was found, in the order of its rows. */
  async file(): Promise<Blob> {
    const at = (name: string) => this.names.indexOf(`match_${name}`)
    const { header } = this.sheet
    const line = (one: Found) => {
      const values = [...one.values]
      if (one.hand === 'chosen' || one.hand === 'none') {
        values.fill('')
        values[at('level')] = one.level
        values[at('level_name')] = one.name
        values[at('confidence')] = String(one.confidence)
        values[at('label')] = one.label
        values[at('lon')] = one.lon === null ? '' : String(one.lon)
        values[at('lat')] = one.lat === null ? '' : String(one.lat)
      }
      return [...header.map((_, index) => this.rows[one.row]![index] ?? ''), ...values, one.hand].map(harmless)
    }
    const breath = new Breath()
    const parts = ['\ufeff' + formatCSV([[...header, ...this.names, 'match_checked']])]
    for (let at = 0; at < this.found.length; at += 1000) {
      await breath.taken()
      parts.push(formatCSV(this.found.slice(at, at + 1000).map(line)))
    }
    return new Blob(parts, { type: 'text/csv;charset=utf-8' })
  }
}

const attempts = 5

/** Sends a piece; when the server is busy or the quota is used up, again after the time that it tells. */
async function post(body: string, signal: AbortSignal): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    let answer: Response
    try {
      answer = await fetch('/v1/geocode/batch', { method: 'POST', headers: { 'content-type': 'text/csv; charset=utf-8', accept: 'text/csv, application/problem+json' }, body, signal })
      if (answer.ok) return await answer.text()
    } catch (cause) {
      if (isAbort(cause)) throw cause
      if (attempt === attempts) throw new Unreachable('/v1/geocode/batch', { cause })
      await rest(attempt * 1000, signal)
      continue
    }
    if (![429, 503].includes(answer.status) || attempt === attempts) throw new Problem(answer.status, (await answer.json().catch(() => ({}))) as ProblemDocument)
    await rest(Math.max(1, Number(answer.headers.get('Retry-After')) || attempt) * 1000, signal)
  }
}

const rest = (milliseconds: number, signal: AbortSignal) => new Promise<void>((resolve, reject) => {
  const timer = setTimeout(resolve, milliseconds)
  signal.addEventListener('abort', () => { clearTimeout(timer); reject(new DOMException('stopped', 'AbortError')) }, { once: true })
})
