import { featureFilter } from '@maplibre/maplibre-gl-style-spec'
import type { Feature } from 'geojson'
import { describe, expect, it } from 'vitest'
import { staying } from '../../src/map/staying'
import { bothSides } from '../../src/review/both'

const change = (id: number, op: string, side: string): Feature => ({ type: 'Feature', id, properties: { op, side, key: `k${id}` }, geometry: { type: 'Point', coordinates: [51, 35] } })

describe('the map before and after publication', () => {
  const { before, after, gone, goes } = bothSides([change(1, 'removed', 'before'), change(2, 'altered', 'before'), change(3, 'altered', 'after'), change(4, 'added', 'after')])

  it('has each side as a whole, and marks what goes on both', () => {
    expect(before.map(({ id }) => id)).toEqual([1, 2])
    expect(after.map(({ id }) => id)).toEqual([1, 3, 4])
    expect([...before, ...after].every(({ properties }) => properties!.side === 'after')).toBe(true)
    expect(goes).toBe(true)
  })

  it('draws all that stays published, and not what goes', () => {
    const drawn = (usual: Parameters<typeof staying>[0], ids: readonly number[] = gone) => {
      const { filter } = featureFilter(staying(usual, ids) as never, 'layers[0].filter')
      return (id: number | undefined, properties: Record<string, unknown> = {}) => filter({ zoom: 12 }, { type: 1, ...(id !== undefined && { id }), properties })
    }
    const all = drawn(undefined)
    expect([1, 2, 3, 9].filter((id) => all(id))).toEqual([3, 9])
    expect(all(undefined, { count: 5 })).toBe(true)
    const paved = drawn(['==', ['get', 'surface'], 'paved'])
    expect([1, 9].filter((id) => paved(id, { surface: 'paved' }))).toEqual([9])
    expect(paved(9, { surface: 'earth' })).toBe(false)
    expect(drawn(['has', 'name'], [])(1, { name: 'x' })).toBe(true)
  })
})
