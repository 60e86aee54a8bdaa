package mvt

import (
	"encoding/binary"
	"errors"
	"math"
)

// Kinds of geometry in WKB.
const (
	wkbPoint = 1 + iota
	wkbLine
	wkbPolygon
	wkbMultiPoint
	wkbMultiLine
	wkbMultiPolygon
	wkbCollection
)

// Flags of EWKB's type word.
const (
	hasZ    = 0x80000000
	hasM    = 0x40000000
	hasSRID = 0x20000000
)

// deepest nesting of collections.
const deepest = 16

// errTorn is the answer to bytes that are no EWKB that a tile is made of.
var errTorn = errors.New("mvt: the geometry is torn, or of a kind that tiles do not have")

// shapes are the parts of a geometry by their dimension, on the grid of a tile.
type shapes struct {
	points []point // of everything
	alone  []span  // single points
	lines  []span
	rings  []ring
}

// span is a run of shapes.points.
type span struct{ from, to int }

// ring is one of a polygon; outer begins another polygon.
type ring struct {
	span
	outer bool
}

func (s *shapes) reset() {
	s.points, s.alone, s.lines, s.rings = s.points[:0], s.alone[:0], s.lines[:0], s.rings[:0]
}

// reader goes through EWKB.
type reader struct {
	rest   []byte
	order  binary.ByteOrder
	grid   *grid
	shapes *shapes
}

// read brings a geometry to the grid. Heights and measures are left out.
func (s *shapes) read(ewkb []byte, g *grid) error {
	s.reset()
	r := reader{rest: ewkb, grid: g, shapes: s}
	if err := r.geometry(0); err != nil {
		return err
	}
	if len(r.rest) != 0 {
		return errTorn
	}
	return nil
}

func (r *reader) geometry(depth int) error {
	if len(r.rest) < 5 || depth > deepest {
		return errTorn
	}
	switch r.rest[0] {
	case 0:
		r.order = binary.BigEndian
	case 1:
		r.order = binary.LittleEndian
	default:
		return errTorn
	}
	word := r.order.Uint32(r.rest[1:])
	r.rest = r.rest[5:]
	if word&hasSRID != 0 {
		if len(r.rest) < 4 {
			return errTorn
		}
		r.rest = r.rest[4:]
	}
	stride := 16
	for _, flag := range [...]uint32{hasZ, hasM} {
		if word&flag != 0 {
			stride += 8
		}
	}
	switch kind := word &^ (hasZ | hasM | hasSRID); kind {
	case wkbPoint:
		return r.point(stride)
	case wkbLine:
		line, err := r.run(stride)
		if err == nil && line.to > line.from {
			r.shapes.lines = append(r.shapes.lines, line)
		}
		return err
	case wkbPolygon:
		return r.polygon(stride)
	case wkbMultiPoint, wkbMultiLine, wkbMultiPolygon, wkbCollection:
		n, err := r.count(5)
		for i := 0; i < n && err == nil; i++ {
			err = r.geometry(depth + 1)
		}
		return err
	default:
		return errTorn
	}
}

// count reads how many things follow, each of at least size bytes.
func (r *reader) count(size int) (int, error) {
	if len(r.rest) < 4 {
		return 0, errTorn
	}
	n := r.order.Uint32(r.rest)
	r.rest = r.rest[4:]
	if uint64(n)*uint64(size) > uint64(len(r.rest)) {
		return 0, errTorn
	}
	return int(n), nil
}

// point of WKB is empty where its coordinates are NaN.
func (r *reader) point(stride int) error {
	if len(r.rest) < stride {
		return errTorn
	}
	from := len(r.shapes.points)
	if err := r.vertices(1, stride); err != nil {
		x := math.Float64frombits(r.order.Uint64(r.rest))
		if !math.IsNaN(x) {
			return err
		}
		r.rest = r.rest[stride:]
		return nil
	}
	r.shapes.alone = append(r.shapes.alone, span{from, from + 1})
	return nil
}

func (r *reader) polygon(stride int) error {
	n, err := r.count(4)
	if err != nil {
		return err
	}
	for i := range n {
		run, err := r.run(stride)
		if err != nil {
			return err
		}
		if i > 0 || run.to > run.from {
			r.shapes.rings = append(r.shapes.rings, ring{run, i == 0})
		}
	}
	return nil
}

// run reads the points of a line or ring.
func (r *reader) run(stride int) (span, error) {
	n, err := r.count(stride)
	if err != nil {
		return span{}, err
	}
	from := len(r.shapes.points)
	if err := r.vertices(n, stride); err != nil {
		return span{}, err
	}
	return span{from, from + n}, nil
}

func (r *reader) vertices(n, stride int) error {
	points, rest := r.shapes.points, r.rest
	for range n {
		x, y := math.Float64frombits(r.order.Uint64(rest)), math.Float64frombits(r.order.Uint64(rest[8:]))
		// What is no place on the map has no cell either.
		if !(math.Abs(x) <= 4*half && math.Abs(y) <= 64*half) {
			return errTorn
		}
		points = append(points, r.grid.place(x, y))
		rest = rest[stride:]
	}
	r.shapes.points, r.rest = points, rest
	return nil
}
