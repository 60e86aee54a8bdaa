package geo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Kind is a geometry type with the code that well-known binary gives it.
type Kind uint32

// The kinds that the server stores.
const (
	Point Kind = 1 + iota
	LineString
	Polygon
	MultiPoint
	MultiLineString
	MultiPolygon
	GeometryCollection
)

// Dimension of the kind: 0 points, 1 lines, 2 areas, -1 for a collection.
func (k Kind) Dimension() int {
	switch k {
	case Point, MultiPoint:
		return 0
	case LineString, MultiLineString:
		return 1
	case Polygon, MultiPolygon:
		return 2
	default:
		return -1
	}
}

// String is the name in the Simple Features standard.
func (k Kind) String() string {
	names := [...]string{"", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"}
	if k == 0 || int(k) >= len(names) {
		return fmt.Sprintf("geometry type %d", uint32(k))
	}
	return names[k]
}

// Box is a bounding box in the geometry's own units.
type Box struct{ MinX, MinY, MaxX, MaxY float64 }

// Shape is what a structural check learns about a geometry.
type Shape struct {
	Kind     Kind
	Vertices int
	Empty    bool
	Box      Box // meaningless when Empty
}

// StructureError says why a geometry cannot be stored at all, with the last coordinate that was read before the fault.
type StructureError struct {
	Reason string // stable: malformed, unsupported-type, not-finite, ring-open, too-few-points, too-many-vertices
	X, Y   float64
	Placed bool // X and Y are known
}

// Error gives the reason and the place.
func (e *StructureError) Error() string {
	if !e.Placed {
		return "geometry: " + e.Reason
	}
	return fmt.Sprintf("geometry: %s near %g %g", e.Reason, e.X, e.Y)
}

const (
	flagZ    = 0x80000000
	flagM    = 0x40000000
	flagSRID = 0x20000000
	// maxDepth bounds collections within collections; real data has one level.
	maxDepth = 4
)

// Normalize checks the structure of a two-dimensional EWKB geometry and returns it without its SRID, so that PostGIS can read it without an error:
// every count fits the bytes that are there, coordinates are finite, rings are closed with at least four points, lines have at least two.
// It says nothing of topological validity. At most maxVertices are taken. The result may alias b.
// Errors are *StructureError.
func Normalize(b []byte, maxVertices int) ([]byte, Shape, error) {
	if len(b) < 5 {
		return nil, Shape{}, &StructureError{Reason: "malformed"}
	}
	order, ok := byteOrder(b[0])
	if !ok {
		return nil, Shape{}, &StructureError{Reason: "malformed"}
	}
	if head := order.Uint32(b[1:]); head&flagSRID != 0 {
		if len(b) < 9 {
			return nil, Shape{}, &StructureError{Reason: "malformed"}
		}
		plain := make([]byte, len(b)-4)
		plain[0] = b[0]
		order.PutUint32(plain[1:], head&^flagSRID)
		copy(plain[5:], b[9:])
		b = plain
	}
	c := checker{rest: b, left: maxVertices, box: Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}}
	kind, err := c.geometry(0, 0)
	if err == nil && len(c.rest) != 0 {
		err = c.fault("malformed")
	}
	if err != nil {
		return nil, Shape{}, err
	}
	n := maxVertices - c.left
	return b, Shape{Kind: kind, Vertices: n, Empty: n == 0, Box: c.box}, nil
}

// Single gives a multi-geometry of one part as that part, and everything else as it is: one place has one form, whatever a file format calls it.
// It takes what Normalize answered.
func Single(b []byte, s Shape) ([]byte, Shape) {
	order, ok := byteOrder(b[0])
	if ok && s.Kind >= MultiPoint && s.Kind <= MultiPolygon && order.Uint32(b[5:]) == 1 {
		s.Kind -= MultiPoint - Point
		return b[9:], s
	}
	return b, s
}

// WithSRID gives what Normalize answered its SRID, in bytes of their own.
func WithSRID(b []byte, srid uint32) []byte {
	order, ok := byteOrder(b[0])
	if !ok {
		return b
	}
	out := make([]byte, 0, len(b)+4)
	out = append(out, b[0], 0, 0, 0, 0, 0, 0, 0, 0)
	order.PutUint32(out[1:], order.Uint32(b[1:])|flagSRID)
	order.PutUint32(out[5:], srid)
	return append(out, b[5:]...)
}

type checker struct {
	rest   []byte
	left   int // vertices still allowed
	box    Box
	x, y   float64
	placed bool
}

func byteOrder(b byte) (binary.ByteOrder, bool) {
	switch b {
	case 0:
		return binary.BigEndian, true
	case 1:
		return binary.LittleEndian, true
	default:
		return nil, false
	}
}

func (c *checker) fault(reason string) error {
	return &StructureError{Reason: reason, X: c.x, Y: c.y, Placed: c.placed}
}

// geometry reads one geometry; want is the kind that the parent requires, or 0.
func (c *checker) geometry(want Kind, depth int) (Kind, error) {
	if len(c.rest) < 5 || depth > maxDepth {
		return 0, c.fault("malformed")
	}
	order, ok := byteOrder(c.rest[0])
	if !ok {
		return 0, c.fault("malformed")
	}
	head := order.Uint32(c.rest[1:])
	c.rest = c.rest[5:]
	if head&flagSRID != 0 {
		return 0, c.fault("malformed")
	}
	kind := Kind(head)
	if head&(flagZ|flagM) != 0 || kind < Point || kind > GeometryCollection {
		return 0, c.fault("unsupported-type")
	}
	if want != 0 && kind != want {
		return 0, c.fault("malformed")
	}
	return kind, c.body(kind, order, depth)
}

func (c *checker) body(kind Kind, order binary.ByteOrder, depth int) error {
	switch kind {
	case Point:
		return c.point(order)
	case LineString:
		return c.line(order, 2, false)
	case Polygon:
		return c.repeat(order, 4, func() error { return c.line(order, 4, true) })
	default:
		part := map[Kind]Kind{MultiPoint: Point, MultiLineString: LineString, MultiPolygon: Polygon}[kind]
		return c.repeat(order, 5, func() error {
			_, err := c.geometry(part, depth+1)
			return err
		})
	}
}

// repeat reads a count and that many parts, each of at least size bytes.
func (c *checker) repeat(order binary.ByteOrder, size int, part func() error) error {
	n, err := c.count(order, size)
	for range n {
		if err != nil {
			return err
		}
		err = part()
	}
	return err
}

func (c *checker) count(order binary.ByteOrder, size int) (int, error) {
	if len(c.rest) < 4 {
		return 0, c.fault("malformed")
	}
	n := int(order.Uint32(c.rest))
	c.rest = c.rest[4:]
	if n > len(c.rest)/size {
		return 0, c.fault("malformed")
	}
	return n, nil
}

func (c *checker) point(order binary.ByteOrder) error {
	if len(c.rest) < 16 {
		return c.fault("malformed")
	}
	x, y := math.Float64frombits(order.Uint64(c.rest)), math.Float64frombits(order.Uint64(c.rest[8:]))
	if math.IsNaN(x) && math.IsNaN(y) { // the empty point
		c.rest = c.rest[16:]
		return nil
	}
	return c.vertex(order)
}

func (c *checker) vertex(order binary.ByteOrder) error {
	x, y := math.Float64frombits(order.Uint64(c.rest)), math.Float64frombits(order.Uint64(c.rest[8:]))
	c.rest = c.rest[16:]
	if math.IsNaN(x) || math.IsInf(x, 0) || math.IsNaN(y) || math.IsInf(y, 0) {
		return c.fault("not-finite")
	}
	if c.left == 0 {
		return c.fault("too-many-vertices")
	}
	c.left--
	c.x, c.y, c.placed = x, y, true
	c.box = Box{min(c.box.MinX, x), min(c.box.MinY, y), max(c.box.MaxX, x), max(c.box.MaxY, y)}
	return nil
}

// line reads a run of vertices: at least least of them, though a line may have none at all; a ring ends where it began.
func (c *checker) line(order binary.ByteOrder, least int, ring bool) error {
	n, err := c.count(order, 16)
	if err != nil || n == 0 && !ring {
		return err
	}
	var first [2]float64
	for i := range n {
		if err := c.vertex(order); err != nil {
			return err
		}
		if i == 0 {
			first = [2]float64{c.x, c.y}
		}
	}
	if ring && n > 0 && (math.Float64bits(first[0]) != math.Float64bits(c.x) || math.Float64bits(first[1]) != math.Float64bits(c.y)) {
		return c.fault("ring-open")
	}
	if n < least {
		return c.fault("too-few-points")
	}
	return nil
}

// Reason answers the StructureError's reason, or "" for another error.
func Reason(err error) string {
	if e, ok := errors.AsType[*StructureError](err); ok {
		return e.Reason
	}
	return ""
}
