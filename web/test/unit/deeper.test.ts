import { describe, expect, it } from 'vitest'
import type { Progress } from '../../src/api/types'
import { deepen, depth, fills } from '../../src/panel/deeper'

const part = (code: string, percent: number | null) => ({ code, level: '', name_fa: code, name_en: null, percent, known: 1, obligations: { A: percent } })
const unit = (code: string, level: string, ...children: ReturnType<typeof part>[]) => [code, { unit: { code, level, name_fa: code, name_en: null }, children } as unknown as Progress] as const
const base = new Map([['P1', 10], ['P2', 20]])
const loaded = new Map([unit('P1', 'province', part('C1', 30), part('C2', null)), unit('P2', 'province'), unit('C1', 'county', part('M1', 50))])

describe('parts', () => {
  it.each([[100, [60], true], [100, [20, 20], false], [100, [], false], [100, [1, null], true], [null, [5], true]])('of %s with %j: %s', (whole, parts, is) => {
    expect(fills(whole, parts)).toBe(is)
  })
})

describe('the colours', () => {
  it.each([
    [5, 0, [['P1', 10], ['P2', 20]]],
    [7, 1, [['P2', 20], ['C1', 30], ['C2', null]]],
    [10, 2, [['P2', 20], ['C2', null], ['M1', 50]]],
  ])('at zoom %i are %i levels deeper; what has no parts keeps its own', (zoom, steps, expected) => {
    expect(depth(zoom)).toBe(steps)
    expect([...deepen(base, loaded, zoom, 'A')]).toEqual(expected)
  })

  it('of a part whose whole is not shown are not shown either', () => {
    expect([...deepen(new Map([['P9', 1]]), loaded, 12, '')]).toEqual([['P9', 1]])
  })
})
