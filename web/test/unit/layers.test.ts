import { describe, expect, it } from 'vitest'
import { asLayers, themeOf } from '../../src/api/layers'
import type { MyLayer, Theme } from '../../src/api/types'

const theme = (code: string, restricted: boolean) => ({ code, title: { fa: 'برق', en: 'Power' }, geometry: 'line', min_zoom: 8, split_zoom: 11, max_zoom: 16, restricted, features: restricted ? null : 5, bounds: null, updated_at: null }) as unknown as Theme
const lines: MyLayer = { layer: 'dataset-7', dataset: 7, theme: 'electricity', agency: { code: 'energy', name: { fa: 'وزارت نیرو', en: 'Ministry' } }, territory: null, min_zoom: 11, features: 3, updated_at: '2026-11-01T00:00:00Z' }

describe('asLayers', () => {
  it('makes a layer of a dataset, named by its theme and whose it is, drawn from where it has tiles', () => {
    const [layer, there] = asLayers([theme('electricity', true), theme('road', false)], [lines, { ...lines, layer: 'dataset-8', dataset: 8, territory: { fa: 'تهران', en: 'Tehran' } }])
    expect(layer).toMatchObject({ code: 'dataset-7', title: { fa: 'برق، وزارت نیرو', en: 'Power, Ministry' }, min_zoom: 11, split_zoom: 0, features: 3, restricted: true, geometry: 'line' })
    expect(themeOf(layer!)).toBe('electricity')
    expect(there!.of!.holder).toEqual({ fa: 'وزارت نیرو، تهران', en: 'Ministry, Tehran' })
    expect(themeOf(theme('road', false))).toBe('road')
  })

  it('leaves out what is of a theme that is not there', () => {
    expect(asLayers([theme('road', false)], [lines])).toEqual([])
  })
})
