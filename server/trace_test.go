package server_test

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each figure opens into its list, as JSON, for a map and for a spreadsheet, with the same sum.
func TestTrace(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	var figure map[string]any
	for _, o := range s.json(t, "/v1/progress")["obligations"].([]any) {
		if o := o.(map[string]any); o["code"] == "A25-URBAN" {
			figure = o
		}
	}
	require.Equal(t, "known", figure["state"])
	list := s.json(t, "/v1/progress/trace?obligation=A25-URBAN&limit=1000")
	items := list["items"].([]any)
	require.NotEmpty(t, items)
	assert.InDelta(t, figure["numerator"], list["total"].(map[string]any)["published"], 1e-3)
	r, body := s.do(t, "GET", "/v1/progress/trace.geojson?obligation=A25-URBAN&limit=1000")
	require.Equal(t, 200, r.StatusCode)
	assert.Equal(t, "application/geo+json", r.Header.Get("Content-Type"))
	assert.Equal(t, len(items), strings.Count(string(body), `"type":"Feature"`))
	features := s.json(t, "/v1/progress/trace?obligation=A25-URBAN&cell="+items[0].(map[string]any)["cell"].(string))
	assert.Empty(t, features["items"], "nothing of the cadastre is published here")
	r, body = s.do(t, "GET", "/v1/progress/trace.csv?obligation=A25-URBAN")
	require.Equal(t, 200, r.StatusCode)
	assert.True(t, strings.HasPrefix(string(body), "\xef\xbb\xbfkind,"))
	sheet, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	require.NoError(t, err)
	require.Len(t, sheet, len(items)+1, "a row a piece, and the head")
	for n, row := range sheet[1:] {
		piece := items[n].(map[string]any)
		portion := piece["portion"].(map[string]any)
		assert.Equal(t, []string{"piece", piece["cell"].(string), piece["unit"].(string)}, row[:3])
		for at, stage := range []string{"denominator", "delivered", "validated", "published", "fresh"} {
			assert.Equal(t, strconv.FormatFloat(portion[stage].(float64), 'f', -1, 64), row[11+at], stage)
		}
	}
	for query, status := range map[string]int{
		"?obligation=A99": 422, "?obligation=A25-URBAN&cell=zz": 422, "?obligation=A25-URBAN&unit=XX": 404, "?obligation=" + strings.Repeat("x", 99): 422,
	} {
		for _, path := range []string{"/v1/progress/trace", "/v1/progress/trace.csv", "/v1/progress/trace.geojson"} {
			r, body := s.do(t, "GET", path+query)
			assert.Equal(t, status, r.StatusCode, "%s%s: %s", path, query, body)
		}
	}
}

// A map is drawn of the units below a unit, and of a unit itself that has none; where it lies is told with it.
func TestOutlines(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	country := s.json(t, "/v1/progress/outlines")
	require.Len(t, country["units"], 1, "of the 31 provinces one has an outline here")
	assert.Empty(t, country["above"])
	only := country["units"].([]any)[0].(map[string]any)
	assert.Equal(t, "IR-23", only["code"])
	assert.Equal(t, "Polygon", only["geometry"].(map[string]any)["type"])
	tehran := s.json(t, "/v1/progress/outlines?unit=IR-23")
	require.NotEmpty(t, tehran["units"])
	assert.Equal(t, "IR", tehran["above"].([]any)[0].(map[string]any)["code"])
	r, body := s.do(t, "GET", "/v1/progress/outlines?unit=XX")
	assert.Equal(t, 404, r.StatusCode, string(body))
}
