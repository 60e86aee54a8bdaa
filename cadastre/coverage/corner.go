package coverage

import "math"

// sameVertex is how near two vertices are that are meant to be one.
const sameVertex = 0.0005

// Corner is a vertex of one parcel on, or hardly off, the boundary of another one that has no vertex there.
type Corner struct {
	Lacks, Has *Shape
	At         Point   // degrees
	Distance   float64 // metres to the boundary
}

// corners finds the vertices of has that lacks should have.
func corners(lacks, has *Shape, within float64, owned func(Point) bool, found []Corner) []Corner {
	reach := lacks.flat.wider(within)
	if !reach.meets(has.flat) {
		return found
	}
	for _, r := range has.runs {
		if !r.box.meets(reach) {
			continue
		}
		for i := r.from; i < r.to; i++ { // the last vertex of a ring is its first
			v := has.at[i]
			if !reach.holds(v) {
				continue
			}
			if d := lacks.distance(v, within); d <= within && owned(has.places[i]) {
				found = append(found, Corner{Lacks: lacks, Has: has, At: has.places[i], Distance: d})
			}
		}
	}
	return found
}

// distance from a place to the boundary, where that is no more than within and no vertex is there.
func (s *Shape) distance(v Point, within float64) float64 {
	near := math.Inf(1)
	s.edges(box{v.X, v.Y, v.X, v.Y}.wider(within), func(i int) bool {
		a, b := s.at[i], s.at[i+1]
		if math.Hypot(a.X-v.X, a.Y-v.Y) <= sameVertex || math.Hypot(b.X-v.X, b.Y-v.Y) <= sameVertex {
			near = math.Inf(1)
			return false
		}
		near = min(near, toSegment(v, a, b))
		return true
	})
	return near
}

// toSegment is the distance from a place to an edge.
func toSegment(v, a, b Point) float64 {
	dx, dy := b.X-a.X, b.Y-a.Y
	t := 0.0
	if square := dx*dx + dy*dy; square > 0 {
		t = max(0, min(1, ((v.X-a.X)*dx+(v.Y-a.Y)*dy)/square))
	}
	return math.Hypot(v.X-a.X-t*dx, v.Y-a.Y-t*dy)
}
