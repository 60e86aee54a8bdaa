package geo

import "math"

// Projection brings degrees of WGS 84 to coordinates of a reference system, east before north.
type Projection func(lon, lat float64) (x, y float64)

// Projected gives the projection of an EPSG code: 4326 (degrees as they are), 3857, and the zones of UTM on WGS 84 (32601 to 32660, 32701 to 32760).
func Projected(epsg int) (p Projection, ok bool) {
	switch {
	case epsg == 4326:
		return func(lon, lat float64) (float64, float64) { return lon, lat }, true
	case epsg == 3857:
		return mercator, true
	case epsg > 32600 && epsg <= 32660:
		return utm(float64(epsg-32600)*6-183, 0), true
	case epsg > 32700 && epsg <= 32760:
		return utm(float64(epsg-32700)*6-183, 10_000_000), true
	}
	return nil, false
}

// UTMCode is the EPSG code of the UTM zone of a place.
func UTMCode(lon, lat float64) int {
	zone := min(60, max(1, int(math.Floor((lon+180)/6))+1))
	if lat < 0 {
		return 32700 + zone
	}
	return 32600 + zone
}

const (
	majorAxis  = 6378137.0
	flattening = 1 / 298.257223563
)

func mercator(lon, lat float64) (x, y float64) {
	return majorAxis * lon * math.Pi / 180, majorAxis * math.Log(math.Tan(math.Pi/4+lat*math.Pi/360))
}

// utm is the transverse Mercator projection of Krüger to the sixth order of the third flattening (Karney 2011, Transverse Mercator with an accuracy of a few
// nanometers), on the zone of a central meridian.
func utm(meridian, south float64) Projection {
	const n = flattening / (2 - flattening)
	const radius = majorAxis / (1 + n) * (1 + n*n/4 + n*n*n*n/64 + n*n*n*n*n*n/256)
	alpha := [...]float64{
		n/2 - 2*n*n/3 + 5*n*n*n/16 + 41*n*n*n*n/180 - 127*n*n*n*n*n/288 + 7891*n*n*n*n*n*n/37800,
		13*n*n/48 - 3*n*n*n/5 + 557*n*n*n*n/1440 + 281*n*n*n*n*n/630 - 1983433*n*n*n*n*n*n/1935360,
		61*n*n*n/240 - 103*n*n*n*n/140 + 15061*n*n*n*n*n/26880 + 167603*n*n*n*n*n*n/181440,
		49561*n*n*n*n/161280 - 179*n*n*n*n*n/168 + 6601661*n*n*n*n*n*n/7257600,
		34729*n*n*n*n*n/80640 - 3418889*n*n*n*n*n*n/1995840,
		212378941 * n * n * n * n * n * n / 319334400,
	}
	e := math.Sqrt(flattening * (2 - flattening))
	return func(lon, lat float64) (x, y float64) {
		away := (lon - meridian) * math.Pi / 180
		tau := math.Tan(lat * math.Pi / 180)
		long := math.Hypot(1, tau)
		sigma := math.Sinh(e * math.Atanh(e*tau/long))
		conformal := tau*math.Hypot(1, sigma) - sigma*long
		xi, eta := math.Atan2(conformal, math.Cos(away)), math.Asinh(math.Sin(away)/math.Hypot(conformal, math.Cos(away)))
		north, east := xi, eta
		for j, a := range alpha {
			k := float64(2 * (j + 1))
			north += a * math.Sin(k*xi) * math.Cosh(k*eta)
			east += a * math.Cos(k*xi) * math.Sinh(k*eta)
		}
		return 500_000 + 0.9996*radius*east, south + 0.9996*radius*north
	}
}
