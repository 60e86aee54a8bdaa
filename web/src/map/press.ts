import type { LngLat, Map as MapLibre } from 'maplibre-gl'

const holdMilliseconds = 550

/**
 * Right click, or a finger that rests: touch screens have no context menu event everywhere.
 * The answer tells whether a press has just been, since the finger's lifting may count as a click.
 */
export function onPress(map: MapLibre, act: (place: LngLat) => void): { justPressed: () => boolean } {
  let last = -Infinity
  const press = (place: LngLat) => {
    if (performance.now() - last < holdMilliseconds) return
    last = performance.now()
    act(place)
  }
  map.on('contextmenu', (event) => {
    event.preventDefault()
    press(event.lngLat)
  })
  let held = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const cancel = () => clearTimeout(timer)
  map.on('touchstart', (event) => {
    cancel()
    if (event.points.length === 1) timer = setTimeout(() => {
      held = true
      press(event.lngLat)
    }, holdMilliseconds)
  })
  map.on('touchend', () => {
    cancel()
    // The click that may follow comes after the finger is lifted, however long it rested.
    if (held) last = performance.now()
    held = false
  })
  map.on('touchcancel', cancel)
  map.on('movestart', cancel)
  return { justPressed: () => performance.now() - last < 2 * holdMilliseconds }
}
