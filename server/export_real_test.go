package server_test

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/layers"
)

// real opens a file of the collection of real data, and skips the test where that is not there.
func real(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join("../../shared/data", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not there: the real file is not read", name)
	}
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// Parcels of Paris, as they were received, against what GDAL reads out of each format: every row, every attribute, every area.
func TestRealParcelsComeBack(t *testing.T) {
	t.Parallel()
	packed := real(t, "parcels/cadastre-75118-parcelles.json.gz")
	p, _ := library(t)
	z, err := gzip.NewReader(packed)
	require.NoError(t, err)
	var source struct {
		Type     string           `json:"type"`
		Features []map[string]any `json:"features"`
	}
	require.NoError(t, json.NewDecoder(z).Decode(&source))
	type parcel struct {
		section string
		area    any
	}
	want := map[string]parcel{}
	var keys, shapes []string
	for _, f := range source.Features {
		properties := f["properties"].(map[string]any)
		id := properties["id"].(string)
		shape, err := json.Marshal(f["geometry"])
		require.NoError(t, err)
		want[id] = parcel{properties["section"].(string), properties["contenance"]}
		keys, shapes = append(keys, id), append(shapes, string(shape))
	}
	text, err := json.Marshal(source)
	require.NoError(t, err)
	file := filepath.Join(p.folder, "parcels.geojson")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	report, err := p.importer.Import(t.Context(), layers.Request{
		Theme: "land-use", Agency: "ncc", Files: []string{file}, AllowRemovals: true,
		Mapping: layers.Mapping{Attributes: map[string]*layers.Expr{"lot_id": {Column: "id"}, "use": {Value: "مسکونی"}, "renewal_code": {Column: "section"}, "lot_area_m2": {Column: "contenance"}}},
	})
	require.NoError(t, err)
	require.EqualValues(t, len(want), report.RowsIn, "each parcel of the file once")
	var id int64
	var published int
	require.NoError(t, p.pool.QueryRow(t.Context(), `select min(dataset_id), count(*) from layers.feature where theme = 'land-use'`).Scan(&id, &published))
	require.EqualValues(t, report.Accepted, published)
	require.Greater(t, published, len(want)*99/100)

	for _, format := range exportFormats {
		r, body := p.do(t, "GET", fmt.Sprintf("/v1/datasets/%d/download?format=%s", id, format))
		require.Equal(t, 200, r.StatusCode, "%s: %s", format, body)
		features := readBack(t, format, body, "land-use")
		require.Len(t, features, published, format)
		section, area := "renewal_code", "lot_area_m2"
		if format == "shapefile" {
			section, area = section[:10], area[:10] // which the sheet says
			require.Contains(t, sheetOf(t, format, body), "renewal_co,renewal_code")
		}
		var got, geometries []string
		for _, f := range features {
			id := f.Properties["lot_id"].(string)
			require.NotZero(t, want[id], "%s %s", format, id)
			require.Equal(t, want[id].section, f.Properties[section], "%s %s", format, id)
			require.Equal(t, asText(want[id].area), asText(f.Properties[area]), "%s %s", format, id)
			require.Equal(t, "مسکونی", f.Properties["use"], format)
			shape, err := json.Marshal(f.Geometry)
			require.NoError(t, err)
			got, geometries = append(got, id), append(geometries, string(shape))
		}
		var same int
		require.NoError(t, p.pool.QueryRow(t.Context(), `
			with source as (
				select key, st_geomfromgeojson(shape) as geom
				from unnest($1::text[], $2::text[]) s (key, shape)
			), got as (
				select key, st_geomfromgeojson(shape) as geom
				from unnest($3::text[], $4::text[]) g (key, shape)
			)
			select count(*) filter (where st_equals(s.geom, g.geom))
			from source s
			join got g using (key)`, keys, shapes, got, geometries).Scan(&same))
		require.Equal(t, published, same, "%s: the very areas of the file, ring for ring", format)
		systemOf(t, format, body, "land-use")
	}
}

// Places of Tehran with their Persian names: letters, joiners and digits come back as they were written, in Shapefile's tables too.
func TestRealPersianNamesComeBack(t *testing.T) {
	t.Parallel()
	f := real(t, "places/tehran_poi_half_a.csv")
	p, _ := library(t)
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"name_fa", "category_fa", "type_fa", "lat", "lon"}, rows[0])
	names := map[string]string{}
	places := map[string][]any{}
	var lines []string
	for i, row := range rows[1:] {
		code := fmt.Sprintf("t%04d", i)
		lat, err := strconv.ParseFloat(row[3], 64)
		require.NoError(t, err)
		lon, err := strconv.ParseFloat(row[4], 64)
		require.NoError(t, err)
		names[code], places[code] = row[0], []any{lon, lat}
		lines = append(lines, fmt.Sprintf(`%s,"%s",%s,%s`, code, strings.ReplaceAll(row[0], `"`, `""`), row[4], row[3]))
	}
	report := p.places(t, "post", lines...)
	require.Greater(t, int(report.Accepted), len(lines)*9/10, "%+v", report)
	for _, format := range exportFormats {
		r, body := p.do(t, "GET", fmt.Sprintf("/v1/datasets/%d/download?format=%s", p.dataset(t, "post"), format))
		require.Equal(t, 200, r.StatusCode, "%s: %s", format, body)
		features := readBack(t, format, body, "place")
		require.EqualValues(t, report.Accepted, len(features), format)
		for _, f := range features {
			code := f.Properties["code"].(string)
			name := names[code]
			if format == "shapefile" { // whose tables are filled up with blanks, so that readers take blanks off
				name = strings.TrimSpace(name)
			}
			require.Equal(t, name, f.Properties["name_fa"], "%s %s", format, code)
			near(t, places[code], f.Geometry.Coordinates, format+" "+code)
		}
		systemOf(t, format, body, "place")
	}
}

// systemOf checks that GDAL knows the file to be in WGS 84. CSV has no place for it but the sheet.
func systemOf(t *testing.T, format string, body []byte, layer string) {
	t.Helper()
	if format == "csv" {
		require.Contains(t, sheetOf(t, format, body), "EPSG:4326")
		return
	}
	source := filepath.Join(t.TempDir(), "data."+map[string]string{"gpkg": "gpkg", "geojson": "geojson", "flatgeobuf": "zip", "shapefile": "zip"}[format])
	require.NoError(t, os.WriteFile(source, body, 0o600))
	switch format {
	case "flatgeobuf":
		source = "/vsizip/" + source + "/" + layer + ".fgb"
	case "shapefile":
		source = "/vsizip/" + source + "/" + layer + ".shp"
	}
	out, err := exec.CommandContext(t.Context(), "ogrinfo", "-so", "-al", source).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), `GEOGCRS["WGS 84"`, format)
	require.Contains(t, string(out), `ID["EPSG",4326]`, format)
}

// asText is a number as one writes it, whatever type a format has given it; "" for none.
func asText(v any) string {
	switch n := empty(v).(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64)
	case string:
		f, err := strconv.ParseFloat(n, 64)
		if err != nil {
			return n
		}
		return strconv.FormatFloat(f, 'f', -1, 64)
	default:
		return fmt.Sprint(n)
	}
}

// empty makes nothing of an empty cell, which in CSV is all that can stand for it.
func empty(v any) any {
	if v == "" {
		return nil
	}
	return v
}
