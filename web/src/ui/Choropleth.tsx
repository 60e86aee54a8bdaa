import type { Geometry as Shape, Position } from 'geojson'
import { useMemo } from 'preact/hooks'
import { formatPercent } from '../format'
import { lang, nameOf, t } from '../i18n'
import { colourOf, type Shade } from '../map/classes'
import { interiorPoint, polygonArea } from '../map/interior'

export interface Outlined { code: string; level: string; name_fa: string; name_en: string | null; geometry: Shape }

interface Props {
  units: readonly Outlined[]
  shades: ReadonlyMap<string, Shade>
  label: string
  /** Where a unit leads to: its address, and what is done instead of going there. */
  href: (code: string) => string
  onPick: (code: string) => void
}

const width = 1000
const few = 24

/** A map of completion as a drawing: it prints as sharp as the paper, and each unit is a link that the keyboard reaches. */
export function Choropleth({ units, shades, label, href, onPick }: Props) {
  const drawn = useMemo(() => draw(units), [units])
  const words = (shade: Shade | undefined) => (shade === 'not-applicable' ? t('legend.notdue') : shade == null ? t('legend.unknown') : formatPercent(shade, lang.value))
  const fill = (shade: Shade | undefined) => (shade === 'not-applicable' ? 'url(#not-due)' : shade == null ? 'url(#unknown)' : colourOf(shade))
  return (
    <svg class="choropleth" viewBox={`0 0 ${width} ${drawn.height}`} role="group" aria-label={label}>
      <defs>
        <pattern id="unknown" width="12" height="12" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="12" height="12" fill="#d5dade" /><rect width="4" height="12" fill="#b3bcc2" /></pattern>
        <pattern id="not-due" width="12" height="12" patternUnits="userSpaceOnUse"><rect width="12" height="12" fill="#eef1f4" /><circle cx="6" cy="6" r="2" fill="#8fa0ab" /></pattern>
      </defs>
      {drawn.units.map(({ unit, path }) => {
        const name = `${nameOf(unit)}: ${words(shades.get(unit.code))}`
        return (
          <a key={unit.code} href={href(unit.code)} aria-label={name} data-unit={unit.code}
            onClick={(event) => { if (!event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); onPick(unit.code) } }}>
            <title>{name}</title>
            <path d={path} fill={fill(shades.get(unit.code))} />
          </a>
        )
      })}
      <g class="choropleth-names" aria-hidden="true">
        {drawn.units.map(({ unit, at, room, foot }) => {
          // A name is written where there is room for it, a letter being about half as wide as it is high; where few small units lie apart, below them.
          const name = nameOf(unit)
          const size = Math.min(24, (1.7 * room) / name.length)
          if (size >= 15) return <text key={unit.code} x={at[0]} y={at[1]} font-size={size}>{name}</text>
          return units.length > few ? null : <text key={unit.code} x={Math.min(Math.max(at[0], 60), width - 60)} y={foot + 16} font-size="22">{name}</text>
        })}
      </g>
    </svg>
  )
}

interface Drawn { unit: Outlined; path: string; at: [number, number]; room: number; foot: number }

/** Degrees of longitude are as long as they are in the middle of the map, so that shapes look as they are. */
function draw(units: readonly Outlined[]): { units: Drawn[]; height: number } {
  const polygons = units.map(({ geometry }) => (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : []))
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of polygons.flat(3) as Position[] as [number, number][]) {
    ;[west, south, east, north] = [Math.min(west, x), Math.min(south, y), Math.max(east, x), Math.max(north, y)]
  }
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const margin = units.length > few ? 6 : 36
  const scale = (width - 2 * margin) / Math.max((east - west) * squeeze, (north - south) / 0.9, 1e-9)
  const side = (width - (east - west) * squeeze * scale) / 2
  const place = ([x, y]: Position): [number, number] => [side + (x! - west) * squeeze * scale, margin + (north - y!) * scale]
  const drawn = units.map((unit, i): Drawn => {
    const pieces = polygons[i]!
    const path = pieces.map((rings) => rings.map((ring) => `M${ring.map((one) => place(one).map((n) => n.toFixed(1)).join(' ')).join('L')}Z`).join('')).join('')
    const largest = pieces.reduce<Position[][]>((best, rings) => (polygonArea(rings) > polygonArea(best) ? rings : best), [])
    const edge = (largest[0] ?? []).map(place)
    const xs = edge.map(([x]) => x)
    return { unit, path, at: largest.length ? place(interiorPoint(largest)) : [0, 0], room: xs.length ? Math.max(...xs) - Math.min(...xs) : 0, foot: Math.max(0, ...edge.map(([, y]) => y)) }
  })
  return { units: drawn, height: Number.isFinite(north) ? Math.ceil((north - south) * scale + 2 * margin) : 0 }
}
