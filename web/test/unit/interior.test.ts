import { describe, expect, it } from 'vitest'
import { interiorPoint, polygonArea } from '../../src/map/interior'

const square = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
// A bow around a neighbour, like West Azerbaijan around East: the middle of its box is outside.
const bow = [[0, 0], [10, 0], [10, 2], [3, 2], [3, 8], [10, 8], [10, 10], [0, 10], [0, 0]]

describe('polygonArea', () => {
  it('takes holes away, whichever way they turn', () => {
    const hole = [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]]
    expect(polygonArea([square])).toBe(100)
    expect(polygonArea([[...square].reverse(), hole])).toBe(96)
  })
})

describe('interiorPoint', () => {
  it('is near the middle of a plain shape', () => {
    const [x, y] = interiorPoint([square])
    expect(Math.abs(x - 5)).toBeLessThan(1)
    expect(Math.abs(y - 5)).toBeLessThan(1)
  })

  it('is inside a bent shape, and away from its edges', () => {
    const [x, y] = interiorPoint([bow])
    const spine = x > 0.5 && x < 2.9 && y > 0.5 && y < 9.5
    const arm = x > 0.5 && x < 9.5 && ((y > 0.5 && y < 1.5) || (y > 8.5 && y < 9.5))
    expect(spine || arm, `${x}, ${y}`).toBe(true)
  })

  it('keeps out of a hole', () => {
    const hole = [[3, 3], [7, 3], [7, 7], [3, 7], [3, 3]]
    const [x, y] = interiorPoint([square, hole])
    expect(x > 3 && x < 7 && y > 3 && y < 7).toBe(false)
  })
})
