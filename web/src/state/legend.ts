import { signal } from '@preact/signals'
import type { Bounds, LegendLine } from '../api/types'

/** How the layers that were shown are drawn, by their code. */
export const legends = signal<Readonly<Record<string, readonly LegendLine[]>>>({})

/** Where the layers that were shown have their features, by their code. */
export const extents = signal<Readonly<Record<string, Bounds>>>({})

/** The colour of a layer's sign; grey, until the layer's style is there. */
export const colourOfLayer = (code: string) => legends.value[code]?.[0]?.colour ?? '#7b8a92'
