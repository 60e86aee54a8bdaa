import type { Role } from './columns'
import type { Found } from './run'

/** A file with what its columns are, and who gave it: a login, or nothing. */
export interface Sheet { name: string; header: readonly string[]; rows: readonly string[][]; chosen: readonly (Role | null)[]; person: string }

/** What was found for some rows, with the names of its columns. */
export interface Piece { names: string[]; found: Found[] }

/** What a run has: its sheet, what was found, piece by piece, and the rows on which a person decided. */
export interface Held { sheet: Sheet; pieces: Piece[]; hands: Found[] }

const stores = ['sheet', 'pieces', 'hands'] as const
const longest = 7 * 86_400_000

const answer = <T>(request: IDBRequest<T>) => new Promise<T>((resolve, reject) => {
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error as Error)
})

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('nsdi-geocode', 1)
  request.onupgradeneeded = () => { for (const one of stores) request.result.createObjectStore(one) }
  return answer(request).then((db) => {
    db.onversionchange = () => db.close() // it is removed, with what its person left
    return db
  })
}

/**
 * The one run that the browser keeps, so that a reload or a crash costs no more than the piece under way. It is kept until another file is taken, or for a week.
 * Whoever began or opened it last has it: a run in another tab goes on, and is kept no longer.
 */
export class Kept {
  private readonly id = `${Date.now()} ${Math.random()}`
  private constructor(private readonly db: IDBDatabase) {}

  /** Fails where the browser keeps nothing, or has no room. */
  static async begin(sheet: Sheet): Promise<Kept> {
    const kept = new Kept(await open())
    await kept.write(stores, (of) => {
      for (const one of stores) of(one).clear()
      of('sheet').put(kept.id, 'id')
      of('sheet').put(Date.now(), 'at')
      of('sheet').put(sheet, 'sheet')
    })
    return kept
  }

  /** What a person has here; null: nothing. */
  static async last(person: string): Promise<{ kept: Kept; held: Held } | null> {
    const kept = new Kept(await open())
    const work = kept.db.transaction(stores)
    const read = (store: string) => work.objectStore(store)
    const [at, sheet, pieces, hands] = await Promise.all([
      answer<number | undefined>(read('sheet').get('at')), answer<Sheet | undefined>(read('sheet').get('sheet')), answer<Piece[]>(read('pieces').getAll()), answer<Found[]>(read('hands').getAll()),
    ])
    if (at !== undefined && Date.now() - at > longest) return kept.forget().then(() => null)
    if (!sheet || sheet.person !== person) return null
    await kept.write(['sheet'], (of) => of('sheet').put(kept.id, 'id'))
    return { kept, held: { sheet, pieces, hands } }
  }

  /** Keeps a piece by its first row, or what was decided on a row. It fails when the run is another one's by now. */
  async put(store: 'pieces' | 'hands', row: number, value: Piece | Found): Promise<void> {
    await this.write(['sheet', store], (of, work) => {
      of('sheet').get('id').onsuccess = ({ target }) => {
        if ((target as IDBRequest<string>).result === this.id) of(store).put(value, row)
        else work.abort()
      }
    })
  }

  forget(): Promise<void> {
    return this.write(stores, (of) => { for (const one of stores) of(one).clear() })
  }

  private write(names: readonly string[], what: (of: (store: string) => IDBObjectStore, work: IDBTransaction) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const work = this.db.transaction(names, 'readwrite')
      work.oncomplete = () => resolve()
      work.onabort = () => reject(work.error ?? new Error('it is kept by another page'))
      what((store) => work.objectStore(store), work)
    })
  }
}
