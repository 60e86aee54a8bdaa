import type { Map as MapLibre } from 'maplibre-gl'

/** On paper a map is a picture of itself: what draws it would be cut off there, or drawn anew too late. */
export function onPaper(map: MapLibre, repaint: () => void, signal: AbortSignal): void {
  const picture = document.createElement('canvas')
  picture.className = 'map-picture'
  addEventListener('beforeprint', () => {
    const part = map.getContainer().dataset.mapIdle !== 'true'
    repaint() // by day, which `dark` says already
    map.redraw() // what was drawn is gone after its frame
    const drawn = map.getCanvas()
    picture.width = drawn.width
    picture.height = drawn.height
    picture.classList.toggle('part', part)
    picture.getContext('2d')?.drawImage(drawn, 0, 0)
    map.getContainer().append(picture)
  }, { signal })
  addEventListener('afterprint', () => picture.remove(), { signal })
}
