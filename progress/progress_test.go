package progress_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
	"nsdi/progress"
)

func box(w, s, e, n float64) string {
	return fmt.Sprintf("POLYGON((%[1]v %[2]v,%[3]v %[2]v,%[3]v %[4]v,%[1]v %[4]v,%[1]v %[2]v))", w, s, e, n)
}

func place(key, wkt string) fixture.Feature {
	return fixture.Feature{Key: key, WKT: wkt, Attributes: map[string]any{"code": key, "name_fa": key, "kind": "range", "scale": 500, "accuracy_m": 0.1, "capture_year": 1404}}
}

// lot is a box with a corner moved by a hair: no land is registered exactly along the meridians.
func lot(w, s, e, n float64) string {
	return fmt.Sprintf("POLYGON((%[1]v %[2]v,%[3]v %[2]v,%[3]v %[4]v,%[5]v %[4]v,%[1]v %[6]v,%[1]v %[2]v))", w, s, e, n, w+(e-w)*0.02, n-(n-s)*0.02)
}

// coast is two provinces side by side with everything that an obligation counts; the sea lies south of both.
func coast(t testing.TB) *pgxpool.Pool { return coastline.New(t) }

var coastline = pgtest.Filled{Fill: func(t testing.TB, pool *pgxpool.Pool) {
	fixture.Outline(t, pool, "IR-23", "province", "تهران", "IR", box(51, 35, 52, 36))
	fixture.Outline(t, pool, "IR-30", "province", "البرز", "IR", box(52, 35, 53, 36))
	publish := func(theme, agency string, features ...fixture.Feature) {
		fixture.Publish(t, pool, theme, agency, nil, features...)
	}
	// Two urban boundaries overlap; the second goes over the border between the provinces.
	publish("urban-boundary", "interior", place("u1", box(51.2, 35.2, 51.4, 35.4)), place("u2", box(51.3, 35.3, 51.5, 35.5)), place("u3", box(51.9, 35.5, 52.1, 35.6)))
	// Parcels overlap each other and stick out of the cities.
	publish("cadastre-urban", "registry", place("p1", lot(51.2, 35.2, 51.3, 35.3)), place("p2", lot(51.25, 35.25, 51.35, 35.35)),
		place("p3", lot(51.45, 35.45, 51.6, 35.6)), place("p4", lot(51.95, 35.5, 52.05, 35.7)))
	publish("village", "interior", place("v1", box(51.7, 35.7, 51.72, 35.72)))
	scales(t, pool, "IR", 500)
	publish("base-map-sheet", "ncc", place("s1", box(51.1, 35.1, 51.45, 35.45)))
	publish("range-forest", "forests", place("f1", box(52.2, 35.2, 52.6, 35.6)))
	publish("cadastre-range-forest", "registry", place("c1", lot(52.2, 35.2, 52.4, 35.7)))
	publish("territorial-sea", "ports", place("m1", box(51.2, 34.5, 51.5, 34.9)), place("m2", box(52.2, 34.5, 52.6, 34.9)))
	publish("cadastre-marine", "registry", place("n1", box(52.2, 34.5, 52.3, 34.9)))
}}

// scales states at which scales the cities of a unit need base maps.
func scales(t testing.TB, pool *pgxpool.Pool, unit string, scales ...int) {
	t.Helper()
	var rows []fixture.Feature
	for _, scale := range scales {
		rows = append(rows, fixture.Feature{Key: fmt.Sprint(unit, " ", scale), Attributes: map[string]any{"admin_code": unit, "scale": scale, "source": "شیوه‌نامه", "date": "2026-03-21"}})
	}
	fixture.Publish(t, pool, "required-scale", "ncc", nil, rows...)
}

func report(t testing.TB, pool *pgxpool.Pool, unit string) *progress.Report {
	t.Helper()
	s := &progress.Service{Pool: pool, Now: func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }}
	r, err := s.Report(t.Context(), unit)
	require.NoError(t, err)
	return r
}

func obligation(t testing.TB, r *progress.Report, code string) progress.Obligation {
	t.Helper()
	for _, o := range r.Obligations {
		if o.Code == code {
			return o
		}
	}
	t.Fatalf("no obligation %s", code)
	return progress.Obligation{}
}

// area asks PostGIS for the square metres of an expression, in one overlay without the package's short cuts. An edge is as long as it is measured with.
func area(t testing.TB, pool *pgxpool.Pool, edge float64, sql string, args ...any) float64 {
	t.Helper()
	var m2 *float64
	require.NoError(t, pool.QueryRow(t.Context(), `
		with u as (select code, geom from layers.admin_unit where level = 'province' and geom is not null),
		  f as (select theme, st_union(geom) as geom from layers.feature group by theme),
		  p as (select theme, st_union(geom) as geom from cadastre.parcel group by theme)
		select st_area(st_segmentize((`+sql+`), `+fmt.Sprint(edge)+`)::geography)`, args...).Scan(&m2))
	require.NotNil(t, m2)
	return *m2
}

func TestAreasEqualPostGIS(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	within := func(numerator, numeratorTable, denominator string) (string, string) {
		d := `select st_intersection(f.geom, u.geom) from f, u where f.theme = '` + denominator + `' and u.code = $1`
		n := `select st_intersection(st_intersection(f.geom, u.geom), n.geom) from f, u, ` + numeratorTable + ` n where f.theme = '` + denominator +
			`' and n.theme = '` + numerator + `' and u.code = $1`
		return n, d
	}
	for _, c := range []struct {
		code, unit, numerator, table, denominator string
		edge                                      float64
	}{
		{"A25-URBAN", "IR-23", "cadastre-urban", "p", "urban-boundary", 0.001},
		{"A25-URBAN", "IR-30", "cadastre-urban", "p", "urban-boundary", 0.001},
		{"A24-URBAN", "IR-23", "base-map-sheet", "f", "urban-boundary", 0.001},
		{"A25-RANGE-FOREST", "IR-30", "cadastre-range-forest", "p", "range-forest", 0.01},
	} {
		n, d := within(c.numerator, c.table, c.denominator)
		o := obligation(t, report(t, pool, c.unit), c.code)
		require.Equal(t, "known", o.State, c.code)
		assert.InEpsilon(t, area(t, pool, c.edge, d, c.unit), *o.Denominator, 2e-8, "%s in %s", c.code, c.unit)
		assert.InEpsilon(t, area(t, pool, c.edge, n, c.unit), *o.Numerator, 2e-8, "%s in %s", c.code, c.unit)
	}
	rest := obligation(t, report(t, pool, "IR-23"), "A24-REST")
	assert.InEpsilon(t, area(t, pool, 0.01, `select st_difference(u.geom, f.geom) from f, u where f.theme = 'urban-boundary' and u.code = $1`, "IR-23"), *rest.Denominator, 2e-8)
	assert.InEpsilon(t, area(t, pool, 0.01, `select st_intersection(s.geom, st_difference(u.geom, f.geom)) from f, u, f s
		where f.theme = 'urban-boundary' and s.theme = 'base-map-sheet' and u.code = $1`, "IR-23"), *rest.Numerator, 1e-6)

	country := obligation(t, report(t, pool, "IR"), "A25-URBAN")
	a, b := obligation(t, report(t, pool, "IR-23"), "A25-URBAN"), obligation(t, report(t, pool, "IR-30"), "A25-URBAN")
	assert.InEpsilon(t, *a.Numerator+*b.Numerator, *country.Numerator, 1e-12, "the country is the sum of its provinces")
	assert.Contains(t, country.DenominatorSource.EN, "2 of 31 provinces")
	assert.Contains(t, country.DenominatorSource.FA, "۲ از ۳۱ استان")
}

func TestSeaBelongsToTheNearestProvince(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	west, east, country := report(t, pool, "IR-23"), report(t, pool, "IR-30"), report(t, pool, "IR")
	assert.InDelta(t, 0, *obligation(t, west, "A25-MARINE").Percent, 1e-9)
	assert.InDelta(t, 25, *obligation(t, east, "A25-MARINE").Percent, 0.01)
	sea := area(t, pool, 0.01, `select geom from f where theme = 'territorial-sea'`)
	assert.InEpsilon(t, sea, *obligation(t, country, "A25-MARINE").Denominator, 2e-8)
	assert.InEpsilon(t, sea, *obligation(t, west, "A25-MARINE").Denominator+*obligation(t, east, "A25-MARINE").Denominator, 2e-8)
}

func TestNoDenominatorIsUnknown(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	before := report(t, pool, "IR")
	for _, o := range before.Obligations {
		assert.Equal(t, "unknown", o.State, o.Code)
	}
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	r := report(t, pool, "IR-30")
	for _, code := range []string{"A23", "A23-N2", "A25-RURAL", "A25-INQUIRY", "A26-LAYERS", "A27-GNAF", "A27-INQUIRY"} { // the first two and inquiries are counted for the country
		o := obligation(t, r, code)
		assert.Equal(t, "unknown", o.State, code)
		assert.Nil(t, o.Percent, code)
		assert.Nil(t, o.Denominator, code)
		require.NotNil(t, o.Reason, code)
		assert.NotEmpty(t, o.Reason.FA, code)
		assert.NotEmpty(t, o.Reason.EN, code)
	}
	assert.InDelta(t, 0, *obligation(t, report(t, pool, "IR-23"), "A25-RURAL").Percent, 1e-9, "a village without parcels is 0, not unknown")
	none := report(t, pool, "IR-05")
	for _, o := range none.Obligations {
		assert.Equal(t, "unknown", o.State, o.Code)
	}
	assert.Contains(t, obligation(t, none, "A25-URBAN").Reason.EN, "outline")
}

func TestAddressesAndMunicipalLayers(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	row := func(key string, lon float64, code any) fixture.Feature {
		return fixture.Feature{Key: key, WKT: fmt.Sprintf("POINT(%v 35.3)", lon), Attributes: map[string]any{"city": "ت", "street": "خ", "postal_code": code, "street_key": "خ", "city_key": "ت"}}
	}
	fixture.Publish(t, pool, "gnaf-address", "post", nil, row("1", 51.3, "1879613154"), row("2", 51.3, "1879613154"), row("3", 51.4, "1967915773"),
		row("4", 51.4, nil), row("5", 51.4, "1111111111"), row("6", 51.4, "2079613154"), row("7", 52.4, "1967757679"), row("8", 60, "1314733917"))
	expected := func(code string, n int) fixture.Feature {
		return fixture.Feature{Key: code, Attributes: map[string]any{"admin_code": code, "count": n, "source": "سرشماری", "date": "2026-03-21"}}
	}
	fixture.Publish(t, pool, "expected-addresses", "statistics", nil, expected("IR-23", 8), expected("IR-30", 0))
	_, err := pool.Exec(t.Context(), `
		with a as (
			insert into access.agency (code, kind, name_fa, name_en)
			values ('municipality-t', 'municipality', 'ت', 'T')
			returning id
		)
		insert into access.agency_territory (agency_id, admin_code)
		select id, 'IR-23'
		from a`)
	require.NoError(t, err)
	owed(t, pool, "province")
	fixture.Publish(t, pool, "road", "municipality-t", nil, fixture.Feature{Key: "r", WKT: "LINESTRING(51.3 35.3,51.4 35.3)", Attributes: map[string]any{"road_id": "r"}})
	fixture.Publish(t, pool, "building", "municipality-t", nil) // a version without features is no layer
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	r := report(t, pool, "IR-23")
	o := obligation(t, r, "A27-GNAF")
	assert.InDelta(t, 25, *o.Percent, 1e-9, "two codes of eight; repeated, missing and impossible ones do not count")
	assert.Equal(t, "سرشماری (۱ فروردین ۱۴۰۵)", o.DenominatorSource.FA)
	layers := obligation(t, r, "A26-LAYERS")
	assert.InDelta(t, 1, *layers.Numerator, 0)
	assert.InDelta(t, 8, *layers.Denominator, 0)
	assert.Equal(t, "unknown", obligation(t, report(t, pool, "IR-30"), "A27-GNAF").State, "nothing expected is no denominator")
	country := report(t, pool, "IR")
	assert.InDelta(t, 2, *obligation(t, country, "A27-GNAF").Numerator, 0, "provinces without a denominator are left out on both sides")
	assert.InDelta(t, 1, *obligation(t, country, "A26-LAYERS").Numerator, 0)

	_, err = pool.Exec(t.Context(), `insert into access.agency_territory select id, 'IR-30' from access.agency where code = 'municipality-t'`)
	require.NoError(t, err)
	require.NoError(t, progress.RecalculateLayers(t.Context(), pool))
	assert.InDelta(t, 8, *obligation(t, report(t, pool, "IR-30"), "A26-LAYERS").Denominator, 0, "nothing was published, but another province has a municipality")

	fixture.Publish(t, pool, "expected-addresses", "statistics", nil, expected("IR-23", 1))
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	capped := obligation(t, report(t, pool, "IR-23"), "A27-GNAF")
	assert.InDelta(t, 100, *capped.Percent, 0)
	assert.InDelta(t, 2, *capped.Numerator, 0, "the raw number stays")
}

func TestFollowerEqualsFullRecalculation(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	f := &progress.Follower{Pool: pool, Log: slog.New(slog.DiscardHandler)}
	step := func() bool {
		busy, err := f.Step(t.Context())
		require.NoError(t, err)
		return busy
	}
	assert.True(t, step())
	assert.False(t, step(), "nothing new")
	calculated := func(code, unit string) (at time.Time) {
		require.NoError(t, pool.QueryRow(t.Context(), `select calculated_at from progress.figure where obligation = $1 and admin_code = $2 and measure = 'headline'`, code, unit).Scan(&at))
		return at
	}
	west, east, village := calculated("A25-URBAN", "IR-23"), calculated("A25-URBAN", "IR-30"), calculated("A25-RURAL", "IR-23")
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, place("p5", lot(51.3, 35.3, 51.35, 35.45)))
	assert.True(t, step())
	assert.True(t, calculated("A25-URBAN", "IR-23").After(west))
	assert.Equal(t, east, calculated("A25-URBAN", "IR-30"), "a province that nothing changed in is left alone")
	assert.Equal(t, village, calculated("A25-RURAL", "IR-23"))
	fixture.Publish(t, pool, "territorial-sea", "ports", nil, place("m3", box(52.7, 34.5, 52.9, 34.9)))
	fixture.Outline(t, pool, "IR-30", "province", "البرز", "IR", box(52, 35, 52.5, 36))
	assert.True(t, step())
	followed := report(t, pool, "IR")
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	full := report(t, pool, "IR")
	assert.Equal(t, full.Obligations, followed.Obligations)
	assert.Equal(t, full.Children, followed.Children)
	assert.Positive(t, followed.Change)
}

func TestAFigureThatFailedIsCalculatedAgain(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	f := &progress.Follower{Pool: pool, Log: slog.New(slog.DiscardHandler)}
	_, err := f.Step(t.Context())
	require.NoError(t, err)
	before := *obligation(t, report(t, pool, "IR-23"), "A25-RURAL").Denominator
	fixture.Publish(t, pool, "village", "interior", nil, place("v2", box(51.8, 35.8, 51.82, 35.82)))
	_, err = pool.Exec(t.Context(), `alter table cadastre.parcel rename to away`)
	require.NoError(t, err)
	_, err = f.Step(t.Context())
	require.Error(t, err)
	_, err = pool.Exec(t.Context(), `alter table cadastre.away rename to parcel`)
	require.NoError(t, err)
	busy, err := f.Step(t.Context())
	require.NoError(t, err)
	assert.True(t, busy)
	assert.Greater(t, *obligation(t, report(t, pool, "IR-23"), "A25-RURAL").Denominator, 1.5*before)
}

func TestFollowerRunsUntilItsContextEnds(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- (&progress.Follower{Pool: pool, Log: slog.New(slog.DiscardHandler), Every: 10 * time.Millisecond}).Run(ctx)
	}()
	assert.Eventually(t, func() bool {
		var n int
		_ = pool.QueryRow(t.Context(), `select count(*) from layers.follower where name = 'progress' and position > 0`).Scan(&n)
		return n == 1
	}, time.Minute, 20*time.Millisecond)
	cancel()
	assert.ErrorIs(t, <-done, context.Canceled)
}

func TestReport(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	r := report(t, pool, "")
	assert.Equal(t, "IR", r.Unit.Code)
	assert.Len(t, r.Obligations, 12)
	assert.Len(t, r.Articles, 5)
	assert.Len(t, r.Children, 31)
	assert.Equal(t, "۳۰ آبان ۱۴۰۵", r.AsOfJalali)
	o := obligation(t, r, "A25-URBAN")
	assert.Equal(t, "2016-09-06", *o.LegalDeadline)
	assert.Equal(t, "۱۶ شهریور ۱۳۹۵", *o.LegalDeadlineJalali)
	assert.Equal(t, 3728, *o.DaysOverdue)
	assert.Nil(t, obligation(t, r, "A26-LAYERS").LegalDeadline, "a standing duty has no date")
	for _, a := range r.Articles {
		if a.Article == "26" {
			assert.Nil(t, a.Percent, "nothing known is not zero")
		}
	}
	for _, c := range r.Children {
		assert.Len(t, c.Obligations, 12, c.Code)
		if c.Code == "IR-05" {
			assert.Nil(t, c.Percent)
			assert.Zero(t, c.Known)
		}
	}
	_, err := (&progress.Service{Pool: pool}).Report(t.Context(), "XX")
	assert.Equal(t, "admin-unit-unknown", errs.Code(err))
	assert.Equal(t, 404, errs.Status(err))
}

func TestWithoutAnyOutlineTheCountryIsWhatIsPublished(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, place("u", box(2.3, 48.8, 2.4, 48.9)))
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, place("p", lot(2.3, 48.8, 2.35, 48.9)))
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	assert.InDelta(t, 49.99, *obligation(t, report(t, pool, "IR"), "A25-URBAN").Percent, 0.01)
}

// Where no urban boundary is published, nobody knows how much lies outside the cities: the whole province is not the answer.
func TestRestOfAProvinceWithoutUrbanBoundaryIsUnknown(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	_, err := pool.Exec(t.Context(), `delete from layers.feature where theme = 'urban-boundary'`)
	require.NoError(t, err)
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	rest := obligation(t, report(t, pool, "IR-23"), "A24-REST")
	assert.Equal(t, "unknown", rest.State)
	assert.Nil(t, rest.Percent)
	require.NotNil(t, rest.Reason)
	assert.Contains(t, rest.Reason.EN, "No urban boundary")
}
