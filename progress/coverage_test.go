package progress_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
	"nsdi/progress"
)

const data = "../../shared/data/"

// direct is the union of everything that is published of a theme within an urban boundary and a unit, in one overlay.
func direct(t testing.TB, pool *pgxpool.Pool, table, theme, unit string) float64 {
	var m2 *float64
	require.NoError(t, pool.QueryRow(t.Context(), `
		select st_area(st_segmentize(st_intersection(st_intersection(
			(select st_union(geom) from `+table+` where theme = $1),
			(select st_union(geom) from layers.feature where theme = 'urban-boundary')),
			(select geom from layers.admin_unit where code = $2)), 0.001)::geography)`, theme, unit).Scan(&m2))
	if m2 == nil {
		return 0
	}
	return *m2
}

// within publishes an outline and an urban boundary around what is published already: the hull of it.
func within(t testing.TB, pool *pgxpool.Pool, table, theme string) {
	var hull string
	require.NoError(t, pool.QueryRow(t.Context(), `select st_astext(st_convexhull(st_collect(geom)), 12) from `+table+` where theme = $1`, theme).Scan(&hull))
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, place("hull", hull))
	fixture.Outline(t, pool, "IR-23", "province", "تهران", "IR", hull)
	scales(t, pool, "IR-23", 500)
}

// Parcels of a district of Paris, in a boundary made from their hull.
func TestParcelsOfParisEqualTheirUnion(t *testing.T) {
	t.Parallel()
	f, err := os.Open(data + "parcels/cadastre-75118-parcelles.json.gz")
	if os.IsNotExist(err) {
		t.Skip("the parcels of Paris are not here")
	}
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	features := geojson(t, json.NewDecoder(z), "id")
	require.Len(t, features, 6821, "as many as the file has")
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, features...)
	within(t, pool, "cadastre.parcel", "cadastre-urban")
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	o := obligation(t, report(t, pool, "IR-23"), "A25-URBAN")
	assert.InDelta(t, direct(t, pool, "cadastre.parcel", "cadastre-urban", "IR-23"), *o.Numerator, 1, "square metres")
	assert.Greater(t, *o.Percent, 50.0)
}

// The base map of a Dutch village as sheets of 1:500, which overlap each other.
func TestBaseMapOfOtterloEqualsItsUnion(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(data + "municipal/nl_bgt_otterlo.zip"); os.IsNotExist(err) {
		t.Skip("the base map of Otterlo is not here")
	}
	out := t.TempDir() + "/pand.geojson"
	message, err := exec.CommandContext(t.Context(), "ogr2ogr", "-f", "GeoJSON", "-s_srs", "EPSG:28992", "-t_srs", "EPSG:4326", "-nlt", "CONVERT_TO_LINEAR", "-dim", "XY", "-lco", "COORDINATE_PRECISION=9",
		out, "/vsizip/"+data+"municipal/nl_bgt_otterlo.zip/bgt_pand.gml").CombinedOutput()
	require.NoError(t, err, string(message))
	f, err := os.Open(out)
	require.NoError(t, err)
	defer f.Close()
	features := geojson(t, json.NewDecoder(f), "")
	require.NotEmpty(t, features)
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "base-map-sheet", "ncc", nil, features...)
	within(t, pool, "layers.feature", "base-map-sheet")
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	o := obligation(t, report(t, pool, "IR-23"), "A24-URBAN")
	want := direct(t, pool, "layers.feature", "base-map-sheet", "IR-23")
	assert.Greater(t, want, 50000.0)
	assert.InDelta(t, want, *o.Numerator, 1, "square metres")
}

// geojson reads the polygons of a collection.
func geojson(t testing.TB, d *json.Decoder, key string) []fixture.Feature {
	var c struct {
		Features []struct {
			Properties map[string]any  `json:"properties"`
			Geometry   json.RawMessage `json:"geometry"`
		} `json:"features"`
	}
	require.NoError(t, d.Decode(&c))
	var out []fixture.Feature
	for i, f := range c.Features {
		var g struct {
			Type        string          `json:"type"`
			Coordinates json.RawMessage `json:"coordinates"`
		}
		require.NoError(t, json.Unmarshal(f.Geometry, &g))
		var polygons [][][][2]float64
		switch g.Type {
		case "Polygon":
			var one [][][2]float64
			require.NoError(t, json.Unmarshal(g.Coordinates, &one))
			polygons = [][][][2]float64{one}
		case "MultiPolygon":
			require.NoError(t, json.Unmarshal(g.Coordinates, &polygons))
		default:
			continue
		}
		name := fmt.Sprint(i)
		if key != "" {
			name = fmt.Sprint(f.Properties[key])
		}
		out = append(out, place(name, wkt(polygons)))
	}
	return out
}

func wkt(polygons [][][][2]float64) string {
	s := "MULTIPOLYGON("
	for i, p := range polygons {
		if i > 0 {
			s += ","
		}
		s += "("
		for j, ring := range p {
			if j > 0 {
				s += ","
			}
			s += "("
			for k, c := range ring {
				if k > 0 {
					s += ","
				}
				s += fmt.Sprintf("%.12g %.12g", c[0], c[1])
			}
			s += ")"
		}
		s += ")"
	}
	return s + ")"
}

// Whatever is published, altered and taken back, in whatever order: the cells that were touched are those that had to be, and their sums are the union.
func TestRandomEditsEqualTheUnion(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Outline(t, pool, "IR-23", "province", "تهران", "IR", box(51.30, 35.60, 51.35, 35.66))
	fixture.Outline(t, pool, "IR-30", "province", "البرز", "IR", box(51.35, 35.60, 51.40, 35.66))
	fixture.Outline(t, pool, "IR-23-01", "county", "الف", "IR-23", box(51.30, 35.60, 51.33, 35.66))
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, place("u", box(51.31, 35.61, 51.39, 35.65)))
	f := &progress.Follower{Pool: pool, Log: slog.New(slog.DiscardHandler)}
	step := func() {
		_, err := f.Step(t.Context())
		require.NoError(t, err)
	}
	step()
	const seed = 14
	r := rand.New(rand.NewPCG(seed, 1))
	blob := func() string {
		x, y, size, turn := 51.30+0.1*r.Float64(), 35.60+0.06*r.Float64(), 0.002+0.01*r.Float64(), r.Float64()
		s := "POLYGON(("
		first := ""
		for i := range 7 {
			a := turn + 2*math.Pi*float64(i)/7
			p := fmt.Sprintf("%.9f %.9f", x+size*math.Cos(a)*(0.6+0.4*r.Float64()), y+size*math.Sin(a))
			if i == 0 {
				first = p
			}
			s += p + ","
		}
		return s + first + "))"
	}
	for edit := range 5 {
		var features []fixture.Feature
		for range 1 + r.IntN(5) {
			features = append(features, place(fmt.Sprintf("p%d", r.IntN(8)), blob()))
		}
		if edit%3 == 2 {
			take(t, pool, fmt.Sprintf("p%d", r.IntN(8)))
		} else {
			fixture.Publish(t, pool, "cadastre-urban", "registry", nil, unlike(features)...)
		}
		step()
		sum := 0.0
		for _, unit := range []string{"IR-23", "IR-30", "IR-23-01"} {
			o := obligation(t, report(t, pool, unit), "A25-URBAN")
			want := direct(t, pool, "cadastre.parcel", "cadastre-urban", unit)
			assert.InDelta(t, want, *o.Numerator, 1, "edit %d in %s", edit, unit)
			if unit != "IR-23-01" {
				sum += want
			}
		}
		assert.InDelta(t, sum, *obligation(t, report(t, pool, "IR"), "A25-URBAN").Numerator, 1)
	}
	followed := report(t, pool, "IR")
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	assert.Equal(t, report(t, pool, "IR").Obligations, followed.Obligations, "as if everything had been calculated from nothing")
}

// unlike keeps one feature of each key.
func unlike(features []fixture.Feature) []fixture.Feature {
	seen := map[string]bool{}
	var out []fixture.Feature
	for _, f := range features {
		if !seen[f.Key] {
			seen[f.Key] = true
			out = append(out, f)
		}
	}
	return out
}

// take removes a parcel, as a publication does: what it was goes, and the change log says where.
func take(t testing.TB, pool *pgxpool.Pool, key string) {
	var dataset, id int64
	err := pool.QueryRow(t.Context(), `select dataset_id, id from cadastre.parcel where key = $1`, key).Scan(&dataset, &id)
	if errors.Is(err, pgx.ErrNoRows) {
		return
	}
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `
		with v as (
			insert into layers.version (dataset_id, seq, submission_id, added, altered, removed, features)
			select dataset_id, max(seq) + 1, max(submission_id), 0, 0, 1, 0
			from layers.version
			where dataset_id = $1
			group by dataset_id
			returning id
		), gone as (
			delete from cadastre.parcel
			where id = $2
			returning theme, dataset_id, id, geom
		), logged as (
			insert into layers.change (version_id, theme, dataset_id, feature_id, op, box)
			select v.id, g.theme, g.dataset_id, g.id, '-', st_envelope(g.geom)
			from gone g
			cross join v
			returning version_id, theme, dataset_id, id
		)
		insert into layers.change_span (version_id, theme, dataset_id, first, last)
		select version_id, theme, dataset_id, id, id
		from logged`, dataset, id)
	require.NoError(t, err)
}

// Sheets that end where a city does, on a line that the grid cuts in places that no number says exactly: their area is known all the same.
func TestSheetsUpToTheLimitOfACity(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Outline(t, pool, "IR-23", "province", "تهران", "IR", box(47, 34, 48.7, 35.7))
	fixture.Outline(t, pool, "IR-23-K", "county", "شهرستان", "IR-23", box(48.2, 34, 48.6, 34.4))
	fixture.Outline(t, pool, "IR-23-C", "city", "شهر", "IR-23-K", box(48.345, 34.095, 48.375, 34.125))
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, place("c", box(48.35, 34.1, 48.37, 34.12)))
	scales(t, pool, "IR-23-K", 500)
	var sheets []fixture.Feature
	at := func(from, step float64, i int) float64 { return math.Round((from+step*float64(i))*1e4) / 1e4 }
	for i := range 100 {
		x, y := i%10, i/10
		sheets = append(sheets, place(fmt.Sprint(i), box(at(48.35, 0.0012, x), at(34.1, 0.002, y), at(48.35, 0.0012, x+1), at(34.1, 0.002, y+1))))
	}
	fixture.Publish(t, pool, "base-map-sheet", "ncc", nil, sheets...)
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	assert.InDelta(t, 60, *obligation(t, report(t, pool, "IR-23"), "A24-URBAN").Percent, 0.005)
	assert.InDelta(t, 0, *obligation(t, report(t, pool, "IR-23"), "A24-REST").Numerator, 0.1, "none of them is outside")
}
