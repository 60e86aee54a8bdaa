package cadastre

import (
	"math"
	"strconv"

	"nsdi/cadastre/coverage"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// form asks the rules of one parcel's boundary and area.
type form struct {
	asks                                                     map[string]bool
	distance, angle, leg, roundness, width, vertices, length float64
	leastTolerance, accuracy, told, times, share             float64
}

func newForm(e *layers.Examination) form {
	f := form{asks: make(map[string]bool)}
	for _, r := range shapes() {
		f.asks[r.Code] = e.Asks(r.Code)
	}
	for _, p := range []struct {
		to         *float64
		rule, name string
	}{
		{&f.distance, "vertices-repeated", "distance"},
		{&f.angle, "spike", "angle"},
		{&f.leg, "spike", "leg"},
		{&f.roundness, "parcel-sliver", "roundness"},
		{&f.width, "parcel-sliver", "width"},
		{&f.vertices, "vertices-many", "vertices"},
		{&f.length, "segment-long", "length"},
		{&f.leastTolerance, "area-differs", "least"},
		{&f.accuracy, "area-differs", "accuracy"},
		{&f.told, "area-differs", "share"},
		{&f.times, "area-differs-greatly", "times"},
		{&f.share, "area-differs-greatly", "share"},
	} {
		*p.to = e.Parameter(p.rule, p.name)
	}
	return f
}

// check adds what is wrong with one parcel.
func (f *form) check(s *coverage.Shape, found []layers.Sighting) []layers.Sighting {
	see := func(rule string, place []byte, measure *float64, unit string) {
		found = append(found, layers.Sighting{Ord: s.ID, Rule: rule, Place: place, Measure: measure, Unit: unit})
	}
	if f.asks["vertices-repeated"] {
		if at, apart, twice := s.Double(f.distance); twice {
			see("vertices-repeated", coverage.EncodePlace(at), rounded(apart, 4), "m")
			if s.Repeated != nil || s.Vertices() > 3 { // a triangle without one of its vertices is none
				found[len(found)-1].Proposed = "vertex-removed"
			}
		}
	}
	if f.asks["spike"] {
		at, angles := s.Spikes(f.angle, f.leg)
		for i := range at {
			see("spike", coverage.EncodePlace(at[i]), rounded(angles[i], 3), "°")
		}
	}
	grid, ellipsoid := s.Area()
	if perimeter := s.Perimeter(); f.asks["parcel-sliver"] && perimeter > 0 && 4*math.Pi*grid/(perimeter*perimeter) < f.roundness && 2*grid/perimeter < f.width {
		see("parcel-sliver", s.EncodePlaces(), rounded(2*grid/perimeter, 3), "m")
	}
	if f.asks["parcel-multipart"] && s.Parts > 1 {
		see("parcel-multipart", s.EncodePlaces(), rounded(float64(s.Parts), 0), "")
	}
	if n := float64(s.Vertices()); f.asks["vertices-many"] && n > f.vertices {
		see("vertices-many", nil, &n, "")
	}
	if from, to, length := s.Longest(); f.asks["segment-long"] && length > f.length {
		see("segment-long", coverage.EncodeLine(from, to), rounded(length, 1), "m")
	}
	return f.checkArea(s, grid, ellipsoid, found)
}

// checkArea compares the declared area with the boundary's, by the one of the grid and the ellipsoid that is nearer: deeds quote either.
func (f *form) checkArea(s *coverage.Shape, grid, ellipsoid float64, found []layers.Sighting) []layers.Sighting {
	if math.IsNaN(s.Declared) {
		return found
	}
	area := grid
	if math.Abs(s.Declared-ellipsoid) < math.Abs(s.Declared-grid) {
		area = ellipsoid
	}
	accuracy := f.accuracy
	if s.Accuracy > 0 {
		accuracy = s.Accuracy
	}
	tolerance := max(f.leastTolerance, 2*accuracy*math.Sqrt(area))
	off := math.Abs(s.Declared - area)
	rule := "area-differs"
	switch {
	case off <= tolerance && off <= f.told/100*s.Declared:
		return found
	case off > max(f.times*tolerance, f.share/100*s.Declared) && f.asks["area-differs-greatly"]:
		rule = "area-differs-greatly"
	}
	has := strconv.FormatFloat(area, 'f', 2, 64)
	return append(found, layers.Sighting{
		Ord: s.ID, Rule: rule, Field: "declared_area_m2", Value: strconv.FormatFloat(s.Declared, 'f', -1, 64), Found: errs.T(has, has), Place: s.EncodePlaces(),
		Measure: rounded(off, 2), Unit: "m²",
	})
}
