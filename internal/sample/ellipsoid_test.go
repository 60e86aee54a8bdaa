package sample

import (
	"math"
	"testing"
)

// The half of the earth between two meridians has half of its surface, 510 065 621.724 km² by WGS 84.
func TestSquareMetres(t *testing.T) {
	t.Parallel()
	half := squareMetres([]xy{{0, -90}, {180, -90}, {180, 90}, {0, 90}})
	if want := 510065621724088.44 / 2; math.Abs(half/want-1) > 1e-12 {
		t.Errorf("half of the earth: %f, want %f", half, want)
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	square := []xy{{0, 0}, {2, 0}, {2, 2}, {0, 2}}
	for name, c := range map[string]struct {
		ring []xy
		want float64
	}{
		"inside": {[]xy{{0.5, 0.5}, {1.5, 0.5}, {1.5, 1.5}, {0.5, 1.5}}, 1},
		"around": {[]xy{{-5, -5}, {5, -5}, {5, 5}, {-5, 5}}, 4},
		"beside": {[]xy{{3, 0}, {4, 0}, {4, 1}}, 0},
		"a fork": {[]xy{{1, -1}, {3, -1}, {3, 3}, {1, 3}, {1, 1.5}, {2.5, 1.5}, {2.5, 0.5}, {1, 0.5}}, 1}, // two teeth of half a square each
	} {
		if got := area(within(c.ring, square)); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %f, want %f", name, got, c.want)
		}
	}
}
