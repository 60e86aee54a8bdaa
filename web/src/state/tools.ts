import { signal } from '@preact/signals'
import type { NationalMap } from '../map/national-map'

/** The map, for the tools that are loaded when somebody takes them up. */
export const nationalMap = signal<NationalMap | null>(null)
export type Tool = 'measure'
export const tool = signal<Tool | null>(null)
