import type { ExpressionSpecification } from 'maplibre-gl'

/** The longest house number, in digits. */
const longest = 5

/** Writes a text of at most five Latin digits with Persian ones. The style language has no replace, so each place is matched by itself. */
export function persianDigits(text: ExpressionSpecification): ExpressionSpecification {
  const cases = [...'0123456789'].flatMap((digit, i) => [digit, '۰۱۲۳۴۵۶۷۸۹'.charAt(i)])
  const places = Array.from({ length: longest }, (_, i) => ['match', ['slice', text, i, i + 1], ...cases, ''])
  return ['concat', ...places] as unknown as ExpressionSpecification
}
