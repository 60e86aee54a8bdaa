package coverage

import (
	"math"
	"slices"
)

// Hole is ground that parcels enclose and none of them has.
type Hole struct {
	Around []*Shape // the parcels at its boundary, each once, delivered ones first
	Rings  [][]Point
	Area   float64 // m²
	Width  float64 // m, mean
}

// holeFinder follows the boundaries at which no neighbour fits, on their outer side.
type holeFinder struct {
	within float64             // vertices and boundaries that are nearer are one
	ids    map[[2]uint64]int32 // of places in degrees, by their bits: those are hashed several times as fast as numbers
	places []Point             // by id
	at     []Point             // metres, by id
	sides  map[[2]int32]*Shape // edges that more parcels have on this side than on the other
}

// holes finds those whose least vertex is owned and which are no wider than extent in any direction.
func holes(shapes []*Shape, within, extent float64, owned func(Point) bool) []Hole {
	vertices := 0
	for _, s := range shapes {
		vertices += len(s.at)
	}
	f := &holeFinder{within: within, ids: make(map[[2]uint64]int32, vertices/2)} // most have two parcels at least
	c := newCounter(vertices / 2)
	for _, s := range shapes {
		for _, r := range s.rings {
			last := f.id(s.places[r.from], s.at[r.from])
			for i := r.from + 1; i <= r.to; i++ {
				next := f.id(s.places[i], s.at[i])
				c.count(last, next, s)
				last = next
			}
		}
	}
	f.fit(c.left())
	return f.trace(extent, owned)
}

func (f *holeFinder) id(place, at Point) int32 {
	bits := [2]uint64{math.Float64bits(place.X + 0), math.Float64bits(place.Y + 0)} // -0 is 0
	id, known := f.ids[bits]
	if !known {
		id = int32(len(f.places))
		f.ids[bits] = id
		f.places, f.at = append(f.places, place), append(f.at, at)
	}
	return id
}

// fit makes vertices that are nearly one the same, and cuts edges at the vertices that lie on them: then what fits but for a corner fits.
func (f *holeFinder) fit(sides map[[2]int32]*Shape) {
	ends := make(map[int32]bool)
	for e := range sides {
		ends[e[0]], ends[e[1]] = true, true
	}
	grid := newGrid(25)
	for id := range ends {
		grid.add(f.at[id], id)
	}
	// A vertex becomes the least one near it, so that it does not matter which other ones were read.
	same := make(map[int32]int32, len(ends))
	for id := range ends {
		least := id
		grid.near(box{f.at[id].X, f.at[id].Y, f.at[id].X, f.at[id].Y}.wider(f.within), func(o int32) {
			if math.Hypot(f.at[o].X-f.at[id].X, f.at[o].Y-f.at[id].Y) <= f.within && byX(f.places[o], f.places[least]) < 0 {
				least = o
			}
		})
		same[id] = least
	}
	type stop struct {
		s  float64
		id int32
	}
	c := newCounter(len(sides))
	for e, s := range sides {
		from, to := f.at[e[0]], f.at[e[1]]
		length := math.Hypot(to.X-from.X, to.Y-from.Y)
		along := Point{(to.X - from.X) / length, (to.Y - from.Y) / length}
		var stops []stop
		grid.near(between(from, to).wider(f.within), func(id int32) {
			if s, left := locate(from, along, f.at[id]); math.Abs(left) <= f.within && s > f.within && s < length-f.within {
				stops = append(stops, stop{s, same[id]})
			}
		})
		slices.SortFunc(stops, func(a, b stop) int { return sign(a.s - b.s) })
		last := same[e[0]]
		for _, stop := range append(stops, stop{length, same[e[1]]}) {
			c.count(last, stop.id, s)
			last = stop.id
		}
	}
	f.sides = c.left()
}

// trace walks along the sides with the ground that is nobody's on the left. A walk that turns left as a whole has gone around a hole; one that turns right,
// around parcels: those that stand in a hole are taken from it.
func (f *holeFinder) trace(extent float64, owned func(Point) bool) []Hole {
	leaving := make(map[int32][]int32) // from each vertex, walking against the sides
	for e := range f.sides {
		leaving[e[1]] = append(leaving[e[1]], e[0])
	}
	walked := make(map[[2]int32]int, len(f.sides)) // in which walk
	var found []Hole
	var islands [][]int32
	for e := range f.sides {
		walk := f.walk([2]int32{e[1], e[0]}, leaving, walked)
		if walk == nil {
			continue
		}
		b, least := nowhere(), f.places[walk[f.least(walk)]]
		points := make([]Point, 0, len(walk)+1)
		for _, id := range walk {
			b.add(f.at[id])
			points = append(points, f.at[id])
		}
		if max(b.maxX-b.minX, b.maxY-b.minY) > extent {
			continue
		}
		points = append(points, points[0])
		area := signedArea(points)
		switch {
		case area < 0:
			islands = append(islands, walk)
		case area > 0 && owned(least):
			found = append(found, f.hole(walk, points, area))
		}
	}
	slices.SortFunc(islands, func(a, b []int32) int { return byX(f.places[a[f.least(a)]], f.places[b[f.least(b)]]) })
	for _, walk := range islands {
		f.takeOut(walk, found)
	}
	return found
}

// walk follows the sides from one, each time by the leftmost way, until it comes where it has been. It answers the round that it came into, which is the same wherever the
// walk began; nil when that is the round of an earlier walk.
func (f *holeFinder) walk(start [2]int32, leaving map[int32][]int32, walked map[[2]int32]int) (round []int32) {
	this := len(walked) + 1
	var steps [][2]int32
	e := start
	for walked[e] == 0 {
		walked[e] = this
		steps = append(steps, e)
		next, on := f.leftmost(e, leaving[e[1]])
		if !on {
			return nil
		}
		e = [2]int32{e[1], next}
	}
	if walked[e] != this {
		return nil
	}
	for _, step := range steps[slices.Index(steps, e):] {
		round = append(round, step[0])
	}
	return round
}

// leftmost answers the way on from the end of a step.
func (f *holeFinder) leftmost(e [2]int32, ways []int32) (best int32, on bool) {
	here := f.at[e[1]]
	back := math.Atan2(f.at[e[0]].Y-here.Y, f.at[e[0]].X-here.X)
	turn := math.Inf(1)
	for _, next := range ways {
		t := back - math.Atan2(f.at[next].Y-here.Y, f.at[next].X-here.X)
		for t <= 1e-9 {
			t += 2 * math.Pi
		}
		if t < turn || t == turn && byX(f.places[next], f.places[best]) < 0 {
			best, turn, on = next, t, true
		}
	}
	return best, on
}

func (f *holeFinder) hole(walk []int32, points []Point, area float64) Hole {
	h := Hole{Area: area}
	around := make(map[*Shape]bool)
	length := 0.0
	ring := make([]Point, 0, len(walk)+1)
	first := f.least(walk) // the ring begins there, wherever the walk began
	for i := range walk {
		next := walk[(i+1)%len(walk)]
		if s := f.sides[[2]int32{next, walk[i]}]; s != nil {
			around[s] = true
		}
		length += math.Hypot(points[i+1].X-points[i].X, points[i+1].Y-points[i].Y)
		ring = append(ring, f.places[walk[(first+i)%len(walk)]])
	}
	h.Rings, h.Width = [][]Point{append(ring, ring[0])}, 2*area/length
	for s := range around {
		h.Around = append(h.Around, s)
	}
	slices.SortFunc(h.Around, func(a, b *Shape) int {
		if before(a, b) {
			return -1
		}
		return 1
	})
	return h
}

// least answers which vertex of a walk comes first.
func (f *holeFinder) least(walk []int32) (first int) {
	for i := range walk {
		if byX(f.places[walk[i]], f.places[walk[first]]) < 0 {
			first = i
		}
	}
	return first
}

// takeOut takes what stands in a hole from it.
func (f *holeFinder) takeOut(walk []int32, from []Hole) {
	points, ring := make([]Point, 0, len(walk)+1), make([]Point, 0, len(walk)+1)
	first := f.least(walk)
	for i := range walk {
		id := walk[(first+i)%len(walk)]
		points, ring = append(points, f.at[id]), append(ring, f.places[id])
	}
	points, ring = append(points, points[0]), append(ring, ring[0])
	area := -signedArea(points)
	for i := range from {
		h := &from[i]
		outside := func(p Point) bool { return !within(p, h.Rings[0]) }
		if area < h.Area && !slices.ContainsFunc(ring, outside) {
			h.Area -= area
			h.Rings = append(h.Rings, ring)
		}
	}
}

// within reports whether a place lies in a ring.
func within(q Point, ring []Point) bool {
	inside := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a.Y > q.Y) != (b.Y > q.Y) && q.X < a.X+(q.Y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
			inside = !inside
		}
	}
	return inside
}
