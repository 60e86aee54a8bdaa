import { signal } from '@preact/signals'
import type { NationalMap } from '../map/national-map'

/** The map, for the tools that are loaded when somebody takes them up. */
export const nationalMap = signal<NationalMap | null>(null)
/** Leads the keyboard to the map, from a button that is gone after its click. */
export const toMap = () => nationalMap.value?.gl.getCanvas().focus()
export type Tool = 'measure' | 'save'
export const tool = signal<Tool | null>(null)

/** What is to be seen of a layer as it stood at a day gone by. */
export type AsOfNote = { kind: 'loading' } | { kind: 'far'; zoom: number } | { kind: 'many' } | { kind: 'shown'; n: number } | { kind: 'failed'; why: string }
export const asOfNotes = signal<ReadonlyMap<string, AsOfNote>>(new Map())
