import { describe, expect, it } from 'vitest'
import { formatArea, formatDistance, formatQuantity, formatShare } from '../../src/format'

describe('formatArea', () => {
  it.each([
    [1_648_195e6, '۱٬۶۴۸٬۱۹۵ کیلومتر مربع', '1,648,195 km²'],
    [12_345_678, '۱۲٫۳ کیلومتر مربع', '12.3 km²'],
    [123_456, '۰٫۱۲۳ کیلومتر مربع', '0.123 km²'],
    [9_999, '۹٬۹۹۹ متر مربع', '9,999 m²'],
    [0, '۰ کیلومتر مربع', '0 km²'],
  ])('%d', (m2, fa, en) => {
    expect(formatArea(m2, 'fa')).toBe(fa)
    expect(formatArea(m2, 'en')).toBe(en)
  })
})

describe('formatShare', () => {
  it('gives both figures in the unit of the whole', () => {
    expect(formatShare(5_000, 45_600_000, 'm2', 'en')).toBe('0.005 of 45.6 km²')
    expect(formatShare(5_000_000, 45_600_000, 'm2', 'fa')).toBe('۵ از ۴۵٫۶ کیلومتر مربع')
    expect(formatShare(500, 4_000, 'm2', 'en')).toBe('500 of 4,000 m²')
    expect(formatShare(4_125, 5_000, 'address', 'fa')).toBe('۴٬۱۲۵ از ۵٬۰۰۰ نشانی')
    expect(formatShare(7, 12, null, 'en')).toBe('7 of 12')
  })
})

describe('formatQuantity', () => {
  it('has a singular in English', () => {
    expect(formatQuantity(1, 'layer', 'en')).toBe('1 layer')
    expect(formatQuantity(2, 'layer', 'en')).toBe('2 layers')
    expect(formatQuantity(2, 'layer', 'fa')).toBe('۲ لایه')
  })
})

describe('formatDistance', () => {
  it('changes from metres to kilometres', () => {
    expect(formatDistance(42.4, 'fa')).toBe('۴۲ متر')
    expect(formatDistance(1_540, 'en')).toBe('1.5 km')
    expect(formatDistance(200_000, 'fa')).toBe('۲۰۰ کیلومتر')
  })
})
