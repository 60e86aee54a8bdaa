package main

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/pgtest"
	"nsdi/layers"
	"nsdi/progress"
)

// delivery is one run of “nsdi import” in these tests.
type delivery struct {
	theme, agency, file, mapping string
}

// system is the whole server on a database of its own.
type system struct {
	pool   *pgxpool.Pool
	app    *app
	server *httptest.Server
	data   string
}

func newSystem(t *testing.T) *system {
	t.Helper()
	data := sharedData(t)
	pool := pgtest.New(t)
	db := &database{pool: pool, url: pool.Config().ConnString()}
	pools, err := db.application(t.Context())
	require.NoError(t, err)
	t.Cleanup(pools.close)
	a, err := newApp(t.Context(), pools, t.TempDir(), io.Discard, &signInFlags{}, &serviceFlags{}, &uploadFlags{}, &mailFlags{})
	require.NoError(t, err)
	a.search.Fresh = true // nobody runs it beside
	t.Cleanup(a.search.Close)
	server := httptest.NewServer(a.http.Handler)
	t.Cleanup(server.Close)
	return &system{pool: pool, app: a, server: server, data: data}
}

func (s *system) take(t *testing.T, d delivery) *layers.Report {
	t.Helper()
	mapping := &layers.Mapping{}
	if d.mapping != "" {
		var err error
		mapping, err = layers.ReadMapping(filepath.Join("testdata", d.mapping))
		require.NoError(t, err)
	}
	file := d.file
	if !filepath.IsAbs(file) {
		file = filepath.Join(s.data, file)
	}
	r, err := s.app.importer.Import(t.Context(), layers.Request{Theme: d.theme, Agency: d.agency, Files: []string{file}, Mapping: *mapping})
	require.NoError(t, err, d.file)
	require.Equal(t, "published", r.State)
	require.Equal(t, r.RowsIn, r.Accepted+r.Refused)
	return r
}

func (s *system) get(t *testing.T, path string, into any) {
	t.Helper()
	resp, err := http.Get(s.server.URL + path)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, "%s: %s", path, body)
	require.NoError(t, json.Unmarshal(body, into), path)
}

// checkTile decodes the tile at a place with a decoder that is not ours, and compares its ids with the features that PostGIS finds in that tile.
func (s *system) checkTile(t *testing.T, layer, table string, lon, lat float64, zoom int) {
	t.Helper()
	at := maptile.At([2]float64{lon, lat}, maptile.Zoom(zoom))
	resp, err := http.Get(fmt.Sprintf("%s/tiles/%s/%d/%d/%d", s.server.URL, layer, at.Z, at.X, at.Y))
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, "%s: %s", layer, body)
	require.NotEmpty(t, resp.Header.Get("ETag"))
	decoded, err := mvt.Unmarshal(body)
	require.NoError(t, err)
	require.Len(t, decoded, 1)
	require.Equal(t, layer, decoded[0].Name)
	got := map[int64]bool{}
	for _, f := range decoded[0].Features {
		id, ok := f.ID.(float64)
		require.True(t, ok, "feature id %v", f.ID)
		got[int64(id)] = true
	}
	rows, err := s.pool.Query(t.Context(), `
		select id
		from `+table+`
		where theme = $1 and st_intersects(geom_3857, st_tileenvelope($2, $3, $4))
			and st_asmvtgeom(geom_3857, st_tileenvelope($2, $3, $4)) is not null -- it is larger than a pixel`, layer, at.Z, at.X, at.Y)
	require.NoError(t, err)
	want, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	require.NoError(t, err)
	require.NotEmpty(t, want)
	for _, id := range want {
		require.True(t, got[id], "%s: feature %d is missing in tile %v", layer, id, at)
	}
	t.Logf("%s tile %v: %d features, %d within its edge", layer, at, len(got), len(want))
}

func TestAdministrativeUnitsOfIran(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	r := s.take(t, delivery{"admin-unit", "interior", "admin/iran_provinces_osm.geojson.gz", "osm-provinces.mapping.json"})
	require.EqualValues(t, 31, r.Accepted)
	require.EqualValues(t, 0, r.Refused)
	r = s.take(t, delivery{"admin-division", "interior", "admin/iran_divisions_1402_provinces.csv.gz", "divisions-provinces.mapping.json"})
	require.EqualValues(t, 31, r.Accepted)
	r = s.take(t, delivery{"admin-division", "statistics", "admin/iran_divisions_1402_counties.csv.gz", "divisions-counties.mapping.json"})
	require.EqualValues(t, 482, r.Accepted)

	r = s.take(t, delivery{"admin-unit", "statistics", "admin/iran_counties_osm.zip", "osm-counties.mapping.json"})
	require.EqualValues(t, 761, r.RowsIn)
	require.EqualValues(t, 478, r.Accepted)
	require.EqualValues(t, 283, r.Refused, "the label points are refused, not the file")
	require.Equal(t, "geometry-type", r.Rules[0].Rule)
	require.EqualValues(t, 283, r.Rules[0].Count)
	require.NotNil(t, r.Rules[0].Samples[0].Lon)
	require.NotZero(t, r.Rules[0].Samples[0].Row)
	for _, note := range r.Notes {
		t.Log(note.EN)
	}
	var joined int
	require.NoError(t, s.pool.QueryRow(t.Context(), `select count(*) from layers.admin_unit where level = 'county' and geom is not null`).Scan(&joined))
	require.Equal(t, 461, joined, "counties that the official hierarchy knows by name")

	// A county lies in the province that it was joined to.
	var strays []string
	require.NoError(t, s.pool.QueryRow(t.Context(), `
		select coalesce(array_agg(c.name_fa), '{}')
		from layers.admin_unit c
		join layers.admin_unit p on p.code = c.parent_code
		where c.level = 'county' and c.geom is not null and not st_intersects(p.geom, st_pointonsurface(c.geom))`).Scan(&strays))
	require.Empty(t, strays)

	var units struct {
		Units []struct {
			Code   string   `json:"code"`
			NameFA string   `json:"name_fa"`
			Area   *float64 `json:"area_m2"`
		} `json:"units"`
	}
	s.get(t, "/v1/admin-units?level=province", &units)
	require.Len(t, units.Units, 31)
	for _, u := range units.Units {
		require.NotNil(t, u.Area, u.Code)
	}
	s.checkAdminTile(t)
}

// checkAdminTile looks for the provinces in the tile that holds the whole country.
func (s *system) checkAdminTile(t *testing.T) {
	t.Helper()
	resp, err := http.Get(s.server.URL + "/tiles/admin-unit/4/10/6")
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	decoded, err := mvt.Unmarshal(body)
	require.NoError(t, err)
	codes := map[string]bool{}
	for _, f := range decoded[0].Features {
		if f.Properties["level"] == "province" {
			codes[f.Properties["code"].(string)] = true
		}
	}
	require.Greater(t, len(codes), 20)
	require.True(t, codes["IR-23"], "Tehran")
}

func TestPlacesAndDistricts(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	r := s.take(t, delivery{"municipal-district", "interior", "municipal/tehran_districts_overpass.zip", "tehran-districts.mapping.json"})
	require.EqualValues(t, 22, r.Accepted, "rings of all districts close")
	s.checkTile(t, "municipal-district", "layers.feature", 51.39, 35.72, 11)
	var area float64
	require.NoError(t, s.pool.QueryRow(t.Context(), `select sum(st_area(geom::geography)) / 1e6 from layers.feature where theme = 'municipal-district'`).Scan(&area))
	require.InDelta(t, 615, area, 60, "Tehran's districts have some 615 km² in all")

	r = s.take(t, delivery{"place", "post", "places/iran_cities_gnaf_2025.json", "gnaf-cities.mapping.json"})
	require.EqualValues(t, 1572, r.RowsIn)
	require.EqualValues(t, 1562, r.Accepted)
	require.Equal(t, "geometry-missing", r.Rules[0].Rule)
	require.EqualValues(t, 10, r.Rules[0].Count, "the ten without coordinates are told")
	s.checkTile(t, "place", "layers.feature", 51.39, 35.72, 10)
}

func TestVermontAddresses(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	r := s.take(t, delivery{"gnaf-address", "post", "addresses/us_vt_e911_half_a.csv.gz", "vermont.mapping.json"})
	require.EqualValues(t, 136_324, r.RowsIn)
	require.EqualValues(t, 135_960, r.Accepted, "two rows have no street, and 362 are addresses again that another row has")
	var withoutNumber int
	require.NoError(t, s.pool.QueryRow(t.Context(), `select count(*) from gnaf.address where number is null`).Scan(&withoutNumber))
	require.Equal(t, 6_973, withoutNumber, "6,975 rows have number 0, and the two refused ones are among them")
	counts := map[string]int64{}
	for _, rule := range r.Rules {
		counts[rule.Rule] = rule.Count
	}
	require.EqualValues(t, 6_975, counts["number-range"])
	require.EqualValues(t, 362, counts["address-duplicate"])
	s.checkTile(t, "gnaf-address", "gnaf.address", -73.2947, 44.1190, 14)

	require.NoError(t, s.app.search.Follow(t.Context())) // makes the index, which takes longer than a request may
	for _, a := range tenAddresses(t, filepath.Join(s.data, "addresses/us_vt_e911_half_a.csv.gz")) {
		var answer struct {
			Features []struct {
				Geometry struct{ Coordinates [2]float64 }
			}
		}
		s.get(t, "/v1/geocode?limit=5&q="+url.QueryEscape(a.text), &answer)
		found := false
		for _, f := range answer.Features {
			found = found || math.Hypot(f.Geometry.Coordinates[0]-a.lon, f.Geometry.Coordinates[1]-a.lat) < 1e-6
		}
		require.True(t, found, "%s is at %f %f, not among %v", a.text, a.lon, a.lat, answer.Features)
	}
	var reverse struct {
		Features []struct {
			Properties struct {
				Geocoding struct{ Housenumber, Street string }
			}
		}
	}
	s.get(t, "/v1/reverse?lat=44.1190003442071&lon=-73.2946942083986", &reverse)
	require.NotEmpty(t, reverse.Features)
	require.Equal(t, "2916", reverse.Features[0].Properties.Geocoding.Housenumber)
	require.Equal(t, "VT ROUTE 22A", reverse.Features[0].Properties.Geocoding.Street)
}

type written struct {
	text     string
	lon, lat float64
}

// tenAddresses takes addresses from all over the file, as a person would write them.
func tenAddresses(t *testing.T, file string) []written {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	rows := csv.NewReader(z)
	header, err := rows.Read()
	require.NoError(t, err)
	column := map[string]int{}
	for i, name := range header {
		column[name] = i
	}
	var out []written
	for n := 0; len(out) < 10; n++ {
		row, err := rows.Read()
		require.NoError(t, err)
		number := row[column["house_number"]]
		if n < 13_000*len(out) || number == "" || number == "0" || row[column["house_numbersuffix"]] != "" {
			continue
		}
		lon, err := strconv.ParseFloat(row[column["lon"]], 64)
		require.NoError(t, err)
		lat, err := strconv.ParseFloat(row[column["lat"]], 64)
		require.NoError(t, err)
		out = append(out, written{fmt.Sprintf("%s %s, %s", number, row[column["primaryname"]], row[column["townname"]]), lon, lat})
	}
	return out
}

func TestParisParcels(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	// The territory and its urban boundary are made here: a box around the east of the arrondissement, so that coverage is neither 0 nor 100.
	box := `{"type":"Polygon","coordinates":[[[2.345,48.880],[2.38,48.880],[2.38,48.905],[2.345,48.905],[2.345,48.880]]]}`
	write := func(name, properties string) string {
		file := filepath.Join(t.TempDir(), name)
		body := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":` + properties + `,"geometry":` + box + `}]}`
		require.NoError(t, os.WriteFile(file, []byte(body), 0o600))
		return file
	}
	s.take(t, delivery{"admin-unit", "interior", write("unit.geojson", `{"code":"FR-75-18","level":"province","name_fa":"پاریس","parent_code":"IR"}`), ""})
	s.take(t, delivery{"urban-boundary", "interior", write("urban.geojson", `{"code":"P18","name_fa":"پاریس"}`), ""})
	r := s.take(t, delivery{"cadastre-urban", "registry", "parcels/cadastre-75118-parcelles.json.gz", "paris-parcels.mapping.json"})
	require.EqualValues(t, 6_800, r.Accepted, "of 20 the declared area is no error of survey, and one lies over its neighbour by 3.3 m²")
	s.checkTile(t, "cadastre-urban", "cadastre.parcel", 2.3488, 48.8920, 16)
	require.NoError(t, access.EnsureAgency(t.Context(), s.pool, access.Agency{Code: "paris", Kind: "municipality", NameFA: "پاریس", NameEN: "Paris"}))

	require.NoError(t, progress.Recalculate(t.Context(), s.pool))
	var report struct {
		Obligations []struct {
			Code                            string
			State                           string
			Numerator, Denominator, Percent *float64
		}
	}
	s.get(t, "/v1/progress?unit=FR-75-18", &report)
	require.Len(t, report.Obligations, 12)
	var covered, whole float64
	require.NoError(t, s.pool.QueryRow(t.Context(), `
		with box as (select geom from layers.admin_unit where code = 'FR-75-18'),
		parcels as (select st_union(p.geom) geom from cadastre.parcel p, box where st_intersects(p.geom, box.geom))
		select st_area(st_intersection(parcels.geom, box.geom)::geography), st_area(box.geom::geography)
		from parcels, box`).Scan(&covered, &whole))
	for _, o := range report.Obligations {
		switch o.Code {
		case "A25-URBAN":
			require.Equal(t, "known", o.State)
			require.InDelta(t, covered, *o.Numerator, 1, "square metres")
			require.InDelta(t, whole, *o.Denominator, 1, "square metres")
			require.InDelta(t, 100*covered/whole, *o.Percent, 0.05)
			t.Logf("coverage %.1f %%", *o.Percent)
		case "A25-MARINE", "A27-GNAF", "A23":
			require.Equal(t, "unknown", o.State, o.Code)
			require.Nil(t, o.Percent, o.Code)
		}
	}
}

// The counties of Tehran come as a windows-1256 shapefile in UTM; PostGIS and the original in EPSG:4326 say where they must be.
func TestPersianShapefile(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.take(t, delivery{"admin-division", "statistics", "admin/iran_divisions_1402_counties.csv.gz", "divisions-counties.mapping.json"})
	s.take(t, delivery{"admin-unit", "statistics", "admin/iran_counties_osm.zip", "osm-counties.mapping.json"})
	r := s.take(t, delivery{"admin-unit", "ncc", "dirty/tehran_counties_utm39_cp1256.zip", "tehran-counties.mapping.json"})
	require.EqualValues(t, 16, r.Accepted)
	var compared int
	var worst float64
	require.NoError(t, s.pool.QueryRow(t.Context(), `
		with f as (select f.*, a.code agency from layers.feature f join layers.dataset d on d.id = f.dataset_id join access.agency a on a.id = d.agency_id where f.theme = 'admin-unit')
		select count(*), max(st_hausdorffdistance(st_transform(u.geom, 32639), st_transform(o.geom, 32639)))
		from f u
		join f o on o.key = u.key and o.agency = 'statistics'
		where u.agency = 'ncc'`).Scan(&compared, &worst))
	require.Equal(t, 16, compared)
	require.Less(t, worst, 1.0, "metres between the delivered and the original boundary")
	var name string
	require.NoError(t, s.pool.QueryRow(t.Context(), `
		select f.attributes->>'name_fa'
		from layers.feature f
		join layers.dataset d on d.id = f.dataset_id
		join access.agency a on a.id = d.agency_id
		where f.key = 'osm/relation/6554884' and a.code = 'ncc'`).Scan(&name))
	require.Equal(t, "شهرستان اسلامشهر", name)
}

func TestBaseMapOfAVillage(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	r := s.take(t, delivery{"base-map-feature", "ncc", "municipal/nl_bgt_otterlo.zip", "otterlo.mapping.json"})
	require.EqualValues(t, 14_184, r.RowsIn)
	require.EqualValues(t, 14_180, r.Accepted)
	require.Equal(t, "row-unreadable", r.Rules[0].Rule, "four features have a second geometry that cannot be read")
	require.EqualValues(t, 4, r.Rules[0].Count)
	var curves, buildings int
	require.NoError(t, s.pool.QueryRow(t.Context(), `
		select count(*) filter (where st_hasarc(geom)), count(*) filter (where attributes->>'feature_class' = 'BuildingPart')
		from layers.feature
		where theme = 'base-map-feature'`).Scan(&curves, &buildings))
	require.Zero(t, curves, "curves are made straight")
	require.Equal(t, 2273, buildings)
	s.checkTile(t, "base-map-feature", "layers.feature", 5.7725, 52.0995, 15)
}
