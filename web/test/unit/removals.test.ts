import { describe, expect, it } from 'vitest'
import { massive } from '../../src/submissions/removals'

const report = (features_removed: number, features_unchanged: number, features_altered = 0, features_kept = 0) => ({ features_removed, features_unchanged, features_altered, features_kept })

describe('removals that are confirmed by name', () => {
  it('are more than the share of the theme, in a dataset of any size', () => {
    expect(massive(report(1, 1, 2), 0.2)).toBe(true)
    expect(massive(report(1, 3, 0, 1), 0.2)).toBe(false)
    expect(massive(report(21, 79), 0.2)).toBe(true)
    expect(massive(report(20, 80), 0.2)).toBe(false)
  })

  it('are none of a dataset that loses nothing', () => {
    expect(massive(report(0, 0), 0)).toBe(false)
    expect(massive(report(0, 9), 0)).toBe(false)
    expect(massive(report(1, 9), 0)).toBe(true)
  })
})
