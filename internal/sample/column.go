package sample

import (
	"math"
	"math/rand/v2"
)

// column is a strip of blocks between two side ways, filled from south to north.
type column struct {
	settlement         *settlement
	sb                 *superblock
	r                  *rand.Rand
	taken              map[string]bool
	first, last        bool
	x0, x1, y0, y1     float64
	westEdge, eastEdge float64 // centre lines of the side ways, where alleys end
	south, north       *side
	west, east         *side
}

// fill chooses blocks until the column is full, then stretches the rows so that they fit exactly.
func (c *column) fill() {
	height := c.y1 - c.y0
	deep := []bool{false}
	used := 2 * rowDepth
	for {
		isDeep := c.x1-c.x0 > 60 && c.r.Float64() < 0.45
		more := alleyWidth + 2*rowDepth
		if isDeep {
			more = alleyWidth + 4*rowDepth + deadEndWidth
		}
		if used+more > height+8 {
			break
		}
		deep = append(deep, isDeep)
		used += more
	}
	rows, fixed := 0.0, float64(len(deep)-1)*alleyWidth
	for _, d := range deep {
		rows += 2
		if d {
			rows += 2
			fixed += deadEndWidth
		}
	}
	depth := (height - fixed) / rows
	y, front := c.y0, c.south
	for i, d := range deep {
		behind := c.north
		top := y + 2*depth
		if d {
			top += 2*depth + deadEndWidth
		}
		if i == len(deep)-1 {
			top = c.y1
		} else {
			behind = &side{name: "کوچه " + c.settlement.words.unused(c.r, c.settlement.words.alleys, c.taken), before: c.west.name}
			middle := top + alleyWidth/2
			c.sb.addWay(c.settlement, behind.name, "alley", alleyWidth, xy{c.westEdge, middle}, xy{c.eastEdge, middle})
		}
		c.block(i, d, y, top, depth, front, behind)
		y, front = top+alleyWidth, behind
	}
}

// block fills one block: a park, a facility, two rows of lots, or four rows around a dead end.
func (c *column) block(i int, deep bool, y, top, depth float64, front, behind *side) {
	number := len(c.sb.blocks)
	c.sb.blocks = append(c.sb.blocks, rectangle(c.x0, c.x1, y, top))
	if !c.settlement.village() {
		p := c.r.Float64()
		switch {
		case c.sb.index == 0 && i == 0 && c.first || !deep && p < 0.05:
			c.park(number, y, top, front)
			return
		case c.sb.index == 0 && i == 0 && c.last || !deep && p < 0.11:
			c.facility(number, y, top, front)
			return
		}
	}
	if !deep {
		north := c.cuts(c.x0, c.x1)
		south := snapTo(c.cuts(c.x0, c.x1), north)
		back := merge(north, south)
		c.row(number, south, back, y, y+depth, front)
		c.row(number, north, back, top, y+depth, behind)
		return
	}
	c.deadEnd(number, y, top, depth, front, behind)
}

// deadEnd fills a deep block. The dead end enters from the west, or from the east in a mirrored block, and its end is
// closed by a lot that fronts the way on the other side.
func (c *column) deadEnd(number int, y, top, depth float64, front, behind *side) {
	mirrored := c.r.Float64() < 0.5
	entry, exit, edge := c.west, c.east, c.westEdge
	if mirrored {
		entry, exit, edge = c.east, c.west, c.eastEdge
	}
	flip := func(x float64) float64 {
		if mirrored {
			return c.x0 + c.x1 - x
		}
		return x
	}
	end := c.x1 - between(c.r, 16, 20)
	lower, upper := y+2*depth, y+2*depth+deadEndWidth
	first, last := y+depth, upper+depth
	blind := &side{name: "بن‌بست " + c.settlement.words.unused(c.r, c.settlement.words.alleys, c.taken), before: entry.name}
	c.sb.addWay(c.settlement, blind.name, "dead-end", deadEndWidth, xy{edge, (lower + upper) / 2}, xy{flip(end), (lower + upper) / 2})

	cuts2, cuts3 := c.cuts(c.x0, end), c.cuts(c.x0, end)
	back2 := append(append([]float64{}, cuts2...), c.x1)
	back3 := append(append([]float64{}, cuts3...), c.x1)
	cuts1, cuts4 := snapTo(c.cuts(c.x0, c.x1), back2), snapTo(c.cuts(c.x0, c.x1), back3)
	south, north := merge(cuts1, back2), merge(cuts4, back3)

	var ring []xy
	for _, x := range south {
		if x >= end {
			ring = append(ring, xy{x, first})
		}
	}
	for i := len(north) - 1; i >= 0; i-- {
		if north[i] >= end {
			ring = append(ring, xy{north[i], last})
		}
	}
	ring = append(ring, xy{end, upper}, xy{end, lower})
	closing := lot{ring: ring, front: xy{c.x1 - 1, (lower + upper) / 2}, block: number}
	closing.occupy(c.r, exit.main, c.settlement.village(), end, c.x1, first+6, last-6)

	from := len(c.sb.lots)
	c.row(number, cuts1, south, y, first, front)
	c.row(number, cuts2, south, lower, first, blind)
	c.row(number, cuts3, north, upper, last, blind)
	c.row(number, cuts4, north, top, last, behind)
	// East of a way is its even side: a lot on the way's west side is odd.
	closing.number, closing.suffix = exit.next(c.r, !mirrored, closing.front.Y)
	closing.way, closing.before = exit.name, exit.before
	c.sb.lots = append(c.sb.lots, closing)
	if mirrored {
		for i := from; i < len(c.sb.lots); i++ {
			c.sb.lots[i].mirror(flip)
		}
	}
}

// row cuts one row of lots. The front is at y front, the shared back line at y back with the vertices of both rows.
func (c *column) row(number int, cuts, back []float64, front, rear float64, on *side) {
	facesSouth := front < rear
	for i := range len(cuts) - 1 {
		a, b := cuts[i], cuts[i+1]
		var ring []xy
		if facesSouth {
			ring = append(ring, xy{a, front}, xy{b, front})
			for k := len(back) - 1; k >= 0; k-- {
				if back[k] >= a && back[k] <= b {
					ring = append(ring, xy{back[k], rear})
				}
			}
		} else {
			ring = append(ring, xy{b, front}, xy{a, front})
			for _, x := range back {
				if x >= a && x <= b {
					ring = append(ring, xy{x, rear})
				}
			}
		}
		l := lot{ring: ring, block: number, front: xy{(a + b) / 2, front + math.Copysign(1, rear-front)}}
		l.way, l.before = on.name, on.before
		// A row that faces south stands north of its way: the odd side.
		l.number, l.suffix = on.next(c.r, facesSouth, l.front.X)
		l.occupy(c.r, on.main, c.settlement.village(), a, b, front, rear)
		c.sb.lots = append(c.sb.lots, l)
	}
}

func (l *lot) mirror(flip func(float64) float64) {
	l.front.X = flip(l.front.X)
	for _, ring := range [][]xy{l.ring, l.building} {
		for i, j := 0, len(ring)-1; i < j; i, j = i+1, j-1 {
			ring[i], ring[j] = ring[j], ring[i]
		}
		for i := range ring {
			ring[i].X = flip(ring[i].X)
		}
	}
}
