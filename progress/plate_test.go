package progress_test

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/progress"
)

// besides answers what stands beside a headline.
func besides(t testing.TB, pool *pgxpool.Pool, unit, code string) map[string]progress.Beside {
	t.Helper()
	all := map[string]progress.Beside{}
	for _, b := range obligation(t, report(t, pool, unit), code).Beside {
		all[b.Measure] = b
	}
	return all
}

func stated(unit string, n int) fixture.Feature {
	return fixture.Feature{Key: unit, Attributes: map[string]any{"admin_code": unit, "count": n, "source": "دفتر املاک", "date": "2026-03-21"}}
}

// plateParcel is a parcel a hundred metres wide, with its registration plate. Attributes of parcels that are columns of their own are set after.
func plateParcel(t testing.TB, pool *pgxpool.Pool, key string, x float64, main, sub int) {
	t.Helper()
	fixture.Publish(t, pool, "cadastre-urban", "registry", func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `update cadastre.parcel set section = '3', main_plate = $2, sub_plate = $3 where key = $1`, key, main, sub)
		return err
	}, place(key, lot(x, 35.601, x+0.001, 35.602)))
}

func TestUrbanCadastreIsTheSmallerOfAreaAndPlates(t *testing.T) {
	t.Parallel()
	pool := smallTown(t)
	f := &progress.Follower{Pool: pool, Log: slog.New(slog.DiscardHandler)}
	step := func() progress.Obligation {
		_, err := f.Step(t.Context())
		require.NoError(t, err)
		return obligation(t, report(t, pool, "IR-23"), "A25-URBAN")
	}
	plateParcel(t, pool, "p1", 51.301, 12, 1)
	plateParcel(t, pool, "p2", 51.303, 12, 2)
	o := step()
	both := besides(t, pool, "IR-23", "A25-URBAN")
	require.Equal(t, "m2", *o.Unit)
	assert.InDelta(t, *o.Percent, *both["area"].Percent, 0)
	assert.Equal(t, "unknown", both["plates"].State, "nobody said how many plates there are")
	assert.Contains(t, both["plates"].Reason.EN, "not stated")
	assert.InDelta(t, 2, *both["plates"].Published, 0)
	assert.Nil(t, both["plates"].Percent)
	assert.Contains(t, o.DenominatorSource.EN, "by area alone")

	// Two of four hundred plates are less than the share of area, two of three are more.
	fixture.Publish(t, pool, "expected-plates", "registry", nil, stated("IR-23", 400))
	o = step()
	require.Equal(t, "plate", *o.Unit)
	assert.InDelta(t, 0.5, *o.Percent, 0)
	assert.InDelta(t, 0.5, *besides(t, pool, "IR-23", "A25-URBAN")["plates"].Percent, 0)
	assert.InDelta(t, 0.5, *obligation(t, report(t, pool, "IR"), "A25-URBAN").Percent, 0, "the only province is the country")
	assert.True(t, o.Provisional)
	fixture.Publish(t, pool, "expected-plates", "registry", nil, stated("IR-23", 3))
	o = step()
	both = besides(t, pool, "IR-23", "A25-URBAN")
	require.Equal(t, "m2", *o.Unit)
	assert.InDelta(t, *both["area"].Percent, *o.Percent, 0)
	assert.InDelta(t, 66.67, *both["plates"].Percent, 0)

	// The same plate again, a lot without a plate and a box with one raise nothing; a new one does, and goes again.
	for _, c := range []struct {
		key              string
		x                float64
		main, sub, count int
	}{{"p3", 51.305, 12, 2, 2}, {"p4", 51.307, 0, 0, 2}, {"p5", 51.3085, 12, 9, 3}} {
		plateParcel(t, pool, c.key, c.x, c.main, c.sub)
		step()
		assert.InDelta(t, c.count, *besides(t, pool, "IR-23", "A25-URBAN")["plates"].Published, 0, c.key)
	}
	fixture.Publish(t, pool, "cadastre-urban", "registry", func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `update cadastre.parcel set section = '3', main_plate = 77 where key = 'box'`)
		return err
	}, place("box", box(51.30, 35.605, 51.31, 35.62)))
	step()
	assert.InDelta(t, 3, *besides(t, pool, "IR-23", "A25-URBAN")["plates"].Published, 0, "the box of the city")
	fixture.Remove(t, pool, "cadastre-urban", "registry", "p2", "p5")
	step()
	assert.InDelta(t, 2, *besides(t, pool, "IR-23", "A25-URBAN")["plates"].Published, 0, "plate 12/2 counts by its second parcel now")

	// What was kept step by step is what a calculation of everything gives.
	before := besides(t, pool, "IR-23", "A25-URBAN")
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	assert.Equal(t, before, besides(t, pool, "IR-23", "A25-URBAN"))
	for _, measure := range []string{"plates", "area"} {
		list, err := (&progress.Service{Pool: pool}).Trace(t.Context(), progress.TraceQuery{Obligation: "A25-URBAN", Unit: "IR-23", Measure: measure, Limit: 10})
		require.NoError(t, err)
		assert.InDelta(t, *before[measure].Published, list.Total.Published, 1e-6, measure)
	}
}

func TestBuiltParcelsWithAnAddress(t *testing.T) {
	t.Parallel()
	pool := smallTown(t)
	f := &progress.Follower{Pool: pool, Log: slog.New(slog.DiscardHandler)}
	share := func() progress.Beside {
		_, err := f.Step(t.Context())
		require.NoError(t, err)
		return besides(t, pool, "IR-23", "A27-GNAF")["built-parcels"]
	}
	address := func(key, code string, lon float64) fixture.Feature {
		return fixture.Feature{Key: key, WKT: fmt.Sprintf("POINT(%v 35.6015)", lon), Attributes: map[string]any{"city": "ت", "street": "خ", "postal_code": code}}
	}
	building := func(key string, x float64) fixture.Feature {
		return place(key, box(x+0.0003, 35.6013, x+0.0006, 35.6017))
	}
	fixture.Publish(t, pool, "expected-addresses", "statistics", nil, stated("IR-23", 10))
	for i := range 4 {
		plateParcel(t, pool, fmt.Sprint("p", i), 51.301+float64(i)*0.002, 5, i+1)
	}
	fixture.Publish(t, pool, "gnaf-address", "post", nil, address("a", "1879613154", 51.3014))
	b := share()
	assert.Equal(t, "unknown", b.State)
	assert.Contains(t, b.Reason.EN, "building")
	town(t, pool, "municipality-t", "IR-23")
	fixture.Publish(t, pool, "building", "municipality-t", nil, building("b0", 51.301), building("b1", 51.303), building("b2", 51.305), building("b2b", 51.3052))
	b = share()
	assert.InDelta(t, 3, *b.Denominator, 0, "the fourth parcel is vacant, and two buildings stand on the third")
	assert.InDelta(t, 33.33, *b.Percent, 0)
	fixture.Publish(t, pool, "gnaf-address", "post", nil, address("c", "1879613154", 51.3034), address("d", "1967915773", 51.3074), address("e", "7777777777", 51.3054))
	assert.InDelta(t, 33.33, *share().Percent, 0, "a code that is another place's, an address on vacant land and an impossible code address nothing")
	fixture.Remove(t, pool, "gnaf-address", "post", "a")
	b = share()
	assert.InDelta(t, 1, *b.Published, 0, "the code is the second place's now")
	list, err := (&progress.Service{Pool: pool}).Trace(t.Context(), progress.TraceQuery{Obligation: "A27-GNAF", Unit: "IR-23", Measure: "built-parcels", Limit: 10})
	require.NoError(t, err)
	require.Len(t, list.Items, 3)
	states := map[string]string{}
	for _, i := range list.Items {
		states[i.Key] = i.State
	}
	assert.Equal(t, map[string]string{"p0": "none", "p1": "published", "p2": "none"}, states)
	assert.Equal(t, []float64{3, 1}, []float64{list.Total.Denominator, list.Total.Published})
	fixture.Remove(t, pool, "building", "municipality-t", "b1")
	assert.InDelta(t, 0, *share().Percent, 0)
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	assert.InDelta(t, 2, *share().Denominator, 0)
}
