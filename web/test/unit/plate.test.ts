import { expect, test } from 'vitest'
import { platePhrase } from '../../src/format/plate'

test('a plate is said in words, in isolates', () => {
  expect(platePhrase(72, 1617, 'fa')).toBe('\u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069')
  expect(platePhrase(72, 1617, 'en')).toBe('\u2066sub 1617 of main 72\u2069')
})

test('without a sub plate it is the main plate itself', () => {
  for (const sub of [null, undefined, 0]) {
    expect(platePhrase(1242, sub, 'fa')).toBe('\u2067۱۲۴۲ اصلی\u2069')
    expect(platePhrase(1242, sub, 'en')).toBe('\u2066main 1242\u2069')
  }
})
