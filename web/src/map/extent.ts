/** The box of the country: what the map shows first. */
export const iran: [west: number, south: number, east: number, north: number] = [44.0, 25.0, 63.4, 39.8]
