package sample

import "math"

// lonScale makes a degree of longitude about as long as a degree of latitude in the middle of the country.
const lonScale = 0.84

// drawCountry partitions the outline into the Voronoi cells of the capitals and returns the outline with the cells'
// end points inserted, so that neighbours, and the country and its provinces, share every vertex.
func drawCountry(list []province) []xy {
	snap := snapper{}
	shape := outline()
	for i := range list {
		cell := shape
		for j := range list {
			if i != j {
				cell = clipNearer(cell, list[i].capital, list[j].capital)
			}
		}
		for k, p := range cell {
			cell[k] = snap.point(p)
		}
		list[i].ring = withoutSpikes(cell)
	}
	border := make([]xy, 0, 2*len(shape))
	for i, a := range shape {
		border = append(border, a)
		b := shape[(i+1)%len(shape)]
		border = append(border, snap.onSegment(a, b)...)
	}
	return border
}

// clipNearer cuts away the part of a ring that is nearer to b than to a. The ring may be concave: when the rest falls
// into parts, they are joined by edges without width, which withoutSpikes removes.
func clipNearer(ring []xy, a, b xy) []xy {
	side := func(p xy) float64 {
		return lonScale*lonScale*(b.X-a.X)*(2*p.X-a.X-b.X) + (b.Y-a.Y)*(2*p.Y-a.Y-b.Y)
	}
	out := make([]xy, 0, len(ring)+4)
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sp, sq := side(p), side(q)
		if sp <= 0 {
			out = append(out, p)
		}
		if (sp < 0 && sq > 0) || (sp > 0 && sq < 0) {
			t := sp / (sp - sq)
			out = append(out, xy{p.X + t*(q.X-p.X), p.Y + t*(q.Y-p.Y)})
		}
	}
	return out
}

// withoutSpikes drops repeated points and points at which a ring turns back on itself.
func withoutSpikes(ring []xy) []xy {
	for changed := true; changed && len(ring) > 3; {
		changed = false
		for i := 0; i < len(ring) && len(ring) > 3; i++ {
			a, p, b := ring[(i+len(ring)-1)%len(ring)], ring[i], ring[(i+1)%len(ring)]
			cross := (p.X-a.X)*(b.Y-p.Y) - (p.Y-a.Y)*(b.X-p.X)
			dot := (p.X-a.X)*(b.X-p.X) + (p.Y-a.Y)*(b.Y-p.Y)
			if p == a || (math.Abs(cross) < 1e-7 && dot < 0) {
				ring = append(ring[:i], ring[i+1:]...)
				changed = true
				i--
			}
		}
	}
	return ring
}

// snapper gives one identity to points that three cells computed from different pairs of lines.
type snapper struct{ points []xy }

const snapDistance = 3e-6

func (s *snapper) point(p xy) xy {
	p = xy{math.Round(p.X*1e6) / 1e6, math.Round(p.Y*1e6) / 1e6}
	for _, q := range s.points {
		if math.Abs(p.X-q.X) < snapDistance && math.Abs(p.Y-q.Y) < snapDistance {
			return q
		}
	}
	s.points = append(s.points, p)
	return p
}

// onSegment returns the known points strictly between a and b, in order from a.
func (s *snapper) onSegment(a, b xy) []xy {
	var out []xy
	var at []float64
	length := math.Hypot(b.X-a.X, b.Y-a.Y)
	for _, p := range s.points {
		along := ((p.X-a.X)*(b.X-a.X) + (p.Y-a.Y)*(b.Y-a.Y)) / length
		across := ((p.X-a.X)*(b.Y-a.Y) - (p.Y-a.Y)*(b.X-a.X)) / length
		if math.Abs(across) > snapDistance || along < snapDistance || along > length-snapDistance {
			continue
		}
		k := len(out)
		for k > 0 && at[k-1] > along {
			k--
		}
		out = append(out[:k], append([]xy{p}, out[k:]...)...)
		at = append(at[:k], append([]float64{along}, at[k:]...)...)
	}
	return out
}

// contains tells whether a ring holds a point (even-odd rule).
func contains(ring []xy, p xy) bool {
	in := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a.Y > p.Y) != (b.Y > p.Y) && p.X < a.X+(p.Y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
			in = !in
		}
	}
	return in
}

// box is a rectangle in degrees.
type box struct{ west, south, east, north float64 }

func (b box) ring() []xy {
	return []xy{{b.west, b.south}, {b.east, b.south}, {b.east, b.north}, {b.west, b.north}}
}

func (b box) at(fx, fy float64) xy {
	return xy{b.west + fx*(b.east-b.west), b.south + fy*(b.north-b.south)}
}

func (b box) overlaps(o box) bool {
	return b.west < o.east && o.west < b.east && b.south < o.north && o.south < b.north
}

// inside tells whether the box lies in a ring: points along its sides are, and no vertex of the ring is in the box.
func (b box) inside(ring []xy) bool {
	const steps = 24
	for i := range steps + 1 {
		t := float64(i) / steps
		for _, p := range []xy{b.at(t, 0), b.at(t, 1), b.at(0, t), b.at(1, t)} {
			if !contains(ring, p) {
				return false
			}
		}
	}
	for _, p := range ring {
		if p.X >= b.west && p.X <= b.east && p.Y >= b.south && p.Y <= b.north {
			return false
		}
	}
	return true
}
