package mvt

import (
	"encoding/binary"
	"math"
)

// Kinds of geometry in a tile.
const (
	kindPoint   = 1
	kindLine    = 2
	kindPolygon = 3
)

// Commands of a geometry.
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// drawing turns one geometry into the commands of a tile, in buffers that are used again. Of a collection the parts of the highest dimension are drawn.
type drawing struct {
	shapes   shapes
	kind     int
	commands []byte
	cursor   cell

	clipped, spare []point
	cells          []cell
	rings          []span // of the polygon that is being drawn
	edges          []segment
}

// draw cuts and rounds a geometry; sound says that it is on the grid and valid already.
func (d *drawing) draw(ewkb []byte, g *grid, sound bool) (Outcome, error) {
	s := &d.shapes
	if err := s.read(ewkb, g); err != nil {
		return Absent, err
	}
	d.commands, d.cursor = d.commands[:0], cell{}
	switch {
	case len(s.rings) > 0:
		d.kind = kindPolygon
		if !d.polygons(sound) {
			return Broken, nil
		}
	case len(s.lines) > 0:
		d.kind = kindLine
		for _, l := range s.lines {
			d.line(s.points[l.from:l.to])
		}
	default:
		d.kind = kindPoint
		d.points()
	}
	if len(d.commands) == 0 {
		return Absent, nil
	}
	return Drawn, nil
}

// points are drawn by one command.
func (d *drawing) points() {
	d.cells = d.cells[:0]
	for _, s := range d.shapes.alone {
		p := d.shapes.points[s.from]
		p = point{math.Floor(p.x + 0.5), math.Floor(p.y + 0.5)}
		if (box{p.x, p.y, p.x, p.y}).within(window) {
			d.cells = append(d.cells, p.cell())
		}
	}
	if len(d.cells) > 0 {
		d.command(moveTo, d.cells)
	}
}

func (d *drawing) line(points []point) {
	bounds := boxOf(points)
	switch {
	case !bounds.meets(window):
	case bounds.within(window):
		d.path(points)
	default:
		d.clipped = clipLine(points, d.clipped, d.path)
	}
}

// path draws a part of a line.
func (d *drawing) path(points []point) {
	d.cells = snap(points, d.cells[:0], false)
	if len(d.cells) > 1 {
		d.command(moveTo, d.cells[:1])
		d.command(lineTo, d.cells[1:])
	}
}

// polygons draws all, unless one has rings that cross or touch on the grid: then it answers false. What is smaller than two cells and would vanish is drawn as a square of
// that side.
func (d *drawing) polygons(sound bool) bool {
	var bounds box
	all := d.shapes.rings
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && !all[to].outer {
			to++
		}
		outer := boxOf(d.shapes.points[all[from].from:all[from].to])
		if outer.meets(window) && !d.polygon(all[from:to], outer.within(window), sound) {
			return false
		}
		if from > 0 {
			outer = outer.union(bounds)
		}
		bounds, from = outer, to
	}
	if len(d.commands) == 0 && bounds.east-bounds.west < 2 && bounds.south-bounds.north < 2 {
		d.square(point{(bounds.west + bounds.east) / 2, (bounds.north + bounds.south) / 2})
	}
	return true
}

// square draws two cells by two around a point of the tile.
func (d *drawing) square(p point) {
	if !(box{p.x, p.y, p.x, p.y}).within(window) {
		return
	}
	c := point{p.x - 1, p.y - 1}.cell()
	d.ring([]cell{c, {c.x + 2, c.y}, {c.x + 2, c.y + 2}, {c.x, c.y + 2}})
}

// polygon draws one with its holes. Within: it needs no cutting.
func (d *drawing) polygon(rings []ring, within, sound bool) bool {
	d.cells, d.rings = d.cells[:0], d.rings[:0]
	for i, r := range rings {
		points := d.shapes.points[r.from:r.to]
		if n := len(points); n > 1 && points[0] == points[n-1] {
			points = points[:n-1]
		}
		if (!within || i > 0) && !boxOf(points).within(window) { // a hole of an invalid polygon may lie outside of it
			d.clipped, d.spare = clipRing(points, d.clipped, d.spare)
			points = d.clipped
		}
		from := len(d.cells)
		d.cells = snap(points, d.cells, true)
		switch {
		case len(d.cells) > from:
			d.rings = append(d.rings, span{from, len(d.cells)})
		case i == 0:
			return true // nothing is left to have holes
		}
	}
	if !sound {
		var ok bool
		if ok, d.edges = simple(d.cells, d.rings, d.edges); !ok {
			return false
		}
	}
	for i, s := range d.rings {
		cells := d.cells[s.from:s.to]
		if outer := i == 0; area2(cells) > 0 != outer {
			reverse(cells)
		}
		d.ring(cells)
	}
	return true
}

func (d *drawing) ring(cells []cell) {
	d.command(moveTo, cells[:1])
	d.command(lineTo, cells[1:])
	d.commands = append(d.commands, 1<<3|closePath)
}

// command writes a command with the way from the cursor to each cell.
func (d *drawing) command(command uint64, cells []cell) {
	out := binary.AppendUvarint(d.commands, uint64(len(cells))<<3|command)
	for _, c := range cells {
		out = appendStep(out, c.x-d.cursor.x)
		out = appendStep(out, c.y-d.cursor.y)
		d.cursor = c
	}
	d.commands = out
}

// appendStep writes a signed number in zigzag.
func appendStep(b []byte, n int32) []byte {
	u := uint32(n<<1) ^ uint32(n>>31)
	for u >= 0x80 {
		b = append(b, byte(u)|0x80)
		u >>= 7
	}
	return append(b, byte(u))
}
