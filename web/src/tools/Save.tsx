import { useState } from 'preact/hooks'
import { useLayers } from '../api/layers'
import { Problem } from '../api/problem'
import type { ProblemDocument, Theme } from '../api/types'
import { formatDate, formatNumber, today } from '../format'
import { lang, t, text } from '../i18n'
import { colourOfLayer, legends } from '../state/legend'
import { adminTheme } from '../map/admin'
import { classes } from '../map/classes'
import { classLabel } from '../ui/ClassList'
import { nationalMap } from '../state/tools'
import { asOf, layers } from '../state/view'
import { metresPerPixel } from '../state/zoom'
import { FailureBox } from '../ui/Failure'
import { picture } from './picture'
import { askArea } from './view'
import { w } from './words'

const formats = ['geojson', 'gpkg', 'csv', 'shapefile', 'flatgeobuf'] as const
const special = (theme: string): readonly string[] => theme.startsWith('cadastre-') ? ['gml', 'dxf'] : theme === 'gnaf-address' ? ['openaddresses', 'gnaf'] : []

function hand(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** The link, the picture and the data of what is shown. */
export default function Save() {
  const list = useLayers()
  const shown = (list.data?.themes ?? []).filter((one) => layers.value.includes(one.code) && one.code !== adminTheme)
  return (
    <>
      <Link />
      <Picture shown={shown} />
      <section class="tool-part">
        <h3>{w('data')}</h3>
        <p class="tool-hint">{shown.length > 0 ? w('data.hint') : list.loading ? t('state.loading') : w('data.none')}</p>
        {shown.map((theme) => (theme.of ? <p key={theme.code} class="tool-hint">{w('data.restricted', { name: text(theme.title) })}</p> : <Layer key={theme.code} theme={theme} />))}
      </section>
    </>
  )
}

function Link() {
  const [copied, setCopied] = useState<boolean | null>(null)
  const copy = () => {
    const done = navigator.clipboard?.writeText(location.href)
    if (done) done.then(() => setCopied(true), () => setCopied(false))
    else setCopied(false)
  }
  return (
    <section class="tool-part">
      <h3>{w('link')}</h3>
      <p class="tool-hint">{w('link.hint')}</p>
      {copied === false && <p class="tool-hint"><bdi class="code" dir="ltr">{location.href}</bdi></p>}
      <button type="button" class="button" onClick={copy}>{t(copied ? 'copied' : copied === false ? 'copy.not' : 'copy')}</button>
    </section>
  )
}

/** How layers are drawn: a line for each value of theirs, or, where that would cover the picture, for each layer. */
function rows(shown: readonly Theme[]): { colour: string; name: string }[] {
  const all = shown.flatMap((theme) => (legends.value[theme.code] ?? []).map((line) => ({ colour: line.colour, name: line.attribute ? `${text(theme.title)}: ${text(line.label)}` : text(theme.title) })))
  return all.length <= 10 ? all : shown.map((theme) => ({ colour: colourOfLayer(theme.code), name: text(theme.title) }))
}

function Picture({ shown }: { shown: readonly Theme[] }) {
  const [error, setError] = useState<unknown>(null)
  const save = async () => {
    const map = nationalMap.value
    if (!map) return
    setError(null)
    try {
      const day = asOf.value || today()
      const ramp = layers.value.includes(adminTheme) ? classes.map((one) => ({ colour: one.colour, name: classLabel(one) })) : []
      const blob = await picture(map, {
        title: t('app.title'), date: w('picture.date', { date: formatDate(day, lang.value) }), source: w('picture.source'), link: location.host,
        legend: [...rows(shown), ...ramp],
      }, metresPerPixel.value)
      hand(blob, `nsdi-map-${day}.png`)
    } catch (failed) {
      setError(failed)
    }
  }
  return (
    <section class="tool-part">
      <h3>{w('picture')}</h3>
      {error != null && <FailureBox error={error} />}
      <button type="button" class="button" data-save="png" onClick={() => void save()}>{w('picture.save')}</button>
    </section>
  )
}

interface Export { id: string; state: 'waiting' | 'making' | 'ready' | 'failed' | 'expired'; rows: number; done: number; file?: string; problem?: ProblemDocument }

function Layer({ theme }: { theme: Theme }) {
  const [format, setFormat] = useState<string>('geojson')
  const [cut, setCut] = useState(false)
  const [busy, setBusy] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [done, setDone] = useState('')
  const fetchFile = async () => {
    const map = nationalMap.value
    if (!map || busy) return
    setBusy(t('state.loading'))
    setError(null)
    setDone('')
    try {
      let response = await askArea(map, theme.code, { format, ...(cut && { clip: 'cut' }), ...(asOf.value && { as_of: asOf.value }) })
      // Large files are made in the background.
      while (response.status === 202 || response.headers.get('content-type')?.startsWith('application/json')) {
        const order = await response.json() as Export & ProblemDocument
        if (!response.ok) throw new Problem(response.status, order)
        if (order.state === 'failed' || order.state === 'expired') throw new Problem(503, order.problem ?? {})
        setBusy(w('data.making', { done: order.done, rows: order.rows }))
        if (order.state !== 'ready') await new Promise((resolve) => setTimeout(resolve, 1500))
        response = await fetch(order.file ?? `/v1/exports/${encodeURIComponent(order.id)}`)
        if (order.state === 'ready') break
      }
      if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})) as ProblemDocument)
      const blob = await response.blob()
      const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? `${theme.code}.${format}`
      hand(blob, name)
      setDone(w('data.done', { name, kb: formatNumber(Math.ceil(blob.size / 1024), lang.value) }))
    } catch (failed) {
      setError(failed)
    } finally {
      setBusy('')
    }
  }
  return (
    <div class="tool-layer">
      <strong>{text(theme.title)}</strong>
      <p class="tool-row">
        <select aria-label={w('format', { name: text(theme.title) })} value={format} onChange={(event) => setFormat(event.currentTarget.value)}>
          {[...formats, ...special(theme.code)].map((one) => <option key={one} value={one}>{one}</option>)}
        </select>
        <button type="button" class="button" data-download={theme.code} aria-disabled={busy !== ''} onClick={() => void fetchFile()}>{w('data.get')}</button>
      </p>
      {theme.geometry !== 'point' && <label class="tool-check"><input type="checkbox" checked={cut} onChange={(event) => setCut(event.currentTarget.checked)} /> {w('data.cut')}</label>}
      <p role="status">{busy || done}</p>
      {error != null && <FailureBox error={error} />}
    </div>
  )
}
