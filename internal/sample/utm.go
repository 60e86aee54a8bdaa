package sample

import "math"

// xy is a position: metres in a local or UTM frame, or degrees of longitude and latitude.
type xy struct{ X, Y float64 }

// Transverse Mercator after Krüger (1912), series in the third flattening n up to n⁴: better than a micrometre within
// a zone, far below the millimetre to which the files are rounded.
const (
	wgsA          = 6378137.0
	wgsF          = 1 / 298.257223563
	utmScale      = 0.9996
	utmFalseEast  = 500000.0
	degree        = math.Pi / 180
	thirdFlat     = wgsF / (2 - wgsF)
	n1, n2        = thirdFlat, thirdFlat * thirdFlat
	n3, n4        = n2 * thirdFlat, n2 * n2
	rectifyRadius = wgsA / (1 + n1) * (1 + n2/4 + n4/64)
)

// Forward (alpha) and inverse (beta) coefficients of the series.
const (
	alpha1 = n1/2 - 2*n2/3 + 5*n3/16 + 41*n4/180
	alpha2 = 13*n2/48 - 3*n3/5 + 557*n4/1440
	alpha3 = 61*n3/240 - 103*n4/140
	alpha4 = 49561 * n4 / 161280
	beta1  = n1/2 - 2*n2/3 + 37*n3/96 - n4/360
	beta2  = n2/48 + n3/15 - 437*n4/1440
	beta3  = 17*n3/480 - 37*n4/840
	beta4  = 4397 * n4 / 161280
)

// zoneOf returns the UTM zone of a longitude in degrees.
func zoneOf(lon float64) int { return int(math.Floor(lon/6)) + 31 }

func centralMeridian(zone int) float64 { return float64(6*zone - 183) }

// toUTM projects longitude and latitude (degrees, northern hemisphere) to easting and northing in metres.
func toUTM(zone int, p xy) xy {
	e := math.Sqrt(wgsF * (2 - wgsF))
	phi, lam := p.Y*degree, (p.X-centralMeridian(zone))*degree
	s := math.Sin(phi)
	t := math.Sinh(math.Atanh(s) - e*math.Atanh(e*s))
	xi0 := math.Atan2(t, math.Cos(lam))
	eta0 := math.Asinh(math.Sin(lam) / math.Hypot(t, math.Cos(lam)))
	xi, eta := xi0, eta0
	for i, a := range [4]float64{alpha1, alpha2, alpha3, alpha4} {
		k := float64(2 * (i + 1))
		xi += a * math.Sin(k*xi0) * math.Cosh(k*eta0)
		eta += a * math.Cos(k*xi0) * math.Sinh(k*eta0)
	}
	return xy{utmFalseEast + utmScale*rectifyRadius*eta, utmScale * rectifyRadius * xi}
}

// fromUTM is the inverse of toUTM.
func fromUTM(zone int, p xy) xy {
	e2 := wgsF * (2 - wgsF)
	e := math.Sqrt(e2)
	xi0 := p.Y / (utmScale * rectifyRadius)
	eta0 := (p.X - utmFalseEast) / (utmScale * rectifyRadius)
	xi, eta := xi0, eta0
	for i, b := range [4]float64{beta1, beta2, beta3, beta4} {
		k := float64(2 * (i + 1))
		xi -= b * math.Sin(k*xi0) * math.Cosh(k*eta0)
		eta -= b * math.Cos(k*xi0) * math.Sinh(k*eta0)
	}
	sh := math.Sinh(eta)
	lam := math.Atan2(sh, math.Cos(xi))
	// The conformal latitude's tangent is turned into the geographic one by Newton's method (Karney 2011, 19–21).
	tc := math.Sin(xi) / math.Hypot(sh, math.Cos(xi))
	t := tc
	for range 4 {
		sigma := math.Sinh(e * math.Atanh(e*t/math.Hypot(1, t)))
		f := t*math.Hypot(1, sigma) - sigma*math.Hypot(1, t) - tc
		d := (math.Hypot(1, sigma)*math.Hypot(1, t) - sigma*t) * (1 - e2) * math.Hypot(1, t) / (1 + (1-e2)*t*t)
		t -= f / d
	}
	return xy{centralMeridian(zone) + lam/degree, math.Atan(t) / degree}
}

// frame is the local metre grid of a settlement: origin and turning angle in a UTM zone.
type frame struct {
	zone     int
	origin   xy
	sin, cos float64
}

func newFrame(lonlat xy, angle float64) frame {
	zone := zoneOf(lonlat.X)
	s, c := math.Sincos(angle)
	return frame{zone: zone, origin: toUTM(zone, lonlat), sin: s, cos: c}
}

// utm places a local point, rounded to the millimetre so that equal points stay equal in every file.
func (f frame) utm(p xy) xy {
	x := f.origin.X + f.cos*p.X - f.sin*p.Y
	y := f.origin.Y + f.sin*p.X + f.cos*p.Y
	return xy{math.Round(x*1000) / 1000, math.Round(y*1000) / 1000}
}

// lonlat places a local point in degrees, rounded to 1e-9 (a tenth of a millimetre).
func (f frame) lonlat(p xy) xy {
	q := fromUTM(f.zone, f.utm(p))
	return xy{math.Round(q.X*1e9) / 1e9, math.Round(q.Y*1e9) / 1e9}
}

func (f frame) utmRing(ring []xy) []xy {
	out := make([]xy, len(ring))
	for i, p := range ring {
		out[i] = f.utm(p)
	}
	return out
}

func (f frame) lonlatRing(ring []xy) []xy {
	out := make([]xy, len(ring))
	for i, p := range ring {
		out[i] = f.lonlat(p)
	}
	return out
}
