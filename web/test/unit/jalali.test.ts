import { describe, expect, it } from 'vitest'
import { jalaliNumbers } from '../../src/format/date'
import { jalaliDay, typedDay } from '../../src/format/jalali'

describe('jalaliDay', () => {
  it('reads a day in either script, with leap years', () => {
    expect(jalaliDay('1393/6/16')).toBe('2014-09-07')
    expect(jalaliDay('۱۴۰۳/۱۲/۳۰')).toBe('2025-03-20')
    expect(jalaliDay('1405-01-01')).toBe('2026-03-21')
  })

  it('takes a day of either calendar', () => {
    for (const typed of ['1405/7/1', '2026-09-23', '۲۰۲۶-۰۹-۲۳']) expect(typedDay(typed), typed).toBe('2026-09-23')
    for (const wrong of ['2026-02-30', '2026-13-01', '2026/09/23', '1405/7/31', '']) expect(typedDay(wrong), wrong).toBeNull()
  })

  it('refuses what is no day', () => {
    for (const wrong of ['', '1404/12/30', '1405/13/1', '1405/7/31', '2026-03-21', '1405/1', 'x']) expect(jalaliDay(wrong), wrong).toBeNull()
  })

  it('is the way back from every day that is shown', () => {
    for (let n = 0; n < 4000; n += 7) {
      const iso = new Date(Date.UTC(2020, 0, 1 + n)).toISOString().slice(0, 10)
      expect(jalaliDay(jalaliNumbers(iso)), jalaliNumbers(iso)).toBe(iso)
    }
  })
})
