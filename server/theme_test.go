package server_test

import (
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/layers"
	"nsdi/server"
)

// withTemplates gives the server the sandbox that makes GeoPackages.
func withTemplates(t *testing.T) func(*server.Deps) {
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	return func(d *server.Deps) { d.Templates = &layers.Templates{Pool: d.Pool, Sandbox: sandbox} }
}

func TestSchemaOfATheme(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	v := s.json(t, "/v1/themes/road")
	assert.Equal(t, map[string]any{"fa": "شبکه معابر", "en": "Road network"}, v["title"])
	assert.Equal(t, "A26-LAYERS", v["obligation"])
	assert.Equal(t, "P6M", v["update_cycle"].(map[string]any)["duration"])
	assert.Equal(t, "26", v["legal_basis"].([]any)[0].(map[string]any)["article"])
	assert.Equal(t, []any{"road_id"}, v["key_attributes"])
	assert.Len(t, v["files"], 4)
	attributes := map[string]map[string]any{}
	for _, a := range v["attributes"].([]any) {
		a := a.(map[string]any)
		attributes[a["name"].(string)] = a
	}
	width := attributes["width_m"]
	assert.Equal(t, []any{"number", "m", 0.0, 200.0}, []any{width["value_type"], width["unit"], width["min"], width["max"]})
	assert.Contains(t, width["aliases"], "عرض")
	assert.Equal(t, map[string]any{"code": "asphalt", "label": map[string]any{"fa": "آسفالت", "en": "Asphalt"}}, attributes["surface"]["listed_values"].([]any)[0])
	assert.Equal(t, []any{false, true}, []any{attributes["surface"]["extensible"], attributes["road_class"]["extensible"]})
	assert.Equal(t, "boolean", attributes["one_way"]["value_type"])

	// Every theme of the list has a schema, and every attribute is described in both languages.
	for _, theme := range s.json(t, "/v1/themes")["themes"].([]any) {
		code := theme.(map[string]any)["code"].(string)
		v := s.json(t, "/v1/themes/"+code)
		for _, a := range v["attributes"].([]any) {
			a := a.(map[string]any)
			for _, text := range []string{"title", "definition"} {
				both := a[text].(map[string]any)
				assert.NotEmpty(t, both["fa"], "%s.%s", code, a["name"])
				assert.NotEmpty(t, both["en"], "%s.%s", code, a["name"])
			}
		}
	}
}

func TestTemplatesAndSamples(t *testing.T) {
	t.Parallel()
	s := start(t, withTemplates(t))
	r, body := s.do(t, "GET", "/v1/themes/health-facility/sample.csv")
	require.Equal(t, 200, r.StatusCode, "%s", body)
	assert.Equal(t, "text/csv; charset=utf-8", r.Header.Get("Content-Type"))
	assert.Equal(t, `attachment; filename="health-facility-sample.csv"`, r.Header.Get("Content-Disposition"))
	text, marked := strings.CutPrefix(string(body), "\xef\xbb\xbf")
	assert.True(t, marked, "spreadsheet programs need the mark to read UTF-8")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 4)
	assert.Equal(t, "facility_id,name_fa,kind,beds,emergency,ownership,postal_code,operator,lon,lat", strings.Join(rows[0], ","))
	assert.Equal(t, "hospital", rows[1][2])
	_, body = s.do(t, "GET", "/v1/themes/health-facility/template.csv")
	assert.Equal(t, "\xef\xbb\xbf"+strings.Join(rows[0], ",")+"\n", string(body))

	r, body = s.do(t, "GET", "/v1/themes/road/template.gpkg")
	require.Equal(t, 200, r.StatusCode, "%s", body)
	assert.Equal(t, "application/geopackage+sqlite3", r.Header.Get("Content-Type"))
	file := filepath.Join(t.TempDir(), "road.gpkg")
	require.NoError(t, os.WriteFile(file, body, 0o600))
	info, err := exec.CommandContext(t.Context(), "ogrinfo", "-al", "-so", file).CombinedOutput()
	require.NoError(t, err, "%s", info)
	for _, want := range []string{"Layer name: road\n", "Geometry: Multi Line String", "Feature Count: 0", `ID["EPSG",4326]`, "road_id: String", "width_m: Real", "lanes: Integer", "one_way: Integer(Boolean)"} {
		assert.Contains(t, string(info), want)
	}
	again, _ := s.do(t, "GET", "/v1/themes/road/template.gpkg", "If-None-Match", r.Header.Get("ETag"))
	assert.Equal(t, 304, again.StatusCode)

	// Another schema is another file.
	_, err = s.pool.Exec(t.Context(), `update layers.theme set attributes = attributes || '[{"name": "toll", "type": "date", "title_fa": "عوارض", "title_en": "Toll"}]' where code = 'road'`)
	require.NoError(t, err)
	changed, body := s.do(t, "GET", "/v1/themes/road/template.csv", "If-None-Match", r.Header.Get("ETag"))
	assert.Equal(t, 200, changed.StatusCode)
	assert.Contains(t, string(body), "toll")
}

func TestTemplatesOfNothing(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	for path, code := range map[string]string{
		"/v1/themes/nothing":                "theme-unknown",
		"/v1/themes/nothing/template.csv":   "theme-unknown",
		"/v1/themes/%00/template.csv":       "theme-unknown",
		"/v1/themes/a%ff/sample.gpkg":       "theme-unknown",
		"/v1/themes/road/template.exe":      "address-unknown",
		"/v1/themes/road/../template.gpkg":  "address-unknown",
		"/v1/themes/road%2Ftemplate.gpkg/x": "address-unknown",
	} {
		r, body := s.do(t, "GET", path)
		assert.Equal(t, 404, r.StatusCode, path)
		assert.Contains(t, string(body), `"`+code+`"`, path)
	}
	r, body := s.do(t, "GET", "/v1/themes/road/sample.gpkg")
	assert.Equal(t, 503, r.StatusCode, "without the sandbox there is no GeoPackage, and the answer says what there is: %s", body)
	assert.Contains(t, string(body), "sample.csv")
}
