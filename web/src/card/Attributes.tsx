import type { ComponentChildren } from 'preact'

export interface Row { name: ComponentChildren; value: ComponentChildren; code?: boolean }

/** Names and values. Everything is text: what a delivery says is never markup. */
export function Attributes({ rows }: { rows: readonly Row[] }) {
  return (
    <dl class="attributes">
      {rows.map((row, index) => (
        <div key={index}>
          <dt>{row.name}</dt>
          <dd>{row.code ? <bdi class="code" dir="ltr">{row.value}</bdi> : <bdi>{row.value}</bdi>}</dd>
        </div>
      ))}
    </dl>
  )
}
