package coverage

import (
	"math"
	"slices"
)

// Cell is a part of the plane in one UTM zone. It owns its lower and left sides, so that each place belongs to one cell.
type Cell struct {
	Zone int
	box
	held int // delivered parcels whose lower left corner it owns
}

func (c *Cell) owns(p Point) bool {
	return p.X >= c.minX && p.X < c.maxX && p.Y >= c.minY && p.Y < c.maxY
}

// plan divides the plane into cells that own at most size of the corners, which it sorts. Together the cells own every place in the zones that the extent touches.
func plan(corners []Point, extent box, size int) []Cell {
	if len(corners) == 0 {
		return nil
	}
	slices.SortFunc(corners, byX)
	var cells []Cell
	for zone, from := ZoneOf(extent.minX), 0; zone <= ZoneOf(extent.maxX); zone++ {
		to := from
		for to < len(corners) && ZoneOf(corners[to].X) == zone {
			to++
		}
		whole := Cell{Zone: zone, box: box{west(zone), math.Inf(-1), west(zone + 1), math.Inf(1)}}
		if zone == ZoneOf(extent.minX) {
			whole.minX = math.Inf(-1)
		}
		if zone == ZoneOf(extent.maxX) {
			whole.maxX = math.Inf(1)
		}
		cells = divide(cells, whole, corners[from:to], size)
		from = to
	}
	return cells
}

func byX(a, b Point) int {
	switch {
	case a.X != b.X:
		return sign(a.X - b.X)
	default:
		return sign(a.Y - b.Y)
	}
}

func byY(a, b Point) int { return byX(Point{a.Y, a.X}, Point{b.Y, b.X}) }

func sign(d float64) int {
	switch {
	case d < 0:
		return -1
	case d > 0:
		return 1
	}
	return 0
}

// divide halves a cell at the middle one of its corners until it is small enough.
func divide(cells []Cell, c Cell, corners []Point, size int) []Cell {
	c.held = len(corners)
	if len(corners) <= size {
		return append(cells, c)
	}
	b := nowhere()
	for _, p := range corners {
		b.add(p)
	}
	upright := b.maxX-b.minX >= b.maxY-b.minY
	compare := byY
	if upright {
		compare = byX
	}
	slices.SortFunc(corners, compare)
	// The cut lies before the first corner that has the middle one's coordinate, or behind the last one.
	coordinate := func(p Point) float64 {
		if upright {
			return p.X
		}
		return p.Y
	}
	at := coordinate(corners[len(corners)/2])
	cut := slices.IndexFunc(corners, func(p Point) bool { return coordinate(p) >= at })
	if cut == 0 {
		cut = slices.IndexFunc(corners, func(p Point) bool { return coordinate(p) > at })
		if cut < 0 { // all in one place: they cannot be divided
			return append(cells, c)
		}
		at = coordinate(corners[cut])
	}
	low, high := c, c
	if upright {
		low.maxX, high.minX = at, at
	} else {
		low.maxY, high.minY = at, at
	}
	return divide(divide(cells, low, corners[:cut], size), high, corners[cut:], size)
}

// halves divides a cell in the middle of what it covers, where others crowd it.
func (c *Cell) halves(covered box) (low, high Cell, ok bool) {
	low, high = *c, *c
	width, height := covered.maxX-covered.minX, covered.maxY-covered.minY
	if max(width, height) < 0.001 { // some 100 m
		return low, high, false
	}
	if width >= height {
		low.maxX = covered.minX + width/2
		high.minX = low.maxX
	} else {
		low.maxY = covered.minY + height/2
		high.minY = low.maxY
	}
	return low, high, true
}
