import type { Attribute, Expr, InspectedLayer, Mapping, ThemeSchema } from '../api/delivery'
import { iran } from '../map/extent'

/** Where an attribute's value comes from, as a person sets it. */
export type Source = { kind: 'none' } | { kind: 'column' | 'template' | 'value'; text: string }

export function sourceOf(expr: Expr | undefined): Source {
  if (expr === undefined) return { kind: 'none' }
  if (typeof expr === 'string') return { kind: 'column', text: expr }
  return 'template' in expr ? { kind: 'template', text: expr.template } : { kind: 'value', text: expr.value }
}

export function exprOf(source: Source): Expr | null {
  switch (source.kind) {
    case 'column': return source.text
    case 'template': return source.text.trim() ? { template: source.text } : null
    case 'value': return source.text.trim() ? { value: source.text } : null
    default: return null
  }
}

const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase()

/** Columns that have an attribute's name, title or one of its other names. */
export function byNames(schema: ThemeSchema, columns: readonly string[]): Record<string, Source> {
  const named = (attribute: Attribute) => {
    const names = [attribute.name, ...attribute.aliases, attribute.title.fa, attribute.title.en]
    return columns.find((column) => names.some((name) => same(name, column)))
  }
  return Object.fromEntries(schema.attributes.map((attribute) => {
    const column = named(attribute)
    return [attribute.name, column === undefined ? { kind: 'none' } : { kind: 'column', text: column }]
  }))
}

const lonNames = ['lon', 'lng', 'long', 'longitude', 'x']
const latNames = ['lat', 'latitude', 'y']

/** The columns that look as if they held coordinates. */
export function pointColumns(columns: readonly string[]): { lon: string; lat: string } {
  const first = (names: readonly string[]) => names.map((name) => columns.find((column) => same(name, column))).find((one) => one !== undefined) ?? ''
  return { lon: first(lonNames), lat: first(latNames) }
}

const pattern = /\{([^}]*)\}/g

/** The value that a row gets, for the preview; what only the server knows stays as it is written. */
export function valueOf(source: Source, columns: readonly string[], row: readonly (string | null)[]): string {
  const cell = (column: string) => row[columns.findIndex((one) => same(one, column))] ?? ''
  switch (source.kind) {
    case 'column': return cell(source.text)
    case 'template': return source.text.replace(pattern, (whole, column: string) => (column.startsWith('$') ? whole : cell(column)))
    case 'value': return source.text
    default: return ''
  }
}

/** Columns that no attribute, pattern or coordinate takes. */
export function unusedColumns(columns: readonly string[], attributes: Record<string, Source>, others: readonly string[]): string[] {
  const used = new Set(others.map((one) => one.toLowerCase()))
  for (const source of Object.values(attributes)) {
    if (source.kind === 'column') used.add(source.text.split('.')[0]!.toLowerCase()).add(source.text.toLowerCase())
    if (source.kind === 'template') for (const [, column] of source.text.matchAll(pattern)) used.add(column!.toLowerCase())
  }
  return columns.filter((column) => !used.has(column.toLowerCase()))
}

/** Middles of the sample rows, when their coordinates are degrees in two columns. */
export function degrees(layer: InspectedLayer, lon: string, lat: string): [number, number][] {
  const [x, y] = [layer.columns.indexOf(lon), layer.columns.indexOf(lat)]
  if (x < 0 || y < 0) return []
  return layer.rows.flatMap((row) => {
    const place: [number, number] = [Number(row[x]), Number(row[y])]
    return row[x] && row[y] && Math.abs(place[0]) <= 180 && Math.abs(place[1]) <= 85 ? [place] : []
  })
}

/** Whether a place is within the box of the country. */
export const inIran = ([x, y]: [number, number]) => x >= iran[0] && x <= iran[2] && y >= iran[1] && y <= iran[3]

const special = /[.*+?^${}()|[\]\\]/g

/** Regular expressions that take exactly the chosen layers; none when all are taken. */
export function layersOf(all: readonly InspectedLayer[], chosen: ReadonlySet<string>): Mapping['layers'] {
  const names = [...new Set(all.map((one) => one.name))]
  if (names.every((name) => chosen.has(name))) return undefined
  return names.filter((name) => chosen.has(name)).map((name) => `^${name.replace(special, '\\$&')}$`)
}
