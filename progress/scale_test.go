package progress_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/progress"
)

// Each city is held against the scales that are required of it, and what nothing is required of is not known.
func TestRequiredScales(t *testing.T) {
	t.Parallel()
	pool := smallTown(t) // of which nothing is stated but for the country
	fixture.Remove(t, pool, "required-scale", "ncc", "IR 500")
	fixture.Outline(t, pool, "IR-30", "province", "البرز", "IR", box(51.32, 35.60, 51.34, 35.62))
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, place("v", box(51.32, 35.60, 51.34, 35.62)))
	sheet := func(key string, scale, year int, wkt string) fixture.Feature {
		return fixture.Feature{Key: key, WKT: wkt, Attributes: map[string]any{"sheet_no": key, "scale": scale, "accuracy_m": 0.1, "capture_year": year}}
	}
	fixture.Publish(t, pool, "base-map-sheet", "ncc", nil,
		sheet("a", 500, 2025, box(51.30, 35.60, 51.305, 35.62)),   // the western half of the first city
		sheet("b", 2000, 1390, box(51.30, 35.60, 51.3025, 35.62)), // the western quarter, long ago
		sheet("c", 500, 2024, box(51.32, 35.60, 51.34, 35.62)))    // all of the second, at a scale that it does not need
	follow(t, pool)
	o := obligation(t, report(t, pool, "IR-23"), "A24-URBAN")
	require.Equal(t, "unknown", o.State)
	assert.Contains(t, o.Reason.EN, "at which scales")
	require.Len(t, o.Beside, 1)
	assert.Equal(t, "any-scale", o.Beside[0].Measure)
	assert.InDelta(t, 50, *o.Beside[0].Percent, 0.005)

	scales(t, pool, "IR-23", 500, 2000)
	follow(t, pool)
	first := obligation(t, report(t, pool, "IR-23"), "A24-URBAN")
	assert.InDelta(t, (50.+25)/2, *first.Percent, 0.005, "once for each scale")
	assert.InDelta(t, 25, *first.Fresh.Percent, 0.005, "those of 1:2000 are old")
	assert.Equal(t, "unknown", obligation(t, report(t, pool, "IR-30"), "A24-URBAN").State)
	country := obligation(t, report(t, pool, "IR"), "A24-URBAN")
	assert.Equal(t, *first.Percent, *country.Percent)
	assert.Contains(t, country.DenominatorSource.EN, "stated of 33.33 % of the area")
	assert.True(t, first.Provisional, "nobody approved it")
	years := map[int]float64{}
	for _, y := range first.CaptureYears {
		years[y.Year] = *y.Percent
		assert.Equal(t, y.Year == 2011, y.Old)
	}
	assert.InDeltaMapValues(t, map[int]float64{2025: 50, 2011: 25}, years, 0.005)
	scales(t, pool, "IR-30", 2000)
	follow(t, pool)
	assert.InDelta(t, 0, *obligation(t, report(t, pool, "IR-30"), "A24-URBAN").Percent, 0)
	followed := report(t, pool, "IR")
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	assert.Equal(t, report(t, pool, "IR").Obligations, followed.Obligations)

	// Every figure opens into its list.
	s := &progress.Service{Pool: pool}
	for _, unit := range []string{"IR", "IR-23", "IR-30"} {
		o := obligation(t, report(t, pool, unit), "A24-URBAN")
		figures := map[string][2]float64{"headline": {*o.Denominator, *o.Numerator}}
		for _, b := range o.Beside {
			figures[b.Measure] = [2]float64{*b.Denominator, *b.Published}
		}
		require.Subset(t, figures, map[string][2]float64{"any-scale": figures["any-scale"], "scale-2000": figures["scale-2000"]})
		for _, y := range o.CaptureYears {
			figures[fmt.Sprint("year-", y.Year)] = [2]float64{figures["any-scale"][0], y.Area}
		}
		for measure, want := range figures {
			list, err := s.Trace(t.Context(), progress.TraceQuery{Obligation: "A24-URBAN", Unit: unit, Measure: measure, Limit: 100})
			require.NoError(t, err, measure)
			assert.InDeltaSlice(t, want[:], []float64{list.Total.Denominator, list.Total.Published}, 1e-3, "%s in %s", measure, unit)
			if measure == "headline" {
				assert.InDelta(t, o.Fresh.Value, list.Total.Fresh, 1e-3)
				assert.InDelta(t, o.Delivered.Value, list.Total.Delivered, 1e-3)
			}
		}
	}
	all, err := s.Trace(t.Context(), progress.TraceQuery{Obligation: "A24-URBAN", Unit: "IR-30", Limit: 1})
	require.NoError(t, err)
	cell, err := s.Trace(t.Context(), progress.TraceQuery{Obligation: "A24-URBAN", Unit: "IR-30", Cell: all.Items[0].Cell, Limit: 10})
	require.NoError(t, err)
	require.Len(t, cell.Items, 1)
	assert.Equal(t, "not-counted", cell.Items[0].State, "it is of a scale that the city does not need")
}
