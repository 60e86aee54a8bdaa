package coverage

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// town is parcels in memory.
type town struct{ parcels []Parcel }

func (t *town) boxes(f func(p Parcel, b box)) {
	for _, p := range t.parcels {
		s, err := newShape(p, 39)
		if err != nil {
			panic(err)
		}
		f(p, s.box)
	}
}

func (t *town) Corners(context.Context) (out []Point, low, high Point, _ error) {
	all := nowhere()
	t.boxes(func(p Parcel, b box) {
		if p.Delivered {
			out = append(out, Point{b.minX, b.minY})
			all.add(Point{b.minX, b.minY})
			all.add(Point{b.maxX, b.maxY})
		}
	})
	return out, Point{all.minX, all.minY}, Point{all.maxX, all.maxY}, nil
}

func (t *town) Count(_ context.Context, low, high Point, _ int) (n int, _ error) {
	t.boxes(func(p Parcel, b box) {
		if !p.Delivered && b.meets(box{low.X, low.Y, high.X, high.Y}) {
			n++
		}
	})
	return n, nil
}

func (t *town) Load(_ context.Context, low, high Point) (out []Parcel, _ error) {
	t.boxes(func(p Parcel, b box) {
		if b.meets(box{low.X, low.Y, high.X, high.Y}) {
			out = append(out, p)
		}
	})
	return out, nil
}

// around is the place of the tests' towns: metres east and north of it are turned to degrees.
type around struct{ lon, lat float64 }

func (a around) degrees(x, y float64) Point {
	lat := a.lat + y/110_950
	return Point{a.lon + x/(111_320*math.Cos(a.lat*degree)), lat}
}

// polygon encodes rings of metres around a place.
func (a around) polygon(rings ...[]Point) []byte {
	out := binary.LittleEndian.AppendUint32([]byte{1}, 3)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(rings)))
	for _, r := range rings {
		points := make([]Point, 0, len(r)+1)
		for _, p := range r {
			points = append(points, a.degrees(p.X, p.Y))
		}
		out = appendPoints(out, append(points, points[0]))
	}
	return out
}

func rectangle(x0, y0, x1, y1 float64) []Point {
	return []Point{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
}

// everything that the tests look for.
func everything(size int) Options {
	return Options{Overlaps: true, Gap: 0.5, Corner: 0.02, Hole: 100, Size: size}
}

// signature writes what was found, each thing a line, so that two runs can be compared.
func (t *town) signature(ctx context.Context, o Options) ([]string, error) {
	var out []string
	at := func(p Point) string { return fmt.Sprintf("%.9f %.9f", p.X, p.Y) }
	err := Run(ctx, t, o, func(f *Found) error {
		for _, s := range f.Own {
			out = append(out, "own "+s.Key)
		}
		for _, p := range f.Overlaps {
			out = append(out, "overlap "+p[0].Key+" "+p[1].Key)
		}
		for _, p := range f.Gaps {
			out = append(out, fmt.Sprintf("gap %s %s %s %.6f %.6f", p.A.Key, p.B.Key, at(p.place), p.Length, p.Area))
		}
		for _, c := range f.Corners {
			out = append(out, fmt.Sprintf("corner %s %s %s %.6f", c.Lacks.Key, c.Has.Key, at(c.At), c.Distance))
		}
		for _, h := range f.Holes {
			line := fmt.Sprintf("hole %.4f %.4f %s %d", h.Area, h.Width, at(h.Rings[0][0]), len(h.Rings))
			for _, s := range h.Around {
				line += " " + s.Key
			}
			out = append(out, line)
		}
		return nil
	})
	slices.Sort(out)
	return out, err
}
