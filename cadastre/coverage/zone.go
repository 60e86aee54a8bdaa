package coverage

import "math"

// Point is a place: degrees of longitude and latitude, or metres in a UTM zone.
type Point struct{ X, Y float64 }

// ZoneOf answers the UTM zone of a longitude.
func ZoneOf(lon float64) int {
	return min(60, max(1, int(math.Floor((lon+180)/6))+1))
}

// SRID is the zone's reference system in PostGIS. Places south of the equator are measured in it too, with negative northings.
func SRID(zone int) int { return 32600 + zone }

// west is the longitude where a zone begins.
func west(zone int) float64 { return float64(6*zone - 186) }

// Transverse Mercator after Krüger (1912) on WGS 84, in the third flattening n up to n⁴: better than a micrometre within a zone and around it.
const (
	semiMajor  = 6378137.0
	flattening = 1 / 298.257223563
	atMeridian = 0.9996
	falseEast  = 500000.0
	degree     = math.Pi / 180
	n1         = flattening / (2 - flattening)
	n2         = n1 * n1
	n3         = n2 * n1
	n4         = n2 * n2
	rectifying = semiMajor / (1 + n1) * (1 + n2/4 + n4/64)
	alpha1     = n1/2 - 2*n2/3 + 5*n3/16 + 41*n4/180
	alpha2     = 13*n2/48 - 3*n3/5 + 557*n4/1440
	alpha3     = 61*n3/240 - 103*n4/140
	alpha4     = 49561 * n4 / 161280
	squared    = flattening * (2 - flattening) // of the eccentricity
)

// project brings a place in degrees to metres in a zone.
func project(zone int, p Point) Point {
	e := math.Sqrt(squared)
	sin := math.Sin(p.Y * degree)
	t := math.Sinh(math.Atanh(sin) - e*math.Atanh(e*sin))
	sinLon, cosLon := math.Sincos((p.X - west(zone) - 3) * degree)
	h := math.Hypot(t, cosLon)
	xi, eta := math.Atan2(t, cosLon), math.Asinh(sinLon/h)
	// The series runs over multiples of 2ξ and 2η: their sines follow from the first ones.
	s, c := math.Sincos(2 * xi)
	sh, ch := math.Sinh(2*eta), math.Cosh(2*eta)
	sk, ck, shk, chk := s, c, sh, ch
	for i, a := range [4]float64{alpha1, alpha2, alpha3, alpha4} {
		if i > 0 {
			sk, ck = sk*c+ck*s, ck*c-sk*s
			shk, chk = shk*ch+chk*sh, chk*ch+shk*sh
		}
		xi += a * sk * chk
		eta += a * ck * shk
	}
	return Point{falseEast + atMeridian*rectifying*eta, atMeridian * rectifying * xi}
}

// scale is how many metres of the zone's grid a metre on the ellipsoid has at a place. The projection is conformal, so one direction tells.
func scale(zone int, p Point) float64 {
	const step = 1e-4
	a, b := project(zone, Point{p.X, p.Y - step/2}), project(zone, Point{p.X, p.Y + step/2})
	sin := math.Sin(p.Y * degree)
	meridian := semiMajor * (1 - squared) / math.Pow(1-squared*sin*sin, 1.5)
	return math.Hypot(b.X-a.X, b.Y-a.Y) / (meridian * step * degree)
}

// degreesOf are how many degrees of longitude and latitude a distance has at most within a box that ends at these latitudes.
func degreesOf(metres, south, north float64) (lon, lat float64) {
	far := min(89, max(math.Abs(south), math.Abs(north)))
	return metres / (111_000 * math.Cos(far*degree)), metres / 110_500
}
