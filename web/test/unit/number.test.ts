import { describe, expect, it } from 'vitest'
import { formatNumber, formatPercent, formatPosition, localiseDigits } from '../../src/format'

describe('formatNumber', () => {
  it('has the digits and the grouping of the language', () => {
    expect(formatNumber(1234567, 'fa')).toBe('۱٬۲۳۴٬۵۶۷')
    expect(formatNumber(1234567, 'en')).toBe('1,234,567')
  })
})

describe('formatPercent', () => {
  it.each([
    [0, '۰٪', '0%'],
    [45.34, '۴۵٫۳٪', '45.3%'],
    [100, '۱۰۰٪', '100%'],
  ])('%d', (percent, fa, en) => {
    expect(formatPercent(percent, 'fa')).toBe(fa)
    expect(formatPercent(percent, 'en')).toBe(en)
  })

  it('does not say nothing for a little, nor complete for almost', () => {
    expect(formatPercent(0.0004, 'en')).toBe('<0.1%')
    expect(formatPercent(0.0004, 'fa')).toBe('کمتر از ۰٫۱٪')
    expect(formatPercent(99.97, 'en')).toBe('99.9%')
    expect(formatPercent(99.97, 'fa')).toBe('۹۹٫۹٪')
  })
})

describe('formatPosition', () => {
  it('is latitude, longitude in Latin digits', () => {
    expect(formatPosition(35.7, -51.4234567)).toBe('35.70000, -51.42346')
  })
})

describe('localiseDigits', () => {
  it('turns house numbers, and leaves postal codes and English alone', () => {
    expect(localiseDigits('پلاک 12، واحد 3، 1311100296', 'fa')).toBe('پلاک ۱۲، واحد ۳، 1311100296')
    expect(localiseDigits('No 12', 'en')).toBe('No 12')
  })
})
