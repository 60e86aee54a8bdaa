package sample

import (
	"math"
	"slices"
	"testing"
)

// TestStreetNamesFollowZipf fits rank against frequency over the ways that are really made.
func TestStreetNamesFollowZipf(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	total := 0
	for _, code := range []string{"A", "B", "C"} {
		s := laid(t, kindCity, code, 8000)
		for sb, err := range s.superblocks(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range sb.ways {
				count[withoutType(w.name)]++
				total++
			}
		}
	}
	var frequencies []int
	for _, n := range count {
		frequencies = append(frequencies, n)
	}
	slices.Sort(frequencies)
	slices.Reverse(frequencies)
	// Least squares of log frequency over log rank, for the ranks that are frequent enough.
	var n, sx, sy, sxx, sxy float64
	for i, f := range frequencies[:40] {
		x, y := math.Log(float64(i+1)), math.Log(float64(f))
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	slope := (n*sxy - sx*sy) / (n*sxx - sx*sx)
	if slope > -0.5 || slope < -1.4 {
		t.Errorf("frequency falls with rank to the power %.2f, want about -1 (%d ways, first %v)", slope, total, frequencies[:10])
	}
	uniform := float64(total) / float64(len(frequencies))
	if first := float64(frequencies[0]); first < 3*uniform {
		t.Errorf("the commonest name comes %v times, an even share is %.1f", first, uniform)
	}
}

func TestWordListsHaveNoRepeats(t *testing.T) {
	t.Parallel()
	l := newLexicon()
	for name, list := range map[string][]string{
		"streets": l.streets.words, "alleys": l.alleys.words, "surnames": l.surnames, "neighbourhoods": l.neighbourhoodSet,
	} {
		seen := map[string]bool{}
		for _, w := range list {
			if w == "" || seen[w] {
				t.Errorf("%s: %q is empty or comes twice", name, w)
			}
			seen[w] = true
		}
	}
}

func TestPersianDigits(t *testing.T) {
	t.Parallel()
	if got := persian(1023456789); got != "۱۰۲۳۴۵۶۷۸۹" {
		t.Errorf("got %q", got)
	}
}
