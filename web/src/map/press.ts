import type { LngLat, Map as MapLibre } from 'maplibre-gl'

const holdMilliseconds = 550

/** Right click, or a finger that rests: touch screens have no context menu event everywhere. */
export function onPress(map: MapLibre, act: (place: LngLat) => void): void {
  map.on('contextmenu', (event) => {
    event.preventDefault()
    act(event.lngLat)
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  const cancel = () => clearTimeout(timer)
  map.on('touchstart', (event) => {
    cancel()
    if (event.points.length === 1) timer = setTimeout(() => act(event.lngLat), holdMilliseconds)
  })
  map.on('touchend', cancel)
  map.on('touchcancel', cancel)
  map.on('movestart', cancel)
}
