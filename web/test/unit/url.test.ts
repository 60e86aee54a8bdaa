import { describe, expect, it } from 'vitest'
import { formatView, parseView, type View } from '../../src/state/url'

const usual: View = { lang: 'fa', layers: ['admin-unit'], opacity: {}, by: '', unit: 'IR', asOf: '', chosen: null, measure: [], position: null }
const split = (address: string) => {
  const hash = address.indexOf('#')
  return hash < 0 ? ([address, ''] as const) : ([address.slice(0, hash), address.slice(hash)] as const)
}

describe('the address of a view', () => {
  it('is empty for an untouched page', () => {
    expect(formatView(usual)).toBe('')
    expect(parseView('', '')).toEqual(usual)
  })

  it('reproduces everything', () => {
    const view: View = { ...usual, lang: 'en', layers: ['road', 'gnaf-address'], opacity: { road: 40 }, by: 'A25-URBAN', unit: 'IR-07', asOf: '2026-03-21', chosen: { theme: 'road', id: '17' }, measure: [[51.4, 35.7], [51.5, 35.75]], position: { zoom: 14.25, lat: 35.70171, lon: 51.42708 } }
    const address = formatView(view)
    expect(address).toBe('?lang=en&layers=road:40,gnaf-address&by=A25-URBAN&unit=IR-07&as_of=2026-03-21&sel=road.17&measure=35.700000,51.400000;35.750000,51.500000#map=14.25/35.70171/51.42708')
    expect(parseView(...split(address))).toEqual(view)
  })

  it('carries a point that was chosen', () => {
    const view = { ...usual, chosen: { lon: 51.5, lat: 35.25 } }
    expect(formatView(view)).toBe('?sel=@35.250000,51.500000')
    expect(parseView(...split(formatView(view)))).toEqual(view)
  })

  it('tells "no layers" from "the usual layers"', () => {
    const none = { ...usual, layers: [] }
    expect(parseView(...split(formatView(none)))).toEqual(none)
  })

  it('keeps a position to less than a pixel, and never as an exponent', () => {
    const tiny = formatView({ ...usual, position: { zoom: 18, lat: 0.0000001, lon: -0.00001 } })
    expect(tiny).toMatch(/^#map=18\.00\/0\.0+\/-0\.000010+$/)
  })

  it.each([
    ['?lang=de', { lang: 'fa' }],
    ['?layers=road,<script>,road,', { layers: ['road'] }],
    ['?unit=../../etc', { unit: 'IR' }],
    ['?by=%00', { by: '' }],
    ['?layers=road:900,village:x', { layers: ['road', 'village'], opacity: {} }],
    ['?as_of=2026-13-45', { asOf: '' }],
    ['?sel=<b>.1', { chosen: null }],
    ['?sel=@95,51', { chosen: null }],
    ['?measure=35,51;x', { measure: [] }],
  ])('%s is read without harm', (search, expected) => {
    expect(parseView(search, '')).toMatchObject(expected)
  })

  it.each(['#map=99/35/51', '#map=5/95/51', '#map=5/35/181', '#map=a/b/c', '#map=5/35', '#somewhere'])('%s is no position', (hash) => {
    expect(parseView('', hash).position).toBeNull()
  })
})
