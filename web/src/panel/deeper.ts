import { signal } from '@preact/signals'
import { api } from '../api/client'
import { isAbort } from '../api/problem'
import type { AdminUnits, Progress, ProgressChild } from '../api/types'
import { shadeOf, type Shade } from '../map/classes'
import type { NationalMap } from '../map/national-map'

/** From which zoom on units of a level are coloured by their parts. */
const steps = [{ level: 'province', from: 6.3 }, { level: 'county', from: 9 }] as const
/** So that one look at the map stays a handful of questions. */
const most = 12

/** Figures of the parts of units that came into view from close by. */
export const deeper = signal<ReadonlyMap<string, Progress>>(new Map())

/** The colours at a zoom: units whose parts are known make room for them. A unit without parts keeps its colour. */
export function deepen(base: ReadonlyMap<string, Shade>, loaded: ReadonlyMap<string, Progress>, zoom: number, by: string): Map<string, Shade> {
  const values = new Map(base)
  for (const { level, from } of steps) {
    if (zoom < from) break
    for (const [code, { unit, children }] of loaded) {
      if (unit.level !== level || children.length === 0 || !values.delete(code)) continue
      for (const child of children) values.set(child.code, shadeOf(child, by))
    }
  }
  return values
}

/** Whether parts make up most of a unit. Where they do not, most of it would lose its colour. */
export function fills(whole: number | null | undefined, parts: readonly (number | null)[]): boolean {
  if (parts.length === 0) return false
  return !whole || parts.some((area) => area === null) || parts.reduce<number>((sum, area) => sum + (area ?? 0), 0) >= whole / 2
}

/** The level at which the map is coloured at a zoom, as a number that changes with it. */
export const depth = (zoom: number) => steps.filter(({ from }) => zoom >= from).length

/** The figures of a part that the map is coloured by. */
export function partOf(code: string): ProgressChild | undefined {
  for (const { children } of deeper.value.values()) {
    const found = children.find((one) => one.code === code)
    if (found) return found
  }
  return undefined
}

/** Asks for the parts of what is in view, whenever the map has come to rest. */
export function followDeeper(map: NationalMap): () => void {
  const abort = new AbortController()
  const asked = new Set<string>()
  const areas = new Map<string, number | null>()
  const learn = ({ units }: AdminUnits) => {
    for (const one of units) areas.set(one.code, one.area_m2)
    return units
  }
  let provinces: Promise<AdminUnits['units']> | null = null
  const look = () => {
    const levels = steps.filter(({ from }) => map.gl.getZoom() >= from).map(({ level }) => level as string)
    if (levels.length === 0) return
    const wanted = map.coloured().filter((one) => levels.includes(one.level) && !asked.has(one.code)).slice(0, most)
    for (const { code } of wanted) {
      asked.add(code)
      provinces ??= api.adminUnits({ level: 'province' }, abort.signal).then(learn).catch((error: unknown) => {
        provinces = null
        throw error
      })
      void map.hold(Promise.all([api.progress(code, abort.signal), api.adminUnits({ parent: code }, abort.signal), provinces]).then(
        ([progress, parts]) => {
          if (fills(areas.get(code), learn(parts).map((one) => one.area_m2))) deeper.value = new Map(deeper.value).set(code, progress)
        },
        // The unit keeps its own colour, and is asked about again when the map comes to rest once more.
        (error: unknown) => { if (!isAbort(error)) setTimeout(() => asked.delete(code), 10_000) },
      ))
    }
  }
  look()
  map.gl.on('idle', look)
  return () => {
    abort.abort()
    map.gl.off('idle', look)
  }
}
