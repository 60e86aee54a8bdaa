// What MapLibre's validator finds wrong with styles, read from the standard input as an object by name: node test/style.mjs
import { readFileSync } from 'node:fs'
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'

const wrong = {}
for (const [name, style] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  const found = validateStyleMin(style).map((error) => error.message)
  if (found.length > 0) wrong[name] = found
}
console.log(JSON.stringify(wrong))
