import { notDueColour, notDueDots, unknownColour, unknownHatch } from './classes'

type Image = { width: number; height: number; data: Uint8ClampedArray }

/** Diagonal hatching for "unknown", drawn here so that no image has to be fetched. */
export const hatch = (): Image => pattern(unknownColour, unknownHatch, (x, y) => (x + y) % 8 < 2)

/** Dots for "not applicable". */
export const dots = (): Image => pattern(notDueColour, notDueDots, (x, y) => ((x + (y & 8 ? 4 : 0)) % 8) < 2 && y % 8 < 2)

function pattern(below: string, above: string, on: (x: number, y: number) => boolean, size = 16): Image {
  const data = new Uint8ClampedArray(size * size * 4)
  const [ground, line] = [rgb(below), rgb(above)]
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const colour = on(x, y) ? line : ground
      data.set([...colour, 255], (y * size + x) * 4)
    }
  }
  return { width: size, height: size, data }
}

function rgb(hex: string): [number, number, number] {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)) as [number, number, number]
}
