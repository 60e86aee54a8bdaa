// A colour for each theme, quiet enough to lie on the choropleth and apart from its teal.

const byTheme: Record<string, string> = {
  'admin-unit': '#4b5f68',
  'urban-boundary': '#b4532a',
  village: '#a0722a',
  place: '#7a3b69',
  'range-forest': '#4c7a34',
  'territorial-sea': '#2f6fb0',
  'base-map-sheet': '#5b6fb5',
  'base-map-feature': '#6b6f76',
  'cadastre-urban': '#8c3f7d',
  'cadastre-rural': '#b0812c',
  'cadastre-range-forest': '#3f7d4e',
  'cadastre-marine': '#2577a8',
  'gnaf-address': '#c2362b',
  'municipal-district': '#7050a8',
  road: '#b9772f',
  building: '#7d5a4f',
  'city-block': '#8a8f45',
  'land-use': '#c0578a',
  'green-space': '#4f9a3d',
  'public-facility': '#1f5fbf',
  neighbourhood: '#8456b8',
  'street-furniture': '#5e6b73',
}

const spare = ['#8c3f7d', '#b4532a', '#2577a8', '#4f9a3d', '#7050a8', '#c06a1b']

/** A theme that is new to the page still gets a colour, and always the same one. */
export function themeColour(code: string): string {
  const known = byTheme[code]
  if (known) return known
  let hash = 0
  for (const letter of code) hash = (hash * 31 + letter.codePointAt(0)!) >>> 0
  return spare[hash % spare.length]!
}
