package progress_test

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/progress"
)

func TestRuralCadastreIsCountedByVillages(t *testing.T) {
	t.Parallel()
	pool := smallTown(t)
	f := &progress.Follower{Pool: pool, Log: slog.New(slog.DiscardHandler)}
	step := func() progress.Obligation {
		_, err := f.Step(t.Context())
		require.NoError(t, err)
		return obligation(t, report(t, pool, "IR-23"), "A25-RURAL")
	}
	village := func(key string, y float64, households any) fixture.Feature {
		return fixture.Feature{Key: key, WKT: box(51.315, y, 51.317, y+0.002), Attributes: map[string]any{"code": key, "households": households}}
	}
	// The third does not say how many households it has.
	fixture.Publish(t, pool, "village", "interior", nil, village("a", 35.601, 20), village("b", 35.604, 60), village("c", 35.607, nil), village("small", 35.61, 19))
	o := step()
	require.Equal(t, "known", o.State)
	assert.Equal(t, []any{"village", 3.0, 0.0}, []any{*o.Unit, *o.Denominator, *o.Percent})
	land := func(key string, y, share float64) fixture.Feature {
		return place(key, fmt.Sprintf("POLYGON((51.315 %[1]v,51.317 %[1]v,51.317 %[2]v,51.3151 %[2]v,51.315 %[3]v,51.315 %[1]v))", y, y+0.002*share, y+0.00199*share))
	}
	fixture.Publish(t, pool, "cadastre-rural", "registry", nil, land("a", 35.601, 0.96), land("b", 35.604, 0.94), land("small", 35.61, 1))
	o = step()
	assert.Equal(t, []float64{1, 33.33}, []float64{*o.Numerator, *o.Percent}, "94 % of a village's fabric is no village")
	beside := besides(t, pool, "IR-23", "A25-RURAL")
	assert.Equal(t, []float64{99, 39}, []float64{*beside["households"].Denominator, *beside["households"].Published}, "a's twenty and the small one's nineteen of 99")
	assert.Equal(t, []float64{1, 100}, []float64{*beside["small-villages"].Denominator, *beside["small-villages"].Percent})
	assert.InDelta(t, (0.96+0.94+1)/4*100, *beside["area"].Percent, 0.3)
	for measure, n := range map[string]int{"headline": 3, "small-villages": 1, "households": 3} {
		list, err := (&progress.Service{Pool: pool}).Trace(t.Context(), progress.TraceQuery{Obligation: "A25-RURAL", Unit: "IR", Measure: measure, Limit: 10})
		require.NoError(t, err)
		assert.Len(t, list.Items, n, measure)
		want := o.Numerator
		if measure != "headline" {
			want = beside[measure].Published
		}
		assert.InDelta(t, *want, list.Total.Published, 0, measure)
	}
	// An open error against a neighbour, anywhere in the village, keeps it from being complete.
	fixture.Publish(t, pool, "cadastre-rural", "registry", nil, place("x", lot(51.3165, 35.6029, 51.3169, 35.6031)))
	_, err := pool.Exec(t.Context(), `
		insert into cadastre.open_finding (rule, severity, theme, dataset_id, feature_id, key, other_dataset_id, other_feature_id, other_key, measure, unit, geom, version_id, found_at)
		select 'overlap', 'E', theme, dataset_id, id, key, dataset_id, id, key, 1, 'm²', geom, version_id, now()
		from cadastre.parcel
		where key = 'x'`)
	require.NoError(t, err)
	assert.Zero(t, *step().Numerator)
	before := besides(t, pool, "IR-23", "A25-RURAL")
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	assert.Equal(t, before, besides(t, pool, "IR-23", "A25-RURAL"))
	fixture.Remove(t, pool, "village", "interior", "a", "b", "c")
	o = step()
	assert.Equal(t, "unknown", o.State)
	assert.Contains(t, o.Reason.EN, "20 households")
	assert.Equal(t, "known", besides(t, pool, "IR-23", "A25-RURAL")["area"].State)
}

// A geometry that crosses itself, which a reviewer let pass, stops no calculation: what of it is land is measured.
func TestAGeometryThatIsNotValidStopsNothing(t *testing.T) {
	t.Parallel()
	pool := smallTown(t)
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, place("bow", "POLYGON((51.301 35.601,51.3111 35.6052,51.3111 35.601,51.301 35.605,51.301 35.601))"), place("p", lot(51.303, 35.609, 51.305, 35.611)))
	fixture.Publish(t, pool, "village", "interior", nil, place("bow", "POLYGON((51.313 35.601,51.317 35.605,51.317 35.601,51.313 35.605,51.313 35.601))"))
	assert.Positive(t, published(t, pool, "A25-URBAN"))
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, place("bow", "POLYGON((51.3111 35.601,51.313 35.605,51.313 35.601,51.3111 35.605,51.3111 35.601))"))
	assert.Positive(t, published(t, pool, "A25-URBAN"))
	require.Equal(t, "known", obligation(t, report(t, pool, "IR-23"), "A25-RURAL").State)
}
