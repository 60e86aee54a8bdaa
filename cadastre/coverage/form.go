package coverage

import "math"

// Area answers how many square metres the parcel has in the grid of its UTM zone, and on the ellipsoid.
func (s *Shape) Area() (grid, ellipsoid float64) {
	for _, r := range s.rings {
		grid += signedArea(s.at[r.from : r.to+1])
	}
	k := scale(s.Zone, Point{(s.box.minX + s.box.maxX) / 2, (s.box.minY + s.box.maxY) / 2})
	return grid, grid / (k * k)
}

// Perimeter in metres, of all rings.
func (s *Shape) Perimeter() (metres float64) {
	for i := range s.each() {
		metres += s.length(i)
	}
	return metres
}

// Vertices of the parcel.
func (s *Shape) Vertices() (n int) {
	for _, r := range s.rings {
		n += r.to - r.from
	}
	return n
}

// each gives the edges.
func (s *Shape) each() func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for _, r := range s.rings {
			for i := r.from; i < r.to; i++ {
				if !yield(i) {
					return
				}
			}
		}
	}
}

func (s *Shape) length(i int) float64 {
	return math.Hypot(s.at[i+1].X-s.at[i].X, s.at[i+1].Y-s.at[i].Y)
}

// Longest answers the longest edge, and its length in metres.
func (s *Shape) Longest() (from, to Point, metres float64) {
	for i := range s.each() {
		if l := s.length(i); l > metres {
			from, to, metres = s.places[i], s.places[i+1], l
		}
	}
	return from, to, metres
}

// Double answers the first vertex that is nearer than within to the one before it.
func (s *Shape) Double(within float64) (at Point, metres float64, found bool) {
	if s.Repeated != nil {
		return *s.Repeated, 0, true
	}
	for i := range s.each() {
		if l := s.length(i); l < within {
			return s.places[i+1], l, true
		}
	}
	return at, 0, false
}

// Spikes answers the vertices at which the boundary turns back: the angle between two edges that are longer than leg is smaller than so many degrees.
func (s *Shape) Spikes(degrees, leg float64) (at []Point, angles []float64) {
	for _, r := range s.rings {
		for i := r.from; i < r.to; i++ {
			last := i - 1
			if i == r.from {
				last = r.to - 1
			}
			if s.length(last) <= leg || s.length(i) <= leg {
				continue
			}
			ax, ay := s.at[last].X-s.at[i].X, s.at[last].Y-s.at[i].Y
			bx, by := s.at[i+1].X-s.at[i].X, s.at[i+1].Y-s.at[i].Y
			if angle := math.Abs(math.Atan2(ax*by-ay*bx, ax*bx+ay*by)) / degree; angle < degrees {
				at, angles = append(at, s.places[i]), append(angles, angle)
			}
		}
	}
	return at, angles
}

// Box is what the parcel covers, in degrees.
func (s *Shape) Box() (low, high Point) {
	return Point{s.box.minX, s.box.minY}, Point{s.box.maxX, s.box.maxY}
}
