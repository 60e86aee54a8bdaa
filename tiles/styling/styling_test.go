package styling

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
)

func style(layers ...any) []byte {
	b, _ := json.Marshal(map[string]any{
		"version": 8, "sources": map[string]any{"road": map[string]any{"type": "vector", "url": "https://maps.example.ir/tiles/road.json"}}, "layers": layers,
	})
	return b
}

func layer(of string, more map[string]any) map[string]any {
	l := map[string]any{"id": "a", "type": of}
	if of != "background" {
		l["source"], l["source-layer"] = "road", "road"
	}
	for name, v := range more {
		l[name] = v
	}
	return l
}

func read(t testing.TB, text string) (v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	return v
}

// values are what properties are given, right or wrong.
func values() []string {
	return []string{
		`1`, `0`, `-1`, `0.5`, `1e300`, `true`, `null`, `"none"`, `"map"`, `"round"`, `"center"`, `"auto"`, `"never"`, `"line"`, `"نام"`, `"#fff"`, `"#12345"`, `"#11223344"`, `"rgba(1, 2, 3, 0.5)"`, `"hsl(10,20%,30%)"`,
		`"rgb(1,2)"`, `"url(http://x)"`, `"red"`, `[]`, `[1]`, `[1, 2]`, `[1, "2"]`, `["Vazirmatn"]`, `["a", 1]`, `{"stops": [[1, 2]]}`, `["literal", [1, 2]]`, `["literal", ["a"]]`, `["literal", "red"]`,
		`["get", "a"]`, `["get", 1]`, `["get"]`, `["nothing", 1]`, `["zoom"]`, `["+", ["zoom"], 1]`, `["id"]`, `["feature-state", "hover"]`, `["heatmap-density"]`, `["geometry-type"]`,
		`["interpolate", ["linear"], ["zoom"], 5, 1, 10, 2]`, `["interpolate", ["linear"], ["zoom"], 10, 1, 5, 2]`, `["interpolate", ["linear"], ["zoom"], 5, "red", 10, "#000"]`,
		`["interpolate", ["exponential", 1.5], ["get", "n"], 5, 0.1, 10, 0.9]`, `["interpolate", ["cubic"], ["zoom"], 5, 1]`, `["interpolate", ["linear"], ["heatmap-density"], 0, "rgba(0, 0, 0, 0)", 1, "red"]`,
		`["interpolate", ["linear"], ["zoom"], 5, ["get", "a"], 10, ["*", 2, ["get", "b"]]]`, `["interpolate", ["linear"], ["zoom"], 5, [0, 0], 10, [1, 1]]`, `["interpolate", ["linear"], ["zoom"], 5, ["literal", [0, 0]], 10, ["literal", [1, 1]]]`,
		`["step", ["zoom"], "#000", 5, "#fff"]`, `["step", ["zoom"], "none", 5, "round"]`, `["step", ["get", "n"], 1, 5, 0]`, `["step", ["zoom"], 1]`, `["step", 3, 1, 5, 2]`,
		`["match", ["get", "a"], "x", "#000", ["y", "z"], "red", "#fff"]`, `["match", ["get", "a"], "x", 1, "x", 0, 1]`, `["match", ["get", "a"], 1, 1, 0]`, `["match", ["get", "a"], 1.5, 1, 0]`, `["match", ["get", "a"], "x", 1]`,
		`["match", ["get", "a"], "x", 1, 2, 1, 0]`, `["match", ["to-string", ["get", "a"]], "x", "#000", "#fff"]`, `["match", ["get", "a"], [], 1, 0]`, `["match", ["length", ["get", "a"]], "x", 1, 0]`,
		`["case", ["has", "a"], 1, 0]`, `["case", ["has", "a"], "#000", "#fff"]`, `["case", 1, 1, 0]`, `["case", ["has", "a"], 1]`, `["case", ["==", ["get", "a"], 1], ["get", "b"], 0.5]`, `["case", ["==", ["geometry-type"], "Point"], "map", "viewport"]`,
		`["coalesce", ["get", "a"], 1]`, `["coalesce", ["get", "a"], "#fff"]`, `["to-color", ["get", "a"]]`, `["rgb", 1, 2, 3]`, `["rgb", 1, 2]`, `["rgba", 1, 2, 3, ["get", "a"]]`, `["concat", "a", ["get", "b"]]`, `["to-string", ["get", "a"]]`,
		`["to-number", ["get", "a"], 3]`, `["+", 1, ["get", "a"]]`, `["+", 1, "a"]`, `["-", 1]`, `["-", 1, 2, 3]`, `["^", 2, 0.5]`, `["upcase", ["get", "a"]]`, `["upcase", 1]`, `["!", ["has", "a"]]`, `["all", true, ["has", "a"]]`,
		`["in", "a", ["get", "b"]]`, `["in", ["get", "a"], ["literal", ["x", "y"]]]`, `["at", 0, ["literal", [1, 2]]]`, `["slice", ["get", "a"], 0, 2]`, `["index-of", "a", ["get", "b"]]`, `["min", 1, ["get", "a"]]`, `["log10", ["max", 1, ["coalesce", ["get", "count"], 1]]]`,
		`["number", ["get", "a"], 1]`, `["string", ["get", "a"], "x"]`, `["boolean", ["get", "a"], true]`, `["typeof", ["get", "a"]]`, `["case", ["<", ["get", "a"], 1], ["literal", [1, 2]], ["literal", [3, 4]]]`,
		`["case", ["<", ["get", "a"], true], 1, 0]`, `["case", ["==", ["get", "a"], null], 1, 0]`, `["case", ["==", "a", "b"], 1, 0]`, `["to-boolean", ["get", "a"]]`, `["match", ["get", "a"], "x", ["literal", ["Vazirmatn"]], ["literal", ["Vazirmatn SemiBold"]]]`,
		`["<", ["get", "a"], ["get", "b"]]`, `["<", ["get", "a"], ["length", ["get", "b"]]]`, `["==", ["length", ["get", "a"]], "x"]`, `["step", ["zoom"], ["get", "a"], 5, ["case", ["has", "b"], 1, 0]]`, `["pi"]`, `["e"]`, `["properties"]`, `["let", "x", 1, ["var", "x"]]`,
	}
}

// What is taken here MapLibre's own validator takes: every property of every type with values of all kinds, and filters. And what MapLibre draws maps with is taken.
func TestWhatIsTakenMapLibreTakes(t *testing.T) {
	t.Parallel()
	taken, refused := map[string]any{}, 0
	try := func(name string, l map[string]any) {
		body := style(l)
		s, err := Check(body)
		if err != nil {
			refused++
			return
		}
		require.Len(t, s.Layers, 1)
		taken[name] = json.RawMessage(body)
	}
	for _, of := range []string{"background", "fill", "line", "symbol", "circle", "heatmap"} {
		layout, paint := properties(of)
		for _, v := range values() {
			for name := range layout {
				try(of+" "+name+" "+v, layer(of, map[string]any{"layout": map[string]any{name: read(t, v)}}))
			}
			for name := range paint {
				try(of+" "+name+" "+v, layer(of, map[string]any{"paint": map[string]any{name: read(t, v)}}))
			}
			try(of+" filter "+v, layer(of, map[string]any{"filter": read(t, v)}))
		}
	}
	assert.Greater(t, len(taken), 1000)
	assert.Greater(t, refused, 5000)
	for _, known := range []string{
		`fill fill-color ["match", ["get", "a"], "x", "#000", ["y", "z"], "red", "#fff"]`, `circle circle-radius ["interpolate", ["linear"], ["zoom"], 5, ["get", "a"], 10, ["*", 2, ["get", "b"]]]`,
		`symbol text-field ["get", "a"]`, `symbol text-font ["Vazirmatn"]`, `line line-dasharray [1, 2]`, `heatmap heatmap-color ["interpolate", ["linear"], ["heatmap-density"], 0, "rgba(0, 0, 0, 0)", 1, "red"]`,
		`fill filter ["in", ["get", "a"], ["literal", ["x", "y"]]]`, `line line-width ["step", ["get", "n"], 1, 5, 0]`,
	} {
		assert.Contains(t, taken, known)
	}
	_, here, _, _ := runtime.Caller(0)
	web := filepath.Join(filepath.Dir(here), "../../web")
	if _, err := os.Stat(filepath.Join(web, "node_modules/@maplibre/maplibre-gl-style-spec")); err != nil {
		t.Skip("the validator of styles is not installed: npm ci in web")
	}
	in, err := json.Marshal(taken)
	require.NoError(t, err)
	validator := exec.CommandContext(t.Context(), "node", filepath.Join(web, "test/style.mjs"))
	validator.Stdin = bytes.NewReader(in)
	out, err := validator.Output()
	require.NoError(t, err)
	assert.JSONEq(t, "{}", string(out))
}

// A wrong style is told where it is wrong, in both languages.
func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	line := layer("line", nil)
	with := func(change func(root map[string]any)) string {
		var root map[string]any
		require.NoError(t, json.Unmarshal(style(line), &root))
		change(root)
		b, err := json.Marshal(root)
		require.NoError(t, err)
		return string(b)
	}
	source := func(v any) string {
		return with(func(root map[string]any) { root["sources"] = map[string]any{"road": v} })
	}
	deep := strings.Repeat(`["!",`, 60) + "true" + strings.Repeat("]", 60)
	many := make([]any, mostLayers+1)
	for i := range many {
		many[i] = map[string]any{"id": fmt.Sprint(i), "type": "background"}
	}
	for body, at := range map[string]string{
		``: "body", `[]`: "body", `{}`: "body", `null`: "body", `{"version":8} {}`: "body", strings.Repeat(" ", MostBytes+1): "body", "{\"version\":8,\"name\":\"\xff\"}": "body",
		with(func(r map[string]any) { r["version"] = 7 }):                                                    "body.version",
		with(func(r map[string]any) { r["sprite"] = "https://elsewhere.example/sprite" }):                    "body.sprite",
		with(func(r map[string]any) { r["glyphs"] = "https://elsewhere.example/{fontstack}/{range}.pbf" }):   "body.glyphs",
		with(func(r map[string]any) { r["imports"] = []any{} }):                                              "body.imports",
		source(map[string]any{"type": "raster", "tiles": []string{"https://elsewhere.example/{z}/{x}/{y}"}}): "body.sources.road",
		source(map[string]any{"type": "vector", "tiles": []string{"https://elsewhere.example/{z}/{x}/{y}"}}): "body.sources.road.tiles",
		source(map[string]any{"type": "vector", "url": "https://elsewhere.example/road.json"}):               "body.sources.road.url",
		source(map[string]any{"type": "vector", "url": "https://a@elsewhere.example/tiles/road.json"}):       "body.sources.road.url",
		source(map[string]any{"type": "vector", "url": "/tiles/road.json?x=1"}):                              "body.sources.road.url",
		source(map[string]any{"type": "geojson", "data": "https://elsewhere.example/x"}):                     "body.sources.road",
		string(style(line, line)):                                                                                            "body.layers[1].id",
		string(style(layer("raster", nil))):                                                                                  "body.layers[0].type",
		string(style(layer("line", map[string]any{"ref": "b"}))):                                                             "body.layers[0].ref",
		string(style(layer("line", map[string]any{"source": "other"}))):                                                      "body.layers[0].source",
		string(style(layer("line", map[string]any{"minzoom": 30}))):                                                          "body.layers[0].minzoom",
		string(style(layer("line", map[string]any{"paint": map[string]any{"fill-color": "#fff"}}))):                          "body.layers[0].paint.fill-color",
		string(style(layer("fill", map[string]any{"paint": map[string]any{"fill-pattern": "x"}}))):                           "body.layers[0].paint.fill-pattern",
		string(style(layer("line", map[string]any{"paint": map[string]any{"line-width": []any{"+", 1, "x"}}}))):              "body.layers[0].paint.line-width[2]",
		string(style(layer("line", map[string]any{"filter": read(t, deep)}))):                                                "body.layers[0].filter" + strings.Repeat("[1]", mostDeep+1),
		string(style(layer("line", map[string]any{"filter": read(t, `["==", "kind", "x"]`)}))):                               "body.layers[0].filter",
		string(style(layer("line", map[string]any{"filter": read(t, `["all", ["==", ["get", "a"], 1], ["!in", "b", 1]]`)}))): "body.layers[0].filter[2]",
		string(style(many...)): "body.layers",
	} {
		_, err := Check([]byte(body))
		e, ok := errs.As(err)
		require.True(t, ok, body)
		assert.Equal(t, []any{"style-invalid", 422, at}, []any{e.Code, e.Status, e.Location}, "%.200s", body)
		for _, told := range []errs.Text{e.Title, e.Detail, e.Next} {
			assert.NotEmpty(t, told.FA)
			assert.NotEmpty(t, told.EN)
		}
	}
	s, err := Check(style(line))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"road": "road"}, s.Sources, "the host that the source was copied with is not kept")
}

func FuzzCheck(f *testing.F) {
	f.Add(style(layer("line", map[string]any{"paint": map[string]any{"line-width": []any{"get", "a"}}})))
	f.Add(style(layer("symbol", map[string]any{"filter": []any{"all", []any{"has", "a"}}})))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := Check(body)
		if err != nil {
			require.Equal(t, 422, errs.Status(err))
			return
		}
		b, err := json.Marshal(s)
		require.NoError(t, err)
		require.NotContains(t, string(b), "://", "no address of another host is kept as one")
	})
}
