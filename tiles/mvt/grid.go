package mvt

import "math"

// Extent is the side of a tile's grid in cells, and Buffer how far beyond its edges features are drawn: a symbol or a thick line at the edge must not be cut.
const (
	Extent = 4096
	Buffer = 64
)

// half is half the side of the Web Mercator square, in metres.
const half = 20037508.342789244

// grid turns coordinates into cells of one tile: x to the east, y to the south.
type grid struct{ scaleX, left, scaleY, top float64 }

// newGrid is for metres of Web Mercator.
func newGrid(z, x, y int) grid {
	scale := Extent * math.Exp2(float64(z)) / (2 * half)
	return grid{scaleX: scale, left: half*scale - float64(x)*Extent, scaleY: -scale, top: half*scale - float64(y)*Extent}
}

// sameGrid is for coordinates that are cells already.
func sameGrid() grid { return grid{scaleX: 1, scaleY: 1} }

func (g *grid) place(x, y float64) point {
	return point{x*g.scaleX + g.left, y*g.scaleY + g.top}
}

// point is a place on the grid before it is rounded to a cell.
type point struct{ x, y float64 }

// cell is a place on the grid.
type cell struct{ x, y int32 }

func (p point) cell() cell { return cell{int32(math.Floor(p.x + 0.5)), int32(math.Floor(p.y + 0.5))} }

// box is the part of the grid that something takes up.
type box struct{ west, north, east, south float64 }

// window is what is drawn of a tile.
var window = box{-Buffer, -Buffer, Extent + Buffer, Extent + Buffer} //nolint:gochecknoglobals // a constant in all but name

func boxOf(points []point) box {
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range points {
		b.west, b.east = min(b.west, p.x), max(b.east, p.x)
		b.north, b.south = min(b.north, p.y), max(b.south, p.y)
	}
	return b
}

func (b box) union(o box) box {
	return box{min(b.west, o.west), min(b.north, o.north), max(b.east, o.east), max(b.south, o.south)}
}

func (b box) within(o box) bool {
	return b.west >= o.west && b.east <= o.east && b.north >= o.north && b.south <= o.south
}

func (b box) meets(o box) bool {
	return b.west <= o.east && b.east >= o.west && b.north <= o.south && b.south >= o.north
}
