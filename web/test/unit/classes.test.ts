import { describe, expect, it } from 'vitest'
import { classes, classOf, colourOf, unknownColour } from '../../src/map/classes'

describe('classOf', () => {
  it.each([
    [0, 'zero'], [0.001, 'q1'], [24.999, 'q1'], [25, 'q2'], [50, 'q3'], [74.9, 'q3'], [75, 'q4'], [99.999, 'q4'], [100, 'complete'], [104, 'complete'],
  ])('%d is %s', (percent, id) => {
    expect(classOf(percent)?.id).toBe(id)
  })

  it('has no class for what is unknown', () => {
    for (const unknown of [null, undefined, Number.NaN]) {
      expect(classOf(unknown)).toBeNull()
      expect(colourOf(unknown)).toBe(unknownColour)
    }
  })

  it('never colours two classes, or a class and unknown, alike', () => {
    expect(new Set([...classes.map((c) => c.colour), unknownColour]).size).toBe(classes.length + 1)
  })
})
