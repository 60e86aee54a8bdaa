package geo

import (
	"encoding/binary"
	"math"
)

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
