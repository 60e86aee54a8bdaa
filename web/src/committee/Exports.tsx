import { lang } from '../i18n'
import { choice } from './state'
import { w } from './words'

const formats = ['xlsx', 'csv', 'geojson'] as const

/** The same figures as files, and as a pack for a meeting. */
export function Exports() {
  const { unit } = choice.value
  const query = `unit=${encodeURIComponent(unit)}&lang=${lang.value}`
  return (
    <div class="c-exports">
      {formats.map((one) => <a key={one} class="button" href={`/v1/progress.${one}?${query}`} download><bdi>{one === 'geojson' ? 'GeoJSON' : one.toUpperCase()}</bdi></a>)}
      <a class="button" href={`/v1/progress.pdf?${query}`} download>{w('pack')}</a>
      <button type="button" class="c-quiet" onClick={() => print()}>{w('print')}</button>
      <a class="c-quiet" href={`/v1/progress/feed.atom?lang=${lang.value}`} type="application/atom+xml">Atom</a>
      <p class="c-note">{w('packHint')}</p>
    </div>
  )
}
