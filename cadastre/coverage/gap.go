package coverage

import "math"

// A gap is taken in pieces of this length along the boundary of one of its parcels, so that whichever block sees a piece sees the same piece.
const pieceLength = 2

// Piece is a part of a narrow gap between two parcels.
type Piece struct {
	A, B   *Shape
	Ring   [5]Point // degrees
	Length float64  // metres along A
	Area   float64
	place  Point // that belongs to one cell
}

// before orders the two parcels of a pair, whatever the order in which they were read.
func before(a, b *Shape) bool {
	switch {
	case a.Delivered != b.Delivered:
		return a.Delivered
	case a.Key != b.Key:
		return a.Key < b.Key
	}
	return a.ID < b.ID
}

// gaps finds the pieces of the gap between a and b that is narrower than width: where edges of the two face each other across ground that is nobody's.
func gaps(a, b *Shape, width float64, owned func(Point) bool, taken func(Point) bool, found []Piece) []Piece {
	common := a.flat.wider(width).common(b.flat.wider(width))
	a.edges(common, func(i int) bool {
		from, to := a.at[i], a.at[i+1]
		if b.runsBack(from, to) {
			return true
		}
		length := math.Hypot(to.X-from.X, to.Y-from.Y)
		along := Point{(to.X - from.X) / length, (to.Y - from.Y) / length}
		b.edges(between(from, to).wider(width), func(j int) bool {
			f := facing(from, along, length, b.at[j], b.at[j+1], width)
			for s := f.from; s < f.to; {
				e := min(f.to, (math.Floor(s/pieceLength)+1)*pieceLength)
				if e-s > 10*noise {
					if p, ok := piece(a, b, i, j, f, s, e, length, taken); ok && owned(p.place) {
						found = append(found, p)
					}
				}
				s = e
			}
			return true
		})
		return true
	})
	return found
}

// span is where two edges face each other: from, to along the first, and the distance to the second as a line over that. near and far are where the second one begins
// and ends along the first.
type span struct{ from, to, near, far, first, second float64 }

// distance to the second edge at s along the first.
func (f *span) distance(s float64) float64 {
	return f.first + (f.second-f.first)*(s-f.near)/(f.far-f.near)
}

// facing finds where the edge from c to d lies on the right of another one, runs against it, and is no farther than width.
func facing(from, along Point, length float64, c, d Point, width float64) span {
	s1, h1 := locate(from, along, c)
	s2, h2 := locate(from, along, d)
	run, rise := s1-s2, math.Abs(h1-h2)
	if run <= 0 || rise > run/2 { // within some 27 degrees of parallel
		return span{}
	}
	f := span{near: s2, far: s1, first: -h2, second: -h1}
	f.from, f.to = max(0, s2), min(length, s1)
	// The distance is a line, so where it is within noise and width is one stretch.
	slope := (f.second - f.first) / run
	for _, limit := range []struct {
		at    float64
		above bool
	}{{noise, true}, {width, false}} {
		switch {
		case slope == 0:
			if (f.first >= limit.at) != limit.above && f.first != limit.at {
				return span{}
			}
		case (slope > 0) == limit.above:
			f.from = max(f.from, s2+(limit.at-f.first)/slope)
		default:
			f.to = min(f.to, s2+(limit.at-f.first)/slope)
		}
	}
	return f
}

// piece is the ground between s and e along edge i of a. It answers false where a third parcel, or one of the two, has it.
func piece(a, b *Shape, i, j int, f span, s, e, length float64, taken func(Point) bool) (Piece, bool) {
	from, to := a.at[i], a.at[i+1]
	along := Point{(to.X - from.X) / length, (to.Y - from.Y) / length}
	m := (s + e) / 2
	for _, share := range []float64{0.5, 0.2, 0.8} {
		d := f.distance(m) * share
		if q := (Point{from.X + along.X*m + along.Y*d, from.Y + along.Y*m - along.X*d}); taken(q) {
			return Piece{}, false
		}
	}
	on := func(s float64) Point { return mix(a.places[i], a.places[i+1], s/length) }
	beyond := func(s float64) Point { return mix(b.places[j+1], b.places[j], (s-f.near)/(f.far-f.near)) }
	p := Piece{A: a, B: b, Length: e - s, Area: (e - s) * (f.distance(s) + f.distance(e)) / 2}
	p.Ring = [5]Point{on(s), beyond(s), beyond(e), on(e), on(s)}
	p.place = on(m)
	return p, true
}

func mix(a, b Point, t float64) Point { return Point{a.X + (b.X-a.X)*t, a.Y + (b.Y-a.Y)*t} }
