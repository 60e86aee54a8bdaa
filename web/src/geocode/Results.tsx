import type { Feature } from 'geojson'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Unreachable } from '../api/problem'
import { formatNumber, localiseDigits } from '../format'
import { lang } from '../i18n'
import { FailureBox } from '../ui/Failure'
import { Dialog } from '../ui/Dialog'
import { Choice } from '../ui/Field'
import { boundsOf, MapBox, toMap } from '../ui/MapBox'
import { Table } from '../ui/Table'
import { useSurroundings } from '../ui/surroundings'
import { colourOf, Confidence } from './Confidence'
import { Hand } from './Hand'
import { groupOf, type Found, type Group, type Run } from './run'
import { w } from './words'

const perPage = 20
type Filter = Group | 'checked' | 'all' | 'open'

/** What was found, as it comes: counts, the map, and the rows, the most doubtful first, to be looked at by a person. */
export function Results({ run, onAgain }: { run: Run; onAgain: () => void }) {
  const [filter, setFilter] = useState<Filter>('open')
  const [page, setPage] = useState(0)
  const [place, setPlace] = useState<{ lon: number; lat: number } | null>(null)
  const [leaving, setLeaving] = useState(false)
  const { name } = run
  const around = useSurroundings()
  const done = run.done.value
  const changed = run.hands.value
  const whole = done === run.rows.length
  const counts = useMemo(() => {
    const sums = { sure: 0, doubtful: 0, missing: 0, checked: 0 }
    for (const one of run.found) {
      if (one.hand) sums.checked++
      else sums[groupOf(one)]++
    }
    return sums
  }, [done, changed])
  const rows = useMemo(() => run.found
    .filter((one) => filter === 'all' || (filter === 'checked' ? one.hand !== '' : filter === 'open' ? one.hand === '' && groupOf(one) !== 'sure' : one.hand === '' && groupOf(one) === filter))
    .sort((a, b) => a.confidence - b.confidence || a.row - b.row), [done, changed, filter])
  // Who decides with the keyboard goes on at the next row.
  const list = useRef<HTMLDivElement>(null)
  const decided = useRef(-1)
  useLayoutEffect(() => {
    if (decided.current < 0) return
    const left = [...list.current!.querySelectorAll('tbody tr')].slice(decided.current)
    const next = left.flatMap((row) => row.querySelector<HTMLElement>('.hand button') ?? [])[0] ?? list.current!.querySelector<HTMLElement>('tbody tr:last-child .row-actions button') ?? list.current!.querySelector('select')
    next?.focus()
    decided.current = -1
  }, [changed])
  const pages = Math.max(1, Math.ceil(rows.length / perPage))
  useEffect(() => { if (page >= pages) setPage(pages - 1) }, [pages])
  // While rows come in by the thousand the map is drawn again only now and then.
  const step = whole || done < 5000 ? done : Math.floor(done / 10_000)
  const points = useMemo(() => run.found.flatMap((one): Feature[] => (one.lon === null || one.lat === null ? [] : [{
    type: 'Feature', properties: { colour: colourOf(one.confidence), size: 5 }, geometry: { type: 'Point', coordinates: [one.lon, one.lat] },
  }])), [step, run.moves.value])
  const bounds = useMemo(() => boundsOf(points), [step])
  const save = async () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(await run.file())
    link.download = `${name.replace(/\.\w+$/, '')}-nsdi.csv`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  }
  const saving = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => { // “Stop” goes at the end, and its focus with it
    if (whole && document.activeElement === document.body) saving.current?.focus({ preventScroll: true })
  }, [whole])
  const unsaved = !run.safe.value && (run.running.value || changed > 0)
  useEffect(() => { // what took minutes, or was decided by hand, is not lost by a slip
    if (!unsaved) return
    const ask = (event: BeforeUnloadEvent) => { event.preventDefault() }
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [unsaved])
  const cut = !run.running.value && run.failure.value instanceof Unreachable
  useEffect(() => { // a line that was cut is used again as soon as it is there
    if (!cut) return
    const goOn = () => void run.start()
    addEventListener('online', goOn)
    return () => removeEventListener('online', goOn)
  }, [cut])
  const number = (n: number) => formatNumber(n, lang.value)
  return (
    <section class="results" aria-label={w('results')} data-testid="results" data-state={run.running.value ? 'running' : whole ? 'done' : 'stopped'} data-kept={run.safe.value && run.writing.value === 0}>
      <div class="work" role="status">
        <p><bdi>{name}</bdi> · {w(whole ? 'finished' : run.running.value ? 'running' : 'stopped')} · {w('rowsOf', { n: done, all: run.rows.length })}{!whole && <> · {w('percent', { n: Math.floor((done * 100) / run.rows.length) })}</>}{run.running.value && run.rate() > 0 && <> · {w('rate', { n: Math.round(run.rate()) })} · {w('left', { n: run.left() ?? 0 })}</>}</p>
        <progress aria-label={w('running')} value={done} max={run.rows.length} />
      </div>
      {run.failure.value != null && <FailureBox error={run.failure.value} />}
      <p class="actions">
        {!whole && <button type="button" class="button" onClick={() => { if (run.running.value) run.stop(); else void run.start() }}>{w(run.running.value ? 'stop' : 'goOn')}</button>}
        <button ref={saving} type="button" class={whole ? 'button' : 'button plain'} disabled={done === 0} onClick={() => void save()}>{w('download')}</button>
        <button type="button" class="button plain" onClick={() => { if (changed > 0 || run.running.value) setLeaving(true); else onAgain() }}>{w('another')}</button>
      </p>
      {run.safe.value && <p class="note">{w(run.sheet.person ? 'keeps' : 'keepsHere')} <button type="button" class="link-button" onClick={() => setLeaving(true)}>{w('forget')}</button></p>}
      {leaving && <Dialog title={w('leave')} act={w('leaveAct')} grave onAct={onAgain} onClose={() => setLeaving(false)}><p>{w('leaveWhat')}</p></Dialog>}
      <dl class="figures">{(['sure', 'doubtful', 'missing', 'checked'] as const).map((key) => <div key={key} data-figure={key}><dt>{w(key)}</dt><dd>{number(counts[key])}</dd></div>)}</dl>
      <div class="geocode-grid">
        <div class="geocode-text" ref={list}>
          <div class="section-head">
            <h2>{w('results')}</h2>
            <Choice label={w('show')} value={filter} set={(value) => { setFilter(value as Filter); setPage(0) }} name="show"
              options={[{ value: 'open', label: `${w('doubtful')} + ${w('missing')}` }, ...(['doubtful', 'missing', 'sure', 'checked', 'all'] as const).map((one) => ({ value: one, label: w(one) }))]} />
          </div>
          <p class="note">{w('resultsLead')}</p>
          {rows.length === 0 ? <p class="empty">{w('nothingHere')}</p> : (
            <Table<Found> caption={w('results')} rows={rows.slice(page * perPage, (page + 1) * perPage)} keyOf={(one) => one.row} columns={[
              { id: 'row', title: w('row'), number: true, cell: (one) => number(one.row + 1) },
              { id: 'asked', title: w('asked'), cell: (one) => <bdi dir="auto">{run.asked(one.row)}</bdi> },
              { id: 'found', title: w('found'), cell: (one) => (
                <>{one.lon === null || one.lat === null ? <b class="wrong">{one.hand === 'none' ? w('hand.none') : w('missing')}</b>
                  : <><button type="button" class="link-button" onClick={() => { setPlace({ lon: one.lon!, lat: one.lat! }); toMap() }}><bdi dir="auto">{one.label}</bdi></button><Confidence value={one.confidence} /></>}
                {one.unmatched && one.hand === '' && <small class="wrong">{w('unmatched', { words: localiseDigits(one.unmatched, lang.value) })}</small>}
                {one.hand === '' && one.reasons[lang.value] && <small>{one.reasons[lang.value]}</small>}</>
              ) },
              { id: 'hand', title: w('action'), cell: (one) => <Hand run={run} found={one} onPlace={setPlace} onDecide={() => { decided.current = rows.indexOf(one) - page * perPage }} /> },
            ]} />
          )}
          {pages > 1 && (
            <p class="actions pager-row">
              <button type="button" class="button small plain" disabled={page === 0} onClick={() => setPage(page - 1)}>{w('previous')}</button>
              <span>{w('pageOf', { i: page + 1, n: pages })}</span>
              <button type="button" class="button small plain" disabled={page >= pages - 1} onClick={() => setPage(page + 1)}>{w('next')}</button>
            </p>
          )}
        </div>
        <MapBox label={w('map')} points={points} bounds={bounds} place={place} {...(around && { surroundings: around })} />
      </div>
    </section>
  )
}
