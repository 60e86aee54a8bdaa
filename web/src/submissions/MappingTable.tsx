import type { Attribute, InspectedLayer, ThemeSchema } from '../api/delivery'
import { text } from '../i18n'
import { Table } from '../ui/Table'
import { valueOf, type Source } from './draft'
import { w } from './words'

interface Props { schema: ThemeSchema; layer: InspectedLayer; columns: readonly string[]; attributes: Record<string, Source>; set: (attributes: Record<string, Source>) => void }

/** Each attribute of the theme with the column it is read from, and what the first rows then say. */
export function MappingTable({ schema, layer, columns, attributes, set }: Props) {
  const change = (name: string, source: Source) => set({ ...attributes, [name]: source })
  const source = (one: Attribute): Source => attributes[one.name] ?? { kind: 'none' }
  return (
    <Table caption={w('mapping')} rows={schema.attributes} keyOf={(one) => one.name} columns={[
      { id: 'attribute', title: w('field'), cell: (one) => <><b>{text(one.title)}{one.required && <span class="required" title={w('required')}> *</span>}</b> <bdi dir="ltr" class="code">{one.name}</bdi></> },
      { id: 'source', title: w('source'), cell: (one) => <Chooser attribute={one} source={source(one)} columns={columns} set={(next) => change(one.name, next)} /> },
      { id: 'sample', title: w('sampleValues'), cell: (one) => <Samples values={layer.rows.slice(0, 3).map((row) => valueOf(source(one), layer.columns, row)).filter((value) => value !== '')} /> },
    ]} />
  )
}

function Samples({ values }: { values: readonly string[] }) {
  return <span class="samples">{values.length === 0 ? '—' : values.map((value, index) => <>{index > 0 && ' · '}<bdi>{value}</bdi></>)}</span>
}

function Chooser({ attribute, source, columns, set }: { attribute: Attribute; source: Source; columns: readonly string[]; set: (source: Source) => void }) {
  const name = text(attribute.title)
  // A path into JSON text is no column of its own.
  const listed = source.kind === 'column' && !columns.some((one) => one.toLowerCase() === source.text.toLowerCase()) ? [source.text, ...columns] : columns
  const value = source.kind === 'column' ? `c:${listed.find((one) => one.toLowerCase() === source.text.toLowerCase())}` : source.kind
  const choose = (chosen: string) => {
    if (chosen.startsWith('c:')) set({ kind: 'column', text: chosen.slice(2) })
    else if (chosen === 'template' || chosen === 'value') set({ kind: chosen, text: chosen === 'template' && source.kind === 'column' ? `{${source.text}}` : '' })
    else set({ kind: 'none' })
  }
  return (
    <span class="chooser">
      <select value={value} aria-label={`${w('source')}: ${name}`} name={`map-${attribute.name}`} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="none">{w('none')}</option>
        {listed.map((one) => <option key={one} value={`c:${one}`}>{one}</option>)}
        <option value="value">{w('constant')}</option>
        <option value="template">{w('patternChoice')}</option>
      </select>
      {source.kind === 'value' && attribute.listed_values.length > 0 && !attribute.extensible ? (
        <select value={source.text} aria-label={w('constantValue', { name })} name={`value-${attribute.name}`} onChange={(event) => set({ kind: 'value', text: event.currentTarget.value })}>
          <option value="">{w('none')}</option>
          {attribute.listed_values.map((one) => <option key={one.code} value={one.code}>{text(one.label)}</option>)}
        </select>
      ) : (source.kind === 'value' || source.kind === 'template') && (
        <input value={source.text} name={`value-${attribute.name}`} dir="auto" maxLength={500} autoComplete="off" list={source.kind === 'value' ? `values-${attribute.name}` : undefined}
          aria-label={source.kind === 'value' ? w('constantValue', { name }) : w('patternValue', { name })} placeholder={source.kind === 'template' ? `{${columns[0] ?? ''}}-{$row}` : undefined}
          onInput={(event) => set({ kind: source.kind, text: event.currentTarget.value })} />
      )}
      {source.kind === 'value' && attribute.extensible && <datalist id={`values-${attribute.name}`}>{attribute.listed_values.map((one) => <option key={one.code} value={one.code}>{text(one.label)}</option>)}</datalist>}
    </span>
  )
}
