package progress_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/progress"
)

// Sheets are counted against the index of those that must exist, and the list tells which are missing.
func TestSheetsOfTheIndex(t *testing.T) {
	t.Parallel()
	pool := smallTown(t)
	scales(t, pool, "IR", 500, 2000)
	index := func(key string, scale int, wkt string) fixture.Feature {
		return fixture.Feature{Key: key, WKT: wkt, Attributes: map[string]any{"sheet_no": key, "scale": scale, "source": "شاخص", "date": "2026-03-21"}}
	}
	made := func(key string, scale, year int, wkt string, accuracy any) fixture.Feature {
		return fixture.Feature{Key: key, WKT: wkt, Attributes: map[string]any{"sheet_no": key, "scale": scale, "accuracy_m": accuracy, "capture_year": year}}
	}
	whole := func(i int) string {
		return box(51.30+float64(i)*0.004, 35.60, 51.304+float64(i)*0.004, 35.604)
	}
	sheets := func(unit, code string) map[string][5]float64 {
		follow(t, pool)
		rows, err := pool.Query(t.Context(), `
			select measure, denominator, delivered, validated, published, fresh
			from progress.figure
			where admin_code = $1
			  and obligation = $2
			  and unit = 'sheet'`, unit, code)
		require.NoError(t, err)
		all := map[string][5]float64{}
		var measure string
		var n [5]float64
		_, err = pgx.ForEachRow(rows, []any{&measure, &n[0], &n[1], &n[2], &n[3], &n[4]}, func() error { all[measure] = n; return nil })
		require.NoError(t, err)
		return all
	}
	fixture.Publish(t, pool, "base-map-sheet", "ncc", nil, made("0", 500, 2025, whole(0), 0.1))
	assert.Empty(t, sheets("IR-23", "A24-URBAN"), "no index, no count")

	// The third shows some of the city, the fourth and fifth none.
	fixture.Publish(t, pool, "required-sheet", "ncc", nil, index("0", 500, whole(0)), index("1", 500, whole(1)), index("2", 500, whole(2)), index("3", 500, whole(3)),
		index("4", 500, whole(4)), index("0b", 2000, box(51.30, 35.60, 51.308, 35.61)))
	fixture.Publish(t, pool, "base-map-sheet", "ncc", nil,
		made("1", 500, 2025, box(51.304, 35.60, 51.306, 35.604), 0.1), // half of its place
		made("2", 500, 2025, whole(2), nil),                           // nothing is said of its accuracy
		made("9", 500, 2025, whole(1), 0.1),                           // no sheet of the index
		made("3", 500, 1390, whole(3), 0.1),                           // of long ago
		made("0b", 500, 2025, box(51.30, 35.60, 51.308, 35.61), 0.1))  // of another scale
	for _, unit := range []string{"IR", "IR-23"} {
		assert.Equal(t, map[string][5]float64{"sheets-500": {3, 1, 1, 1, 1}, "sheets-2000": {1, 0, 0, 0, 0}}, sheets(unit, "A24-URBAN"))
		assert.Equal(t, map[string][5]float64{"sheets-500": {2, 1, 1, 1, 0}}, sheets(unit, "A24-REST"))
	}

	// A delivery under way.
	var id int64
	require.NoError(t, pool.QueryRow(t.Context(), `
		insert into layers.submission (dataset_id, agency_id, theme, state, files, staged_rows)
		select id, agency_id, theme, 'validated', '[]', 2
		from layers.dataset
		where theme = 'base-map-sheet'
		returning id`).Scan(&id))
	_, err := pool.Exec(t.Context(), fmt.Sprintf(`
		create unlogged table staging.s%d as
		select st_geomfromtext(wkt, 4326) as geom, refused, jsonb_build_object('sheet_no', no, 'scale', 500, 'accuracy_m', 0.1, 'capture_year', 1404) as attributes
		from (values ('1', '%s', false), ('2', '%s', true)) r (no, wkt, refused)`, id, whole(1), whole(2)))
	require.NoError(t, err)
	assert.Equal(t, [5]float64{3, 3, 2, 1, 1}, sheets("IR-23", "A24-URBAN")["sheets-500"])
	_, err = pool.Exec(t.Context(), `update layers.submission set state = 'returned' where id = $1`, id)
	require.NoError(t, err)

	fixture.Publish(t, pool, "base-map-sheet", "ncc", nil, made("1", 500, 2025, whole(1), 0.1))
	assert.Equal(t, [5]float64{3, 2, 2, 2, 2}, sheets("IR-23", "A24-URBAN")["sheets-500"])
	followed := report(t, pool, "IR")
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	assert.Equal(t, followed.Obligations, report(t, pool, "IR").Obligations)

	s := &progress.Service{Pool: pool}
	list, err := s.Trace(t.Context(), progress.TraceQuery{Obligation: "A24-URBAN", Unit: "IR", Measure: "sheets-500", Limit: 10, Shapes: true})
	require.NoError(t, err)
	assert.Equal(t, "sheet", list.Measured)
	assert.Equal(t, progress.Portion{Denominator: 3, Delivered: 2, Validated: 2, Published: 2, Fresh: 2}, list.Total)
	states := map[string]string{}
	for _, i := range list.Items {
		states[i.Key] = fmt.Sprint(i.State, " ", i.Theme, " ", i.Agency, " ", i.Version > 0)
		assert.NotEmpty(t, i.Geometry)
	}
	assert.Equal(t, map[string]string{"0": "fresh base-map-sheet ncc true", "1": "fresh base-map-sheet ncc true", "2": "none required-sheet ncc false"}, states)

	// The city grows, and the index shrinks.
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, place("u2", box(51.311, 35.60, 51.32, 35.62)))
	assert.Equal(t, [5]float64{5, 3, 3, 3, 2}, sheets("IR-23", "A24-URBAN")["sheets-500"])
	assert.Empty(t, sheets("IR-23", "A24-REST"))
	fixture.Remove(t, pool, "required-sheet", "ncc", "4", "0b")
	assert.Equal(t, map[string][5]float64{"sheets-500": {4, 3, 3, 3, 2}}, sheets("IR-23", "A24-URBAN"))
}
