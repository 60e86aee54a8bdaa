package sample

import (
	"context"
	"fmt"
	"iter"
	"math"
	"strings"
)

// Levels of a settlement.
const (
	kindCity    = "city"
	kindTown    = "town"
	kindVillage = "village"
)

// settlement is the plan of a city, a town or a village: a grid of main streets, turned and placed on the earth.
type settlement struct {
	seed       uint64
	words      *lexicon
	code       string
	nameFA     string
	nameEN     string
	kind       string
	county     *county
	target     int // addresses to give out
	frame      frame
	mainWidth  float64
	nameOffset int
	// Centre lines of the main streets: xs from west to east, ys from north to south, with the streets' names.
	xs, ys        []float64
	along, across []string // names of the streets at xs and at ys
	postalFrom    int      // first serial of the settlement under its county's prefix
	more          bool     // its municipality delivers some themes that nobody must
	delivered     int      // how many of the eight municipal themes its municipality delivers
	expected      int      // addresses that the statistics office counts
}

func (s *settlement) village() bool { return s.kind == kindVillage }
func (s *settlement) cols() int     { return len(s.xs) - 1 }
func (s *settlement) rows() int     { return len(s.ys) - 1 }

// superblocks makes the superblocks one by one, from north to south.
func (s *settlement) superblocks(ctx context.Context) iter.Seq2[*superblock, error] {
	return func(yield func(*superblock, error) bool) {
		for row := range s.rows() {
			for col := range s.cols() {
				if err := ctx.Err(); err != nil {
					yield(nil, err)
					return
				}
				sb := s.layout(col, row)
				if !yield(sb, nil) {
					return
				}
			}
		}
	}
}

// lay sizes the grid so that the settlement has room for its addresses. The centre of its northern edge is at anchor.
func (s *settlement) lay(ctx context.Context, anchor xy) error {
	r := stream(s.seed, "grid", s.code)
	s.frame = newFrame(anchor, between(r, -0.22, 0.22))
	s.nameOffset = r.IntN(len(s.words.neighbourhoodSet))
	s.mainWidth = map[string]float64{kindCity: 24, kindTown: 18, kindVillage: 8}[s.kind]
	width := func() float64 { return between(r, 290, 380) }
	height := func() float64 { return between(r, 225, 300) }
	cols := max(1, int(math.Round(math.Sqrt(float64(s.target)/420))))
	if s.village() {
		width = func() float64 { return between(r, 150, 210) }
		height = func() float64 { return between(r, 60, 110) }
		cols = 1
	}
	s.xs = []float64{0}
	for range cols {
		s.xs = append(s.xs, s.xs[len(s.xs)-1]+width())
	}
	half := s.xs[cols] / 2
	for i := range s.xs {
		s.xs[i] -= half
	}
	taken := map[string]bool{}
	street := func() string {
		kind := "خیابان "
		if s.kind == kindCity && r.Float64() < 0.2 {
			kind = "بلوار "
		}
		return kind + s.words.unused(r, s.words.streets, taken)
	}
	for range s.xs {
		s.along = append(s.along, street())
	}
	s.ys, s.across = []float64{0}, []string{street()}
	for room := 0; room < s.target || s.rows() == 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.ys = append(s.ys, s.ys[len(s.ys)-1]-height())
		s.across = append(s.across, street())
		for col := range s.cols() {
			sb := s.layout(col, s.rows()-1)
			for i := range sb.lots {
				room += len(sb.lots[i].units())
			}
		}
	}
	return nil
}

// bounds is the settlement's rectangle with a margin, in local metres, counter-clockwise.
func (s *settlement) bounds(margin float64) []xy {
	return rectangle(s.xs[0]-margin, s.xs[s.cols()]+margin, s.ys[s.rows()]-margin, s.ys[0]+margin)
}

// boundary is the legal limit of the built-up area; limits is the area that the settlement administers.
func (s *settlement) boundary() []xy { return s.frame.lonlatRing(s.bounds(60)) }
func (s *settlement) limits() []xy   { return s.frame.lonlatRing(s.bounds(150)) }

// surveyed tells whether the registry has mapped the lots of a superblock: all but the last fifth of a larger place.
func (s *settlement) surveyed(sb *superblock) bool {
	n := s.cols() * s.rows()
	return n < 3 || sb.index < (4*n+4)/5
}

// mainStreets lists the streets of the grid as ways across the whole settlement.
func (s *settlement) mainStreets() []way {
	class := "arterial"
	if s.village() {
		class = "local"
	}
	var out []way
	for i, x := range s.xs {
		id := fmt.Sprintf("%s-N%03d", s.code, i)
		out = append(out, way{id: id, name: s.along[i], class: class, width: s.mainWidth, line: [2]xy{{x, s.ys[s.rows()]}, {x, s.ys[0]}}})
	}
	for i, y := range s.ys {
		id := fmt.Sprintf("%s-E%03d", s.code, i)
		out = append(out, way{id: id, name: s.across[i], class: class, width: s.mainWidth, line: [2]xy{{s.xs[0], y}, {s.xs[s.cols()], y}}})
	}
	return out
}

// withoutType drops the first word of a street's name: خیابان شهدا → شهدا.
func withoutType(name string) string {
	_, core, _ := strings.Cut(name, " ")
	return core
}
