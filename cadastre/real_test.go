package cadastre_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/layers"
)

// real answers a file of the shared data folder beside the checkout.
func real(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join("..", "..", "shared", "data", name)
	if _, err := os.Stat(file); err != nil {
		t.Skipf("needs the shared data folder beside the checkout: %s is not there", name)
	}
	return file
}

// named is a mapping of files that have an identifier, and no plates.
func named(identifier string) layers.Mapping {
	return layers.Mapping{Attributes: map[string]*layers.Expr{
		"parcel_id": {Column: identifier}, "lot": {Column: identifier}, "section": {Value: "1"}, "main_plate": {Value: "1"},
	}}
}

// Real parcels by the trial profile, where nothing is refused that PostGIS can store, so that it can be asked the same questions another way.
func TestRealParcels(t *testing.T) {
	t.Parallel()
	paris := named("id")
	paris.Attributes["section"], paris.Attributes["main_plate"] = &layers.Expr{Column: "section"}, &layers.Expr{Column: "numero"}
	paris.Attributes["declared_area_m2"] = &layers.Expr{Column: "contenance"}
	invalid := named("OIDN")
	invalid.CRS = "EPSG:31370" // the file names none; its values are of Lambert 72
	edigeo := named("IDU")
	edigeo.Layers = []string{"PARCELLE_id"}
	for _, tc := range []struct {
		file           string
		mapping        layers.Mapping
		rows, accepted int64
		want           map[string]int64
	}{
		{
			"parcels/cadastre-75118-parcelles.json.gz", paris, 6821, 6821, map[string]int64{
				"overlap": 1, "overlap-sliver": 7, // as the oracle below; a ninth pair shares a strip of 0.6 mm, which is no overlap
				"gap": 15, "corner-unmatched": 60, // all at the borders between sheets, which were surveyed apart: vertices are up to 2 cm off
				"hole":         1, // 75.77 m² in sheet CW
				"polygon-tiny": 60, "parcel-sliver": 4, "spike": 3,
				"area-differs": 339, "area-differs-greatly": 20, // among them the 75 that differ by over 10 %
			},
		},
		{
			"parcels/us-ca-oakland-excerpt.zip", named("APN"), 2241, 2236, map[string]int64{
				"key-not-unique": 5, // two APN stand in several rows
				"overlap":        5, "overlap-sliver": 1,
				"gap":                1, // of several parcels: between each two of them there is less than counts
				"geometry-duplicate": 6, // three parcels under two APN, and one under three, which makes three pairs
				"corner-unmatched":   61, "polygon-tiny": 6, "vertices-repeated": 12, "parcel-multipart": 1,
			},
		},
		{
			// Zones, not parcels: blocks of houses lie in the polygons of their region, so nearly every one overlaps.
			"parcels/es_catastro_zoning.gml.gz", named("gml_id"), 241, 233, map[string]int64{
				"geometry-invalid": 8, "overlap": 233, "overlap-sliver": 2, "corner-unmatched": 79, "parcel-multipart": 15, "parcel-sliver": 5, "polygon-tiny": 7, "spike": 11,
			},
		},
		{"parcels/be_polygon-parcel.gpkg", named("UIDN"), 48, 46, map[string]int64{
			"key-not-unique": 2, "geometry-missing": 1, "gap": 3, "hole": 9, "parcel-multipart": 2, "spike": 2, "parcel-sliver": 1, "polygon-tiny": 1, // a spike is a parcel of its own there
		}},
		// Parcels of a register that are kept as a coverage fit to the millimetre, in each sheet of the French one and in the Dutch one.
		{"parcels/nl_dkk_perceel.gml", named("gml_id"), 15, 15, map[string]int64{}},
		{"parcels/edigeo-25354000AK01.tar.bz2", edigeo, 142, 142, map[string]int64{"polygon-tiny": 2}},
		{"parcels/edigeo-130290000A01.tar.bz2", edigeo, 389, 389, map[string]int64{"polygon-tiny": 2, "spike": 1}},
		{"parcels/edigeo-25354000ZB01.tar.bz2", edigeo, 68, 68, map[string]int64{}},
		{"parcels/edigeo-25354000ZD01.tar.bz2", edigeo, 22, 22, map[string]int64{}},
		{"dirty/polygon-3overlappingcircles.gpkg", named("name"), 3, 3, map[string]int64{"overlap": 3}}, // each over each
		{"dirty/polygon-invalid.gpkg", invalid, 70, 0, map[string]int64{"geometry-invalid": 70}},
	} {
		t.Run(filepath.Base(tc.file), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			report, err := d.im.Import(t.Context(), layers.Request{Theme: "cadastre-urban", Profile: "trial", Agency: "registry", Files: []string{real(t, tc.file)}, Mapping: tc.mapping})
			if tc.accepted > 0 {
				require.NoError(t, err)
			}
			require.Equal(t, tc.rows, report.RowsIn)
			require.Equal(t, tc.accepted, report.Accepted)
			counts := map[string]int64{}
			for _, r := range report.Rules {
				counts[r.Rule] = r.Count
			}
			delete(counts, "accuracy-missing") // as are the dates of survey: no such columns
			require.Equal(t, tc.want, counts)
			// Whatever is found of a place says where it is.
			require.EqualValues(t, 0, d.row(`
				select count(*) n
				from layers.finding
				where geom is null
				  and rule not in ('accuracy-missing', 'source-date-missing', 'geometry-missing', 'key-not-unique')`)["n"])
			if tc.rows == 70 {
				require.EqualValues(t, 70, d.row(`select count(distinct row_number) n from layers.finding where rule = 'geometry-invalid' and message_en like '%ntersection%' and public.geometrytype(geom) = 'POINT'`)["n"])
				return
			}
			d.sameAsPostGIS()
			if counts["gap"] > 0 {
				d.sameGapsAsPostGIS()
			}
			if tc.rows == 6821 {
				off := d.row(`
					select count(*) n, count(*) filter (where exists (select from layers.finding f where f.feature_key = p.key and f.rule like 'area-differs%')) found
					from cadastre.parcel p
					where abs(area_m2 - declared_area_m2) > 0.1 * declared_area_m2`)
				require.EqualValues(t, 75, off["n"])
				require.EqualValues(t, 75, off["found"])
			}
		})
	}
}

// sameAsPostGIS asks for all overlaps at once, as the reference does, and compares pair by pair.
func (d *desk) sameAsPostGIS() {
	d.t.Helper()
	list := func(sql string) (pairs []string, areas []float64) {
		rows, err := d.pool.Query(d.t.Context(), sql)
		require.NoError(d.t, err)
		defer rows.Close()
		for rows.Next() {
			var pair string
			var area float64
			require.NoError(d.t, rows.Scan(&pair, &area))
			pairs, areas = append(pairs, pair), append(areas, area)
		}
		require.NoError(d.t, rows.Err())
		return pairs, areas
	}
	want, wanted := list(`
		with v as materialized (select key, st_transform(geom, 32600 + cadastre.utm_zone(geom)) g from cadastre.parcel)
		select a.key || ' ' || b.key pair, st_area(i)
		from v a
		join v b on a.key < b.key and a.g && b.g and st_relate(a.g, b.g, '2********'),
		lateral (select st_collectionextract(st_intersection(a.g, b.g), 3) i) x
		where st_area(i) > 0.05
		  and 2 * st_area(i) / st_perimeter(i) >= 0.001
		order by 1`)
	got, areas := list(`
		select distinct other_key || ' ' || feature_key pair, measure
		from layers.finding
		where rule in ('overlap', 'overlap-sliver', 'geometry-duplicate')
		order by 1`)
	require.Equal(d.t, want, got)
	require.InDeltaSlice(d.t, wanted, areas, 0.001, "m²")
}

// sameGapsAsPostGIS closes the union of all parcels by half the width of a gap, which fills the gaps: each filling between two parcels is found, as far as a gap has the
// least area, and each gap that is found is filled. A filling within one parcel is a notch.
func (d *desk) sameGapsAsPostGIS() {
	d.t.Helper()
	odd := d.row(`
		with parcels as materialized (select st_transform(geom, 32600 + cadastre.utm_zone(geom)) g from cadastre.parcel),
		whole as materialized (select st_union(g) g from parcels),
		filling as materialized (
			select p, st_area(p) area, (select count(*) from parcels where st_dwithin(g, p, 0.001)) parcels
			from whole, lateral (select (st_dump(st_difference(st_buffer(st_buffer(g, 0.25, 'join=mitre'), -0.25, 'join=mitre'), g))).geom p) t
		),
		gap as materialized (select st_transform(f.geom, (select st_srid(g) from whole)) g from layers.finding f where rule = 'gap')
		select
		  (select count(*) from filling where area > 0.1 and parcels > 1 and not exists (select from gap where st_area(st_intersection(g, p)) > 0.02)) missed,
		  (select count(*) from filling where area > 0.1 and parcels = 2 and 0.8 * area > (select coalesce(sum(st_area(st_intersection(g, p))), 0) from gap)) partly,
		  (select count(*) from gap where not exists (select from filling where st_area(st_intersection(g, p)) > 0.02)) false,
		  (select count(*) from filling where parcels > 1) fillings`)
	require.Equal(d.t, []any{int64(0), int64(0), int64(0)}, []any{odd["missed"], odd["partly"], odd["false"]}, "%v", odd)
	require.Positive(d.t, odd["fillings"])
}

// The 233 overlaps of the Spanish zones are true, and none is of two parcels: the file holds two levels of zones, blocks of houses at 1:1000 and the polygons of the land
// register at 1:5000 in which they lie. GEOS, asked of each pair, finds the same ones: 181 blocks lie in a polygon as a whole, 52 reach over its border.
func TestZonesOfTwoLevelsOverlap(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mapping := named("gml_id")
	mapping.Attributes["label"] = &layers.Expr{Column: "LocalisedCharacterString"}
	report, err := d.im.Import(t.Context(), layers.Request{Theme: "cadastre-urban", Profile: "trial", Agency: "registry", Files: []string{real(t, "parcels/es_catastro_zoning.gml.gz")}, Mapping: mapping})
	require.NoError(t, err)
	require.EqualValues(t, 233, report.Accepted)
	got := d.row(`
		with zone as materialized (select key, btrim(label) as level, st_transform(geom, 32628) g from cadastre.parcel),
		pair as materialized (
			select a.key || ' ' || b.key keys, a.level <> b.level as levels, st_overlaps(a.g, b.g) as reaches_over, st_contains(a.g, b.g) or st_contains(b.g, a.g) as lies_in
			from zone a
			join zone b on a.key < b.key and st_relate(a.g, b.g, '2********'),
			lateral (select st_collectionextract(st_intersection(a.g, b.g), 3) i) x
			where st_area(i) > 0.05
			  and 2 * st_area(i) / st_perimeter(i) >= 0.1
		)
		select count(*) as n, count(*) filter (where levels) as levels, count(*) filter (where reaches_over) as over, count(*) filter (where lies_in) as within,
		  count(*) filter (where exists (select from layers.finding f where f.rule = 'overlap' and f.other_key || ' ' || f.feature_key = keys)) as found
		from pair`)
	require.Equal(t, []any{int64(233), int64(233), int64(52), int64(181), int64(233)}, []any{got["n"], got["levels"], got["over"], got["within"], got["found"]})
	require.EqualValues(t, 233, d.row(`select count(*) n from layers.finding where rule = 'overlap'`)["n"])
}
