import { describe, expect, it } from 'vitest'
import { area, distance, trace, type Point } from '../../src/geo/ellipsoid'
import { formatUtm, toUtm } from '../../src/geo/utm'

// Expected values: PROJ (gdaltransform) for UTM; GeographicLib, by PostGIS's geography, for lengths and areas.

describe('UTM', () => {
  it.each([
    [46.29, 38.08, 38, 613137.716449626, 4215476.84933653],
    [51.389, 35.6892, 39, 535196.781828951, 3949546.78883626],
    [48.0, 30.0, 39, 210590.346763537, 3322575.90438476],
    [44.1, 39.6, 38, 422729.289320209, 4383749.52582198],
    [59.5897, 36.2877, 40, 732576.715592717, 4018971.35231235],
    [60.86, 29.5, 41, 292550.127985058, 3265291.67785464],
    [63.2, 25.1, 41, 520165.602920213, 2776035.6096668],
  ])('of %f %f is in zone %i', (lon, lat, zone, easting, northing) => {
    const found = toUtm(lon, lat)!
    expect([found.zone, found.hemisphere]).toEqual([zone, 'N'])
    expect(found.easting).toBeCloseTo(easting, 3)
    expect(found.northing).toBeCloseTo(northing, 3)
  })

  it('has none near the poles, and reads as GIS desks write it', () => {
    expect(toUtm(51, 86)).toBeNull()
    expect(toUtm(NaN, 35)).toBeNull()
    expect(formatUtm(toUtm(51.389, 35.6892)!)).toBe('39N 535197 3949547')
    expect(toUtm(51, -35)!.northing).toBeGreaterThan(6_000_000)
  })
})

describe('a distance', () => {
  it.each<[number, Point[]]>([
    [742262.9272, [[51.389, 35.6892], [59.5897, 36.2877]]],
    [2270422.5391, [[44.1, 39.6], [61.5, 25.3]]],
    [156.4137, [[59.5897, 36.2877], [59.5907, 36.2877], [59.5907, 36.2883]]],
    [0, [[51, 35]]],
    [0, [[51, 35], [51, 35]]],
  ])('is %f m', (metres, points) => expect(distance(points)).toBeCloseTo(metres, 3))

  it('of points opposite each other is not told', () => expect(distance([[0, 0], [179.9, 0.1]])).toBeNaN())

  it('is kept by the way between its ends', () => {
    const ends: Point[] = [[44.1, 39.6], [61.5, 25.3]]
    const way = trace(ends, 50_000)
    expect(way).toHaveLength(47) // 46 parts of at most 50 km
    expect(distance(way)).toBeCloseTo(2270422.5391, 2)
  })
})

describe('an area', () => {
  it.each<[number, Point[]]>([
    [5981.0704, [[59.5897, 36.2877], [59.5907, 36.2877], [59.5907, 36.2883], [59.5897, 36.2883]]],
    [10066272985.6, [[51, 35], [52, 35], [52, 36], [51, 36]]],
    [1422210674865, [[44.1, 39.6], [61.5, 36], [61.5, 25.3], [51, 29]]],
  ])('is %f m², either way round', (expected, points) => {
    // Geodesics are cut into parts that are straight in the projection: a ten-millionth of the area at most.
    expect(Math.abs(area(points) / expected - 1)).toBeLessThan(1e-7)
    expect(Math.abs(area([...points].reverse()) / expected - 1)).toBeLessThan(1e-7)
  })

  it('of two points is none', () => expect(area([[51, 35], [52, 36]])).toBe(0))
})
