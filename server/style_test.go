package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
)

// An agency writes how its layer is drawn, bound to what it read; everybody gets it with the legend that follows from it; every version stays and can be taken back.
func TestStylesAreWritten(t *testing.T) {
	t.Parallel()
	s := keyed(t)
	version := fixture.Publish(t, s.pool, "cadastre-urban", "registry", nil, fixture.Feature{Key: "b", WKT: "POLYGON((51.3 35.3,51.301 35.3,51.301 35.301,51.3 35.3))", Attributes: map[string]any{"land_use": "مسکونی"}})
	var dataset string
	require.NoError(t, s.pool.QueryRow(t.Context(), `select dataset_id::text from layers.version where id = $1`, version).Scan(&dataset))
	layer := "dataset-" + dataset
	path := "/v1/layers/" + layer + "/style"
	read := func() (string, map[string]any) {
		r, body := s.do(t, "GET", path)
		require.Equal(t, http.StatusOK, r.StatusCode, "%s", body)
		var v map[string]any
		require.NoError(t, json.Unmarshal(body, &v))
		return r.Header.Get("ETag"), v
	}
	put := func(path, body string, header ...string) (*http.Response, map[string]any) {
		r, err := http.NewRequestWithContext(t.Context(), "PUT", s.URL+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		var v map[string]any
		require.NoError(t, json.NewDecoder(answer.Body).Decode(&v))
		return answer, v
	}
	tag, made := read()
	assert.Equal(t, s.URL+"/tiles/"+layer+".json", made["sources"].(map[string]any)[layer].(map[string]any)["url"])
	whole, err := json.Marshal(made)
	require.NoError(t, err)
	publisher := s.signed(t, "publisher", "registry", access.Publisher)
	for name, c := range map[string]struct {
		header []string
		status int
	}{
		"the public": {nil, 401}, "a key": {[]string{"x-api-key", s.key(t, "registry", access.Publisher)}, 403}, "another agency": {s.signed(t, "postman", "post", access.Publisher), 403},
		"an uploader": {s.signed(t, "uploader", "registry", access.Uploader), 403}, "without what was read": {publisher, 428}, "with what is gone": {append([]string{"If-Match", `"7-00000000"`}, publisher...), 412},
	} {
		r, v := put(path, string(whole), c.header...)
		assert.Equal(t, c.status, r.StatusCode, "%s: %v", name, v)
	}
	bound := func(tag string) []string { return append([]string{"If-Match", tag}, publisher...) }
	for body, at := range map[string]string{
		`{"version":8}`: "body",
		strings.Replace(string(whole), `"version":8`, `"version":8,"sprite":"https://elsewhere.example/x"`, 1):                                         "body.sprite",
		strings.Replace(string(whole), "/tiles/"+layer+".json", "/tiles/nothing.json", 1):                                                              "body.sources." + layer,
		`{"version":8,"sources":{"a":{"type":"vector","url":"/tiles/road.json"}},"layers":[{"id":"x","type":"line","source":"a","source-layer":"b"}]}`: "body.layers[0].source-layer",
	} {
		r, v := put(path, body, bound(tag)...)
		require.Equal(t, http.StatusUnprocessableEntity, r.StatusCode, "%.80s: %v", body, v)
		assert.Equal(t, at, v["errors"].([]any)[0].(map[string]any)["location"])
		assert.NotEmpty(t, v["detail_fa"])
	}
	r, _ := put(path, strings.Repeat(" ", 300_000), bound(tag)...)
	assert.Equal(t, http.StatusRequestEntityTooLarge, r.StatusCode)
	assert.Empty(t, s.json(t, path+"/versions")["versions"], "nothing of all that was taken")

	mine := `{"version":8,"zoom":15,"sources":{"b":{"type":"vector","url":"/tiles/` + layer + `.json"}},"layers":[
		{"id":"houses","type":"fill","source":"b","source-layer":"cadastre-urban","paint":{"fill-color":["match",["get","land_use"],"مسکونی","#112233","#445566"]}}]}`
	r, v := put(path+"?reason=Darker", mine, bound(tag)...)
	require.Equal(t, http.StatusOK, r.StatusCode, v)
	assert.InDelta(t, 1, v["version"], 0)
	written, style := read()
	assert.Equal(t, r.Header.Get("ETag"), written)
	assert.Equal(t, style, s.json(t, "/styles/"+layer+".json"), "maps have it")
	assert.InDelta(t, 15, style["zoom"], 0)
	legend := style["metadata"].(map[string]any)["nsdi:legend"].([]any)
	require.Len(t, legend, 2, "residential, and the others")
	first := legend[0].(map[string]any)
	assert.Equal(t, []any{"cadastre-urban", "land_use", "مسکونی", "#112233"}, []any{first["layer"], first["attribute"], first["value"], first["colour"]})
	assert.Equal(t, "#445566", legend[1].(map[string]any)["colour"])
	answer, _ := s.do(t, "GET", path, "If-None-Match", written)
	assert.Equal(t, http.StatusNotModified, answer.StatusCode)
	r, _ = put(path, string(whole), bound(tag)...)
	assert.Equal(t, http.StatusPreconditionFailed, r.StatusCode, "somebody was faster")

	// Back to the one that is made, and again to the one that was written, by the agency's administrator.
	administrator := s.signed(t, "head", "registry", access.Administrator)
	restore := func(version, tag string, header []string) (int, map[string]any) {
		return s.post(t, path+"/restore", `{"version":`+version+`,"reason":"r"}`, append([]string{"If-Match", tag}, header...)...)
	}
	status, v := restore("0", written, administrator)
	require.Equal(t, http.StatusOK, status, v)
	tag, style = read()
	assert.Equal(t, made, style)
	status, _ = restore("9", tag, administrator)
	assert.Equal(t, http.StatusNotFound, status)
	status, v = restore("1", tag, administrator)
	require.Equal(t, http.StatusOK, status, v)
	_, style = read()
	assert.Equal(t, legend, style["metadata"].(map[string]any)["nsdi:legend"])
	var told []any
	history := s.json(t, path+"/versions", administrator...)
	for _, v := range history["versions"].([]any) {
		v := v.(map[string]any)
		told = append(told, []any{v["version"], v["agency"], v["taken_from"], v["generated"], v["reason"]})
	}
	assert.Equal(t, []any{[]any{3.0, "registry", 1.0, false, "r"}, []any{2.0, "registry", nil, true, "r"}, []any{1.0, "registry", nil, false, "Darker"}}, told)
	assert.Equal(t, []any{true, false}, []any{history["editable"], s.json(t, path+"/versions")["editable"]})
	assert.Equal(t, made, s.json(t, path+"?version=2"))
	answer, _ = s.do(t, "GET", path+"?version=4")
	assert.Equal(t, http.StatusNotFound, answer.StatusCode)
	var audited []string
	require.NoError(t, s.pool.QueryRow(t.Context(), `select array_agg(name || ': ' || resource || ' ' || detail order by seq) from access.audit where event = 'style'`).Scan(&audited))
	assert.Equal(t, []string{"publisher: layer:" + layer + " version 1 Darker", "head: layer:" + layer + " version 2, the generated style r", "head: layer:" + layer + " version 3, as version 1 r"}, audited)
	_, err = s.pool.Exec(t.Context(), `truncate layers.style`)
	require.ErrorContains(t, err, "written once")

	// National layers are the committee's.
	national := `{"version":8,"sources":{"b":{"type":"vector","url":"/tiles/base-map.json"}},"layers":[{"id":"x","type":"line","source":"b","source-layer":"road"}]}`
	any := []string{"If-Match", "*"}
	r, _ = put("/v1/layers/base-map/style", national, append(any, administrator...)...)
	assert.Equal(t, http.StatusForbidden, r.StatusCode)
	r, v = put("/v1/layers/base-map/style", national, append(any, s.signed(t, "chair", "committee", access.Administrator)...)...)
	assert.Equal(t, http.StatusOK, r.StatusCode, v)
	r, _ = put("/v1/layers/nothing/style", national, append(any, s.signed(t, "chair2", "committee", access.Administrator)...)...)
	assert.Equal(t, http.StatusNotFound, r.StatusCode)
}
