import { useEffect, useRef, useState } from 'preact/hooks'
import type { Progress } from '../api/types'
import { useResource } from '../api/resource'
import { formatDate, formatNumber, formatQuantity } from '../format'
import { lang, nameOf, text } from '../i18n'
import { FailureBox } from '../ui/Failure'
import { Loading } from '../ui/Loading'
import { committee, listLines } from './data'
import { measureName } from './measure'
import { choice, choose, openList } from './state'
import type { Portion, Trace as List, Traced } from './types'
import { w, type Word } from './words'

const stages = ['delivered', 'validated', 'published', 'fresh'] as const

/** The list that a figure is the sum of, a page at a time. Pieces of ground open into the features that lie in them. */
export function Trace({ progress }: { progress: Progress | null }) {
  const { unit, list, measure, cell, after, page } = choice.value
  const part = useRef<HTMLElement>(null)
  const [opener] = useState(() => document.activeElement)
  const told = useResource(`${unit} ${list} ${measure} ${cell} ${after}`, (signal) => committee.trace(list, measure, unit, cell, after, signal))
  // What was asked for is shown where the reader looks next.
  useEffect(() => {
    part.current?.scrollIntoView({ block: 'start' })
    part.current?.focus({ preventScroll: true })
  }, [unit, list, measure, cell, after])
  const close = () => {
    openList('')
    const back = opener instanceof HTMLElement && opener !== document.body && opener.isConnected ? opener : document.getElementById('figures')
    back?.focus()
  }
  const duty = progress?.obligations.find((one) => one.code === list)
  const query = new URLSearchParams({ obligation: list, unit, ...(measure && { measure }), ...(cell && { cell }) }).toString()
  const here = after ? `&after=${encodeURIComponent(after)}` : ''
  const { data } = told
  const kind = data?.items[0]?.kind
  return (
    <section class="c-part c-trace" id="trace" aria-labelledby="trace-title" tabIndex={-1} ref={part} aria-busy={told.loading} data-list={told.loading ? undefined : list}>
      <div class="c-head">
        <h2 id="trace-title">{w('behindOf', { what: duty ? text(duty.title) : list })}{measure && <> · {measureName(measure)}</>}{progress && <span class="c-unit"> · {progress.unit.code === unit ? nameOf(progress.unit) : unit}</span>}</h2>
        <button type="button" class="c-quiet" onClick={close}>{w('list.close')}</button>
      </div>
      {told.error != null && <FailureBox error={told.error} retry={told.reload} />}
      {!data && told.error == null && <Loading lines={6} />}
      {data && (
        <>
          {cell ? <p><button type="button" class="link-button" onClick={() => choose({ cell: '', after: '', page: 1 })}>{w('list.back')}</button> · {w('list.cell')} <bdi class="code">{cell}</bdi></p> : <p><strong>{sumWords(data)}</strong></p>}
          {kind && <p class="c-note">{w(`list.${kind}` as Word)}</p>}
          <div class="c-exports">
            <a class="button" href={`/v1/progress/trace.csv?${query}`} download>{w('list.table')}</a>
            <a class="c-quiet" href={`/v1/progress/trace.geojson?${query}${here}&limit=${listLines}`} download={`${list}.geojson`}>{w('list.map')}</a>
          </div>
          {data.items.length === 0 ? <p class="c-note">{w('list.none')}</p> : <Lines list={data} first={(page - 1) * listLines} />}
          <p class="c-pager">
            {data.items.length > 0 && <span>{w('list.lines', { from: (page - 1) * listLines + 1, to: (page - 1) * listLines + data.items.length })}</span>}
            {page > 1 && <button type="button" class="c-quiet" onClick={() => choose({ after: '', page: 1 })}>{w('list.first')}</button>}
            {data.next && <button type="button" class="c-quiet" onClick={() => choose({ after: data.next ?? '', page: page + 1 })}>{w('list.next')}</button>}
          </p>
        </>
      )}
    </section>
  )
}

/** An area to the square metre, as the sums are told; a count as it is. */
const amount = (value: number, measured: List['measured']) =>
  measured === 'm2' ? `${formatNumber(Math.round(value), lang.value)} ${lang.value === 'fa' ? 'متر مربع' : 'm²'}` : formatQuantity(value, measured, lang.value)

function sumWords({ total, measured }: List): string {
  const published = amount(total.published, measured)
  // Addresses are counted against a number that stands in no list.
  return total.denominator === 0 ? w('list.sum', { published }) : w('list.shows', { published, whole: amount(total.denominator, measured) })
}

interface Column { word: Word; head?: boolean; of: (one: Traced) => preact.ComponentChildren }

const named = (pair: { fa: string; en: string } | undefined, code = '') => <>{pair ? text(pair) : code}{pair && code && <small><bdi class="code">{code}</bdi></small>}</>

/** What stands before the numbers of a line, by what the line is. */
function columnsOf(kind: Traced['kind']): Column[] {
  const unit: Column = { word: 'unit', of: (one) => named(one.unit_name, one.unit) }
  const theme: Column = { word: 'theme', head: true, of: (one) => named(one.theme_title, one.theme) }
  const state: Column = { word: 'list.state', of: (one) => one.state && w(`state.${one.state}` as Word) }
  switch (kind) {
    case 'piece': return [{ word: 'list.cell', head: true, of: (one) => <button type="button" class="link-button" onClick={() => choose({ cell: one.cell ?? '', after: '', page: 1 })}><bdi class="code">{one.cell}</bdi></button> }, unit]
    case 'layer': return [theme, { word: 'who', of: (one) => named(one.agency_name, one.agency) }, state]
    case 'theme': return [theme, state]
    case 'service': return [{ word: 'list.key', head: true, of: (one) => <bdi class="code">{one.key}</bdi> }, state]
    default: return [
      { word: 'list.key', head: true, of: (one) => <><bdi class="code">{one.key}</bdi>{one.theme_title && <small>{text(one.theme_title)}</small>}</> },
      unit,
      { word: 'list.agency', of: (one) => <>{one.agency_name ? text(one.agency_name) : one.agency}{one.published_at && <small>{formatDate(one.published_at, lang.value)}</small>}</> },
      { word: 'list.version', of: (one) => one.version ? formatNumber(one.version, lang.value) : '–' },
      state,
      { word: 'list.findings', of: (one) => formatNumber(one.findings ?? 0, lang.value) },
    ]
  }
}

function Lines({ list, first }: { list: List; first: number }) {
  const { kind } = list.items[0]!
  const columns = columnsOf(kind)
  const whole = kind === 'piece' || kind === 'layer' || list.total.denominator > 0
  const here = list.items.reduce<Portion>((sum, { portion }) => ({
    denominator: sum.denominator + portion.denominator, delivered: sum.delivered + portion.delivered, validated: sum.validated + portion.validated, published: sum.published + portion.published, fresh: sum.fresh + portion.fresh,
  }), { denominator: 0, delivered: 0, validated: 0, published: 0, fresh: 0 })
  const sums = (portion: Portion) => [...(whole ? [portion.denominator] : []), ...stages.map((one) => portion[one])].map((value, i) => <td key={i} class="c-number"><bdi>{formatNumber(Math.round(value), lang.value)}</bdi></td>)
  return (
    <div class="c-scroll c-tall" tabIndex={0} role="group" aria-label={w('behind')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{w('list.line')}</th>
            {columns.map((one) => <th key={one.word} scope="col">{w(one.word)}</th>)}
            {whole && <th scope="col" class="c-number">{w('list.whole')}{list.measured === 'm2' && <Metres />}</th>}
            {stages.map((one) => <th key={one} scope="col" class="c-number">{w(one)}{list.measured === 'm2' && <Metres />}</th>)}
          </tr>
        </thead>
        <tbody>
          {list.items.map((one, i) => (
            <tr key={`${one.cell} ${one.unit} ${one.feature} ${one.key} ${one.agency} ${one.theme}`} data-state={one.state}>
              <td>{formatNumber(first + i + 1, lang.value)}</td>
              {columns.map((column) => column.head ? <th key={column.word} scope="row">{column.of(one)}</th> : <td key={column.word}>{column.of(one)}</td>)}
              {sums(one.portion)}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr><th scope="row" colSpan={1 + columns.length}>{w('list.page')}</th>{sums(here)}</tr>
          <tr><th scope="row" colSpan={1 + columns.length}>{w('list.total')}</th>{sums(list.total)}</tr>
        </tfoot>
      </table>
    </div>
  )
}

const Metres = () => <small>{lang.value === 'fa' ? 'متر مربع' : 'm²'}</small>
