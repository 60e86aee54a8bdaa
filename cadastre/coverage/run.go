package coverage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// Source gives the parcels.
type Source interface {
	// Corners answers the lower left corner of each delivered parcel, and the box of them all, in degrees.
	Corners(ctx context.Context) (corners []Point, low, high Point, err error)
	// Count answers how many parcels that are not delivered touch a box; it may stop counting at limit.
	Count(ctx context.Context, low, high Point, limit int) (int, error)
	// Load answers the parcels that touch a box.
	Load(ctx context.Context, low, high Point) ([]Parcel, error)
}

// Options say what is looked for. A measure that is 0 leaves its kind out.
type Options struct {
	Overlaps bool
	Gap      float64 // metres: the widest gap that is found
	Corner   float64 // metres from a boundary within which a vertex belongs to it
	Hole     float64 // metres: the widest extent of a hole that is found
	Size     int     // parcels of a block
	// Until is when the check ends with ErrTime, whatever it has not come to; Most pairs are compared before it ends with ErrMany. Zero: not bounded.
	Until time.Time
	Most  int64
	// Related pairs are compared; the first is before the second. Nil: pairs of which one is delivered.
	Related func(a, b *Shape) bool
}

// What a check that is broken off ends with. Everything that it has found before was taken.
var (
	ErrTime = errors.New("coverage: the time is over")
	ErrMany = errors.New("coverage: too much is found")
)

// Found is what a block has found. Each thing is found once, whatever the blocks are.
type Found struct {
	Own      []*Shape    // delivered parcels that the block owns
	Overlaps [][2]*Shape // pairs that may share ground
	Gaps     []Piece
	Corners  []Corner
	Holes    []Hole
}

// beside is how many blocks are looked at beside each other, while what was found in the one before them is taken and the next one is loaded.
const beside = 2

// Run looks at all blocks, and calls take with what each has found, in the order of the blocks.
func Run(ctx context.Context, from Source, o Options, take func(*Found) error) error {
	corners, low, high, err := from.Corners(ctx)
	if err != nil || len(corners) == 0 {
		return err
	}
	r := &runner{Options: o, source: from, extent: box{low.X, low.Y, high.X, high.Y}}
	if r.Related == nil {
		r.Related = func(a, _ *Shape) bool { return a.Delivered }
	}
	r.extent = r.halo(r.extent)
	running := make([]chan checked, 0, beside)
	// wait answers what the first of the running blocks has found, once it is done.
	wait := func() (*Found, error) {
		done := <-running[0]
		running = append(running[:0], running[1:]...)
		if f := done.found; f != nil {
			r.found.Add(int64(len(f.Overlaps) + len(f.Gaps) + len(f.Corners)))
		}
		return done.found, done.err
	}
	defer func() {
		for _, other := range running {
			<-other
		}
	}()
	for cells := plan(corners, r.extent, o.Size); len(cells) > 0 || len(running) > 0; {
		var c Cell
		var parcels []Parcel
		if n := len(cells) - 1; n >= 0 {
			var parts []Cell
			c, cells = cells[n], cells[:n]
			if parts, parcels, err = r.load(ctx, c); err != nil {
				return err
			}
			if cells = append(cells, parts...); len(parcels) == 0 {
				continue
			}
		}
		var found *Found
		if len(running) == beside || len(parcels) == 0 {
			if found, err = wait(); err != nil {
				return err
			}
		}
		if len(parcels) > 0 {
			done := make(chan checked, 1)
			running = append(running, done)
			go func() {
				found, err := r.check(c, parcels)
				done <- checked{found, err}
			}()
		}
		if found != nil {
			if err := take(found); err != nil {
				return err
			}
		}
	}
	return nil
}

type checked struct {
	found *Found
	err   error
}

type runner struct {
	Options
	source Source
	extent box          // of the delivered parcels, with the halo around them
	found  atomic.Int64 // by the blocks before
}

// halo widens a box by as far as parcels matter to each other.
func (r *runner) halo(b box) box {
	const more = 1 // metre, for what is found at the very edge
	lon, lat := degreesOf(max(r.Gap, r.Corner, r.Hole)+more, b.minY, b.maxY)
	return box{b.minX - lon, b.minY - lat, b.maxX + lon, b.maxY + lat}
}

// load answers the parcels of a cell, or the parts into which it has to be divided first.
func (r *runner) load(ctx context.Context, c Cell) (parts []Cell, parcels []Parcel, err error) {
	covered := c.common(r.extent)
	if covered.minX > covered.maxX || covered.minY > covered.maxY {
		return nil, nil, nil
	}
	b := r.halo(covered)
	low, high := Point{b.minX, b.minY}, Point{b.maxX, b.maxY}
	others, err := r.source.Count(ctx, low, high, 2*r.Size)
	if err != nil {
		return nil, nil, fmt.Errorf("block: %w", err)
	}
	if others >= 2*r.Size {
		if low, high, ok := c.halves(covered); ok {
			return []Cell{low, high}, nil, nil
		}
	}
	parcels, err = r.source.Load(ctx, low, high)
	if err != nil {
		return nil, nil, fmt.Errorf("block: %w", err)
	}
	return nil, parcels, nil
}

// check looks at the parcels of one block.
func (r *runner) check(c Cell, parcels []Parcel) (*Found, error) {
	if err := r.bounded(&Found{}); err != nil {
		return nil, err
	}
	shapes := make([]*Shape, 0, len(parcels))
	for _, p := range parcels {
		s, err := newShape(p, c.Zone)
		if err != nil {
			return nil, fmt.Errorf("parcel %s: %w", p.Key, err)
		}
		shapes = append(shapes, s)
	}
	slices.SortFunc(shapes, func(a, b *Shape) int { return sign(a.flat.minX - b.flat.minX) })
	found := &Found{}
	for _, s := range shapes {
		if s.Delivered && c.owns(Point{s.box.minX, s.box.minY}) {
			found.Own = append(found.Own, s)
		}
	}
	owned := func(p Point) bool { return c.owns(p) }
	ground := newGround(shapes)
	cell := c.box
	lon, lat := degreesOf(max(r.Gap, r.Corner), max(-89, r.extent.minY), min(89, r.extent.maxY))
	var cuts []float64
	reach := max(r.Gap, r.Corner)
	for i, a := range shapes {
		if i%16 == 0 {
			if err := r.bounded(found); err != nil {
				return nil, err
			}
		}
		for _, b := range shapes[i+1:] {
			if b.flat.minX > a.flat.maxX+reach {
				break
			}
			if b.flat.minY > a.flat.maxY+reach || a.flat.minY > b.flat.maxY+reach {
				continue
			}
			// What the two have to do with each other lies within what their boxes share: another cell looks at it, unless that touches this one.
			if share := (box{a.box.minX - lon, a.box.minY - lat, a.box.maxX + lon, a.box.maxY + lat}).common(
				box{b.box.minX - lon, b.box.minY - lat, b.box.maxX + lon, b.box.maxY + lat},
			); !share.meets(cell) {
				continue
			}
			a, b := a, b
			if before(b, a) {
				a, b = b, a
			}
			if !r.Related(a, b) {
				continue
			}
			if r.Overlaps && a.flat.meets(b.flat) && c.owns(reference(a, b)) && overlapping(a, b, &cuts) {
				found.Overlaps = append(found.Overlaps, [2]*Shape{a, b})
			}
			if r.Gap > 0 {
				found.Gaps = gaps(a, b, r.Gap, owned, ground.taken, found.Gaps)
			}
			if r.Corner > 0 {
				found.Corners = corners(a, b, r.Corner, owned, found.Corners)
				found.Corners = corners(b, a, r.Corner, owned, found.Corners)
			}
		}
	}
	if r.Hole > 0 {
		for _, h := range holes(shapes, max(r.Corner, noise), r.Hole, owned) {
			if h.Around[0].Delivered {
				found.Holes = append(found.Holes, h)
			}
		}
	}
	return found, nil
}

// bounded reports whether the check has to end, with what this block has found so far.
func (r *runner) bounded(f *Found) error {
	if !r.Until.IsZero() && time.Now().After(r.Until) {
		return ErrTime
	}
	if r.Most > 0 && r.found.Load()+int64(len(f.Overlaps)+len(f.Gaps)+len(f.Corners)) > r.Most {
		return ErrMany
	}
	return nil
}

// ground finds whose a place is.
type ground struct {
	size  float64
	cells map[[2]int32][]*Shape
	large []*Shape
}

func newGround(shapes []*Shape) *ground {
	g := &ground{size: 50, cells: make(map[[2]int32][]*Shape)}
	for _, s := range shapes {
		grid := &grid{size: g.size}
		low, high := grid.cell(s.flat.minX, s.flat.minY), grid.cell(s.flat.maxX, s.flat.maxY)
		if int64(high[0]-low[0]+1)*int64(high[1]-low[1]+1) > 400 {
			g.large = append(g.large, s)
			continue
		}
		for x := low[0]; x <= high[0]; x++ {
			for y := low[1]; y <= high[1]; y++ {
				g.cells[[2]int32{x, y}] = append(g.cells[[2]int32{x, y}], s)
			}
		}
	}
	return g
}

func (g *ground) taken(p Point) bool {
	has := func(s *Shape) bool { return s.contains(p) }
	return slices.ContainsFunc(g.cells[(&grid{size: g.size}).cell(p.X, p.Y)], has) || slices.ContainsFunc(g.large, has)
}
