import { describe, expect, it } from 'vitest'
import { formatDate, formatJalali, formatMoment, jalaliNumbers, today } from '../../src/format'

describe('formatJalali', () => {
  // The legal dates of the mandate, and the two ends of a leap year.
  it.each([
    ['2014-09-07', '۱۶ شهریور ۱۳۹۳'],
    ['2016-09-06', '۱۶ شهریور ۱۳۹۵'],
    ['2017-09-07', '۱۶ شهریور ۱۳۹۶'],
    ['2018-09-07', '۱۶ شهریور ۱۳۹۷'],
    ['2025-03-20', '۳۰ اسفند ۱۴۰۳'],
    ['2026-03-20', '۲۹ اسفند ۱۴۰۴'],
  ])('%s', (iso, jalali) => {
    expect(formatJalali(iso, 'fa')).toBe(jalali)
  })

  it('counts an instant to the day in Tehran', () => {
    expect(formatJalali('2026-11-21T20:29:00Z', 'fa')).toBe('۳۰ آبان ۱۴۰۵')
    expect(formatJalali('2026-11-21T20:31:00Z', 'fa')).toBe('۱ آذر ۱۴۰۵')
  })

  it('shows what is not a date as it came', () => {
    expect(formatJalali('soon', 'fa')).toBe('soon')
  })
})

describe('formatDate', () => {
  it('puts the Jalali date beside the Gregorian one in English', () => {
    expect(formatDate('2016-09-06', 'en')).toBe('6 Sept 2016 (16 Shahrivar 1395)')
    expect(formatDate('2016-09-06', 'fa')).toBe('۱۶ شهریور ۱۳۹۵')
  })
})

describe('formatMoment', () => {
  it('is the day and the hour in Tehran', () => {
    expect(formatMoment('2026-11-21T20:31:00Z', 'fa')).toBe('۱ آذر ۱۴۰۵، ساعت ۰۰:۰۱')
    expect(formatMoment('2026-11-21T20:31:00Z', 'en')).toBe('22 Nov 2026 (1 Azar 1405), 00:01 in Tehran')
  })
})

describe('jalaliNumbers', () => {
  it('is a day as it is typed', () => {
    expect(jalaliNumbers('2026-11-22')).toBe('۱۴۰۵/۰۹/۰۱')
    expect(jalaliNumbers('2025-03-20')).toBe('۱۴۰۳/۱۲/۳۰')
  })
})

describe('today', () => {
  it('is the day in Tehran', () => {
    expect(today(new Date('2026-11-21T20:29:00Z'))).toBe('2026-11-21')
    expect(today(new Date('2026-11-21T20:31:00Z'))).toBe('2026-11-22')
  })
})
