package server_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// A version, and a theme, come in the reference system and the encoding that the query names; each is a file of its own.
func TestDownloadsInReferenceSystems(t *testing.T) {
	t.Parallel()
	p, _ := library(t)
	p.places(t, "ncc", "a,ده ی,51.4,35.7", "b,ده ۲,52.9,36.1")
	dataset := fmt.Sprintf("/v1/datasets/%d/download", p.dataset(t, "ncc"))
	var x, y float64
	require.NoError(t, p.pool.QueryRow(t.Context(), `select st_x(g), st_y(g) from st_transform(st_setsrid(st_makepoint(51.4, 35.7), 4326), 32639) g`).Scan(&x, &y))
	tags := map[string]bool{}
	for _, base := range []string{dataset, "/v1/themes/place/download"} {
		for _, query := range []string{"format=gpkg&crs=EPSG:32639", "format=gpkg&crs=utm", "format=shapefile&crs=EPSG:32639&encoding=windows-1256", "format=flatgeobuf&crs=EPSG:32639"} {
			r, body := p.do(t, "GET", base+"?"+query)
			require.Equal(t, 200, r.StatusCode, "%s: %s", query, body)
			require.False(t, tags[r.Header.Get("ETag")], query)
			tags[r.Header.Get("ETag")] = true
			format := map[string]string{"g": "gpkg", "s": "shapefile", "f": "flatgeobuf"}[query[7:8]]
			require.Contains(t, sheetOf(t, format, body), "EPSG:32639", query)
			found := false
			for _, f := range readBack(t, format, body, "place") {
				if f.Properties["code"] == "a" {
					found = true
					at := f.Geometry.Coordinates.([]any)
					require.InDelta(t, x, at[0], 1e-6, query)
					require.InDelta(t, y, at[1], 1e-6, query)
					require.Equal(t, map[bool]string{false: "ده ی", true: "ده ي"}[format == "shapefile"], f.Properties["name_fa"])
				}
			}
			require.True(t, found, query)
			if format == "shapefile" {
				require.Contains(t, sheetOf(t, format, body), "U+06CC ی→ي: 1 | U+06F2 ۲→2: 1")
				z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
				require.NoError(t, err)
				prj, err := z.Open("place.prj")
				require.NoError(t, err)
				text, err := io.ReadAll(prj)
				require.NoError(t, err)
				require.Contains(t, string(text), "UTM_Zone_39N")
			}
		}
		for query, want := range map[string][2]string{
			"format=gpkg&crs=EPSG:1": {"crs-unknown", "query.crs"}, "format=geojson&crs=EPSG:32639": {"crs-not-of-format", "query.crs"},
			"format=gpkg&encoding=windows-1256": {"encoding-not-of-format", "query.encoding"}, "format=shapefile&encoding=x": {"encoding-unknown", "query.encoding"},
			"format=gml": {"format-of-parcels", "query.format"}, "format=dxf": {"format-of-parcels", "query.format"}, "format=shapefile&crs=EPSG:32601": {"crs-does-not-reach", "query.crs"},
		} {
			r, body := p.do(t, "GET", base+"?"+query)
			require.Equal(t, 422, r.StatusCode, "%s: %s", query, body)
			var problem map[string]any
			require.NoError(t, json.Unmarshal(body, &problem))
			require.Equal(t, want[0], problem["code"], query)
			require.Contains(t, fmt.Sprint(problem), want[1], query)
			require.NotEmpty(t, problem["next_step_fa"], query)
		}
	}
}
