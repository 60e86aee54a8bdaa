package sample

import (
	"math"
	"math/rand/v2"
)

// Land uses as municipalities write them.
const (
	useHome     = "مسکونی"
	useMixed    = "مسکونی-تجاری"
	useShop     = "تجاری"
	useVacant   = "بایر"
	useGreen    = "فضای سبز"
	useSchool   = "آموزشی"
	useReligion = "مذهبی"
	useHealth   = "درمانی"
)

// lot is a piece of land with one front. Positions are local metres.
type lot struct {
	ring     []xy // counter-clockwise, with the vertices of its neighbours
	front    xy   // address point: a metre inside the middle of the front
	way      string
	before   string // the way from which way branches off, empty for a main street
	number   int
	suffix   string
	use      string
	floors   int // 0 when nothing is built
	perFloor int
	block    int
	building []xy
}

// unit is one door behind a front: a flat, a shop, a house.
type unit struct {
	floor *int
	name  string
	use   string
}

// units lists the doors of a lot. A house has one without floor and unit; a block of flats has numbered flats by
// floor, with a shop on the ground floor when it is mixed.
func (l *lot) units() []unit {
	switch {
	case l.floors == 0:
		return nil
	case l.floors*l.perFloor == 1 || l.use != useHome && l.use != useMixed:
		return []unit{{use: l.use}}
	}
	var out []unit
	for f := range l.floors {
		use := useHome
		if f == 0 && l.use == useMixed {
			use = useShop
		}
		for range l.perFloor {
			out = append(out, unit{floor: &f, name: persian(len(out) + 1), use: use})
		}
	}
	return out
}

// occupy decides what stands on a lot. The side facts say where its building fits: the rectangle x0..x1 × y0..y1 and
// whether the front is at y0.
func (l *lot) occupy(r *rand.Rand, mainStreet, village bool, x0, x1, front, back float64) {
	l.perFloor, l.floors, l.use = 1, 1, useHome
	switch p := r.Float64(); {
	case p < 0.08:
		l.floors, l.use = 0, useVacant
		return
	case village:
		l.floors = 1 + r.IntN(2)
		if l.floors == 2 && r.Float64() < 0.7 {
			l.floors = 1
		}
	case p < 0.62:
		l.floors = 1
	default:
		l.floors = 2 + r.IntN(4)
		l.perFloor = 1 + r.IntN(2)
	}
	if mainStreet && !village {
		l.use = useMixed
		if l.floors == 1 {
			l.use = useShop
		}
	}
	depth := (back - front) * between(r, 0.55, 0.7)
	setback := math.Copysign(between(r, 0.5, 2.5), back-front)
	l.building = rectangle(x0+0.4, x1-0.4, front+setback, front+setback+depth)
}

// rectangle returns the ring between two opposite corners, counter-clockwise.
func rectangle(x0, x1, y0, y1 float64) []xy {
	x0, x1 = min(x0, x1), max(x0, x1)
	y0, y1 = min(y0, y1), max(y0, y1)
	return []xy{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
}

// area is the planar area of a ring in square metres.
func area(ring []xy) float64 {
	sum := 0.0
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		// Relative to the first point: UTM northings are large enough to cost digits otherwise.
		sum += (a.X-ring[0].X)*(b.Y-ring[0].Y) - (b.X-ring[0].X)*(a.Y-ring[0].Y)
	}
	return math.Abs(sum) / 2
}
