import { useEffect, useRef, useState } from 'preact/hooks'
import { api, request } from '../api/client'
import { useResource } from '../api/resource'
import { hasRole, session } from '../api/session'
import type { Text } from '../api/types'
import { formatNumber } from '../format'
import { lang, text, translate } from '../i18n'
import { asked, remember } from '../ui/address'
import { FailureBox } from '../ui/Failure'
import { Choice, TextField } from '../ui/Field'
import { Table } from '../ui/Table'
import { Day } from '../ui/When'
import { Code, Grave, Loaded, Named } from './parts'
import { placeOf, recoloured, styles, type Read, type StyleVersion } from './style'
import { w } from './words'

interface Datasets { datasets: { id: number; theme: string; agency: { name: Text } }[] }

/** How layers are drawn: the colours of the legend, the whole style, and the styles that were. */
export function Styles() {
  const [layer, setLayer] = useState(asked('layer'))
  const mine = session.value?.agencies ?? []
  const national = mine.some((one) => one.code === 'committee' && one.roles.includes('administrator'))
  const codes = mine.filter((one) => one.roles.includes('publisher') || one.roles.includes('administrator')).map((one) => one.code).join(' ')
  const told = useResource(`layers ${codes} ${national}`, async (signal) => {
    const [{ themes }, { layers: readable }, ...sets] = await Promise.all([api.themes(signal), api.myLayers(signal), ...codes.split(' ').filter(Boolean).map((agency) => request<Datasets>('/v1/datasets', { query: { agency, limit: 500 }, signal }))])
    const drawn = themes.filter((one) => one.geometry !== 'none')
    const own = sets.flatMap(({ datasets }) => datasets).flatMap((set) => {
      const theme = drawn.find((one) => one.code === set.theme && one.code !== 'admin-unit')
      const value = `dataset-${set.id}`
      if (!theme || (theme.restricted && !readable.some((one) => one.layer === value))) return []
      return [{ value, restricted: theme.restricted, titles: [theme.title, set.agency.name, ...(theme.restricted ? [{ fa: translate('fa', 'layers.restricted'), en: translate('en', 'layers.restricted') }] : [])] }]
    })
    return national || own.length === 0 ? [...own, { value: 'base-map', restricted: false, titles: [] }, ...drawn.filter((one) => !one.restricted).map((one) => ({ value: one.code, restricted: false, titles: [one.title] }))] : own
  })
  return (
    <Loaded of={told} empty={(layers) => layers.length === 0}>{(layers) => {
      const options = layers.map(({ value, restricted, titles }) => ({ value, restricted, label: titles.map(text).join(' · ') || w('style.base') }))
      const chosen = options.find((one) => one.value === layer) ?? options[0]!
      return (
        <>
          <Choice label={w('style.layer')} value={chosen.value} set={(value) => { setLayer(value); remember({ layer: value }) }} options={options} name="layer" />
          <One key={chosen.value} layer={chosen.value} restricted={chosen.restricted} />
        </>
      )
    }}</Loaded>
  )
}

function One({ layer, restricted }: { layer: string; restricted: boolean }) {
  const [round, setRound] = useState(0)
  const now = useResource(`style ${layer} ${round}`, (signal) => styles.read(layer, 0, signal))
  const past = useResource(`styles ${layer} ${round}`, (signal) => styles.versions(layer, signal))
  const versions = useRef<HTMLHeadingElement>(null)
  // The form begins anew with the new style, and its button is gone: the keyboard goes on where the new version is told.
  const again = () => {
    setRound(round + 1)
    versions.current?.focus()
  }
  return (
    <>
      <Loaded of={now} empty={() => false}>{(read) => <Editor key={read.tag} layer={layer} restricted={restricted} read={read} editable={past.data?.editable ?? false} done={again} />}</Loaded>
      <h2 ref={versions} tabIndex={-1}>{w('style.versions')}</h2>
      <Loaded of={past} empty={({ versions }) => versions.length === 0}>{({ versions, editable }) => (
        <Table caption={w('style.versions')} rows={versions} keyOf={(one) => one.version} columns={[
          { id: 'version', title: w('style.version'), number: true, cell: (one) => formatNumber(one.version, lang.value) },
          { id: 'when', title: w('when'), cell: (one) => <Day at={one.set_at} /> },
          { id: 'agency', title: w('agency'), cell: (one) => <Named code={one.agency} /> },
          { id: 'detail', title: w('detail'), cell: (one) => <>{what(one)} <bdi>{one.reason}</bdi></> },
          { id: 'act', title: w('act'), cell: (one) => (editable && one.version !== versions[0]!.version && !one.generated
            ? <Grave label={w('style.back')} title={formatNumber(one.version, lang.value)} why={w('style.back.why')} act={() => styles.restore(layer, one.version, now.data?.tag ?? '', '').then(again)} /> : '—') },
        ]} />
      )}</Loaded>
      {past.data?.editable && past.data.versions[0]?.generated === false && (
        <p><Grave label={w('style.made')} title={layer} why={w('style.made.why')} act={() => styles.restore(layer, 0, now.data?.tag ?? '', '').then(again)} /></p>
      )}
    </>
  )
}

function what(one: StyleVersion): string {
  if (one.generated) return w('style.generated')
  return one.taken_from ? w('style.as', { n: formatNumber(one.taken_from, lang.value) }) : w('style.written')
}

function Editor({ layer, restricted, read, editable, done }: { layer: string; restricted: boolean; read: Read; editable: boolean; done: () => void }) {
  const [body, setBody] = useState(read.text)
  const [legend, setLegend] = useState(read.legend)
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  useEffect(() => setFailure(null), [body])
  const save = (event: Event) => {
    event.preventDefault()
    if (busy || !editable) return
    setBusy(true)
    styles.put(layer, body, read.tag, reason).then(done, setFailure).finally(() => setBusy(false))
  }
  return (
    <form class="work" aria-label={w('tab.styles')} onSubmit={save}>
      {!editable && <p class="empty">{w('style.not')}</p>}
      <fieldset class="s-legend" disabled={!editable}>
        <legend>{w('style.legend')}</legend>
        {legend.map((one, i) => (
          <label key={i} class="check">
            <input type="color" value={/^#[0-9a-f]{6}$/i.test(one.colour) ? one.colour : '#888888'} onInput={(event) => {
              const to = event.currentTarget.value
              setBody(recoloured(body, one.layer, one.colour, to))
              setLegend(legend.map((other) => (other.layer === one.layer && other.colour === one.colour ? { ...other, colour: to } : other)))
            }} />
            <span>{text(one.label)}{one.attribute && <> <Code>{one.attribute}</Code></>}</span>
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{w('style.json')}</span>
        <textarea class="s-json" dir="ltr" spellcheck={false} name="style" rows={18} readOnly={!editable} value={body} onInput={(event) => setBody(event.currentTarget.value)} />
        <small>{w('style.json.hint')}</small>
      </label>
      {failure != null && <><FailureBox error={failure} />{placeOf(failure) && <p><Code>{placeOf(failure)}</Code></p>}</>}
      {editable && hasRole('publisher', 'administrator') && (
        <>
          <TextField label={w(restricted ? 'style.reason.restricted' : 'style.reason')} value={reason} set={setReason} name="reason" />
          <p class="actions">
            <button class="button" aria-disabled={busy}>{w('save')}</button>
            <button type="button" class="button plain" onClick={() => { setBody(read.text); setLegend(read.legend) }}>{w('cancel')}</button>
          </p>
        </>
      )}
    </form>
  )
}
