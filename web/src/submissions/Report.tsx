import type { Feature, Point } from 'geojson'
import type { ComponentChildren, RefObject } from 'preact'
import { useMemo, useRef, useState } from 'preact/hooks'
import { delivery, type Submission } from '../api/delivery'
import { useResource } from '../api/resource'
import { formatNumber } from '../format'
import { lang, text } from '../i18n'
import { changeColours, changeSigns } from '../map/desk-colours'
import type { Picked } from '../map/desk-layers'
import { boundsOf, joined, MapBox } from '../ui/MapBox'
import { useSurroundings } from '../ui/surroundings'
import { ChangeList } from './Changes'
import { ShapesTold, useShapes } from './shapes'
import { Gravity } from './Badge'
import { inIran } from './draft'
import { Findings } from './Findings'
import { RuleTable } from './Rules'
import { useSchema } from './schema'
import { w } from './words'

interface Props { submission: Submission; canFix?: boolean; canExcept?: boolean; onChanged: (submission: Submission) => void; /** What can be done now: before the lists, which may be long. */ children?: ComponentChildren }

const ops = ['added', 'altered', 'removed'] as const
type Op = (typeof ops)[number]

/** The report: its answer first, then the counts, what the rules found, and what it changes, with the map beside it. */
export function ReportView({ submission, canFix = false, canExcept = false, onChanged, children }: Props) {
  const report = submission.report!
  const [rule, setRule] = useState('')
  const [place, setPlace] = useState<{ lon: number; lat: number } | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const map = useRef<HTMLElement>(null)
  const rules = useResource(submission.theme ? `rules ${submission.theme}` : null, (signal) => delivery.rules(submission.theme!, signal))
  const schema = useSchema(submission.theme)
  // A theme without places has nothing for a map.
  const mapped = !submission.theme || schema.error != null || (schema.data !== null && schema.data.geometry !== 'none')
  const compared = ['validated', 'submitted', 'reviewed', 'published'].includes(submission.state)
  const found = report.rules ?? []
  const errors = found.some((one) => one.severity === 'E')
  const warnings = found.some((one) => one.severity === 'W')
  const figures: [string, number, string?][] = [
    ['rowsIn', report.rows_in], ['accepted', report.rows_accepted], ['refused', report.rows_refused], ['repeated', report.rows_repeated],
    ['added', report.features_added], ['altered', report.features_altered], ['removed', report.features_removed], ['unchanged', report.features_unchanged], ['kept', report.features_kept, w('keptWhy')],
  ]
  return (
    <section class="report" aria-label={w('findings')} data-testid="report">
      <p class={`answer ${report.rows_refused > 0 || submission.state === 'refused' ? 'partly' : 'whole'}`} data-testid="answer">{submission.answer && text(submission.answer)}</p>
      {submission.state === 'unchanged' && <p>{w('unchangedWhy')}</p>}
      <p class="chips">
        {errors ? <Gravity severity="E" /> : <span class="gravity ok"><i aria-hidden="true">✓</i>{w('valid')}</span>}
        {warnings && <Gravity severity="W" />}
        <bdi dir="ltr" class="code">{report.rule_set}</bdi>
      </p>
      <dl class="figures">{figures.filter(([key, n]) => n > 0 || ['rowsIn', 'accepted', 'refused', 'unchanged'].includes(key)).map(([key, n, why]) => (
        <div key={key} data-figure={key} title={why}><dt>{w(key as 'rowsIn')}</dt><dd>{formatNumber(n, lang.value)}</dd></div>
      ))}</dl>
      {report.notes?.map((note, index) => <p key={index} class="note">{text(note)}</p>)}
      {children}
      <div class={mapped ? 'report-grid' : undefined}>
        <div class="report-text">
          <h2>{w('findings')}</h2>
          {found.length === 0 ? <p class="empty">{w('noFindings')}</p> : (
            <>
              <RuleTable submission={submission} rules={rules.data} canFix={canFix} chosen={rule} onRule={(code) => { setRule(code); if (code) list.current?.scrollIntoView() }} onChanged={onChanged} />
              <div ref={list}><Findings submission={submission} schema={schema.data} rules={rules.data} rule={rule} onRule={setRule} canFix={canFix} canExcept={canExcept} onPlace={(at) => { setPlace(at); map.current?.scrollIntoView({ block: 'nearest' }) }} onChanged={onChanged} /></div>
            </>
          )}
          {compared && <ChangeList submission={submission} schema={schema.data} />}
        </div>
        {mapped && <ReportMap submission={submission} findings={found.length > 0} compared={compared} place={place} element={map} />}
      </div>
    </section>
  )
}

/** Findings and changes on the map; each kind can be switched off. */
function ReportMap({ submission, findings, compared, place, element }: { submission: Submission; findings: boolean; compared: boolean; place: { lon: number; lat: number } | null; element: RefObject<HTMLElement | null> }) {
  const [shown, setShown] = useState<ReadonlySet<Op | 'findings'>>(new Set([...ops, 'findings']))
  const [picked, setPicked] = useState<Picked[]>([])
  const shapes = useShapes(compared ? `${submission.tracking} ${submission.updated.at}` : null, (after, signal) => delivery.shapes(submission.tracking, after, signal))
  const around = useSurroundings()
  // Where the findings are, as far as that is in the country: one row far out would leave nothing of the others to be seen.
  const found = useMemo(() => (submission.report?.rules ?? []).flatMap((one) => one.samples ?? []).flatMap((one): Feature[] =>
    one.lon !== undefined && one.lat !== undefined ? [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [one.lon, one.lat] } }] : []), [submission.updated.at])
  const all = shapes.features
  const drawn = useMemo(() => all.filter((one) => shown.has((one.properties as { op: Op }).op)), [all, shown])
  const bounds = useMemo(() => {
    const near = boundsOf(found.filter(({ geometry }) => inIran((geometry as Point).coordinates as [number, number])))
    return shapes.bounds && near ? joined(shapes.bounds, near) : shapes.bounds ?? near ?? boundsOf(found)
  }, [shapes.bounds, found])
  const flip = (what: Op | 'findings') => {
    const next = new Set(shown)
    if (!next.delete(what)) next.add(what)
    setShown(next)
  }
  return (
    <aside ref={element} class="report-map">
      <div class="map-keys" role="group" aria-label={w('onMap')}>
        {compared && ops.map((op) => (
          <label key={op} class="check"><input type="checkbox" checked={shown.has(op)} onChange={() => flip(op)} /><i class="key" style={{ background: changeColours[op] }} aria-hidden="true">{changeSigns[op]}</i><span>{w(op)}</span></label>
        ))}
        {findings && <label class="check"><input type="checkbox" checked={shown.has('findings')} onChange={() => flip('findings')} /><i class="key finding" aria-hidden="true">!</i><span>{w('findings')}</span></label>}
      </div>
      <MapBox label={w('changeMap')} changes={drawn} bounds={bounds} place={place} onPick={setPicked} {...(around && { surroundings: around })}
        {...(findings && { findings: { path: `/v1/submissions/${submission.tracking}/findings/tiles`, shown: shown.has('findings') } })} />
      <ShapesTold shapes={shapes} />
      {picked.length > 0 && (
        <ul class="picked" aria-live="polite">{picked.slice(0, 6).map(({ kind, properties: p }, index) => (
          <li key={index}>{kind === 'change'
            ? <>{w(String(p.op) as Op)} · <bdi dir="ltr" class="code">{String(p.key)}</bdi></>
            : <>{String((lang.value === 'fa' ? p.message_fa : p.message_en) ?? p.rule)} {p.key !== undefined && <bdi dir="ltr" class="code">{String(p.key)}</bdi>}</>}</li>
        ))}</ul>
      )}
    </aside>
  )
}
