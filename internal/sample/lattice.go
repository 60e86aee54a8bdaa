package sample

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// countySize is the side of a lattice county in degrees; latticeStep leaves a strip between two of them.
const (
	countySize  = 0.14
	latticeStep = 0.16
)

// lattice lists, province by province, the boxes in which a county can stand, nearest to the capital first.
type lattice struct{ free [][]box }

func newLattice(p *plan) *lattice {
	l := &lattice{free: make([][]box, len(p.provinces))}
	for i := range p.provinces {
		pr := &p.provinces[i]
		l.free[i] = boxesIn(pr.ring, pr.capital, countySize, countySize, latticeStep)
		l.free[i] = slices.DeleteFunc(l.free[i], func(b box) bool {
			// The coast of the sample county and the sea before it stay free.
			return b.overlaps(box{coastWest, coastBox().south, coastEast, 90})
		})
	}
	return l
}

// boxesIn returns the boxes of a lattice that lie inside a ring, nearest to a point first.
func boxesIn(ring []xy, near xy, width, height, step float64) []box {
	west, south, east, north := 180.0, 90.0, -180.0, -90.0
	for _, q := range ring {
		west, east = min(west, q.X), max(east, q.X)
		south, north = min(south, q.Y), max(north, q.Y)
	}
	var out []box
	for i := math.Floor(west / step); i*step < east; i++ {
		for j := math.Floor(south / step); j*step < north; j++ {
			x, y := math.Round(i*step*1e6)/1e6, math.Round(j*step*1e6)/1e6
			b := box{x, y, math.Round((x+width)*1e6) / 1e6, math.Round((y+height)*1e6) / 1e6}
			if b.inside(ring) {
				out = append(out, b)
			}
		}
	}
	distance := func(b box) float64 {
		c := b.at(0.5, 0.5)
		return math.Hypot((c.X-near.X)*lonScale, c.Y-near.Y)
	}
	slices.SortStableFunc(out, func(a, b box) int {
		switch da, db := distance(a), distance(b); {
		case da < db:
			return -1
		case da > db:
			return 1
		}
		return 0
	})
	return out
}

// take removes and returns the next free box of a province, or of the next province that has one.
func (l *lattice) take(prov int) (int, box, error) {
	for k := range l.free {
		i := (prov + k) % len(l.free)
		if len(l.free[i]) > 0 {
			b := l.free[i][0]
			l.free[i] = l.free[i][1:]
			return i, b, nil
		}
	}
	return 0, box{}, fmt.Errorf("the country has no room for another county")
}

func (p *plan) addOnLattice(ctx context.Context, l *lattice, prov int, s share) error {
	i, b, err := l.take(prov)
	if err != nil {
		return err
	}
	return p.addCounty(ctx, i, b, s)
}
