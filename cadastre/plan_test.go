package cadastre

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Inquiries by plate, by identifier and by point look parcels up in indexes, as the server's role and over many parcels: nothing reads the table through.
func TestInquiriesUseIndexes(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	_, err := pool.Exec(t.Context(), `
		with d as (
			insert into layers.dataset (theme, agency_id) select 'cadastre-urban', id from access.agency where code = 'registry' returning id, agency_id
		), s as (
			insert into layers.submission (dataset_id, agency_id, theme, state, files) select id, agency_id, 'cadastre-urban', 'published', '[]' from d returning id, dataset_id
		), v as (
			insert into layers.version (dataset_id, seq, submission_id, added, altered, removed, features) select dataset_id, 1, id, 20000, 0, 0, 20000 from s returning id, dataset_id
		)
		insert into cadastre.parcel (theme, dataset_id, version_id, key, hash, parcel_id, national_parcel_id, section, main_plate, sub_plate, area_m2, geom, geom_3857, valid_from)
		select 'cadastre-urban', v.dataset_id, v.id, 'p' || i, '', 'p' || i, case when i % 2 = 0 then 'n' || i end, (1 + i % 12)::text, i % 500, i / 12, 100, g, st_transform(g, 3857), now()
		from v, generate_series(1, 20000) i, st_makeenvelope(51 + (i % 200) / 1e3, 35 + (i / 200) / 1e3, 51.0009 + (i % 200) / 1e3, 35.0009 + (i / 200) / 1e3, 4326) g`)
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `
		insert into layers.version (dataset_id, seq, submission_id, added, altered, removed, features)
		select dataset_id, i, submission_id, 0, 0, 0, 0 from layers.version, generate_series(2, 2000) i`)
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `vacuum analyze cadastre.parcel, layers.version`)
	require.NoError(t, err)
	app := pgtest.Application(t, pool, pg.Public)
	sight := Sight{}.args(pgx.NamedArgs{
		"main": 72, "sub": 106, "section": "بخش ۵", "unit": "", "district": "", "lot": "", "limit": 10, "identifier": "n400", "lon": 51.1004, "lat": 35.0504,
	})
	for name, c := range map[string]struct{ sql, index string }{
		"plate":      {byPlateSQL(Plate{72, 106}), "parcel_plate"},
		"main plate": {byPlateSQL(Plate{72, 0}), "parcel_plate"},
		"identifier": {byIdentifierSQL(), "parcel_identifier"},
		"point":      {atPointSQL(), "parcel_geom_3857"},
		"point then": {atPointOnSQL(), "parcel_history_geom_3857"},
	} {
		args := pgx.NamedArgs{}
		for k, v := range sight {
			if strings.Contains(c.sql, "@"+k) {
				args[k] = v
			}
		}
		if name == "point then" {
			args["on"] = "2026-01-01"
		}
		if name == "main plate" {
			args["sub"] = 0
		}
		rows, err := app.Query(t.Context(), `explain (costs off) `+c.sql, args)
		require.NoError(t, err, name)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err, name)
		plan := strings.Join(lines, "\n")
		require.NotContains(t, plan, "Seq Scan on parcel", "%s\n%s", name, plan)
		require.NotContains(t, plan, "Seq Scan on version", "%s\n%s", name, plan)
		require.Contains(t, plan, c.index, "%s\n%s", name, plan)
	}
	found, err := ByPlate(t.Context(), app, Sight{}, Named{Section: "بخش ۵", Plate: Plate{72, 106}})
	require.NoError(t, err)
	require.Len(t, found, 0, "of another section")
	var main, sub int
	var section string
	require.NoError(t, pool.QueryRow(t.Context(), `select main_plate, sub_plate, section from cadastre.parcel where parcel_id = 'p1400'`).Scan(&main, &sub, &section))
	found, err = ByPlate(t.Context(), app, Sight{}, Named{Section: "بخش " + section, Plate: Plate{main, sub}})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, "p1400", found[0].ParcelID)
	found, err = AtPoint(t.Context(), app, Sight{}, 51.1004, 35.0504)
	require.NoError(t, err)
	require.Len(t, found, 1)
}
