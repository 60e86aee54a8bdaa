import { describe, expect, it } from 'vitest'
import { showValue } from '../../src/card/value'

describe('showValue', () => {
  it('writes what is counted or measured in the digits of the language, and codes and coordinates in Latin ones', () => {
    expect(showValue('voltage_kv', 63, 'fa', true)).toEqual({ text: '۶۳', code: false })
    expect(showValue('circuits', 2, 'fa')).toEqual({ text: '۲', code: false })
    expect(showValue('built_year', 1385, 'fa')).toEqual({ text: '۱۳۸۵', code: false })
    expect(showValue('x_m', 732576, 'fa', true)).toEqual({ text: '732576', code: true })
    expect(showValue('line_id', 'EL-1', 'fa')).toEqual({ text: 'EL-1', code: true })
  })
})
