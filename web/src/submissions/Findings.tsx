import { useEffect, useState } from 'preact/hooks'
import { delivery, type Finding, type Rules, type Submission, type ThemeSchema } from '../api/delivery'
import { useResource } from '../api/resource'
import { formatNumber, quotesApart } from '../format'
import { lang, text } from '../i18n'
import { FailureBox } from '../ui/Failure'
import { Choice, TextField } from '../ui/Field'
import { Loading } from '../ui/Loading'
import { useSettled } from '../ui/settled'
import { Table } from '../ui/Table'
import { Gravity } from './Badge'
import { Except } from './Except'
import { More } from './More'
import { fieldName } from './schema'
import { w } from './words'

interface Props {
  submission: Submission; schema: ThemeSchema | null; rules: Rules | null; rule: string; onRule: (rule: string) => void; canFix: boolean; canExcept: boolean
  onPlace: (place: { lon: number; lat: number }) => void; onChanged: (submission: Submission) => void
}

/** What would be right, or is now: a value, or words for how a geometry is mended. */
const shownProposal = (proposed: string) =>
  proposed === 'made-valid' || proposed === 'ring-closed' || proposed === 'vertex-removed' ? w(`proposal.${proposed}`) : proposed.length > 60 ? `${proposed.slice(0, 60)}…` : proposed

/** What was found, row by row or feature by feature: the row's own values, what is wrong, where, and what would be right. */
export function Findings({ submission, schema, rules, rule, onRule, canFix, canExcept, onPlace, onChanged }: Props) {
  const [key, setKey] = useState('')
  const asked = useSettled(key.trim())
  const [byFeature, setByFeature] = useState(false)
  const [more, setMore] = useState<Finding[]>([])
  const [next, setNext] = useState<number | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const [excepting, setExcepting] = useState<Finding | null>(null)
  const query = { ...(rule && { rule }), ...(asked && { key: asked }), limit: 20 }
  const { data, error, reload } = useResource(`${submission.updated.at} ${rule} ${asked}`, (signal) => delivery.findings(submission.tracking, query, signal))
  useEffect(() => {
    setMore([])
    setNext(data?.next ?? null)
  }, [data])
  const found = [...(data?.findings ?? []), ...more]
  const rows = byFeature ? [...found].sort((a, b) => (a.key ?? '').localeCompare(b.key ?? '')) : found
  // How many a key has is known at the end only.
  const all = asked ? null : (submission.report!.rules ?? []).reduce((sum, one) => sum + (rule === '' || one.rule === rule ? one.count : 0), 0)
  const accept = (one: Finding) => {
    setFailure(null)
    delivery.act(submission.tracking, 'fixes', { rows: [{ rule: one.rule, source: one.source, row: one.row ?? 0 }] }).then(onChanged, setFailure)
  }
  const excusable = (one: Finding) => canExcept && (one.state ?? 'open') === 'open' && one.severity !== 'I' && rules?.rules.some((rule) => rule.code === one.rule && rule.excusable)
  return (
    <div class="findings">
      <div class="filters">
        <Choice label={w('rule')} value={rule} set={onRule} name="rule" options={[{ value: '', label: w('filterRule') }, ...(submission.report!.rules ?? []).map((one) => ({ value: one.rule, label: text(one.title) }))]} />
        <TextField label={w('filterKey')} value={key} set={setKey} max={200} name="key" />
        <div class="segments" role="group" aria-label={w('findings')}>
          {[false, true].map((one) => <button key={String(one)} type="button" aria-pressed={byFeature === one} onClick={() => setByFeature(one)}>{w(one ? 'byFeature' : 'byRule')}</button>)}
        </div>
      </div>
      {error != null ? <FailureBox error={error} retry={reload} /> : !data ? <Loading lines={4} /> : rows.length === 0 ? <p class="empty">{w('noFindings')}</p> : (
        <Table caption={w('findings')} rows={rows} keyOf={(one) => one.seq ?? `${one.rule} ${one.row}`} columns={[
          { id: 'key', title: w('key'), cell: (one) => <><bdi class="code">{one.key || '—'}</bdi>{one.row !== undefined && one.row > 0 && <small>{w('row')} {formatNumber(one.row, lang.value)}</small>}</> },
          { id: 'what', title: w('rule'), cell: (one) => <><Gravity severity={one.severity} /> {quotesApart(text(one.message))}{one.state && one.state !== 'open' && <small>{w(`finding.${one.state}`)}</small>}</> },
          { id: 'value', title: w('value'), cell: (one) => (
            <>{one.field && <small>{fieldName(schema, one.field)}</small>}<bdi>{(one.state !== 'fixed' || one.field) && one.value || '—'}</bdi>{one.proposed && <span class="proposal">{w('proposed')}: <bdi>{shownProposal(one.proposed)}</bdi></span>}</>
          ) },
          { id: 'do', title: w('action'), cell: (one) => (
            <span class="row-actions">
              {one.lon !== undefined && one.lat !== undefined && <button type="button" class="link-button" aria-label={`${w('here')}: ${one.key ?? one.row}`} onClick={() => onPlace({ lon: one.lon!, lat: one.lat! })}>{w('onMap')}</button>}
              {canFix && one.proposed && one.state === 'open' && one.row !== undefined && <button type="button" class="button small" onClick={() => accept(one)}>{w('acceptOne')}</button>}
              {excusable(one) && <button type="button" class="button small plain" onClick={() => setExcepting(one)}>{w('except')}</button>}
            </span>
          ) },
        ]} />
      )}
      {failure != null && <FailureBox error={failure} />}
      <More key={`${rule} ${asked}`} next={next} shown={rows.length} {...(all !== null && { all })} onMore={() => {
        setFailure(null)
        delivery.findings(submission.tracking, { ...query, after: next! }).then((page) => { setMore((all) => [...all, ...page.findings]); setNext(page.next) }, setFailure)
      }} />
      <p class="files-out"><span>{w('download')}:</span>{['csv', 'xlsx', 'gpkg'].map((format) => <a key={format} href={`/v1/submissions/${submission.tracking}/findings.${format}?lang=${lang.value}`} download>{format.toUpperCase()}</a>)}
        <span>{w('corrected')}:</span>{['csv', 'gpkg', 'geojson'].map((format) => <a key={format} href={`/v1/submissions/${submission.tracking}/corrected.${format}`} download>{format.toUpperCase()}</a>)}</p>
      {excepting && <Except submission={submission} finding={excepting} onClose={() => setExcepting(null)} onDone={(next) => { setExcepting(null); onChanged(next) }} />}
    </div>
  )
}
