package cadastre_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/cadastre"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/layers"
	"nsdi/layers/reading"
)

// desk is where the tests deliver parcels; its clock goes on by a day with each delivery.
type desk struct {
	t    *testing.T
	pool *pgxpool.Pool
	im   *layers.Importer
	now  time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	pool := pgtest.New(t)
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	d := &desk{t: t, pool: pool, now: time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC)}
	d.im = &layers.Importer{
		Pool: pgtest.Application(t, pool, pg.Everything), Reader: &reading.Reader{Sandbox: sandbox, TempDir: t.TempDir()},
		Stores: []layers.Store{layers.FeatureStore(), cadastre.Store()}, Now: func() time.Time { return d.now },
	}
	return d
}

// deliver publishes a GeoJSON collection.
func (d *desk) deliver(theme, content string, change ...func(*layers.Request)) *layers.Report {
	d.t.Helper()
	d.now = d.now.AddDate(0, 0, 1)
	file := filepath.Join(d.t.TempDir(), "delivery.geojson")
	require.NoError(d.t, os.WriteFile(file, []byte(content), 0o600))
	req := layers.Request{Theme: theme, Agency: "registry", Files: []string{file}, AllowRemovals: true}
	for _, c := range change {
		c(&req)
	}
	report, err := d.im.Import(d.t.Context(), req)
	require.NoError(d.t, err)
	return report
}

func (d *desk) row(sql string, args ...any) map[string]any {
	d.t.Helper()
	rows, err := d.pool.Query(d.t.Context(), sql, args...)
	require.NoError(d.t, err)
	m, err := pgx.CollectExactlyOneRow(rows, pgx.RowToMap)
	require.NoError(d.t, err)
	return m
}

const modelled = `{"type":"FeatureCollection","features":[
	{"type":"Feature","properties":{"parcel_id":"p1","section":"بخش ثبتی ۰۳","registry_unit":"شمیران","main_plate":72,"sub_plate":1617,"lot":"2","declared_area_m2":10041,
	  "national_parcel_id":"140200000000000001","deed_number":"98/123","deed_type":"تک‌برگ","deed_date":"۱۴۰۳/۱۲/۳۰","registered_on":"1402-01-01","parents":"p8؛ p9","accuracy_m":0.05,"owner":"Someone"},
	 "geometry":{"type":"Polygon","coordinates":[[[48.001,35.7],[48.002,35.7],[48.002,35.701],[48.001,35.701],[48.001,35.7]]]}},
	{"type":"Feature","properties":{"parcel_id":"p2","section":"3","main_plate":72,"accuracy_m":0.05},
	 "geometry":{"type":"Polygon","coordinates":[[[51.5,35.7],[51.501,35.7],[51.501,35.701],[51.5,35.701],[51.5,35.7]]]}}]}`

func TestModel(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.deliver("cadastre-urban", modelled)
	require.EqualValues(t, 2, report.Accepted, "%+v", report.Rules)
	require.Equal(t, []string{"owner"}, report.IgnoredColumns)

	// Zone 39 begins at 48° E; there its grid is about a thousandth larger than the ellipsoid, and at 51.4° E smaller by as much.
	p1 := d.row(`select section_key, cadastre.utm_zone(geom), cadastre.utm_area(geom) / area_m2 as scale, d.made_on::text deed_date, d.number deed_number, d.type deed_type, registered_on::text, parents, attributes::text from cadastre.parcel p left join cadastre.deed d on d.id = p.deed_id and d.dataset_id = p.dataset_id where parcel_id = 'p1'`)
	require.Equal(t, "3", p1["section_key"])
	require.EqualValues(t, 39, p1["utm_zone"])
	require.InDelta(t, 1.000996, p1["scale"], 2e-5)
	require.Equal(t, "2025-03-20", p1["deed_date"], "1403 is a leap year, which has a 30th of Esfand")
	require.Equal(t, []any{"98/123", "single-sheet"}, []any{p1["deed_number"], p1["deed_type"]})
	require.EqualValues(t, 1, d.row(`select count(*) n from cadastre.deed`)["n"], "p2 has none")
	require.Equal(t, "2023-03-21", p1["registered_on"])
	require.Equal(t, "p8؛ p9", p1["parents"])
	require.Equal(t, "{}", p1["attributes"])
	require.InDelta(t, 0.999232, d.row(`select cadastre.utm_area(geom) / area_m2 as scale from cadastre.parcel where parcel_id = 'p2'`)["scale"], 2e-5)
	require.EqualValues(t, 38, d.row(`select cadastre.utm_zone('SRID=4326;POLYGON((47.99 35,48.005 35,48.005 36,47.99 35))') as z`)["z"], "most of it lies west of 48°")

	sections := map[string]string{"بخش ۳": "3", "بخش ثبتی 03": "3", "3": "3", "٣": "3", "3 تهران": "3 تهران", "بخش ۱۰": "10", "0": "0", "بخش كن": "کن"}
	for in, want := range sections {
		require.Equal(t, want, d.row(`select cadastre.section_key($1) as k`, in)["k"], in)
	}

	view := d.row(`select * from cadastre.inspire_cadastral_parcel where "nationalCadastralReference" = '140200000000000001'`)
	require.Equal(t, "\u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069", view["label"])
	require.Equal(t, "urban", view["level"])
	require.Equal(t, 10041.0, view["areaValue"])
	require.Nil(t, view["endLifespanVersion"])
	require.Equal(t, "3-72-0", d.row(`select "nationalCadastralReference" as r from cadastre.inspire_cadastral_parcel where "inspireId" like '%/p2'`)["r"])

	// An old lifespan stays in the view when the parcel is altered.
	d.deliver("cadastre-urban", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"parcel_id":"p1","section":"3","main_plate":72,"sub_plate":1618,"label":"L"},
		"geometry":{"type":"Polygon","coordinates":[[[48.001,35.7],[48.002,35.7],[48.002,35.701],[48.001,35.701],[48.001,35.7]]]}}]}`)
	lives := d.row(`select string_agg(label || ' ' || coalesce("validTo"::text, 'now'), ', ' order by "beginLifespanVersion") as l from cadastre.inspire_cadastral_parcel where "inspireId" like '%/p1'`)
	require.Equal(t, "\u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069 2026-03-23, L now", lives["l"])
}

func TestSections(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.deliver("cadastre-section", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"section_id":"S-3","section":"بخش ۳","registry_unit":"شمیران","scale":2000},
		"geometry":{"type":"Polygon","coordinates":[[[51,35],[52,35],[52,36],[51,36],[51,35]]]}}]}`)
	require.EqualValues(t, 1, report.Accepted, "%+v", report.Rules)
	zone := d.row(`select * from cadastre.inspire_cadastral_zoning`)
	require.Equal(t, "شمیران-3", zone["nationalCadastalZoningReference"])
	require.EqualValues(t, 2000, zone["originalMapScaleDenominator"])
}

// What the catalogue calls private leaves by no list; the store and the catalogue agree on what that is.
func TestDeedsAreNotShown(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.deliver("cadastre-urban", modelled)
	private := d.row(`select string_agg(a ->> 'name', ',' order by a ->> 'name') as names from layers.theme t, jsonb_array_elements(t.attributes) a where t.code = 'cadastre-urban' and (a ->> 'private')::boolean`)["names"]
	require.Equal(t, "deed_date,deed_number,deed_type", private)
	versions := &layers.Versions{Stores: d.im.Stores, Now: d.im.Now}
	set, err := versions.Open(t.Context(), d.pool, 1)
	require.NoError(t, err)
	head, err := set.Version(t.Context(), d.pool, 0)
	require.NoError(t, err)
	list, _, err := set.Features(t.Context(), d.pool, head, layers.Window{Limit: 10})
	require.NoError(t, err)
	require.Len(t, list, 2)
	var shown map[string]any
	require.NoError(t, json.Unmarshal(list[0].Properties, &shown))
	require.Equal(t, "140200000000000001", shown["national_parcel_id"])
	for _, name := range []string{"deed_number", "deed_type", "deed_date"} {
		require.NotContains(t, shown, name)
	}
	one, err := set.Feature(t.Context(), d.pool, "p1")
	require.NoError(t, err)
	require.NotContains(t, string(one.Properties), "98/123")
	require.NoError(t, set.Whole(t.Context(), d.pool, one))
	patched, err := one.Patched([]byte(`{"properties":{"land_use":"باغ","deed_type":null}}`))
	require.NoError(t, err)
	require.Contains(t, string(patched), `"deed_number":"98/123"`, "who edits a parcel keeps its deed")
	require.NotContains(t, string(patched), "تک‌برگ")
	other, err := set.Feature(t.Context(), d.pool, "p1")
	require.NoError(t, err)
	require.NoError(t, set.Whole(t.Context(), pgtest.Application(t, d.pool, pg.Public), other))
	require.NotContains(t, string(other.Properties), "98/123", "nobody else is shown it on that way")
	changes, _, err := set.Changes(t.Context(), d.pool, layers.Feed{Limit: 10, Full: true})
	require.NoError(t, err)
	for _, c := range changes {
		require.NotContains(t, string(c.Properties), "deed")
	}
}
