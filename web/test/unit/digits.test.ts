import { createExpression, type StylePropertySpecification } from '@maplibre/maplibre-gl-style-spec'
import { expect, test } from 'vitest'
import { persianDigits } from '../../src/map/digits'

const asString = { type: 'string', 'property-type': 'data-driven', expression: { interpolated: false, parameters: ['zoom', 'feature'] } } as unknown as StylePropertySpecification

function draw(number: unknown): string {
  const expression = createExpression(persianDigits(['to-string', ['coalesce', ['get', 'number'], '']]), 'text-field', asString)
  if (expression.result === 'error') throw new Error(expression.value.map(String).join())
  return String(expression.value.evaluate({ zoom: 17 }, { type: 1, properties: { number } } as never))
}

test.each([[7, '۷'], [113, '۱۱۳'], [98765, '۹۸۷۶۵'], [undefined, '']])('%s is drawn as %s', (number, want) => {
  expect(draw(number)).toBe(want)
})
