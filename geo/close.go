package geo

import (
	"encoding/binary"
	"math"
)

// CloseRings answers a polygon or multipolygon whose open rings end where they began. ok is false for every other geometry, for one that is malformed, and for
// one that has no open ring.
func CloseRings(b []byte) (closed []byte, ok bool) {
	c := closer{rest: b}
	if !c.geometry(0) || len(c.rest) != 0 {
		return nil, false
	}
	return c.out, c.closed
}

type closer struct {
	rest, out []byte
	closed    bool
}

// take moves n bytes from the input to the output.
func (c *closer) take(n int) ([]byte, bool) {
	if n < 0 || n > len(c.rest) {
		return nil, false
	}
	part := c.rest[:n]
	c.rest, c.out = c.rest[n:], append(c.out, part...)
	return part, true
}

func (c *closer) geometry(depth int) bool {
	start, ok := c.take(5)
	if !ok {
		return false
	}
	order, ok := byteOrder(start[0])
	if !ok {
		return false
	}
	head := order.Uint32(start[1:])
	if head&(flagZ|flagM) != 0 {
		return false
	}
	if head&flagSRID != 0 {
		if _, ok := c.take(4); !ok {
			return false
		}
	}
	kind := Kind(head &^ flagSRID)
	if kind != Polygon && (kind != MultiPolygon || depth > 0) {
		return false
	}
	count, ok := c.take(4)
	if !ok {
		return false
	}
	for range order.Uint32(count) {
		if kind == MultiPolygon && !c.geometry(depth+1) || kind == Polygon && !c.ring(order) {
			return false
		}
	}
	return true
}

func (c *closer) ring(order binary.ByteOrder) bool {
	at := len(c.out)
	count, ok := c.take(4)
	if !ok {
		return false
	}
	n := order.Uint32(count)
	if n < 3 || n >= math.MaxInt32/16 {
		return false
	}
	points, ok := c.take(int(n) * 16)
	if !ok {
		return false
	}
	first, last := points[:16], points[len(points)-16:]
	if string(first) != string(last) {
		c.out = append(c.out, first...)
		order.PutUint32(c.out[at:], n+1)
		c.closed = true
	}
	return true
}
