package sample

import (
	"math"
	"testing"

	"github.com/peterstace/simplefeatures/geom"
)

// TestProvincesCoverTheCountry proves a coverage by its edges: every edge of a province is met exactly once in the
// other direction, by a neighbour or by the border.
func TestProvincesCoverTheCountry(t *testing.T) {
	t.Parallel()
	list := provinces()
	border := drawCountry(list)
	edges := map[[2]xy]int{}
	sum := 0.0
	for _, p := range list {
		mustBeValid(t, p.code, p.ring)
		if !contains(p.ring, p.capital) {
			t.Errorf("%s does not hold its capital", p.code)
		}
		sum += area(p.ring)
		addEdges(edges, p.ring)
	}
	mustBeValid(t, "IR", border)
	reversed := make([]xy, 0, len(border))
	for i := range border {
		reversed = append(reversed, border[len(border)-1-i])
	}
	addEdges(edges, reversed)
	for e, n := range edges {
		if n != 1 || edges[[2]xy{e[1], e[0]}] != 1 {
			t.Errorf("edge %v is met %d times, its reverse %d times", e, n, edges[[2]xy{e[1], e[0]}])
		}
	}
	if whole := area(border); math.Abs(sum-whole) > 1e-9*whole {
		t.Errorf("provinces have %v square degrees, the country has %v", sum, whole)
	}
}

func addEdges(edges map[[2]xy]int, ring []xy) {
	for i, a := range ring {
		edges[[2]xy{a, ring[(i+1)%len(ring)]}]++
	}
}

// mustBeValid asks simplefeatures, which refuses invalid polygons, and checks the direction of the ring.
func mustBeValid(t *testing.T, name string, ring []xy) {
	t.Helper()
	if err := polygonOf(ring).Validate(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	signed := 0.0
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		signed += (a.X-ring[0].X)*(b.Y-ring[0].Y) - (b.X-ring[0].X)*(a.Y-ring[0].Y)
	}
	if signed <= 0 {
		t.Fatalf("%s: the ring is clockwise", name)
	}
}

func polygonOf(ring []xy) geom.Polygon {
	flat := make([]float64, 0, 2*len(ring)+2)
	for _, p := range append(ring[:len(ring):len(ring)], ring[0]) {
		flat = append(flat, p.X, p.Y)
	}
	return geom.NewPolygon([]geom.LineString{geom.NewLineString(geom.NewSequence(flat, geom.DimXY))})
}
