package mvt

import "slices"

// segment is an edge of a ring: its ends, its place in the ring and the ring's length, to tell its neighbours.
type segment struct {
	a, b            cell
	west, east      int32
	north, south    int32
	ring, at, count int32
}

// simple reports whether no edge of a polygon's rings meets another one but at the corner that two neighbours share. It goes over the edges from the west to the east.
func simple(cells []cell, rings []span, edges []segment) (bool, []segment) {
	edges = edges[:0]
	for r, s := range rings {
		n := s.to - s.from
		last := cells[s.to-1]
		for i := range n {
			c := cells[s.from+i]
			edges = append(edges, segment{
				a: last, b: c, west: min(last.x, c.x), east: max(last.x, c.x), north: min(last.y, c.y), south: max(last.y, c.y),
				ring: int32(r), at: int32(i), count: int32(n),
			})
			last = c
		}
	}
	if len(edges) > 16 { // fewer are compared faster than sorted
		slices.SortFunc(edges, func(p, q segment) int { return int(p.west) - int(q.west) })
	}
	sorted := len(edges) > 16
	for i := range edges {
		p := &edges[i]
		for j := i + 1; j < len(edges); j++ {
			q := &edges[j]
			if q.west > p.east {
				if sorted {
					break
				}
				continue
			}
			if q.east < p.west || q.north > p.south || q.south < p.north {
				continue
			}
			if meets(p, q) {
				return false, edges
			}
		}
	}
	return true, edges
}

// meets reports whether two edges share a point that they may not share.
func meets(p, q *segment) bool {
	if p.ring == q.ring {
		switch {
		case q.at == (p.at+1)%p.count: // p ends where q begins; they may not lie on each other
			return folded(p.a, p.b, q.b)
		case p.at == (q.at+1)%p.count:
			return folded(q.a, q.b, p.b)
		}
	}
	// Their boxes meet, so edges on one line do too.
	return side(p.a, p.b, q.a)*side(p.a, p.b, q.b) <= 0 && side(q.a, q.b, p.a)*side(q.a, q.b, p.b) <= 0
}

// folded reports whether the edge from b to c goes back over that from a to b.
func folded(a, b, c cell) bool {
	ux, uy, vx, vy := int64(b.x-a.x), int64(b.y-a.y), int64(c.x-b.x), int64(c.y-b.y)
	return ux*vy == uy*vx && ux*vx+uy*vy < 0
}

// side tells on which side of the line from a to b the cell c lies: -1, 0 or 1.
func side(a, b, c cell) int {
	d := int64(b.x-a.x)*int64(c.y-a.y) - int64(b.y-a.y)*int64(c.x-a.x)
	switch {
	case d > 0:
		return 1
	case d < 0:
		return -1
	}
	return 0
}
