import type { InspectedLayer } from '../api/delivery'
import { w } from './words'

/** The first rows as they were read, so that a person sees whether the text is readable. */
export function Sample({ layer }: { layer: InspectedLayer }) {
  return (
    <details class="sheet-part sample-rows" open>
      <summary>{w('sampleRows')}</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label={w('sampleRows')}>
        <table>
          <thead><tr>{layer.columns.map((one) => <th key={one} scope="col"><bdi>{one}</bdi></th>)}</tr></thead>
          <tbody>{layer.rows.map((row, index) => <tr key={index}>{row.map((cell, i) => <td key={i}><bdi>{cell === null ? '—' : cell.length > 60 ? `${cell.slice(0, 60)}…` : cell}</bdi></td>)}</tr>)}</tbody>
        </table>
      </div>
    </details>
  )
}
