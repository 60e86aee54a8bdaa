package coverage

// counter counts how many parcels have an edge on one side and on the other.
type counter struct {
	index   map[uint64]int32 // by both ends of the edge
	entries []counted
}

type counted struct {
	edge  [2]int32
	more  int       // on the side of the edge, than on the other
	sides [2]*Shape // the first parcel on each
}

func newCounter(size int) *counter {
	return &counter{index: make(map[uint64]int32, size), entries: make([]counted, 0, size)}
}

func (c *counter) count(from, to int32, s *Shape) {
	if from == to {
		return
	}
	edge, side, one := [2]int32{from, to}, 0, 1
	if from > to {
		edge, side, one = [2]int32{to, from}, 1, -1
	}
	ends := uint64(uint32(edge[0]))<<32 | uint64(uint32(edge[1]))
	i, known := c.index[ends]
	if !known {
		i = int32(len(c.entries))
		c.index[ends] = i
		c.entries = append(c.entries, counted{edge: edge})
	}
	e := &c.entries[i]
	e.more += one
	if e.sides[side] == nil || before(s, e.sides[side]) {
		e.sides[side] = s
	}
}

// left are the edges at which one side has more.
func (c *counter) left() map[[2]int32]*Shape {
	left := make(map[[2]int32]*Shape)
	for _, e := range c.entries {
		switch {
		case e.more > 0:
			left[e.edge] = e.sides[0]
		case e.more < 0:
			left[[2]int32{e.edge[1], e.edge[0]}] = e.sides[1]
		}
	}
	return left
}
