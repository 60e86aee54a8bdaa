package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// send makes a request with a body and reads the JSON that answers it.
func (d *desk) send(method, path, body string, who ...string) (*http.Response, map[string]any) {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.URL+path, strings.NewReader(body))
	require.NoError(d.t, err)
	r.Header.Set("Content-Type", "application/geo+json")
	for i := 0; i < len(who); i += 2 {
		r.Header.Set(who[i], who[i+1])
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	require.NoError(d.t, err)
	defer answer.Body.Close()
	var v map[string]any
	require.NoError(d.t, json.NewDecoder(answer.Body).Decode(&v))
	return answer, v
}

func point(key, name string, lon float64) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name_fa":%q},"geometry":{"type":"Point","coordinates":[%v,35]}}`, key, name, lon)
}

// One feature is altered, added and removed through the API: each time a delivery of its own, which somebody else publishes.
func TestEditsOfSingleFeatures(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.published("places.csv", "code,name_fa,lon,lat\na,الف,51,35\nb/1,ب,52,35\nc,پ,53,35\n", "")
	var id int64
	require.NoError(t, d.pool.QueryRow(t.Context(), `select id from layers.dataset where theme = 'place'`).Scan(&id))
	path := fmt.Sprintf("/v1/datasets/%d/features", id)
	publish := func(v map[string]any) map[string]any {
		t.Helper()
		tracking := v["tracking"].(string)
		status, v := d.decide(tracking, "review", `{"decision":"publish"}`, d.publisher)
		require.Equal(t, 200, status, v)
		return d.waits(tracking, "published")["report"].(map[string]any)
	}

	r, v := d.send("POST", path+"?wait=30", point("a", "نام تازه", 51), append([]string{"If-Match", `"1"`}, d.uploader...)...)
	require.Equal(t, 202, r.StatusCode, v)
	require.Equal(t, "/v1/submissions/"+v["tracking"].(string), r.Header.Get("Location"))
	require.Equal(t, "submitted", v["state"], v)
	require.Equal(t, "upsert", v["mode"])
	require.Equal(t, "features.geojson", v["files"].([]any)[0].(map[string]any)["name"])
	status, _ := d.decide(v["tracking"].(string), "review", `{"decision":"publish"}`, d.uploader)
	require.Equal(t, 403, status, "nobody publishes what is his own")
	report := publish(v)
	require.EqualValues(t, []any{0.0, 1.0, 0.0, 3.0}, []any{report["features_added"], report["features_altered"], report["features_removed"], report["features"]})
	var folder string
	require.NoError(t, d.pool.QueryRow(t.Context(), `select folder from layers.submission where tracking = $1`, v["tracking"]).Scan(&folder))
	kept, err := os.ReadFile(filepath.Join(d.kept, folder, "features.geojson"))
	require.NoError(t, err)
	require.Equal(t, point("a", "نام تازه", 51), string(kept))

	// It is of version 2 now: an edit of what version 1 wrote would undo that.
	for match, body := range map[string]string{`"1"`: point("a", "دیر", 51), `*`: point("new", "نو", 54), `"2"`: `{"type":"Feature","properties":{"name_fa":"x"},"geometry":null}`} {
		r, v = d.send("POST", path, body, append([]string{"If-Match", match}, d.uploader...)...)
		require.Equal(t, 412, r.StatusCode, match)
		require.Equal(t, "feature-changed", v["code"])
	}
	r, v = d.send("DELETE", path+"/a", "", append([]string{"If-Match", `"1"`}, d.uploader...)...)
	require.Equal(t, 412, r.StatusCode, v)
	r, v = d.send("DELETE", path+"/zzz", "", d.uploader...)
	require.Equal(t, 404, r.StatusCode)
	require.Equal(t, "feature-unknown", v["code"])

	r, v = d.send("DELETE", path+"/b%2F1?wait=30", "", append([]string{"If-Match", `"1"`}, d.uploader...)...)
	require.Equal(t, 202, r.StatusCode, v)
	require.Equal(t, "submitted", v["state"], v)
	report = publish(v)
	require.EqualValues(t, []any{0.0, 0.0, 1.0, 2.0}, []any{report["features_added"], report["features_altered"], report["features_removed"], report["features"]})

	r, v = d.send("POST", path+"?mode=append&wait=30", `{"type":"FeatureCollection","features":[`+point("a", "باز", 51)+`,`+point("e", "نو", 55)+`]}`, d.uploader...)
	require.Equal(t, 202, r.StatusCode, v)
	require.Equal(t, "validated", v["state"], "a refused row is not passed over in silence")
	require.EqualValues(t, []any{1.0, 1.0}, []any{v["report"].(map[string]any)["rows_refused"], v["report"].(map[string]any)["features_added"]})
	require.Equal(t, "key-published", v["report"].(map[string]any)["rules"].([]any)[0].(map[string]any)["rule"])

	r, v = d.send("POST", path+"?wait=30", point("f", "", 55), d.uploader...)
	require.Equal(t, 202, r.StatusCode, v)
	require.Equal(t, "refused", v["state"], "the rules are those of every delivery")

	var ops string
	require.NoError(t, d.pool.QueryRow(t.Context(), `select string_agg(op, '' order by id) from layers.change where dataset_id = $1`, id).Scan(&ops))
	require.Equal(t, "+++~-", ops)
}

func TestEditsThatAreNone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.published("places.csv", placesOf(3, named), "")
	var id int64
	require.NoError(t, d.pool.QueryRow(t.Context(), `select id from layers.dataset where theme = 'place'`).Scan(&id))
	path := fmt.Sprintf("/v1/datasets/%d/features", id)
	count := func() (n int) {
		require.NoError(t, d.pool.QueryRow(t.Context(), `select count(*) from layers.submission`).Scan(&n))
		return n
	}
	before := count()
	many := `{"type":"FeatureCollection","features":[` + strings.TrimSuffix(strings.Repeat(point("a", "ب", 51)+",", 1001), ",") + `]}`
	for name, c := range map[string]struct {
		method, path, body string
		who                []string
		want               int
		code               string
	}{
		"no JSON":          {"POST", path, `{`, d.uploader, 422, "edit-invalid"},
		"a list":           {"POST", path, `[]`, d.uploader, 422, "edit-invalid"},
		"a geometry":       {"POST", path, `{"type":"Point","coordinates":[51,35]}`, d.uploader, 422, "edit-invalid"},
		"nothing":          {"POST", path, `{"type":"FeatureCollection","features":[]}`, d.uploader, 422, "edit-invalid"},
		"null in it":       {"POST", path, `{"type":"FeatureCollection","features":[null]}`, d.uploader, 422, "edit-invalid"},
		"too many":         {"POST", path, many, d.uploader, 422, "edit-invalid"},
		"too large":        {"POST", path, strings.Repeat(" ", 9<<20), d.uploader, 413, "request-invalid"},
		"no such mode":     {"POST", path + "?mode=replace", point("a", "ب", 51), d.uploader, 422, "request-invalid"},
		"too long a wait":  {"POST", path + "?wait=31", point("a", "ب", 51), d.uploader, 422, "request-invalid"},
		"no such dataset":  {"POST", "/v1/datasets/999999/features", point("a", "ب", 51), d.uploader, 404, "dataset-unknown"},
		"another agency":   {"POST", path, point("a", "ب", 51), d.stranger, 403, ""},
		"nobody":           {"POST", path, point("a", "ب", 51), nil, 401, "sign-in-needed"},
		"a reviewer":       {"POST", path, point("a", "ب", 51), d.reviewer, 403, ""},
		"another removes":  {"DELETE", path + "/p1", "", d.stranger, 403, ""},
		"nobody removes":   {"DELETE", path + "/p1", "", nil, 401, "sign-in-needed"},
		"several, matched": {"POST", path, `{"type":"FeatureCollection","features":[` + point("a", "ب", 51) + `]}`, append([]string{"If-Match", `"1"`}, d.uploader...), 422, "request-invalid"},
	} {
		r, v := d.send(c.method, c.path, c.body, c.who...)
		require.Equal(t, c.want, r.StatusCode, "%s: %v", name, v)
		if c.code != "" {
			require.Equal(t, c.code, v["code"], name)
		}
	}
	require.Equal(t, before, count(), "none of them is a delivery")
}
