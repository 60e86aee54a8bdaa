import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { session } from '../api/session'
import { formatNumber } from '../format'
import { lang } from '../i18n'
import { Table } from '../ui/Table'
import { detect, roles, tells, type Role } from './columns'
import { decodeText, formatCSV, parseCSV } from './csv'
import { Later } from './Later'
import { Errand } from './order'
import { Results } from './Results'
import { Run } from './run'
import { w } from './words'

const mostRows = 100_000
const mostBytes = 256 << 20
/** Larger files are not read in the browser, but for their beginning. */
const readBytes = 32 << 20

/** later is what is sent to the server as a whole, of a large file; of one that is not read whole, rows are the first. */
interface Given { name: string; header: string[]; rows: string[][]; later: Blob | null }

/** Rows in a piece: as many as the quota lets through at once. */
const piece = () => session.value?.person ? 2000 : 100

/** A file of addresses: which column is what, then row by row where it is. */
export function FileDesk() {
  const [sheet, setSheet] = useState<Given | null>(null)
  const [chosen, setChosen] = useState<(Role | null)[]>([])
  const [run, setRun] = useState<Run | null>(null)
  const [errand, setErrand] = useState<Errand | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const take = async (file: File | undefined) => {
    if (!file) return
    setWrong(null)
    if (file.size > mostBytes) return setWrong(w('tooLarge', { n: mostBytes >> 20 }))
    try {
      const [header, rows, later] = await read(file)
      if (!header || rows.length === 0) return setWrong(w('empty'))
      if (later && !session.value?.person) return setWrong(w('largeSignIn', { n: mostRows }))
      moved.current = true
      setSheet({ name: file.name, header, rows, later })
      setChosen(detect(header, rows))
    } catch {
      setWrong(`${w('unreadable')} ${w('unreadableNext')}`)
    }
  }
  const known = session.value
  useEffect(() => { // what was left here when the page was closed
    if (!known || run || sheet || errand) return
    const order = known.person && Errand.last()
    if (order) return setErrand(order)
    let gone = false
    Run.last(known.person?.login ?? '', piece()).then((last) => { if (last && !gone) setRun(last) }, () => {})
    return () => { gone = true }
  }, [known])
  // What a person did takes the focus along: what had it is gone with its step.
  const desk = useRef<HTMLDivElement>(null)
  const moved = useRef(false)
  const step = errand ? 'later' : run ? 'results' : sheet ? 'columns' : 'drop'
  useLayoutEffect(() => {
    if (moved.current) desk.current!.querySelector<HTMLElement>('select, button:not(:disabled)')?.focus()
    moved.current = false
  }, [step])
  const again = () => { moved.current = true; run?.drop(); setRun(null); setErrand(null); setSheet(null) }
  const begin = () => {
    if (!sheet) return
    moved.current = true
    if (sheet.later) {
      const made = new Errand(sheet.name)
      made.send(sheet.later, Object.fromEntries(roles.map((role) => [role, sheet.header[chosen.indexOf(role)]?.trim() ?? ''])))
      return setErrand(made)
    }
    const made = new Run({ name: sheet.name, header: sheet.header, rows: sheet.rows, chosen, person: session.value?.person?.login ?? '' }, piece())
    setRun(made)
    void made.start()
  }
  return (
    <div ref={desk}>
      {errand ? <Later errand={errand} onAgain={again} /> : run ? <Results run={run} onAgain={again} />
        : sheet ? <Columns sheet={sheet} chosen={chosen} setChosen={setChosen} onBegin={begin} onAgain={again} />
          : <FileDrop wrong={wrong} onFile={(file) => void take(file)} />}
    </div>
  )
}

interface Choosing { sheet: Given; chosen: (Role | null)[]; setChosen: (chosen: (Role | null)[]) => void; onBegin: () => void; onAgain: () => void }

/** What the columns of a file are, for a person to say where it is told wrongly. */
function Columns({ sheet, chosen, setChosen, onBegin, onAgain }: Choosing) {
  return (
    <section class="columns" aria-label={w('columns')}>
      <h2><bdi>{sheet.name}</bdi></h2>
      <p class="lead">{w('columnsLead')}</p>
      {sheet.later && <p class="note">{w('large')}</p>}
      <Table caption={w('columns')} rows={sheet.header.map((name, index) => ({ name, index }))} keyOf={(one) => one.index} columns={[
        { id: 'name', title: w('column'), cell: (one) => <bdi>{one.name || `${one.index + 1}`}</bdi> },
        { id: 'role', title: w('means'), cell: (one) => (
          <select value={chosen[one.index] ?? ''} aria-label={`${w('means')}: ${one.name}`} onChange={(event) => {
            const role = (event.currentTarget.value || null) as Role | null
            // A role belongs to one column.
            setChosen(chosen.map((old, index) => (index === one.index ? role : role !== null && old === role ? null : old)))
          }}>
            <option value="">{w('nothing')}</option>
            {roles.map((role) => <option key={role} value={role}>{w(`role.${role}`)}</option>)}
          </select>
        ) },
        { id: 'samples', title: w('samples'), cell: (one) => <span class="samples">{sheet.rows.slice(0, 3).map((row, index) => <>{index > 0 && ' · '}<bdi>{row[one.index] ?? ''}</bdi></>)}</span> },
      ]} />
      {!tells(chosen) && <p class="wrong">{w('noColumns')}</p>}
      {!session.value?.person && <p class="note">{w('slow')}</p>}
      <p class="actions">
        <button type="button" class="button" disabled={!tells(chosen)} onClick={onBegin}>{sheet.later ? w('startLater') : w('start', { n: sheet.rows.length })}</button>
        <button type="button" class="button plain" onClick={onAgain}>{w('another')}</button>
      </p>
    </section>
  )
}

/** The names of the columns and the rows of a file, and, where it is large, what of it the server gets. */
async function read(file: File): Promise<[string[] | undefined, string[][], Blob | null]> {
  // A workbook is a zip, whatever its name.
  const zip = new Uint8Array(await file.slice(0, 2).arrayBuffer()).join() === '80,75'
  if (!zip && file.size > readBytes) {
    const start = await file.slice(0, 1 << 18).text()
    const [header, ...rows] = parseCSV(start.slice(0, start.lastIndexOf('\n')).replace(/^\ufeff/, ''))
    return [header, rows, file]
  }
  const bytes = await file.arrayBuffer()
  const [header, ...rows] = zip ? await (await import('./xlsx')).readXLSX(bytes) : parseCSV(decodeText(bytes).replace(/^\ufeff/, ''))
  return [header, rows, header && rows.length > mostRows ? new Blob([formatCSV([header, ...rows])]) : null]
}

function FileDrop({ wrong, onFile }: { wrong: string | null; onFile: (file: File | undefined) => void }) {
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  return (
    <div class={over ? 'drop over' : 'drop'} data-testid="drop" onDragOver={(event) => { event.preventDefault(); setOver(true) }} onDragLeave={() => setOver(false)}
      onDrop={(event) => { event.preventDefault(); setOver(false); onFile(event.dataTransfer?.files[0]) }}>
      <strong>{w('drop')}</strong>
      <button type="button" class="button" onClick={() => input.current?.click()}>{w('choose')}</button>
      <input ref={input} class="visually-hidden" type="file" accept=".csv,.txt,.tsv,.xlsx" tabIndex={-1} aria-label={w('chooseLabel')} onChange={(event) => { onFile(event.currentTarget.files?.[0]); event.currentTarget.value = '' }} />
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      <p class="note">{w('takes', { n: formatNumber(mostRows, lang.value) })}</p>
    </div>
  )
}
