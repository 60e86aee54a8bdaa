import type { ComponentChildren } from 'preact'

export interface Column<R> { id: string; title: string; number?: boolean; cell: (row: R) => ComponentChildren }

/** A table that becomes a list of cards where the screen is narrow: each cell carries its column's name. */
export function Table<R>({ caption, columns, rows, keyOf, chosen }: { caption: string; columns: readonly Column<R>[]; rows: readonly R[]; keyOf: (row: R) => string | number; chosen?: (row: R) => boolean }) {
  return (
    <table class="table">
      <caption class="visually-hidden">{caption}</caption>
      <thead><tr>{columns.map((one) => <th key={one.id} scope="col" class={one.number ? 'number' : undefined}>{one.title}</th>)}</tr></thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)} aria-current={chosen?.(row) ? 'true' : undefined}>
            {columns.map((one) => <td key={one.id} data-title={one.title} class={one.number ? 'number' : undefined}><div>{one.cell(row)}</div></td>)}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
