package progress_test

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
	"nsdi/progress"
)

// smallTown is a province of some four square kilometres of which the western half is a city.
func smallTown(t testing.TB) *pgxpool.Pool {
	pool := pgtest.New(t)
	fixture.Outline(t, pool, "IR-23", "province", "تهران", "IR", box(51.30, 35.60, 51.32, 35.62))
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, place("u", box(51.30, 35.60, 51.31, 35.62)))
	scales(t, pool, "IR", 500)
	return pool
}

// published is how much of an obligation is published, after everything that has happened.
func published(t testing.TB, pool *pgxpool.Pool, code string) float64 {
	_, err := (&progress.Follower{Pool: pool, Log: slog.New(slog.DiscardHandler)}).Step(t.Context())
	require.NoError(t, err)
	o := obligation(t, report(t, pool, "IR-23"), code)
	require.Equal(t, "known", o.State, code)
	return *o.Numerator
}

func TestWhatIsNoWorkRaisesNoFigure(t *testing.T) {
	t.Parallel()
	pool := smallTown(t)
	expect := fixture.Feature{Key: "IR-23", Attributes: map[string]any{"admin_code": "IR-23", "count": 10, "source": "سرشماری", "date": "2026-03-21"}}
	fixture.Publish(t, pool, "expected-addresses", "statistics", nil, expect)
	address := func(key, code string, lon float64, attributes map[string]any) fixture.Feature {
		all := map[string]any{"city": "ت", "street": "خ", "postal_code": code}
		for k, v := range attributes {
			all[k] = v
		}
		return fixture.Feature{Key: key, WKT: fmt.Sprintf("POINT(%v 35.61)", lon), Attributes: all}
	}
	sheet := func(key, wkt string, attributes map[string]any) fixture.Feature {
		return fixture.Feature{Key: key, WKT: wkt, Attributes: attributes}
	}
	whole := map[string]any{"sheet_no": "1", "scale": 500, "accuracy_m": 0.1, "capture_year": 1404}
	parcel := lot(51.301, 35.601, 51.303, 35.603)
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, place("p", parcel))
	fixture.Publish(t, pool, "base-map-sheet", "ncc", nil, sheet("s", box(51.30, 35.60, 51.304, 35.604), whole))
	fixture.Publish(t, pool, "gnaf-address", "post", nil, address("a", "1879613154", 51.305, nil))
	land, maps, codes := published(t, pool, "A25-URBAN"), published(t, pool, "A24-URBAN"), published(t, pool, "A27-GNAF")
	assert.InDelta(t, 1, codes, 0)
	fresh := *obligation(t, report(t, pool, "IR-23"), "A25-URBAN").Fresh
	assert.InDelta(t, land, fresh.Value, 1e-6)

	for _, c := range []struct {
		what, theme, agency, obligation string
		was                             float64
		features                        []fixture.Feature
	}{
		{"the box of the city in place of its parcels", "cadastre-urban", "registry", "A25-URBAN", land, []fixture.Feature{place("box", box(51.30, 35.60, 51.31, 35.62))}},
		{"a parcel on a parcel", "cadastre-urban", "registry", "A25-URBAN", land, []fixture.Feature{place("twin", parcel)}},
		{"a sheet that says nothing of its accuracy", "base-map-sheet", "ncc", "A24-URBAN", maps, []fixture.Feature{sheet("n1", box(51.30, 35.60, 51.31, 35.62), map[string]any{"scale": 500, "capture_year": 1404})}},
		{"a sheet that says nothing of its age", "base-map-sheet", "ncc", "A24-URBAN", maps, []fixture.Feature{sheet("n2", box(51.30, 35.60, 51.31, 35.62), map[string]any{"scale": 500, "accuracy_m": 0.1})}},
		{"a sheet of a scale that nobody asked for", "base-map-sheet", "ncc", "A24-URBAN", maps, []fixture.Feature{sheet("n3", box(51.30, 35.60, 51.31, 35.62), map[string]any{"scale": 25000, "accuracy_m": 5, "capture_year": 1404})}},
		{"a sheet of the scale that another city needs", "base-map-sheet", "ncc", "A24-URBAN", maps, []fixture.Feature{sheet("n4", box(51.30, 35.60, 51.31, 35.62), map[string]any{"scale": 2000, "accuracy_m": 0.5, "capture_year": 1404})}},
		{"sheets over each other", "base-map-sheet", "ncc", "A24-URBAN", maps, []fixture.Feature{sheet("o1", box(51.30, 35.60, 51.304, 35.604), whole), sheet("o2", box(51.301, 35.601, 51.303, 35.603), whole)}},
		{"a code a second time, elsewhere", "gnaf-address", "post", "A27-GNAF", codes, []fixture.Feature{address("b", "1879613154", 51.307, nil)}},
		{"a code of another custodian", "gnaf-address", "registry", "A27-GNAF", codes, []fixture.Feature{address("c", "1879613154", 51.305, nil)}},
		{"codes that cannot be", "gnaf-address", "post", "A27-GNAF", codes, []fixture.Feature{address("d", "1111111111", 51.305, nil), address("e", "9876543210", 51.305, nil), address("f", "2079613154", 51.305, nil)}},
		{"a point that is the middle of the town", "gnaf-address", "post", "A27-GNAF", codes, []fixture.Feature{address("g", "1967915773", 51.305, map[string]any{"reliability": 5})}},
	} {
		fixture.Publish(t, pool, c.theme, c.agency, nil, c.features...)
		assert.InDelta(t, c.was, published(t, pool, c.obligation), 1e-6, c.what)
	}

	// A parcel that contradicts a published neighbour does not count until it is put right.
	_, err := pool.Exec(t.Context(), `
		insert into cadastre.open_finding (rule, severity, theme, dataset_id, feature_id, key, other_dataset_id, other_feature_id, other_key, measure, unit, geom, version_id, found_at)
		select 'overlap-published', 'E', theme, dataset_id, id, key, dataset_id, id, key, 1, 'm²', geom, version_id, now()
		from cadastre.parcel`)
	require.NoError(t, err)
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	assert.Zero(t, published(t, pool, "A25-URBAN"), "progress can go down")
}

// An old file that is delivered again changes nothing, so it makes no version, and the dataset stays as old as it is.
func TestAnOldFileIsNotFresh(t *testing.T) {
	t.Parallel()
	pool := smallTown(t)
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, place("p", lot(51.301, 35.601, 51.303, 35.603)))
	land := published(t, pool, "A25-URBAN")
	_, err := pool.Exec(t.Context(), `update layers.version set published_at = now() - interval '1 year' where dataset_id = (select id from layers.dataset where theme = 'cadastre-urban')`)
	require.NoError(t, err)
	assert.InDelta(t, land, published(t, pool, "A25-URBAN"), 1e-6, "what is old is published all the same")
	assert.Zero(t, obligation(t, report(t, pool, "IR-23"), "A25-URBAN").Fresh.Value, "parcels are renewed monthly; nobody published anything, but a year has passed")
	_, err = pool.Exec(t.Context(), `
		insert into layers.submission (dataset_id, agency_id, theme, state, files)
		select id, agency_id, theme, 'unchanged', '[]'
		from layers.dataset
		where theme = 'cadastre-urban'`)
	require.NoError(t, err)
	published(t, pool, "A25-URBAN")
	assert.Zero(t, obligation(t, report(t, pool, "IR-23"), "A25-URBAN").Fresh.Value)
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, place("q", lot(51.304, 35.604, 51.306, 35.606)))
	both := published(t, pool, "A25-URBAN")
	assert.InDelta(t, both, obligation(t, report(t, pool, "IR-23"), "A25-URBAN").Fresh.Value, 1e-6)
	assert.Greater(t, both, land)
}

// A delivery under way is in the states before the last one, and leaves them when it goes back.
func TestDeliveriesUnderWay(t *testing.T) {
	t.Parallel()
	pool := smallTown(t)
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, place("p", lot(51.301, 35.601, 51.303, 35.603)))
	land := published(t, pool, "A25-URBAN")
	var id int64
	require.NoError(t, pool.QueryRow(t.Context(), `
		insert into layers.submission (dataset_id, agency_id, theme, state, files, staged_rows)
		select id, agency_id, theme, 'validated', '[]', 1
		from layers.dataset
		where theme = 'cadastre-urban'
		returning id`).Scan(&id))
	_, err := pool.Exec(t.Context(), fmt.Sprintf(`
		create unlogged table staging.s%d as
		select st_geomfromtext(wkt, 4326) as geom, refused, attributes::jsonb
		from (values ('%s', false, '{}'), ('%s', true, '{"section": "3", "main_plate": "many"}'), ('%s', false, '{"section": "3", "main_plate": 8}')) r (wkt, refused, attributes)`, id,
		lot(51.301, 35.601, 51.303, 35.603), lot(51.303, 35.603, 51.305, 35.605), lot(51.305, 35.605, 51.307, 35.607)))
	require.NoError(t, err)
	assert.InDelta(t, land, published(t, pool, "A25-URBAN"), 1e-6, "what nobody accepted is not published")
	o := obligation(t, report(t, pool, "IR-23"), "A25-URBAN")
	assert.InEpsilon(t, 2*land, o.Validated.Value, 1e-3, "one row was there already, one is new, one was refused")
	assert.InEpsilon(t, 3*land, o.Delivered.Value, 1e-3)
	var plates [2]float64
	require.NoError(t, pool.QueryRow(t.Context(), `select validated, published from progress.figure where admin_code = 'IR-23' and measure = 'plates'`).Scan(&plates[0], &plates[1]))
	assert.Equal(t, [2]float64{2, 1}, plates, "one plate of the three rows is new")
	_, err = pool.Exec(t.Context(), `update layers.submission set state = 'returned' where id = $1`, id)
	require.NoError(t, err)
	assert.InDelta(t, land, published(t, pool, "A25-URBAN"), 1e-6)
	o = obligation(t, report(t, pool, "IR-23"), "A25-URBAN")
	assert.InDelta(t, land, o.Delivered.Value, 1e-6, "it went back")
}
