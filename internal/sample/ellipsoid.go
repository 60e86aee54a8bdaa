package sample

import "math"

// ellipsoidEdge is how far apart corners are, in degrees, when an area is measured: so close that the straight line of a
// file and the shortest way between them enclose nothing that counts.
const ellipsoidEdge = 0.001

// squareMetres is the area of a ring of degrees on the ellipsoid: that of its image on the cylinder of equal areas. It
// needs no geometry library, so what one calculates can be held against it.
func squareMetres(ring []xy) float64 {
	sum := 0.0
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		n := max(1, int(math.Ceil(math.Hypot(b.X-a.X, b.Y-a.Y)/ellipsoidEdge)))
		from := a
		for k := 1; k <= n; k++ {
			f := float64(k) / float64(n)
			to := xy{a.X + f*(b.X-a.X), a.Y + f*(b.Y-a.Y)}
			// About the ring's first corner: small differences of large numbers lose their last digits.
			sum += (from.X - ring[0].X) * degree * (equalArea(to.Y) - equalArea(ring[0].Y))
			sum -= (to.X - ring[0].X) * degree * (equalArea(from.Y) - equalArea(ring[0].Y))
			from = to
		}
	}
	return math.Abs(sum) / 2
}

// equalArea is the height on the cylinder, in metres times the radius of the equator (Snyder 1987, 3-12).
func equalArea(lat float64) float64 {
	const e2 = wgsF * (2 - wgsF)
	e, s := math.Sqrt(e2), math.Sin(lat*degree)
	q := (1 - e2) * (s/(1-e2*s*s) + math.Atanh(e*s)/e)
	return wgsA * wgsA * q / 2
}

// within is what of a ring lies in a convex one, counter-clockwise (Sutherland and Hodgman 1974). Where that is in
// several parts, lines without width join them, which adds no area.
func within(ring, convex []xy) []xy {
	for i, a := range convex {
		b := convex[(i+1)%len(convex)]
		left := func(p xy) float64 { return (b.X-a.X)*(p.Y-a.Y) - (b.Y-a.Y)*(p.X-a.X) }
		var out []xy
		for k, p := range ring {
			q := ring[(k+1)%len(ring)]
			dp, dq := left(p), left(q)
			if dp >= 0 {
				out = append(out, p)
			}
			if (dp >= 0) != (dq >= 0) {
				f := dp / (dp - dq)
				out = append(out, xy{p.X + f*(q.X-p.X), p.Y + f*(q.Y-p.Y)})
			}
		}
		ring = out
	}
	return ring
}
