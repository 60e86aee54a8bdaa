import type { Feature, Point } from 'geojson'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { api } from '../api/client'
import { delivery, type Expr, type Mapping, type Mode, type Submission } from '../api/delivery'
import { useResource } from '../api/resource'
import { session } from '../api/session'
import { formatNumber } from '../format'
import { comma, lang, text } from '../i18n'
import { iran } from '../map/extent'
import { FailureBox } from '../ui/Failure'
import { Choice } from '../ui/Field'
import { boundsOf, joined, MapBox } from '../ui/MapBox'
import { Table } from '../ui/Table'
import { byNames, degrees, exprOf, inIran, layersOf, pointColumns, sourceOf, unusedColumns, type Source } from './draft'
import { Crs } from './Crs'
import { MappingTable } from './MappingTable'
import { Sample } from './Sample'
import { has, w } from './words'

const modes: readonly Mode[] = ['replace', 'upsert', 'append', 'delete']
const encodings = ['', 'UTF-8', 'windows-1256', 'ISO-8859-6']

/** What was found in the files, for a person to confirm or to correct. */
export function Confirm({ submission, onDone }: { submission: Submission; onDone: (submission: Submission) => void }) {
  const found = submission.inspection!
  const given = submission.state === 'validated' && submission.mapping?.attributes ? submission.mapping : found.proposal?.mapping
  const themes = useResource('themes', api.themes)
  const rules = useResource('rules', (signal) => delivery.rules('', signal))
  const desk = session.value!.delivers.find((one) => one.agency === submission.agency)
  const offered = (themes.data?.themes ?? []).filter((one) => desk?.themes.includes(one.code))

  const [theme, setTheme] = useState(submission.theme ?? '')
  // What was chosen of an earlier file may name none of these.
  const named = found.layers.filter((one) => given?.layers?.some((pattern) => new RegExp(pattern).test(one.name)))
  const [taken, setTaken] = useState<ReadonlySet<string>>(() => new Set((named.length > 0 ? named : found.layers).map((one) => one.name)))
  const layer = found.layers.find((one) => taken.has(one.name)) ?? found.layers[0]
  const columns = useMemo(() => [...new Set(found.layers.filter((one) => taken.has(one.name)).flatMap((one) => one.columns))], [taken])
  const [crs, setCrs] = useState(given?.crs ?? '')
  const [encoding, setEncoding] = useState(given?.encoding ?? '')
  const [point, setPoint] = useState(() => given?.point ?? (layer ? pointColumns(layer.columns) : { lon: '', lat: '' }))
  const [plate, setPlate] = useState(given?.plate)
  const proposed = () => Object.fromEntries(Object.entries(given?.attributes ?? {}).map(([name, expr]) => [name, sourceOf(expr)]))
  const [attributes, setAttributes] = useState<Record<string, Source>>(proposed)
  const [mode, setMode] = useState<Mode>(submission.mode)
  const [profile, setProfile] = useState(submission.report?.profile ?? '')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)

  const schema = useResource(theme || null, (signal) => delivery.theme(theme, signal))
  // For another theme than the one that was proposed for, the columns' names say what they are.
  useEffect(() => {
    if (!schema.data) return
    const fitting = found.layers.filter((one) => one.geometry === schema.data!.geometry || one.geometry === 'mixed')
    if (named.length === 0 && schema.data.geometry !== 'any' && fitting.length > 0) setTaken(new Set(fitting.map((one) => one.name)))
    setAttributes(given?.attributes && theme === (submission.theme ?? found.proposal?.theme) ? proposed() : byNames(schema.data, columns))
  }, [schema.data])

  const placed = schema.data?.geometry !== 'none'
  const asText = layer !== undefined && layer.geometry === 'none' && schema.data?.geometry !== 'none'
  const places = useMemo((): Feature[] => {
    if (!layer) return []
    const preview = layer.preview?.find((one) => one.crs === (crs || layer.crs)) ?? (crs === '' ? layer.preview?.[0] : undefined)
    const list = preview?.points ?? (asText && (crs === '' || crs === 'EPSG:4326') ? degrees(layer, point.lon, point.lat) : [])
    return list.map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } }))
  }, [layer, crs, point.lon, point.lat, asText])

  const outside = places.filter(({ geometry }) => !inIran((geometry as Point).coordinates as [number, number])).length
  const turned = outside > 0 && asText && degrees(layer!, point.lat, point.lon).filter(inIran).length > places.length / 2
  // What lies outside the country is shown with the country beside it, so that one sees how far out it is.
  const box = useMemo(() => boundsOf(places), [places])
  const bounds = box && outside > 0 ? joined(box, iran) : box

  const missing = (schema.data?.attributes ?? []).filter((one) => one.required && exprOf(attributes[one.name] ?? { kind: 'none' }) === null && !(plate && one.name === 'main_plate'))
  const unused = unusedColumns(columns, attributes, [...(asText ? [point.lon, point.lat] : []), ...(plate ? [plate.column] : [])])
  const question = found.question
  const ready = theme !== '' && taken.size > 0 && schema.data !== null && (!question || plate?.main !== undefined)

  const confirm = async () => {
    if (!ready || busy) return
    setBusy(true)
    setError(null)
    const exprs = Object.fromEntries(Object.entries(attributes).map(([name, source]) => [name, exprOf(source)] as const).filter((one): one is [string, Expr] => one[1] !== null))
    const layers = layersOf(found.layers, taken)
    const mapping: Mapping = {
      attributes: exprs, ...(layers && { layers }), ...(crs && { crs }), ...(encoding && { encoding }), ...(given?.key && { key: given.key }), ...(plate && { plate }), ...(asText && point.lon && point.lat && { point }),
    }
    try {
      onDone(await delivery.act(submission.tracking, 'confirm', { theme, ...(submission.territory && { territory: submission.territory }), mapping, mode, ...(profile && { profile }) }))
    } catch (cause) {
      setError(cause)
      setBusy(false)
    }
  }

  return (
    <form class="confirm" onSubmit={(event) => { event.preventDefault(); void confirm() }} data-testid="confirm">
      <h2>{w('confirmTitle')}</h2>
      <p class="lead">{w('confirmLead')}</p>
      <div class={placed ? 'confirm-grid' : undefined}>
        <section class="sheet-part">
          <Choice label={w('theme')} value={theme} set={setTheme} required name="theme"
            options={[{ value: '', label: w('none') }, ...offered.map((one) => ({ value: one.code, label: text(one.title) }))]} />
          <h3>{w('layers')}</h3>
          <Table caption={w('layers')} rows={found.layers} keyOf={(one) => `${one.file} ${one.name}`} columns={[
            { id: 'take', title: w('take'), cell: (one) => <input type="checkbox" aria-label={`${w('take')}: ${one.name}`} checked={taken.has(one.name)} onChange={(event) => {
              const next = new Set(taken)
              if (event.currentTarget.checked) next.add(one.name)
              else next.delete(one.name)
              setTaken(next)
            }} /> },
            { id: 'name', title: w('layer'), cell: (one) => <bdi>{one.name}</bdi> },
            { id: 'features', title: w('features'), number: true, cell: (one) => one.features < 0 ? '—' : formatNumber(one.features, lang.value) },
            { id: 'geometry', title: w('geometry'), cell: (one) => has(`geometry.${one.geometry}`) ? w(`geometry.${one.geometry}` as 'geometry.point') : one.geometry },
            { id: 'crs', title: w('crs'), cell: (one) => one.crs ? <bdi dir="ltr" class="code">{one.crs_name || one.crs}</bdi> : '—' },
          ]} />
          {found.ignored_files && found.ignored_files.length > 0 && <p class="note">{w('ignored', { list: found.ignored_files.join(comma()) })}</p>}
          {layer && placed && <Crs layer={layer} asText={asText} value={crs} set={setCrs} />}
          {asText && (
            <div class="pair">
              <Choice label={w('lon')} value={point.lon} set={(lon) => setPoint({ ...point, lon })} name="lon" options={['', ...columns].map((one) => ({ value: one, label: one || w('none') }))} />
              <Choice label={w('lat')} value={point.lat} set={(lat) => setPoint({ ...point, lat })} name="lat" options={['', ...columns].map((one) => ({ value: one, label: one || w('none') }))} />
            </div>
          )}
          {asText && !(point.lon && point.lat) && <p class="wrong" role="status">{w('noPoint')}</p>}
          {outside > 0 && (
            <p class="wrong" role="status">{w('outside', { n: outside, all: places.length })}
              {turned && <> {w('turned')} <button type="button" class="link-button" onClick={() => setPoint({ lon: point.lat, lat: point.lon })}>{w('turn')}</button></>}</p>
          )}
          <Choice label={w('encoding')} hint={w('encodingHint')} value={encoding} set={setEncoding} name="encoding" options={encodings.map((one) => ({ value: one, label: one || w('encodingAuto') }))} />
        </section>
        {placed && <MapBox label={w('mapSample')} points={places} bounds={bounds} />}
      </div>
      {question && (
        <fieldset class="sheet-part">
          <legend>{text(question.title)}</legend>
          {(['left', 'right'] as const).map((side) => (
            <label key={side} class="check"><input type="radio" name="plate" checked={plate?.main === side} onChange={() => setPlate({ column: question.column, main: side })} />
              <span>{w(side === 'left' ? 'plateLeft' : 'plateRight', { text: question.samples.slice(0, 2).map((one) => `${one.value}: ${text(one[side])}`).join(comma()) })}</span></label>
          ))}
        </fieldset>
      )}
      {schema.error != null && <FailureBox error={schema.error} retry={schema.reload} />}
      {schema.data && layer && (
        <section class="sheet-part">
          <h3>{w('mapping')}</h3>
          {found.proposal && found.proposal.theme === theme && <p class="note">{w('mappingFrom', { from: text(found.proposal.from) })}</p>}
          <MappingTable schema={schema.data} layer={layer} columns={columns} attributes={attributes} set={setAttributes} />
          {unused.length > 0 && <p class="note">{w('unused', { list: unused.join(comma()) })}</p>}
        </section>
      )}
      {layer && <Sample layer={layer} />}
      <div class="pair">
        <Choice label={w('mode')} value={mode} set={(value) => setMode(value as Mode)} name="mode" options={modes.map((one) => ({ value: one, label: w(`mode.${one}`) }))} />
        <Choice label={w('profile')} value={profile} set={setProfile} name="profile" {...(rules.data?.profiles.find((one) => one.code === profile) && { hint: text(rules.data.profiles.find((one) => one.code === profile)!.about) })}
          options={rules.data?.profiles.map((one, index) => ({ value: index === 0 ? '' : one.code, label: text(one.title) })) ?? [{ value: '', label: '…' }]} />
      </div>
      {schema.data && missing.length > 0 && <p class="wrong" role="status">{w('missing', { list: missing.map((one) => text(one.title)).join(comma()) })}</p>}
      {taken.size === 0 && <p class="wrong" role="status">{w('layerFirst')}</p>}
      {theme === '' && <p class="wrong" role="status">{w('themeFirst')}</p>}
      {error != null && <FailureBox error={error} />}
      <p class="actions"><button class="button" disabled={!ready} aria-disabled={busy}>{w('check')}</button></p>
    </form>
  )
}
