package coverage

import (
	"encoding/binary"
	"errors"
	"math"
)

// Parcel is what is checked.
type Parcel struct {
	ID  int64
	Key string
	// Delivered parcels are checked, among themselves and with the others. Others are only neighbours.
	Delivered bool
	Dataset   int64
	Geometry  []byte // EWKB, a polygon or multipolygon in degrees
	// Declared area and Accuracy, where they are known: NaN where not.
	Declared, Accuracy float64
}

// Shape is a parcel as the block measures it. Boundaries run so that the inside is on their left.
type Shape struct {
	Parcel
	Zone  int
	Parts int
	box   box // degrees
	flat  box // metres
	// Vertices in degrees and in metres; each ring ends with the vertex that it began with.
	places []Point
	at     []Point
	rings  []ring
	runs   []run
	// Repeated is the first vertex that comes twice in a row, where there is one.
	Repeated *Point
}

// ring is the vertices from..to, both of them the same place.
type ring struct{ from, to int }

// run is some edges in a row, with what they cover. Edge i goes from vertex i to vertex i+1.
type run struct {
	from, to int
	box      box
}

const runLength = 16

type box struct{ minX, minY, maxX, maxY float64 }

func nowhere() box { return box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)} }

func (b *box) add(p Point) {
	b.minX, b.minY, b.maxX, b.maxY = min(b.minX, p.X), min(b.minY, p.Y), max(b.maxX, p.X), max(b.maxY, p.Y)
}

func (b box) meets(o box) bool {
	return b.minX <= o.maxX && o.minX <= b.maxX && b.minY <= o.maxY && o.minY <= b.maxY
}

func (b box) common(o box) box {
	return box{max(b.minX, o.minX), max(b.minY, o.minY), min(b.maxX, o.maxX), min(b.maxY, o.maxY)}
}

func (b box) wider(d float64) box { return box{b.minX - d, b.minY - d, b.maxX + d, b.maxY + d} }

func (b box) holds(p Point) bool {
	return p.X >= b.minX && p.X <= b.maxX && p.Y >= b.minY && p.Y <= b.maxY
}

func between(a, b Point) box { return box{min(a.X, b.X), min(a.Y, b.Y), max(a.X, b.X), max(a.Y, b.Y)} }

var errGeometry = errors.New("coverage: not a polygon")

// newShape reads a parcel's geometry. It was checked before: bytes that are no polygon are a mistake of the caller.
func newShape(p Parcel, zone int) (*Shape, error) {
	s := &Shape{Parcel: p, Zone: zone, box: nowhere(), flat: nowhere()}
	most := len(p.Geometry) / 16 // vertices
	points := make([]Point, 2*most)
	s.places, s.at = points[:0:most], points[most:most]
	r := reader{rest: p.Geometry}
	if kind := r.head(); kind == multiType {
		for range r.count() {
			if r.head() != polygonType || !s.readPolygon(&r) {
				return nil, errGeometry
			}
		}
	} else if kind != polygonType || !s.readPolygon(&r) {
		return nil, errGeometry
	}
	if r.bad || len(s.rings) == 0 {
		return nil, errGeometry
	}
	s.Geometry = nil
	s.runs = make([]run, 0, len(s.at)/runLength+len(s.rings))
	for _, ring := range s.rings {
		for from := ring.from; from < ring.to; from += runLength {
			run := run{from: from, to: min(from+runLength, ring.to), box: nowhere()}
			for i := run.from; i <= run.to; i++ {
				run.box.add(s.at[i])
			}
			s.runs = append(s.runs, run)
		}
	}
	return s, nil
}

func (s *Shape) readPolygon(r *reader) bool {
	s.Parts++
	for i := range r.count() {
		from := len(s.places)
		for range r.count() {
			p := Point{r.float(), r.float()}
			if r.bad {
				return false
			}
			if len(s.places) > from && s.places[len(s.places)-1] == p {
				if s.Repeated == nil {
					s.Repeated = &Point{p.X, p.Y}
				}
				continue
			}
			s.places = append(s.places, p)
		}
		to := len(s.places) - 1
		if to-from < 3 { // nothing that holds ground
			s.places = s.places[:from]
			continue
		}
		for _, p := range s.places[from:] {
			at := project(s.Zone, p)
			s.at = append(s.at, at)
			s.box.add(p)
			s.flat.add(at)
		}
		if outer := i == 0; (signedArea(s.at[from:to+1]) > 0) != outer {
			reverse(s.at[from : to+1])
			reverse(s.places[from : to+1])
		}
		s.rings = append(s.rings, ring{from, to})
	}
	return !r.bad
}

func reverse(p []Point) {
	for i, j := 0, len(p)-1; i < j; i, j = i+1, j-1 {
		p[i], p[j] = p[j], p[i]
	}
}

// signedArea of a closed ring: positive when its inside is on the left.
func signedArea(p []Point) float64 {
	sum := 0.0
	for i := 1; i < len(p)-1; i++ {
		sum += (p[i].X-p[0].X)*(p[i+1].Y-p[0].Y) - (p[i+1].X-p[0].X)*(p[i].Y-p[0].Y)
	}
	return sum / 2
}

// contains reports whether a place lies within; on the boundary it may be either.
func (s *Shape) contains(q Point) bool {
	if !s.flat.holds(q) {
		return false
	}
	inside := false
	for _, r := range s.runs {
		if q.Y < r.box.minY || q.Y > r.box.maxY || q.X > r.box.maxX {
			continue
		}
		for i := r.from; i < r.to; i++ {
			a, b := s.at[i], s.at[i+1]
			if (a.Y > q.Y) != (b.Y > q.Y) && q.X < a.X+(q.Y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
				inside = !inside
			}
		}
	}
	return inside
}

// edges calls f with each edge that may meet a box, until it answers false.
func (s *Shape) edges(b box, f func(i int) bool) {
	for _, r := range s.runs {
		if !r.box.meets(b) {
			continue
		}
		for i := r.from; i < r.to; i++ {
			if between(s.at[i], s.at[i+1]).meets(b) && !f(i) {
				return
			}
		}
	}
}

// runsBack reports whether the shape has this edge the other way round: then the two fit there.
func (s *Shape) runsBack(from, to Point) bool {
	found := false
	s.edges(between(from, to), func(i int) bool {
		found = s.at[i] == to && s.at[i+1] == from
		return !found
	})
	return found
}

// reader reads EWKB of either byte order. After a fault everything it gives is zero.
type reader struct {
	rest  []byte
	order binary.ByteOrder
	bad   bool
}

func (r *reader) take(n int) []byte {
	if r.bad || len(r.rest) < n {
		r.bad = true
		return nil
	}
	part := r.rest[:n]
	r.rest = r.rest[n:]
	return part
}

func (r *reader) head() uint32 {
	mark := r.take(1)
	if r.bad {
		return 0
	}
	r.order = binary.ByteOrder(binary.LittleEndian)
	if mark[0] == 0 {
		r.order = binary.BigEndian
	}
	kind := r.uint32()
	if kind&withSRID != 0 {
		r.take(4)
	}
	return kind &^ withSRID
}

func (r *reader) uint32() uint32 {
	b := r.take(4)
	if r.bad {
		return 0
	}
	return r.order.Uint32(b)
}

// count is how many parts follow: no more than there are bytes for.
func (r *reader) count() int {
	n := r.uint32()
	if int64(n) > int64(len(r.rest)) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *reader) float() float64 {
	b := r.take(8)
	if r.bad {
		return 0
	}
	return math.Float64frombits(r.order.Uint64(b))
}
