import type { ExpressionSpecification, Map as MapLibre, PointLike } from 'maplibre-gl'
import { changeColours, severityColours, shapeColour } from './desk-colours'
import { strongLabelFont } from './style'

/** What lies under a click: of which kind, with what it carries. */
export interface Picked { kind: 'change' | 'finding' | 'point'; properties: Record<string, unknown> }

const of = (kind: 'Polygon' | 'LineString' | 'Point'): ExpressionSpecification => ['in', ['geometry-type'], ['literal', [kind, `Multi${kind}`]]]
const byOp = (values: Record<'added' | 'altered' | 'removed', string>): ExpressionSpecification =>
  ['match', ['get', 'op'], 'added', values.added, 'removed', values.removed, values.altered]
const bySeverity: ExpressionSpecification = ['match', ['get', 'severity'], 'E', severityColours.E, 'W', severityColours.W, severityColours.I]
/** The gravest lies on top, and its sign keeps its place where several are. */
const gravest: ExpressionSpecification = ['match', ['get', 'severity'], 'E', 3, 'W', 2, 1]
const before: ExpressionSpecification = ['all', ['==', ['get', 'side'], 'before'], ['==', ['get', 'op'], 'altered']]

/** Points of a file: where its first rows lie, or what was found for addresses. `colour` and `glyph` may be carried by a point. */
export function addPoints(map: MapLibre): void {
  map.addLayer({ id: 'points-dot', type: 'circle', source: 'points', paint: {
    'circle-color': ['coalesce', ['get', 'colour'], '#17706c'], 'circle-radius': ['coalesce', ['get', 'size'], 6], 'circle-stroke-color': '#fff', 'circle-stroke-width': 1.5 } }, 'slot-point')
  map.addLayer({ id: 'points-glyph', type: 'symbol', source: 'points', layout: { 'text-field': ['coalesce', ['get', 'glyph'], ''], 'text-font': strongLabelFont, 'text-size': 11, 'text-allow-overlap': true },
    paint: { 'text-color': '#fff' } }, 'slot-point')
}

/** Outlines of an answer: the one that was asked about, and those beside it. */
export function addShapes(map: MapLibre): void {
  const source = 'shapes'
  const mine: ExpressionSpecification = ['==', ['get', 'role'], 'this']
  map.addLayer({ id: 'shapes-fill', type: 'fill', source, paint: { 'fill-color': shapeColour, 'fill-opacity': ['case', mine, 0.35, 0.08] } }, 'slot-fill')
  map.addLayer({ id: 'shapes-line', type: 'line', source, layout: { 'line-join': 'round' }, paint: { 'line-color': shapeColour, 'line-width': ['case', mine, 2.6, 1] } }, 'slot-line')
  map.addLayer({ id: 'shapes-text', type: 'symbol', source, layout: { 'text-field': ['coalesce', ['get', 'text'], ''], 'text-font': strongLabelFont, 'text-size': ['case', mine, 15, 12] },
    paint: { 'text-color': '#3d1a36', 'text-halo-color': 'rgba(255,255,255,0.9)', 'text-halo-width': 1.4 } }, 'slot-label')
}

/** What a publication adds, alters and removes: by colour, by the kind of line, and by a sign. */
export function addChanges(map: MapLibre): void {
  const colour = byOp(changeColours)
  const source = 'changes'
  map.addLayer({ id: 'changes-fill', type: 'fill', source, filter: ['all', of('Polygon'), ['!', before]], paint: { 'fill-color': colour, 'fill-opacity': 0.32 } }, 'slot-fill')
  const line = (id: string, op: string, dash: number[] | null) => map.addLayer({
    id, type: 'line', source, filter: ['all', ['!', of('Point')], ['==', ['get', 'op'], op], ['!', before]], paint: { 'line-color': colour, 'line-width': 2.4, ...(dash && { 'line-dasharray': dash }) },
  }, 'slot-line')
  line('changes-added', 'added', null)
  line('changes-altered', 'altered', [3, 1.5])
  line('changes-removed', 'removed', [0.8, 1.2])
  map.addLayer({ id: 'changes-before', type: 'line', source, filter: ['all', ['!', of('Point')], before], paint: { 'line-color': '#5b6c74', 'line-width': 1.2, 'line-dasharray': [1, 2] } }, 'slot-line')
  map.addLayer({ id: 'changes-dot', type: 'circle', source, filter: ['all', of('Point'), ['!', before]], paint: { 'circle-color': colour, 'circle-radius': 8, 'circle-stroke-color': '#fff', 'circle-stroke-width': 1.5 } }, 'slot-point')
  map.addLayer({ id: 'changes-dot-before', type: 'circle', source, filter: ['all', of('Point'), before], paint: { 'circle-color': 'rgba(0,0,0,0)', 'circle-radius': 6, 'circle-stroke-color': '#5b6c74', 'circle-stroke-width': 1.5 } }, 'slot-point')
  const sign = (id: string, kind: 'Polygon' | 'LineString' | 'Point') => map.addLayer({ id, type: 'symbol', source, filter: ['all', of(kind), ['!', before]],
    layout: { 'text-field': byOp({ added: '+', altered: '±', removed: '×' }), 'text-font': strongLabelFont, 'text-size': 14, 'text-allow-overlap': kind === 'Point', ...(kind === 'LineString' && { 'symbol-placement': 'line-center' }) },
    paint: kind === 'Point' ? { 'text-color': '#fff' } : { 'text-color': colour, 'text-halo-color': '#fff', 'text-halo-width': 1.6 } }, 'slot-point')
  sign('changes-sign-area', 'Polygon')
  sign('changes-sign-line', 'LineString')
  sign('changes-sign-point', 'Point')
}

/** What the rules found, from the delivery's own tiles. */
export function addFindings(map: MapLibre, path: string, shown: boolean): void {
  const source = 'findings'
  if (map.getSource(source)) {
    for (const id of ['findings-fill', 'findings-line', 'findings-dot', 'findings-sign']) map.setLayoutProperty(id, 'visibility', shown ? 'visible' : 'none')
    return
  }
  map.addSource(source, { type: 'vector', tiles: [`${path}/{z}/{x}/{y}`], maxzoom: 16 })
  const from = { source, 'source-layer': 'findings', layout: { visibility: shown ? 'visible' as const : 'none' as const } }
  map.addLayer({ id: 'findings-fill', type: 'fill', ...from, filter: of('Polygon'), paint: { 'fill-color': bySeverity, 'fill-opacity': 0.4 } }, 'slot-fill')
  map.addLayer({ id: 'findings-line', type: 'line', ...from, filter: ['!', of('Point')], paint: { 'line-color': bySeverity, 'line-width': 2.4 } }, 'slot-line')
  map.addLayer({ id: 'findings-dot', type: 'circle', ...from, layout: { ...from.layout, 'circle-sort-key': gravest }, filter: of('Point'), paint: { 'circle-color': bySeverity, 'circle-radius': 8, 'circle-stroke-color': '#fff', 'circle-stroke-width': 1.5 } }, 'slot-point')
  map.addLayer({ id: 'findings-sign', type: 'symbol', ...from, filter: of('Point'), layout: { ...from.layout, 'text-field': ['match', ['get', 'severity'], 'E', '×', 'W', '!', 'i'], 'symbol-sort-key': ['-', gravest], 'text-font': strongLabelFont, 'text-size': 12, 'text-padding': 0 },
    paint: { 'text-color': '#fff' } }, 'slot-point')
}

export function hits(map: MapLibre, point: { x: number; y: number }): Picked[] {
  const layers = map.getLayersOrder().filter((id) => /^(changes|findings|points)-/.test(id))
  if (layers.length === 0) return []
  const box: [PointLike, PointLike] = [[point.x - 4, point.y - 4], [point.x + 4, point.y + 4]]
  const seen = new Set<string>()
  return map.queryRenderedFeatures(box, { layers }).flatMap((hit) => {
    const properties = hit.properties as Record<string, unknown>
    const kind = hit.source === 'changes' ? 'change' : hit.source === 'findings' ? 'finding' : 'point'
    const name = `${kind} ${String(hit.id ?? '')} ${JSON.stringify(properties)}`
    if (seen.has(name)) return []
    seen.add(name)
    return [{ kind, properties: { ...properties, ...(hit.id !== undefined && { seq: hit.id }) } } as Picked]
  })
}
