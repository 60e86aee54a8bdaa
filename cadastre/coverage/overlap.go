package coverage

import (
	"math"
	"slices"
)

// noise is how many metres two boundaries that are meant to be one may differ by.
const noise = 0.001

// overlapping reports whether two parcels may share ground. It misses nothing that is wider than the noise; how much it is has to be measured.
func overlapping(a, b *Shape, cuts *[]float64) bool {
	return enters(a, b, cuts) || enters(b, a, cuts)
}

// enters reports whether some part of a's boundary has ground of both on a's side of it. Where two areas share ground, that ground is bounded by such parts of one
// or of the other.
func enters(a, b *Shape, cuts *[]float64) bool {
	common := a.flat.common(b.flat)
	if common.maxX-common.minX < noise || common.maxY-common.minY < noise {
		return false
	}
	found := false
	a.edges(common, func(i int) bool {
		from, to := a.at[i], a.at[i+1]
		length := math.Hypot(to.X-from.X, to.Y-from.Y)
		if length < 5*noise || b.runsBack(from, to) {
			return true
		}
		along := Point{(to.X - from.X) / length, (to.Y - from.Y) / length}
		*cuts = append((*cuts)[:0], 0, length)
		b.edges(between(from, to).wider(2*noise), func(j int) bool {
			*cuts = appendMeetings(*cuts, from, along, length, b.at[j], b.at[j+1])
			return true
		})
		slices.Sort(*cuts)
		for k := 1; k < len(*cuts); k++ {
			s, e := (*cuts)[k-1], (*cuts)[k]
			if e-s < 5*noise {
				continue
			}
			m := (s + e) / 2
			probe := Point{from.X + along.X*m - along.Y*noise, from.Y + along.Y*m + along.X*noise}
			if b.contains(probe) {
				found = true
				return false
			}
		}
		return true
	})
	return found
}

// appendMeetings adds where an edge, from a place along a direction, meets another one: at its ends, or across.
func appendMeetings(cuts []float64, from, along Point, length float64, c, d Point) []float64 {
	s1, h1 := locate(from, along, c)
	s2, h2 := locate(from, along, d)
	if math.Abs(h1) <= 2*noise && s1 > 0 && s1 < length {
		cuts = append(cuts, s1)
	}
	if math.Abs(h2) <= 2*noise && s2 > 0 && s2 < length {
		cuts = append(cuts, s2)
	}
	if (h1 > 0) != (h2 > 0) {
		if s := s1 + (s2-s1)*h1/(h1-h2); s > 0 && s < length {
			cuts = append(cuts, s)
		}
	}
	return cuts
}

// locate gives how far along a direction a place is, and how far to its left.
func locate(from, along, p Point) (s, left float64) {
	dx, dy := p.X-from.X, p.Y-from.Y
	return dx*along.X + dy*along.Y, along.X*dy - along.Y*dx
}

// reference is the place by which a pair belongs to one cell: the lower left corner of what the two boxes share, or would share if they reached each other.
func reference(a, b *Shape) Point {
	return Point{max(a.box.minX, b.box.minX), max(a.box.minY, b.box.minY)}
}
