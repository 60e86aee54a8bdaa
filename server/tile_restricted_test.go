package server_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
)

// A dataset of a restricted theme is drawn for those who may read it, and for nobody from what was kept for them.
func TestRestrictedDatasetIsDrawnForItsReaders(t *testing.T) {
	t.Parallel()
	l := lend(t, 5)
	base := fmt.Sprintf("/tiles/dataset-%d", l.dataset)
	tile := base + "/11/1315/807" // about 51.25 east, 35.5 north, in the middle of the lines
	own, other := []string{"x-api-key", l.key(t, "energy", access.Uploader)}, []string{"x-api-key", l.key(t, "post", access.Uploader)}

	for _, path := range []string{tile, base + ".json", fmt.Sprintf("/styles/dataset-%d.json", l.dataset)} {
		for who, header := range map[string][]string{"nobody": nil, "an inquirer": l.program, "another agency": other} {
			r, body := l.do(t, "GET", path, header...)
			assert.Contains(t, []int{401, 403}, r.StatusCode, "%s asks for %s: %s", who, path, body)
			assert.NotContains(t, string(body), "line-0")
		}
		for who, header := range map[string][]string{"the agency": own, "its publisher": l.publisher} {
			r, body := l.do(t, "GET", path, header...)
			require.Equal(t, 200, r.StatusCode, "%s asks for %s: %s", who, path, body)
			assert.Equal(t, "private, no-cache", r.Header.Get("Cache-Control"), path)
		}
	}
	// Only who may see it finds it listed.
	for who, header := range map[string][]string{"nobody": nil, "an inquirer": l.program, "another agency": other} {
		r, body := l.do(t, "GET", "/v1/me/layers", header...)
		assert.Equal(t, 200, r.StatusCode, who)
		assert.JSONEq(t, `{"layers":[]}`, string(body), who)
	}
	listed := l.json(t, "/v1/me/layers", l.publisher...)["layers"].([]any)
	require.Len(t, listed, 1)
	set := listed[0].(map[string]any)
	assert.Equal(t, []any{fmt.Sprintf("dataset-%d", l.dataset), "electricity", "energy", 5.0, nil}, []any{set["layer"], set["theme"], set["agency"].(map[string]any)["code"], set["features"], set["territory"]})
	assert.Equal(t, listed, l.json(t, "/v1/me/layers", own...)["layers"])

	doc := l.json(t, base+".json", own...)
	assert.EqualValues(t, set["min_zoom"], doc["minzoom"], "the list and the tiles say the same")
	assert.Equal(t, 51.0, doc["bounds"].([]any)[0])

	r, body := l.do(t, "GET", tile, own...)
	require.Equal(t, 200, r.StatusCode)
	assert.Contains(t, string(body), "line-0")
	assert.Contains(t, r.Header.Values("Vary"), "Cookie")
	r, _ = l.do(t, "GET", tile, append([]string{"If-None-Match", r.Header.Get("ETag")}, own...)...)
	assert.Equal(t, http.StatusNotModified, r.StatusCode)

	// The version that TileJSON names is asked about as well, though it is in memory.
	versioned := doc["tiles"].([]any)[0].(string)
	versioned = versioned[bytes.LastIndexByte([]byte(versioned), '?'):]
	r, _ = l.do(t, "GET", tile+versioned, own...)
	require.Equal(t, 200, r.StatusCode)
	assert.Equal(t, "private, no-cache", r.Header.Get("Cache-Control"))
	r, body = l.do(t, "GET", tile+versioned)
	assert.Equal(t, 401, r.StatusCode, string(body))

	// What is published is drawn without delay, and those with a grant are told to download.
	fixture.Publish(t, l.pool, "electricity", "energy", nil, fixture.Feature{Key: "line-new", WKT: "LINESTRING(51.25 35.1,51.25 35.9)", Attributes: map[string]any{"line_id": "line-new"}})
	_, body = l.do(t, "GET", tile, own...)
	assert.Contains(t, string(body), "line-new")
	status, v := l.post(t, "/v1/access-requests/"+l.ask(t)+"/decision", `{"decision":"grant"}`, l.publisher...)
	require.Equal(t, 200, status, v)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) { // a grant holds by the database's clock
		r, body = l.do(t, "GET", tile, l.program...)
		if bytes.Contains(body, []byte("download-only")) || time.Now().After(deadline) {
			break
		}
	}
	assert.Equal(t, 403, r.StatusCode)
	assert.Contains(t, string(body), "download-only")
}
