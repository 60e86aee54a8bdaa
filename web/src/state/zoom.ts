import { signal } from '@preact/signals'

/** The map's zoom and the metres that a pixel shows there, for hints and the scale bar. */
export const zoom = signal(0)
export const metresPerPixel = signal(0)
/** Failures of the map that a person should know of; each by its own name, so that none is told twice. */
export const mapFailures = signal<ReadonlyMap<string, string>>(new Map())

export function reportMapFailure(name: string, message: string): void {
  if (mapFailures.value.get(name) === message) return
  mapFailures.value = new Map(mapFailures.value).set(name, message)
}
export function clearMapFailure(name: string): void {
  if (!mapFailures.value.has(name)) return
  const next = new Map(mapFailures.value)
  next.delete(name)
  mapFailures.value = next
}
