package coverage

import "math"

// grid finds vertices by place.
type grid struct {
	size  float64
	cells map[[2]int32][]gridded
	all   []gridded
}

type gridded struct {
	at Point
	id int32
}

func newGrid(size float64) *grid { return &grid{size: size, cells: make(map[[2]int32][]gridded)} }

func (g *grid) cell(x, y float64) [2]int32 {
	return [2]int32{int32(math.Floor(x / g.size)), int32(math.Floor(y / g.size))}
}

func (g *grid) add(at Point, id int32) {
	c := g.cell(at.X, at.Y)
	g.cells[c] = append(g.cells[c], gridded{at, id})
	g.all = append(g.all, gridded{at, id})
}

// near calls f with the vertices in a box.
func (g *grid) near(b box, f func(id int32)) {
	low, high := g.cell(b.minX, b.minY), g.cell(b.maxX, b.maxY)
	if int64(high[0]-low[0]+1)*int64(high[1]-low[1]+1) > int64(len(g.all)) {
		for _, v := range g.all {
			if b.holds(v.at) {
				f(v.id)
			}
		}
		return
	}
	for x := low[0]; x <= high[0]; x++ {
		for y := low[1]; y <= high[1]; y++ {
			for _, v := range g.cells[[2]int32{x, y}] {
				if b.holds(v.at) {
					f(v.id)
				}
			}
		}
	}
}
