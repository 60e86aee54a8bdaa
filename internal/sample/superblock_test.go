package sample

import (
	"fmt"
	"math"
	"testing"
)

// laid returns a settlement with room for the given number of addresses.
func laid(t *testing.T, kind, code string, target int) *settlement {
	t.Helper()
	p := &province{code: "IR-02", nameFA: "مازندران"}
	s := &settlement{seed: 11, words: newLexicon(), kind: kind, code: code, nameFA: code, target: target, county: &county{province: p}}
	if err := s.lay(t.Context(), xy{52.6, 36.6}); err != nil {
		t.Fatal(err)
	}
	return s
}

func eachSuperblock(t *testing.T, f func(s *settlement, sb *superblock)) {
	t.Helper()
	for _, s := range []*settlement{laid(t, kindCity, "C", 4000), laid(t, kindTown, "T", 300), laid(t, kindVillage, "V", 120)} {
		for sb, err := range s.superblocks(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			f(s, sb)
		}
	}
}

// TestLotsAreACoverage proves for every block, in the rounded coordinates of the files, that lots are valid, that an
// edge between two lots is the same in both, that no vertex lies on another lot's edge, and that nothing but the dead
// end is left over.
func TestLotsAreACoverage(t *testing.T) {
	t.Parallel()
	deep := 0
	eachSuperblock(t, func(s *settlement, sb *superblock) {
		for number, block := range sb.blocks {
			edges := map[[2]xy]int{}
			vertices := map[xy]bool{}
			sum := 0.0
			for i := range sb.lots {
				l := &sb.lots[i]
				if l.block != number {
					continue
				}
				ring := s.frame.utmRing(l.ring)
				mustBeValid(t, fmt.Sprintf("%s block %d lot %d", s.code, number, i), ring)
				mustBeValid(t, "lonlat", s.frame.lonlatRing(l.ring))
				addEdges(edges, ring)
				sum += area(ring)
				for _, p := range ring {
					vertices[p] = true
				}
			}
			for e, n := range edges {
				if n > 1 {
					t.Fatalf("%s block %d: edge %v belongs to %d lots on the same side", s.code, number, e, n)
				}
				for p := range vertices {
					if p != e[0] && p != e[1] && onEdge(p, e) {
						t.Fatalf("%s block %d: vertex %v lies on edge %v", s.code, number, p, e)
					}
				}
			}
			left := area(s.frame.utmRing(block)) - sum
			if left > 1 {
				deep++
				if width := block[1].X - block[0].X; left > deadEndWidth*width {
					t.Fatalf("%s block %d: %v square metres are nobody's", s.code, number, left)
				}
			} else if math.Abs(left) > 0.5 {
				t.Fatalf("%s block %d: lots have %v square metres more than the block", s.code, number, -left)
			}
		}
	})
	if deep == 0 {
		t.Error("no block has a dead end")
	}
}

// onEdge tells whether a point is within two centimetres of an edge, away from its ends.
func onEdge(p xy, e [2]xy) bool {
	dx, dy := e[1].X-e[0].X, e[1].Y-e[0].Y
	length := math.Hypot(dx, dy)
	along := ((p.X-e[0].X)*dx + (p.Y-e[0].Y)*dy) / length
	across := math.Abs((p.X-e[0].X)*dy-(p.Y-e[0].Y)*dx) / length
	return across < 0.02 && along > 0 && along < length
}

func TestBuildingsAndFrontsLieInTheirLots(t *testing.T) {
	t.Parallel()
	eachSuperblock(t, func(s *settlement, sb *superblock) {
		for i := range sb.lots {
			l := &sb.lots[i]
			if !contains(l.ring, l.front) {
				t.Fatalf("%s lot %d: the address point %v is outside", s.code, i, l.front)
			}
			if distance := distanceTo(l.ring, l.front); distance > 1.01 {
				t.Fatalf("%s lot %d: the address point is %v m behind the front", s.code, i, distance)
			}
			if l.building == nil {
				continue
			}
			mustBeValid(t, "building", s.frame.utmRing(l.building))
			for _, p := range l.building {
				if !contains(l.ring, p) {
					t.Fatalf("%s lot %d: building corner %v is outside %v", s.code, i, p, l.ring)
				}
			}
		}
	})
}

func distanceTo(ring []xy, p xy) float64 {
	best := math.Inf(1)
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		t := ((p.X-a.X)*(b.X-a.X) + (p.Y-a.Y)*(b.Y-a.Y)) / (math.Pow(b.X-a.X, 2) + math.Pow(b.Y-a.Y, 2))
		t = min(1, max(0, t))
		best = min(best, math.Hypot(a.X+t*(b.X-a.X)-p.X, a.Y+t*(b.Y-a.Y)-p.Y))
	}
	return best
}

// TestNumbersHaveSides checks that on every way the odd numbers are on one side and the even ones on the other, and
// that a number with its suffix comes once on a way of a neighbourhood.
func TestNumbersHaveSides(t *testing.T) {
	t.Parallel()
	nested := 0
	eachSuperblock(t, func(s *settlement, sb *superblock) {
		seen := map[string]bool{}
		lines := map[string]way{}
		for _, w := range append(s.mainStreets(), sb.ways...) {
			lines[w.name] = w
		}
		for i := range sb.lots {
			l := &sb.lots[i]
			if l.floors == 0 {
				continue
			}
			if l.number < 1 || l.number > 99998 {
				t.Fatalf("%s: house number %d", s.code, l.number)
			}
			key := fmt.Sprintf("%s|%s|%d%s", l.before, l.way, l.number, l.suffix)
			if seen[key] {
				t.Fatalf("%s: %s is given twice", s.code, key)
			}
			seen[key] = true
			w, ok := lines[l.way]
			if !ok {
				t.Fatalf("%s: lot on the unknown way %q", s.code, l.way)
			}
			if l.before != "" {
				if _, ok := lines[l.before]; !ok {
					t.Fatalf("%s: way %q branches off the unknown way %q", s.code, l.way, l.before)
				}
				nested++
			}
			a, b := w.line[0], w.line[1]
			odd := l.front.Y > a.Y
			if a.X == b.X {
				odd = l.front.X < a.X
			}
			if odd != (l.number%2 == 1) {
				t.Fatalf("%s: number %d on the wrong side of %s", s.code, l.number, l.way)
			}
		}
	})
	if nested == 0 {
		t.Error("no address lies on a way that branches off another")
	}
}
