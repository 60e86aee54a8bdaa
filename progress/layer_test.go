package progress_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
	"nsdi/progress"
)

// town is a municipality that answers for a unit.
func town(t testing.TB, pool *pgxpool.Pool, code, unit string) {
	_, err := pool.Exec(t.Context(), `
		with a as (
			insert into access.agency (code, kind, name_fa, name_en)
			values ($1, 'municipality', 'ت', 'T')
			returning id
		)
		insert into access.agency_territory (agency_id, admin_code)
		select id, $2
		from a`, code, unit)
	require.NoError(t, err)
}

// owed states which themes municipalities of a kind must deliver; none: eight of them.
func owed(t testing.TB, pool *pgxpool.Pool, kind string, themes ...string) {
	t.Helper()
	if len(themes) == 0 {
		themes = []string{"road", "building", "city-block", "land-use", "green-space", "public-facility", "neighbourhood", "street-furniture"}
	}
	var rows []fixture.Feature
	for _, theme := range themes {
		rows = append(rows, fixture.Feature{Key: kind + " " + theme, Attributes: map[string]any{"kind": kind, "theme": theme, "source": "شیوه‌نامه", "date": "2026-03-21"}})
	}
	fixture.Publish(t, pool, "required-theme", "interior", nil, rows...)
}

func TestStatesOfMunicipalLayers(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	town(t, pool, "municipality-t", "IR-23")
	owed(t, pool, "province")
	submitted := func(theme, state string) {
		_, err := pool.Exec(t.Context(), `
			insert into layers.submission (agency_id, theme, state, files)
			select id, $1, $2, '[]'
			from access.agency
			where code = 'municipality-t'`, theme, state)
		require.NoError(t, err)
	}
	submitted("road", "confirmed")           // delivered
	submitted("building", "received")        // and at once
	submitted("building", "reviewed")        // validated
	submitted("land-use", "returned")        // nothing: it went back
	submitted("land-use", "refused")         // nor does this
	submitted("alley", "validated")          // nobody has to deliver it
	submitted("street-furniture", "refused") // published before, all the same
	road := fixture.Feature{Key: "r", WKT: "LINESTRING(51.3 35.3,51.4 35.3)", Attributes: map[string]any{}}
	fixture.Publish(t, pool, "street-furniture", "municipality-t", nil, road)
	fixture.Publish(t, pool, "green-space", "municipality-t", nil, road)
	_, err := pool.Exec(t.Context(), `update layers.version set published_at = now() - interval '20 years' where dataset_id = (select id from layers.dataset where theme = 'green-space')`)
	require.NoError(t, err)
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	for _, unit := range []string{"IR", "IR-23"} {
		o := obligation(t, report(t, pool, unit), "A26-LAYERS")
		require.NotNil(t, o.Delivered, unit)
		assert.InDelta(t, 4, o.Delivered.Value, 0, unit)
		assert.InDelta(t, 3, o.Validated.Value, 0, unit)
		assert.InDelta(t, 2, o.Published.Value, 0, unit)
		assert.InDelta(t, 1, o.Fresh.Value, 0, "what was published twenty years ago is past every cycle")
		assert.InDelta(t, *o.Percent, *o.Published.Percent, 0, "the headline is what is published")
		assert.Greater(t, *o.Delivered.Percent, *o.Validated.Percent)
	}
	var delivered, fresh, denominator float64
	require.NoError(t, pool.QueryRow(t.Context(), `
		select f.delivered, f.fresh, f.denominator
		from progress.agency_figure f
		join access.agency a on a.id = f.agency_id
		where a.code = 'municipality-t'`).Scan(&delivered, &fresh, &denominator))
	assert.InDelta(t, 4, delivered, 0)
	assert.InDelta(t, 1, fresh, 0)
	assert.InDelta(t, 8, denominator, 0)
	var sourced bool
	require.NoError(t, pool.QueryRow(t.Context(), `
		select bool_and((state = 'known') = (source_fa is not null) and (state = 'known') = (reason_fa is null)) from progress.figure`).Scan(&sourced))
	assert.True(t, sourced, "what is known has a source, and what is not has a reason")
}

// By people a small town that delivers weighs less than a large one that does not; a municipality whose population nobody told is left out and counted.
func TestMunicipalLayersByPopulation(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	town(t, pool, "municipality-small", "IR-23")
	town(t, pool, "municipality-large", "IR-30")
	town(t, pool, "municipality-untold", "IR-05")
	owed(t, pool, "province")
	city := func(key, unit string, population any, wkt string) fixture.Feature {
		return fixture.Feature{Key: key, WKT: wkt, Attributes: map[string]any{"code": key, "admin_code": unit, "population": population}}
	}
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, city("s", "IR-23", 1000, box(51, 35, 51.1, 35.1)), city("l", "IR-30", 9000, box(52, 35, 52.1, 35.1)),
		city("u", "IR-05", "many", box(47, 34, 47.1, 34.1)))
	fixture.Publish(t, pool, "road", "municipality-small", nil, fixture.Feature{Key: "r", WKT: "LINESTRING(51 35,51.1 35.1)", Attributes: map[string]any{}})
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	o := obligation(t, report(t, pool, "IR"), "A26-LAYERS")
	assert.InDelta(t, 4.17, *o.Percent, 1e-9, "one layer of 24")
	require.Len(t, o.Beside, 1)
	b := o.Beside[0]
	assert.Equal(t, "population", b.Measure)
	assert.InDelta(t, 10000, *b.Denominator, 0)
	assert.InDelta(t, 125, *b.Published, 1e-9, "an eighth of a thousand people")
	assert.InDelta(t, 1.25, *b.Percent, 1e-9)
	assert.Equal(t, "Population of urban boundaries (2 of 3 municipalities)", b.Source.EN)
	for unit, want := range map[string][2]float64{"IR": {10000, 125}, "IR-23": {1000, 125}, "IR-30": {9000, 0}} {
		list, err := (&progress.Service{Pool: pool}).Trace(t.Context(), progress.TraceQuery{Obligation: "A26-LAYERS", Measure: "population", Unit: unit, Limit: 100})
		require.NoError(t, err)
		assert.Equal(t, "person", list.Measured)
		assert.InDelta(t, want[0], list.Total.Denominator, 1e-6, unit)
		assert.InDelta(t, want[1], list.Total.Published, 1e-6, unit)
		sum := 0.0
		for _, one := range list.Items {
			sum += one.Portion.Denominator
		}
		assert.InDelta(t, want[0], sum, 1e-6, unit)
	}
	assert.Empty(t, obligation(t, report(t, pool, "IR-05"), "A26-LAYERS").Beside)
}

// What a municipality must deliver is stated by its kind; of a kind of which nothing is stated it is not known.
func TestThemesByKindOfMunicipality(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Outline(t, pool, "IR-23-c", "city", "ری", "IR-23", box(51.1, 35.1, 51.2, 35.2))
	fixture.Outline(t, pool, "IR-23-v", "village", "کن", "IR-23", box(51.3, 35.3, 51.4, 35.4))
	town(t, pool, "municipality-c", "IR-23-c")
	town(t, pool, "municipality-v", "IR-23-v")
	road := fixture.Feature{Key: "r", WKT: "LINESTRING(51.1 35.1,51.2 35.2)", Attributes: map[string]any{}}
	fixture.Publish(t, pool, "road", "municipality-c", nil, road)
	fixture.Publish(t, pool, "alley", "municipality-c", nil, road)
	fixture.Publish(t, pool, "alley", "municipality-v", nil, road)
	of := func(unit string) progress.Obligation {
		follow(t, pool)
		return obligation(t, report(t, pool, unit), "A26-LAYERS")
	}
	o := of("IR-23")
	assert.Equal(t, "unknown", o.State)
	assert.Contains(t, o.Reason.EN, "not stated which themes")

	owed(t, pool, "city", "road", "building", "land-use")
	o = of("IR-23")
	assert.Equal(t, [2]float64{3, 1}, [2]float64{*o.Denominator, *o.Numerator}, "alleys are not due of cities")
	assert.Contains(t, o.DenominatorSource.EN, "(1 of 2 municipalities)")
	assert.Contains(t, o.DenominatorSource.FA, "(۱ از ۲ شهرداری)")
	assert.True(t, o.Provisional, "nobody approved it")
	assert.Equal(t, "unknown", of("IR-23-v").State)

	owed(t, pool, "village", "alley")
	o = of("IR-23")
	assert.Equal(t, [2]float64{4, 2}, [2]float64{*o.Denominator, *o.Numerator})
	assert.NotContains(t, o.DenominatorSource.EN, "of 2 municipalities")
	assert.InDelta(t, 100, *of("IR-23-v").Percent, 0)
	followed := report(t, pool, "IR")
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	assert.Equal(t, followed.Obligations, report(t, pool, "IR").Obligations)

	s := &progress.Service{Pool: pool}
	list, err := s.Trace(t.Context(), progress.TraceQuery{Obligation: "A26-LAYERS", Unit: "IR-23", Limit: 10})
	require.NoError(t, err)
	states := map[string]string{}
	for _, i := range list.Items {
		states[i.Agency+" "+i.Theme] = i.State
	}
	assert.Equal(t, map[string]string{"municipality-c road": "fresh", "municipality-c building": "none", "municipality-c land-use": "none", "municipality-v alley": "fresh"}, states)
	layers, err := s.DenominatorLayers(t.Context())
	require.NoError(t, err)
	require.Len(t, layers, 1)
	assert.Equal(t, []string{"A26-LAYERS"}, layers[0].Obligations)

	fixture.Remove(t, pool, "required-theme", "interior", "city building", "city land-use")
	assert.InDelta(t, 100, *of("IR-23-c").Percent, 0)
}
