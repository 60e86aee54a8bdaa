import { delivery, type Attribute } from '../api/delivery'
import { useResource } from '../api/resource'
import { comma, text } from '../i18n'
import { FailureBox } from '../ui/Failure'
import { Loading } from '../ui/Loading'
import { Table } from '../ui/Table'
import { w } from './words'

/** What a file of a theme should hold, and files to begin with. */
export function Schema({ code }: { code: string }) {
  const { data, error, reload } = useResource(code, (signal) => delivery.theme(code, signal))
  if (error != null) return <FailureBox error={error} retry={reload} />
  if (!data) return <Loading lines={3} />
  return (
    <div class="schema">
      <p>{text(data.definition)}</p>
      <p class="templates">
        {data.files.map(({ href }) => {
          const [kind, format] = href.split('/').pop()!.split('.') as ['template' | 'sample', string]
          return <a key={href} href={href} download>{w(kind, { format: format.toUpperCase() })}</a>
        })}
      </p>
      <details>
        <summary>{w('schema')}</summary>
        <Table caption={w('schema')} rows={data.attributes} keyOf={(one) => one.name} columns={[
          { id: 'name', title: w('attribute'), cell: (one) => <><b>{text(one.title)}</b> <bdi class="code" dir="ltr">{one.name}</bdi></> },
          { id: 'type', title: w('type'), cell: (one) => <>{w(`type.${one.value_type}`)} · {w(one.required ? 'required' : 'optional')}</> },
          { id: 'definition', title: w('meaning'), cell: (one) => <Meaning of={one} /> },
        ]} />
      </details>
    </div>
  )
}

function Meaning({ of }: { of: Attribute }) {
  const listed = of.listed_values.slice(0, 12).map((one) => text(one.label)).join(comma())
  return (
    <>
      {text(of.definition)}
      {of.unit && <small> {w('unit', { unit: of.unit })}</small>}
      {listed && <small> {w('values', { list: listed + (of.listed_values.length > 12 ? '…' : '') })}</small>}
    </>
  )
}
