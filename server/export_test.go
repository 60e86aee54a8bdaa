package server_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
	"nsdi/layers"
	"nsdi/server"
)

// library is a press with files to download.
func library(t *testing.T) (*press, string) {
	t.Helper()
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	folder := filepath.Join(t.TempDir(), "downloads")
	return newPress(t, func(d *server.Deps) {
		d.Exports = &layers.Downloads{Sandbox: sandbox, Folder: folder, Now: time.Now}
		d.Keys = &access.Keys{Pool: d.System}
	}), folder
}

// again is a feature as GDAL reads it out of a download.
type again struct {
	Properties map[string]any
	Geometry   struct {
		Type        string `json:"type"`
		Coordinates any    `json:"coordinates,omitempty"`
		Geometries  any    `json:"geometries,omitempty"`
	}
}

// readBack writes a download to disk and has GDAL say what is in it.
func readBack(t *testing.T, format string, body []byte, layer string) []again {
	t.Helper()
	folder := t.TempDir()
	source := filepath.Join(folder, "data."+map[string]string{"gpkg": "gpkg", "geojson": "geojson", "csv": "zip", "flatgeobuf": "zip", "shapefile": "zip"}[format])
	require.NoError(t, os.WriteFile(source, body, 0o600))
	arguments := []string{"-f", "GeoJSON", "/vsistdout/", "-lco", "COORDINATE_PRECISION=12"}
	switch format {
	case "csv":
		arguments = append(arguments, "/vsizip/"+source+"/"+layer+".csv", "-oo", "GEOM_POSSIBLE_NAMES=WKT", "-oo", "KEEP_GEOM_COLUMNS=NO")
	case "flatgeobuf":
		arguments = append(arguments, "/vsizip/"+source+"/"+layer+".fgb")
	case "shapefile":
		arguments = append(arguments, "/vsizip/"+source+"/"+layer+".shp")
	case "gpkg":
		arguments = append(arguments, source, strings.ReplaceAll(layer, "-", "_"))
	default:
		arguments = append(arguments, source)
	}
	out, err := exec.CommandContext(t.Context(), "ogr2ogr", arguments...).Output()
	require.NoError(t, err, "%s: %v", format, arguments)
	var collection struct{ Features []again }
	require.NoError(t, json.Unmarshal(out, &collection))
	return collection.Features
}

// near compares coordinates, however deep, to 1e-7 degrees.
func near(t *testing.T, want, got any, what string) {
	t.Helper()
	if number, ok := want.(float64); ok {
		require.InDelta(t, number, got, 1e-7, what)
		return
	}
	require.Len(t, got, len(want.([]any)), what)
	for i, part := range want.([]any) {
		near(t, part, got.([]any)[i], what)
	}
}

var exportFormats = []string{"geojson", "csv", "gpkg", "flatgeobuf", "shapefile"}

// Every format gives back what was published, as GDAL reads it: text, numbers and places.
func TestFilesOfAVersion(t *testing.T) {
	t.Parallel()
	p, folder := library(t)
	p.places(t, "post", "a,خیابان «آزادی»،\u200cنو,51.123456789,35.987654321", `b,"x, ""y""",52,35`, "c,پ,53,35")
	p.places(t, "post", "a,دیگر,51,35")
	path := fmt.Sprintf("/v1/datasets/%d", p.dataset(t, "post"))
	for _, format := range exportFormats {
		address := path + "/download?version=1&format=" + format
		r, body := p.do(t, "GET", address)
		require.Equal(t, 200, r.StatusCode, "%s: %s", format, body)
		features := map[string]again{}
		for _, f := range readBack(t, format, body, "place") {
			features[f.Properties["code"].(string)] = f
		}
		require.Len(t, features, 3, format)
		for key, want := range map[string]struct {
			name string
			at   []any
		}{"a": {"خیابان «آزادی»،\u200cنو", []any{51.123456789, 35.987654321}}, "b": {`x, "y"`, []any{52., 35.}}, "c": {"پ", []any{53., 35.}}} {
			assert.Equal(t, want.name, features[key].Properties["name_fa"], "%s %s", format, key)
			near(t, want.at, features[key].Geometry.Coordinates, format+" "+key)
		}
		// Whole or in parts, now or again: the same bytes.
		tag := r.Header.Get("ETag")
		require.NotEmpty(t, tag)
		half := len(body) / 2
		first, one := p.do(t, "GET", address, "Range", fmt.Sprintf("bytes=0-%d", half-1), "If-Range", tag)
		second, two := p.do(t, "GET", address, "Range", fmt.Sprintf("bytes=%d-", half), "If-Range", tag)
		require.Equal(t, []int{206, 206}, []int{first.StatusCode, second.StatusCode}, format)
		require.Equal(t, string(body), string(one)+string(two), format)
		cached, _ := p.do(t, "GET", address, "If-None-Match", tag)
		require.Equal(t, 304, cached.StatusCode, format)
	}
	_, body := p.do(t, "GET", path+"/download?format=geojson")
	require.Len(t, readBack(t, "geojson", body, "place"), 1, "the newest version by default")
	var sheet struct{ Provenance []layers.Line }
	require.NoError(t, json.Unmarshal(body, &sheet))
	values := map[string]string{}
	for _, l := range sheet.Provenance {
		values[l.Code] = l.Value
	}
	require.Equal(t, []string{"place", "post", "2", "EPSG:4326"}, []string{values["theme"], values["agency"], values["version"], values["crs"]})
	left, err := filepath.Glob(filepath.Join(folder, "making-*"))
	require.NoError(t, err)
	require.Empty(t, left)

	for query, want := range map[string]string{
		"?format=dwg": "format-unknown", "": "format-unknown", "?format=csv&version=9": "version-unknown", "?format=csv&version=x": "request-invalid", "?format=csv&version=0": "request-invalid",
		"?format=..%2F..%2Fetc": "format-unknown",
	} {
		r, body := p.do(t, "GET", path+"/download"+query)
		assert.Contains(t, []int{404, 422}, r.StatusCode, query)
		assert.Contains(t, string(body), `"code":"`+want+`"`, query)
	}
	r, body := p.do(t, "GET", "/v1/datasets/999/download?format=csv")
	assert.Equal(t, 404, r.StatusCode, "%s", body)
}

// Areas of one part and of several come back as areas, in every format.
func TestFilesOfAreas(t *testing.T) {
	t.Parallel()
	p, _ := library(t)
	fixture.Publish(t, p.pool, "urban-boundary", "ncc", nil,
		fixture.Feature{Key: "u", WKT: "POLYGON((51.2 35.2,51.2 35.4,51.4 35.4,51.4 35.2,51.2 35.2),(51.3 35.3,51.31 35.3,51.31 35.31,51.3 35.3))", Attributes: map[string]any{"code": "u", "name_fa": "شهر"}},
		fixture.Feature{Key: "w", WKT: "MULTIPOLYGON(((52 35,52 36,53 36,52 35)),((54 35,54 36,55 36,54 35)))", Attributes: map[string]any{"code": "w", "name_fa": strings.Repeat("ب", 120)}})
	var id int64
	require.NoError(t, p.pool.QueryRow(t.Context(), `select d.id from layers.dataset d join access.agency a on a.id = d.agency_id where d.theme = 'urban-boundary' and a.code = 'ncc'`).Scan(&id))
	count := func(coordinates any) (n int) {
		var walk func(any)
		walk = func(v any) {
			if list, ok := v.([]any); ok {
				if _, leaf := list[0].(float64); leaf {
					n++
					return
				}
				for _, part := range list {
					walk(part)
				}
			}
		}
		walk(coordinates)
		return n
	}
	for _, format := range exportFormats {
		r, body := p.do(t, "GET", fmt.Sprintf("/v1/datasets/%d/download?format=%s", id, format))
		require.Equal(t, 200, r.StatusCode, "%s: %s", format, body)
		features := readBack(t, format, body, "urban-boundary")
		require.Len(t, features, 2, format)
		vertices := map[string]int{}
		for _, f := range features {
			require.Contains(t, []string{"Polygon", "MultiPolygon"}, f.Geometry.Type, format)
			vertices[f.Properties["code"].(string)] = count(f.Geometry.Coordinates)
			if f.Properties["code"] == "w" {
				require.Equal(t, strings.Repeat("ب", 120), f.Properties["name_fa"], format)
			}
		}
		require.Equal(t, map[string]int{"u": 9, "w": 8}, vertices, format)
	}
}

func TestRestrictedDataIsNoFileForAll(t *testing.T) {
	t.Parallel()
	p, folder := library(t)
	fixture.Publish(t, p.pool, "electricity", "energy", nil, fixture.Feature{Key: "l", WKT: "LINESTRING(51 35,52 35)", Attributes: map[string]any{"line_id": "l"}})
	var id int64
	require.NoError(t, p.pool.QueryRow(t.Context(), `select id from layers.dataset where theme = 'electricity'`).Scan(&id))
	r, _ := p.do(t, "GET", fmt.Sprintf("/v1/datasets/%d/download?format=csv", id))
	require.Equal(t, 401, r.StatusCode)
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	require.NoError(t, err)
	require.Empty(t, files)
}
