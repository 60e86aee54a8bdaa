package geo

import (
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

// Reason answers the StructureError's reason, or "" for another error.
func Reason(err error) string {
	if e, ok := errors.AsType[*StructureError](err); ok {
		return e.Reason
	}
	return ""
}
