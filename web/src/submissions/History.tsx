import { useEffect, useRef, useState } from 'preact/hooks'
import { api } from '../api/client'
import { delivery, type Dataset, type Version } from '../api/delivery'
import { useResource } from '../api/resource'
import { agencyName, hasRole, session } from '../api/session'
import { formatNumber } from '../format'
import { lang, text } from '../i18n'
import { to } from '../ui/address'
import { Dialog } from '../ui/Dialog'
import { FailureBox } from '../ui/Failure'
import { Choice, TextField } from '../ui/Field'
import { Loading } from '../ui/Loading'
import { MapBox } from '../ui/MapBox'
import { useSurroundings } from '../ui/surroundings'
import { Table } from '../ui/Table'
import { Day } from '../ui/When'
import { Differences } from './Changes'
import { useSchema } from './schema'
import { ShapesTold, useShapes } from './shapes'
import { w } from './words'

/** The versions of a dataset: what each changed, any two compared, and the way back to an earlier one. */
export function History({ id }: { id: number }) {
  return (
    <>
      <p class="crumb"><a href={to('/submissions')}>{w('back')}</a></p>
      <Versions id={id} />
    </>
  )
}

function Versions({ id }: { id: number }) {
  const dataset = useResource(`dataset ${id}`, (signal) => delivery.dataset(id, signal))
  const versions = useResource(`versions ${id}`, (signal) => delivery.versions(id, signal))
  const themes = useResource('themes', api.themes)
  const [pair, setPair] = useState<{ from: number; to: number } | null>(null)
  const [back, setBack] = useState<Version | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const rolled = useRef(false)
  useEffect(() => {
    if (!rolled.current || !versions.data) return
    rolled.current = false
    heading.current?.focus() // the row in which it began is drawn anew
  }, [versions.data])
  const failed = dataset.error ?? versions.error
  if (failed != null || !dataset.data || !versions.data) {
    return <><h1>{w('history')}</h1>{failed != null ? <FailureBox error={failed} retry={() => { dataset.reload(); versions.reload() }} /> : <Loading lines={6} />}</>
  }
  const list = versions.data.versions
  const theme = themes.data?.themes.find((one) => one.code === dataset.data!.theme)
  const newest = list[0]?.seq ?? 0
  const mayBack = hasRole('publisher') && (session.value?.agencies.some((one) => one.code === dataset.data!.agency) ?? false)
  const from = pair?.from ?? list[1]?.seq
  const until = pair?.to ?? newest
  const options = list.map((one) => ({ value: String(one.seq), label: w('version', { n: one.seq }) }))
  return (
    <>
      <header>
        <h1 ref={heading} tabIndex={-1}>{w('versions', { theme: theme ? text(theme.title) : dataset.data.theme })}</h1>
        <p class="note"><bdi>{agencyName(dataset.data.agency)}</bdi>{dataset.data.territory && <> · <bdi dir="ltr" class="code">{dataset.data.territory}</bdi></>}</p>
      </header>
      {list.length === 0 ? <p class="empty">{w('versionsEmpty')}</p> : (
        <Table caption={w('versions', { theme: '' })} rows={list} keyOf={(one) => one.seq} columns={[
          { id: 'seq', title: w('version', { n: '' }), cell: (one) => <><b>{w('version', { n: one.seq })}</b>{one.seq === newest && <span class="badge published">{w('newest')}</span>}{one.restores !== null && <small>{w('rolledBack', { n: one.restores })}</small>}{one.reason && <small dir="auto">{one.reason}</small>}</> },
          { id: 'at', title: w('published'), cell: (one) => <Day at={one.published_at} /> },
          { id: 'added', title: w('added'), number: true, cell: (one) => formatNumber(one.added, lang.value) },
          { id: 'altered', title: w('altered'), number: true, cell: (one) => formatNumber(one.altered, lang.value) },
          { id: 'removed', title: w('removed'), number: true, cell: (one) => formatNumber(one.removed, lang.value) },
          { id: 'features', title: w('features'), number: true, cell: (one) => formatNumber(one.features, lang.value) },
          { id: 'do', title: w('action'), cell: (one) => (
            <span class="row-actions">
              {one.tracking && <a href={to(`/${one.restores === null ? 'submissions' : 'track'}/${one.tracking}`)}>{w('itsDelivery')}</a>}
              {mayBack && one.seq !== newest && <button type="button" class="button small plain" onClick={() => setBack(one)}>{w('rollback')}</button>}
            </span>
          ) },
        ]} />
      )}
      {list.length > 1 && from !== undefined && (
        <section class="compare">
          <h2>{w('compare')}</h2>
          <div class="pair">
            <Choice label={w('compareFrom')} value={String(from)} set={(value) => setPair({ from: Number(value), to: until })} options={options} name="from" />
            <Choice label={w('compareTo')} value={String(until)} set={(value) => setPair({ from, to: Number(value) })} options={options} name="to" />
          </div>
          <Compared id={id} from={from} until={until} dataset={dataset.data} />
        </section>
      )}
      {back && <RollBack id={id} version={back} onClose={() => setBack(null)} onDone={() => { rolled.current = true; setBack(null); setPair(null); versions.reload() }} />}
    </>
  )
}

function Compared({ id, from, until, dataset }: { id: number; from: number; until: number; dataset: Dataset }) {
  const geometry = dataset.geometry !== 'none'
  const schema = useSchema(dataset.theme)
  const around = useSurroundings()
  const shapes = useShapes(geometry ? `${id} ${from} ${until}` : null, (after, signal) => delivery.compareShapes(id, from, until, after, signal))
  return (
    <div class={geometry ? 'report-grid' : undefined}>
      <div class="report-text"><Differences name={`${id} ${from} ${until}`} schema={schema.data} load={(after, signal) => delivery.compare(id, from, until, after, signal)} /></div>
      {geometry && <aside class="report-map"><MapBox label={w('changeMap')} changes={shapes.features} bounds={shapes.bounds} {...(around && { surroundings: around })} /><ShapesTold shapes={shapes} /></aside>}
    </div>
  )
}

function RollBack({ id, version, onClose, onDone }: { id: number; version: Version; onClose: () => void; onDone: () => void }) {
  const [reason, setReason] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const act = async () => {
    setBusy(true)
    setError(null)
    await delivery.rollback(id, version.seq, reason).then(onDone, setError)
    setBusy(false)
  }
  return (
    <Dialog title={w('rollbackAsk', { n: version.seq })} act={w('rollback')} grave busy={busy} error={error} onAct={() => void act()} onClose={onClose}>
      <p>{w('rollbackWhy')}</p>
      <TextField label={w('reason')} value={reason} set={setReason} required long name="reason" />
    </Dialog>
  )
}
