package sample

import "sort"

// Fronts: a lot is about lotWidth metres wide, and never narrower than numberStep, on which house numbers rely.
const lotWidth = 12.5

// cuts divides a front into lots of uneven width and returns the positions of the boundaries, both ends included.
func (c *column) cuts(x0, x1 float64) []float64 {
	width := lotWidth
	if c.settlement.village() {
		width = 18
	}
	n := max(1, int((x1-x0)/width))
	weights := make([]float64, n)
	sum := 0.0
	for i := range weights {
		weights[i] = between(c.r, 0.88, 1.22)
		sum += weights[i]
	}
	out := make([]float64, 0, n+1)
	at := 0.0
	out = append(out, x0)
	for _, w := range weights[:n-1] {
		at += w
		out = append(out, x0+(x1-x0)*at/sum)
	}
	return append(out, x1)
}

// snapTo moves inner cuts that are nearly on a cut of the other side onto it: a boundary of a few centimetres between
// two lots is a survey error, not a parcel boundary.
func snapTo(cuts, other []float64) []float64 {
	for i := 1; i < len(cuts)-1; i++ {
		for _, x := range other {
			if d := cuts[i] - x; d > -0.5 && d < 0.5 {
				cuts[i] = x
			}
		}
	}
	return cuts
}

// merge returns the sorted union of two lists of cuts.
func merge(a, b []float64) []float64 {
	out := append(append(make([]float64, 0, len(a)+len(b)), a...), b...)
	sort.Float64s(out)
	n := 1
	for _, x := range out[1:] {
		if x != out[n-1] {
			out[n] = x
			n++
		}
	}
	return out[:n]
}
