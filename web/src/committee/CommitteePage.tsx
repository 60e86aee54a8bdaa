import { useMemo } from 'preact/hooks'
import { api } from '../api/client'
import { useResource } from '../api/resource'
import { hasRole } from '../api/session'
import { formatMoment, today } from '../format'
import { lang, nameOf, t, text } from '../i18n'
import { to } from '../ui/address'
import { FailureBox } from '../ui/Failure'
import { Frame } from '../ui/Frame'
import { Loading } from '../ui/Loading'
import { Mixed } from '../ui/Mixed'
import { Iso } from '../ui/When'
import { Cards } from './Cards'
import { Compare } from './Compare'
import { Curve, CurveChoice } from './Curve'
import { committee } from './data'
import { Exports } from './Exports'
import { Late, Reminders } from './Late'
import { MapPart } from './MapPart'
import { choice, choose, country, enter, inUnit } from './state'
import { Trace } from './Trace'
import { Units } from './Units'
import { w, type Word } from './words'

export function CommitteePage() {
  const { unit, print, to: until } = choice.value
  const progress = useResource(unit, (signal) => api.progress(unit, signal))
  const courses = useResource(unit, (signal) => committee.courses(unit, signal))
  const outlines = useResource(unit, (signal) => committee.outlines(unit, signal))
  const overdue = useResource(unit, (signal) => committee.overdue(unit, signal))
  const reminders = useResource('reminders', committee.reminders)
  const snapshots = useResource('snapshots', committee.snapshots)
  // Without a choice, the first snapshot is compared with now.
  const from = choice.value.from || String(snapshots.data?.snapshots.at(-1)?.id ?? '')
  const two = useResource(from ? `${unit} ${from} ${until}` : null, (signal) => committee.compare(unit, from, until, signal))
  const provinces = useResource('provinces', (signal) => api.adminUnits({ level: 'province' }, signal))

  const series = courses.data?.series ?? []
  const byCode = useMemo(() => new Map(series.map((one) => [one.obligation, one])), [courses.data])
  // Without a choice, the first that is known.
  const chosen = byCode.get(choice.value.obligation) ?? series.find((one) => one.now?.published_percent != null) ?? series[0]
  const ready = progress.data && courses.data && overdue.data && reminders.data && snapshots.data && !two.loading && (outlines.data || outlines.error != null)
  const day = today(courses.data ? new Date(courses.data.as_of) : undefined)

  return (
    <Frame wide>
      <div class="committee" data-ready={ready ? 'true' : undefined} data-print={print || undefined}>
        <div class="c-head">
          <div>
            <h1>{w('title')}{progress.data && <>: <span>{unit === country ? w('country') : nameOf(progress.data.unit)}</span></>}</h1>
            <p class="c-note">{w('lead')}</p>
            {progress.data && <p class="c-asof">{w('asof', { date: formatMoment(progress.data.as_of, lang.value) })}<Iso at={progress.data.as_of} /> · {w('change', { n: progress.data.change })}</p>}
          </div>
          <label class="c-where">{w('where')}
            <select value={unit} onChange={(event) => choose(inUnit(event.currentTarget.value))}>
              <option value={country}>{w('country')}</option>
              {[...(provinces.data?.units ?? [])].sort((a, b) => nameOf(a).localeCompare(nameOf(b), lang.value)).map((one) => <option key={one.code} value={one.code}>{nameOf(one)}</option>)}
              {unit !== country && progress.data && !provinces.data?.units.some((one) => one.code === unit) && <option value={unit}>{nameOf(progress.data.unit)}</option>}
            </select>
          </label>
        </div>
        {unit !== country && !print && <p><button type="button" class="link-button" onClick={() => enter(country)}>{t('progress.back')}</button></p>}
        <div id="figures" tabIndex={-1}>
          {progress.error != null && <FailureBox error={progress.error} retry={progress.reload} />}
          {progress.loading && !progress.data && <Loading lines={8} />}
          {progress.data && <Cards progress={progress.data} courses={byCode} />}
        </div>
        {choice.value.list && !print && <Trace progress={progress.data} />}
        <Part id="curve" title={print ? w('curves') : chosen ? w('curve', { what: text(chosen.title) }) : w('curveOf')} of={courses}>
          {chosen && !print && <><CurveChoice courses={series} chosen={chosen.obligation} /><Curve course={chosen} today={day} /></>}
          {print && series.filter((one) => [one.now, ...one.points].some((point) => point?.published_percent != null)).map((one) => <section class="c-printed" key={one.obligation}><h3>{text(one.title)}</h3><Curve course={one} today={day} plain /></section>)}
        </Part>
        <div class="c-two">
          <Part id="map" title={w('map')} of={outlines}>{progress.data && outlines.data && <MapPart progress={progress.data} outlines={outlines.data} />}</Part>
          <Part id="ranking" title={w('ranking')} of={progress}>{progress.data && <Units progress={progress.data} />}</Part>
        </div>
        <Part id="compare" title={w('compare')} of={snapshots}>{snapshots.data && progress.data && chosen && <Compare snapshots={snapshots.data.snapshots} from={from} two={two} progress={progress.data} obligation={chosen.obligation} />}</Part>
        <Part id="late" title={w('late')} of={overdue}><p class="c-note">{w('lateLead')}</p>{overdue.data && <Late list={overdue.data.overdue} whole={print} />}</Part>
        <Part id="reminders" title={w('reminders')} of={reminders}>{reminders.data && <Reminders list={reminders.data.reminders} />}</Part>
        {!print && <Part id="exports" title={w('exports')} of={progress}><Exports /></Part>}
        <section class="c-part c-definitions" id="definitions" aria-labelledby="definitions-title">
          <h2 id="definitions-title">{w('definitions')}</h2>
          <ul>{(['stages', 'unknown', 'provisional', 'spi', 'forecast', 'legal'] as const).map((one) => <li key={one}>{w(`definition.${one}` as Word)}</li>)}</ul>
          {!print && hasRole('committee-member') && <p><a href={to('/administration', { tab: 'decisions', unit: unit === country ? undefined : unit })}>{w('decide')}</a></p>}
          {progress.data && <><h3>{w('sources')}</h3><ul>{progress.data.obligations.filter((one) => one.denominator_source).map((one) => <li key={one.code}>{text(one.title)}: <Mixed text={text(one.denominator_source!).replace(/\d{4}-\d\d-\d\d/g, '\u2066$&\u2069')} />{one.approved_by && <> · {w('approvedBy')} <bdi>{one.approved_by}</bdi></>}</li>)}</ul></>}
        </section>
      </div>
    </Frame>
  )
}

/** A part of the page with its own waiting and its own fault: one that fails does not take the others along. */
function Part({ id, title, of, children }: { id: string; title: string; of: { error: unknown; loading: boolean; data: unknown; reload: () => void }; children: preact.ComponentChildren }) {
  return (
    <section class="c-part" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {of.error != null ? <FailureBox error={of.error} retry={of.reload} /> : of.loading && !of.data ? <Loading lines={4} /> : children}
    </section>
  )
}
