import { describe, expect, it } from 'vitest'
import type { ProgressChild } from '../../src/api/types'
import { rank } from '../../src/panel/ranking'

const child = (code: string, percent: number | null, urban: number | null = null): ProgressChild =>
  ({ code, level: 'province', name_fa: code, name_en: code, percent, known: 0, obligations: { 'A24-URBAN': urban } })
const ranked = (children: ProgressChild[], by = '') => rank(children, by, (c) => c.name_fa, 'en').map((row) => [row.child.code, row.rank])

describe('rank', () => {
  it('puts the best first and the unknown last, without a rank', () => {
    expect(ranked([child('a', null), child('b', 0), child('c', 80), child('d', null)])).toEqual([['c', 1], ['b', 2], ['a', null], ['d', null]])
  })

  it('gives equals the same rank, and the next one the rank after them', () => {
    expect(ranked([child('a', 50), child('b', 50), child('c', 10)])).toEqual([['a', 1], ['b', 1], ['c', 3]])
  })

  it('ranks by one obligation where it is asked', () => {
    expect(ranked([child('a', 90, null), child('b', 10, 5)], 'A24-URBAN')).toEqual([['b', 1], ['a', null]])
  })
})
