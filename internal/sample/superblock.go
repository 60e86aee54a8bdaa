package sample

import (
	"fmt"
	"math/rand/v2"
)

// Widths of ways in metres.
const (
	collectorWidth = 10.0
	alleyWidth     = 7.0
	deadEndWidth   = 5.0
	rowDepth       = 20.0
)

// way is a street, an alley or a dead end; its line is the centre line.
type way struct {
	id, name, class string
	width           float64
	line            [2]xy
}

// spot is a point of interest or a piece of street furniture.
type spot struct {
	at         xy
	kind, name string
}

// patch is a polygon with a kind and a name.
type patch struct {
	ring       []xy
	kind, name string
}

// superblock is the land between four main streets: columns of blocks divided by collectors, alleys between the
// blocks, and dead ends that open up the deep ones.
type superblock struct {
	index, col, row int
	cell            []xy // between the centre lines of the main streets
	neighbourhood   string
	ways            []way
	lots            []lot
	blocks          [][]xy
	greens          []patch
	facilities      []spot
	furniture       []spot
}

// side is a way that bounds a column or a row of lots, with the numbers given out on its two sides.
type side struct {
	name, before string
	main         bool
	odd, even    int
	repeated     int // the number that was given out a second time last
	// origin is set for long ways: numbers then follow the distance from it, because the superblocks along such a
	// way are made independently.
	byDistance bool
	origin     float64
}

// numberStep is metres of front for one house number on a long way; no lot is narrower.
const numberStep = 9.0

// next gives the number of a lot whose front is at position along the way.
func (s *side) next(r *rand.Rand, odd bool, position float64) (number int, suffix string) {
	if s.byDistance {
		d := position - s.origin
		if d < 0 {
			d = -d
		}
		number = 2*int(d/numberStep) + 2
		if odd {
			number--
		}
		return number, ""
	}
	counter := &s.even
	if odd {
		counter = &s.odd
	}
	if given := 2**counter - parity(odd); *counter > 0 && given != s.repeated && r.Float64() < 0.01 {
		s.repeated = given
		return given, "مکرر"
	}
	*counter++
	return 2**counter - parity(odd), ""
}

func parity(odd bool) int {
	if odd {
		return 1
	}
	return 0
}

// layout makes superblock (col, row) of a settlement.
func (s *settlement) layout(col, row int) *superblock {
	r := stream(s.seed, "superblock", s.code, col, row)
	sb := &superblock{
		index: row*s.cols() + col, col: col, row: row,
		cell: rectangle(s.xs[col], s.xs[col+1], s.ys[row+1], s.ys[row]),
	}
	sb.neighbourhood = s.words.neighbourhood(sb.index, s.nameOffset)
	half := s.mainWidth / 2
	x0, x1 := s.xs[col]+half, s.xs[col+1]-half
	y0, y1 := s.ys[row+1]+half, s.ys[row]-half

	taken := map[string]bool{}
	south := &side{name: s.across[row+1], main: true, byDistance: true, origin: s.xs[0]}
	north := &side{name: s.across[row], main: true, byDistance: true, origin: s.xs[0]}
	west := &side{name: s.along[col], main: true, byDistance: true, origin: s.ys[0]}
	last := &side{name: s.along[col+1], main: true, byDistance: true, origin: s.ys[0]}

	columns := 1
	if x1-x0 > 150 {
		columns = 2 + r.IntN(2)
	}
	width := (x1 - x0 - float64(columns-1)*collectorWidth) / float64(columns)
	for c := range columns {
		cx := x0 + float64(c)*(width+collectorWidth)
		east, eastWidth := last, s.mainWidth
		if c < columns-1 {
			east, eastWidth = &side{name: s.collectorName(r, south.name, taken, 3*col+c), before: south.name, byDistance: true, origin: y0}, collectorWidth
			middle := cx + width + collectorWidth/2
			sb.addWay(s, east.name, "collector", collectorWidth, xy{middle, s.ys[row+1]}, xy{middle, s.ys[row]})
		}
		westWidth := s.mainWidth
		if c > 0 {
			westWidth = collectorWidth
		}
		k := column{
			settlement: s, sb: sb, r: r, taken: taken, first: c == 0, last: c == columns-1,
			x0: cx, x1: cx + width, y0: y0, y1: y1,
			westEdge: cx - westWidth/2, eastEdge: cx + width + eastWidth/2,
			south: south, north: north, west: west, east: east,
		}
		k.fill()
		west = east
	}
	return sb
}

// collectorName is either the main street's name with a number or a name of its own.
func (s *settlement) collectorName(r *rand.Rand, main string, taken map[string]bool, n int) string {
	if r.Float64() < 0.5 {
		return fmt.Sprintf("کوچه %s %s", withoutType(main), persian(2*n+1))
	}
	return "کوچه " + s.words.unused(r, s.words.alleys, taken)
}

func (sb *superblock) addWay(s *settlement, name, class string, width float64, a, b xy) {
	id := fmt.Sprintf("%s-W%04d%03d", s.code, sb.index, len(sb.ways)+1)
	sb.ways = append(sb.ways, way{id: id, name: name, class: class, width: width, line: [2]xy{a, b}})
}
