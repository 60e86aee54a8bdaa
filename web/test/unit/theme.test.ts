import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Style } from '../../src/api/types'

const told: Record<string, () => void> = {}
vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener: () => {} }))
vi.stubGlobal('addEventListener', (name: string, act: () => void) => { told[name] = act })
vi.stubGlobal('document', { documentElement: { dataset: {} } })
const { only, themeLayers, times } = await import('../../src/map/theme')
const { dark } = await import('../../src/map/scheme')

const whole = {
  metadata: { 'nsdi:legend': [{ layer: 'road', colour: '#123456' }, { layer: 'building', colour: '#654321' }] },
  layers: [
    { id: 'ground', type: 'background', paint: { 'background-color': '#f5f3ee' } },
    { id: 'other', type: 'line', source: 'base', 'source-layer': 'building' },
    { id: 'area', type: 'fill', source: 'road', 'source-layer': 'road', paint: { 'fill-color': '#123456' } },
    { id: 'name', type: 'symbol', source: 'road', 'source-layer': 'road', layout: { 'text-field': ['to-string', ['get', 'name_fa']] }, paint: { 'text-color': '#990000' } },
  ],
} as unknown as Style
const style = only('road', whole)

describe('only', () => {
  it('takes of a style what it has of one layer, by the name that this has in the tiles', () => {
    expect(style.layers.map(({ id }) => id)).toEqual(['area', 'name'])
    expect(style.metadata['nsdi:legend'].map(({ colour }) => colour)).toEqual(['#123456'])
  })
})

describe('dark', () => {
  it('is as the reader has it on the screen, and never on paper', () => {
    expect(dark.value).toBe(true)
    told.beforeprint!()
    expect(dark.value).toBe(false)
    told.afterprint!()
    expect(dark.value).toBe(true)
  })
})

describe('themeLayers', () => {
  beforeEach(() => { dark.value = false })

  it('draws a layer of another name than its tiles have, each part in its slot', () => {
    expect(themeLayers('dataset-7', style, 'fa').map(({ layer, below }) => [layer.id, below, 'source' in layer && layer.source, 'source-layer' in layer && layer['source-layer']]))
      .toEqual([['theme:dataset-7:area', 'slot-fill', 'theme:dataset-7', 'road'], ['theme:dataset-7:name', 'slot-label', 'theme:dataset-7', 'road']])
  })

  it('draws what the style has of the layer itself, each in its slot', () => {
    expect(themeLayers('road', style, 'fa').map(({ layer, below }) => [layer.id, below, 'source' in layer && layer.source]))
      .toEqual([['theme:road:area', 'slot-fill', 'theme:road'], ['theme:road:name', 'slot-label', 'theme:road']])
  })

  it('names things in the language of the reader', () => {
    const label = (lang: 'fa' | 'en') => (themeLayers('road', style, lang)[1]!.layer.layout as Record<string, unknown>)['text-field']
    expect(label('fa')).toEqual(['to-string', ['get', 'name_fa']])
    expect(label('en')).toEqual(['to-string', ['coalesce', ['get', 'name_en'], ['get', 'name_fa']]])
  })

  it('keeps the colours of data at night, and writes labels in ink that is read there', () => {
    const paint = () => themeLayers('road', style, 'fa').map(({ layer }) => layer.paint as Record<string, unknown>)
    expect(paint()[1]!['text-color']).toBe('#990000')
    dark.value = true
    expect(paint()[0]!['fill-color']).toBe('#123456')
    expect(paint()[1]!['text-color']).toBe('#e8eef0')
  })
})

describe('times', () => {
  it('leaves the zoom outermost', () => {
    expect(times(0.5, 0.8)).toBe(0.4)
    expect(times(0.5, ['get', 'o'])).toEqual(['*', 0.5, ['get', 'o']])
    expect(times(0.5, ['interpolate', ['linear'], ['zoom'], 5, 0.2, 12, ['get', 'o']])).toEqual(['interpolate', ['linear'], ['zoom'], 5, 0.1, 12, ['*', 0.5, ['get', 'o']]])
    expect(times(0.5, ['step', ['zoom'], 1, 9, 0])).toEqual(['step', ['zoom'], 0.5, 9, 0])
  })
})
