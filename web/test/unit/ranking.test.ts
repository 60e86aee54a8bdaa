import { describe, expect, it } from 'vitest'
import type { Obligation, Progress, ProgressChild } from '../../src/api/types'
import { colourValues, rank } from '../../src/panel/ranking'

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

describe('colourValues', () => {
  const obligation = (code: string, percent: number | null) => ({ code, percent }) as Obligation
  const progress = (children: ProgressChild[]): Progress => ({
    as_of: '', as_of_jalali: '', change: 1, unit: { code: 'IR-02', level: 'province', name_fa: '', name_en: null }, articles: [], children,
    obligations: [obligation('A24-URBAN', 30), obligation('A25-URBAN', 60), obligation('A23', null)],
  })

  it('are those of the parts', () => {
    expect(colourValues(progress([child('a', 12), child('b', null)]), '')).toEqual(new Map([['a', 12], ['b', null]]))
  })

  it('are that of the scope itself where it has no parts, unknown where nothing is known', () => {
    expect(colourValues(progress([]), '')).toEqual(new Map([['IR-02', 45]]))
    expect(colourValues(progress([]), 'A25-URBAN')).toEqual(new Map([['IR-02', 60]]))
    expect(colourValues(progress([]), 'A23')).toEqual(new Map([['IR-02', null]]))
  })
})
