import { unknownColour, unknownHatch } from './classes'

/** Diagonal hatching for "unknown", drawn here so that no image has to be fetched. */
export function hatch(size = 16): { width: number; height: number; data: Uint8ClampedArray } {
  const data = new Uint8ClampedArray(size * size * 4)
  const [ground, line] = [rgb(unknownColour), rgb(unknownHatch)]
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const colour = (x + y) % 8 < 2 ? line : ground
      data.set([...colour, 255], (y * size + x) * 4)
    }
  }
  return { width: size, height: size, data }
}

function rgb(hex: string): [number, number, number] {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)) as [number, number, number]
}
