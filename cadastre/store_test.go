package cadastre_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/cadastre"
	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
	"nsdi/layers"
	"nsdi/layers/reading"
)

const parcels = `{"type":"FeatureCollection","features":[
	{"type":"Feature","properties":{"parcel_id":"p1","section":"۳ تهران","main_plate":"۱۲","sub_plate":345,"declared_area_m2":"۱۰۰۴۰٫۵","owner":"Someone"},
	 "geometry":{"type":"Polygon","coordinates":[[[51.4,35.7],[51.401,35.7],[51.401,35.701],[51.4,35.701],[51.4,35.7]]]}},
	{"type":"Feature","properties":{"parcel_id":"p2","section":"3","main_plate":13},
	 "geometry":{"type":"MultiPolygon","coordinates":[[[[51.5,35.7],[51.501,35.7],[51.501,35.701],[51.5,35.7]]],[[[51.6,35.7],[51.601,35.7],[51.601,35.701],[51.6,35.7]]]]}},
	{"type":"Feature","properties":{"parcel_id":"p3","section":"3","main_plate":"12-345"},
	 "geometry":{"type":"Polygon","coordinates":[[[51.4,35.7],[51.401,35.7],[51.401,35.701],[51.4,35.7]]]}},
	{"type":"Feature","properties":{"parcel_id":"p4","section":"3","main_plate":14}, "geometry":null}]}`

func TestParcels(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	im := &layers.Importer{Pool: pool, Reader: &reading.Reader{Sandbox: sandbox}, Stores: []layers.Store{cadastre.Store()}, Now: time.Now}
	deliver := func(content string) *layers.Report {
		file := filepath.Join(t.TempDir(), "parcels.geojson")
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		report, err := im.Import(t.Context(), layers.Request{Theme: "cadastre-urban", Agency: "registry", Files: []string{file}, AllowRemovals: true})
		require.NoError(t, err)
		return report
	}
	report := deliver(parcels)
	require.EqualValues(t, 2, report.Accepted)
	require.EqualValues(t, 2, report.Refused)
	require.Equal(t, []string{"owner"}, report.IgnoredColumns)
	rules := map[string]string{}
	for _, r := range report.Rules {
		rules[r.Rule] = r.Samples[0].Key
	}
	require.Equal(t, map[string]string{"type": "p3", "geometry-missing": "p4", "overlap": "p3", "parcel-multipart": "p2", "accuracy-missing": ""}, rules, "a plate is two numbers, never one text")

	var main, sub int
	var section, attributes string
	var declared, area, ellipsoid float64
	require.NoError(t, pool.QueryRow(t.Context(), `
		select main_plate, sub_plate, section, declared_area_m2, area_m2, public.st_area(geom::public.geography), attributes::text
		from cadastre.parcel
		where parcel_id = 'p1'`).Scan(&main, &sub, &section, &declared, &area, &ellipsoid, &attributes))
	require.Equal(t, []int{12, 345}, []int{main, sub})
	require.Equal(t, "۳ تهران", section)
	require.Equal(t, 10040.5, declared)
	require.InDelta(t, ellipsoid, area, 1e-6)
	require.InDelta(t, 90.5*111, area, 200, "a thousandth of a degree each way at 35.7° north")
	require.Equal(t, "{}", attributes, "attributes that are columns are not kept twice, and owners not at all")
	var without bool
	require.NoError(t, pool.QueryRow(t.Context(), `select sub_plate is null and declared_area_m2 is null from cadastre.parcel where parcel_id = 'p2'`).Scan(&without))
	require.True(t, without)

	// The next delivery moves what it replaces to history, columns and all.
	second := deliver(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"parcel_id":"p1","section":"۳ تهران","main_plate":12,"sub_plate":346},
		"geometry":{"type":"Polygon","coordinates":[[[51.4,35.7],[51.401,35.7],[51.401,35.701],[51.4,35.701],[51.4,35.7]]]}}]}`)
	require.EqualValues(t, 1, second.Altered)
	require.EqualValues(t, 1, second.Removed)
	var past string
	require.NoError(t, pool.QueryRow(t.Context(), `select string_agg(parcel_id || ' ' || main_plate || '/' || coalesce(sub_plate::text, '-'), ', ' order by parcel_id) from cadastre.parcel_history`).Scan(&past))
	require.Equal(t, "p1 12/345, p2 13/-", past)
	require.NoError(t, pool.QueryRow(t.Context(), `select sub_plate from cadastre.parcel`).Scan(&sub))
	require.Equal(t, 346, sub)
}
