package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// places publishes three places, and answers the address of their dataset's features.
func (d *desk) places() string {
	d.t.Helper()
	d.published("places.csv", "code,name_fa,lon,lat\na,الف,51.123456789012345,35\nb/1,ب,52,35\nc,پ,53,35\n", "")
	var id int64
	require.NoError(d.t, d.pool.QueryRow(d.t.Context(), `select id from layers.dataset where theme = 'place'`).Scan(&id))
	return fmt.Sprintf("/v1/datasets/%d/features", id)
}

// publish has a publisher say yes, and waits for the end.
func (d *desk) publish(v map[string]any, state string) map[string]any {
	d.t.Helper()
	tracking := v["tracking"].(string)
	status, v := d.decide(tracking, "review", `{"decision":"publish"}`, d.publisher)
	require.Equal(d.t, 200, status, v)
	return d.waits(tracking, state)
}

// One feature at its own address: read with an ETag, replaced, patched and added.
func TestFeatureAtItsAddress(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	path := d.places()
	get := func(key string, more ...string) (*http.Response, map[string]any) {
		r, body := d.do(t, "GET", path+"/"+key, more...)
		var v map[string]any
		if r.StatusCode == 200 {
			require.NoError(t, json.Unmarshal(body, &v))
		}
		return r, v
	}
	r, v := get("a")
	require.Equal(t, []any{200, `"1"`, "application/geo+json"}, []any{r.StatusCode, r.Header.Get("ETag"), r.Header.Get("Content-Type")})
	require.Equal(t, []any{"a", "الف", 51.123456789012345}, []any{v["key"], v["properties"].(map[string]any)["name_fa"], v["geometry"].(map[string]any)["coordinates"].([]any)[0]})
	r, _ = get("a", "If-None-Match", `"1"`)
	require.Equal(t, 304, r.StatusCode)
	r, _ = get("nothing")
	require.Equal(t, 404, r.StatusCode)

	// A patch alters what it names: the place stays to the last bit, though the patch does not say it.
	r, v = d.send("PATCH", path+"/a?wait=30", `{"properties":{"name_fa":"تازه"}}`, append([]string{"If-Match", `"1"`}, d.uploader...)...)
	require.Equal(t, 202, r.StatusCode, v)
	require.Equal(t, "submitted", v["state"], v)
	report := d.publish(v, "published")["report"].(map[string]any)
	require.EqualValues(t, []any{0.0, 1.0, 0.0, 3.0}, []any{report["features_added"], report["features_altered"], report["features_removed"], report["features"]})
	r, v = get("a")
	require.Equal(t, `"2"`, r.Header.Get("ETag"))
	require.Equal(t, []any{"تازه", 51.123456789012345}, []any{v["properties"].(map[string]any)["name_fa"], v["geometry"].(map[string]any)["coordinates"].([]any)[0]})
	r, _ = get("b%2F1")
	require.Equal(t, `"1"`, r.Header.Get("ETag"), "what was not altered keeps its ETag")

	r, v = d.send("PUT", path+"/b%2F1?wait=30", point("b/1", "ب نو", 52.5), append([]string{"If-Match", `"1"`}, d.uploader...)...)
	require.Equal(t, 202, r.StatusCode, v)
	d.publish(v, "published")
	r, v = d.send("PUT", path+"/n?wait=30", point("n", "نون", 54), append([]string{"If-None-Match", `*`}, d.uploader...)...)
	require.Equal(t, 202, r.StatusCode, v)
	d.publish(v, "published")
	r, _ = get("n")
	require.Equal(t, `"4"`, r.Header.Get("ETag"))

	for name, c := range map[string]struct {
		method, key, body, header, value string
		want                             int
		code                             string
	}{
		"old":                  {"PUT", "a", point("a", "x", 51), "If-Match", `"1"`, 412, "feature-changed"},
		"old patch":            {"PATCH", "a", `{"properties":{"name_fa":"x"}}`, "If-Match", `"1"`, 412, "feature-changed"},
		"not there":            {"PATCH", "zz", `{"properties":{"name_fa":"x"}}`, "", "", 412, "feature-changed"},
		"there already":        {"PUT", "a", point("a", "x", 51), "If-None-Match", `*`, 412, "feature-changed"},
		"another's contents":   {"PUT", "a", point("c", "x", 51), "", "", 422, "key-differs"},
		"a patched key":        {"PATCH", "a", `{"properties":{"code":"c"}}`, "", "", 422, "key-differs"},
		"a collection":         {"PUT", "a", `{"type":"FeatureCollection","features":[` + point("a", "x", 51) + `]}`, "", "", 422, "edit-invalid"},
		"no patch":             {"PATCH", "a", `[]`, "", "", 422, "edit-invalid"},
		"a patched id":         {"PATCH", "a", `{"id":7}`, "", "", 422, "edit-invalid"},
		"a patched type":       {"PATCH", "a", `{"type":"Point"}`, "", "", 422, "edit-invalid"},
		"no properties at all": {"PATCH", "a", `{"properties":7}`, "", "", 422, "edit-invalid"},
		"other tags":           {"PUT", "a", point("a", "x", 51), "If-None-Match", `"1"`, 422, "request-invalid"},
	} {
		who := d.uploader
		if c.header != "" {
			who = append([]string{c.header, c.value}, who...)
		}
		r, v := d.send(c.method, path+"/"+c.key, c.body, who...)
		require.Equal(t, c.want, r.StatusCode, "%s: %v", name, v)
		require.Equal(t, c.code, v["code"], name)
	}
	for _, method := range []string{"PUT", "PATCH"} {
		for want, who := range map[int][]string{401: nil, 403: d.stranger} {
			r, _ := d.send(method, path+"/a", point("a", "x", 51), who...)
			require.Equal(t, want, r.StatusCode)
		}
	}
}

// Two edits that were made of the same feature: whichever is published first, the other one is refused, and says why. It does not matter that both were sent, and
// submitted, while the feature still was as it was read.
func TestTwoEditsOfOneFeature(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	path := d.places()
	for round, method := range []string{"PUT", "PATCH", "POST", "DELETE"} {
		version := fmt.Sprintf(`"%d"`, round+1)
		var sent []string
		for i := range 2 {
			name := fmt.Sprintf("دور %d.%d", round, i)
			at, body := path+"/a", point("a", name, 51)
			switch method {
			case "PATCH":
				body = `{"properties":{"name_fa":"` + name + `"}}`
			case "POST":
				at = path
			case "DELETE":
				at, body = path+"/a", ""
				if i == 1 { // one removes, the other replaces
					body = point("a", name, 51)
				}
			}
			verb := method
			if method == "DELETE" && i == 1 {
				verb = "PUT"
			}
			r, v := d.send(verb, at+"?wait=30", body, append([]string{"If-Match", version}, d.uploader...)...)
			require.Equal(t, 202, r.StatusCode, v)
			require.Equal(t, "submitted", v["state"], v)
			sent = append(sent, v["tracking"].(string))
		}
		// Both are approved before either is published, as far as the server lets them be: then the publishing transaction decides.
		done := make(chan int, 2)
		for _, tracking := range sent {
			go func() {
				status, _ := d.decide(tracking, "review", `{"decision":"publish"}`, d.publisher)
				done <- status
			}()
		}
		for range 2 {
			require.Contains(t, []int{200, 409}, <-done)
		}
		var states, problems []string
		for _, tracking := range sent {
			d.until(tracking, `finished_at is not null`)
			v := d.json(t, "/v1/submissions/"+tracking, d.uploader...)
			states = append(states, v["state"].(string))
			if problem, refused := v["problem"].(map[string]any); refused {
				problems = append(problems, problem["code"].(string))
				require.Contains(t, problem["next"].(map[string]any)["en"], "Read it again")
				require.NotEmpty(t, problem["next"].(map[string]any)["fa"])
			}
		}
		require.ElementsMatch(t, []string{"published", "refused"}, states, "round %d", round)
		require.Equal(t, []string{"feature-changed"}, problems)
		var versions int
		require.NoError(t, d.pool.QueryRow(t.Context(), `select count(*) from layers.version v join layers.dataset d on d.id = v.dataset_id where d.theme = 'place'`).Scan(&versions))
		require.Equal(t, round+2, versions)
	}
}

// What a roll-back brings in between is such a change too.
func TestEditAfterRollback(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	path := d.places()
	_, v := d.send("PATCH", path+"/a?wait=30", `{"properties":{"name_fa":"دو"}}`, d.uploader...)
	d.publish(v, "published")
	_, v = d.send("PATCH", path+"/a?wait=30", `{"properties":{"name_fa":"سه"}}`, d.uploader...)
	require.Equal(t, "submitted", v["state"], v)
	_, other := d.send("PATCH", path+"/c?wait=30", `{"properties":{"name_fa":"چهار"}}`, d.uploader...)
	r, body := d.post(t, strings.TrimSuffix(path, "/features")+"/rollback", `{"version":1,"reason":"نادرست بود"}`, d.publisher...)
	require.Equal(t, 200, r, body)
	require.Equal(t, "feature-changed", d.publish(v, "refused")["problem"].(map[string]any)["code"])
	d.publish(other, "submitted") // of another feature: checked again, and shown to the publisher as it is now
	d.publish(other, "published")
}
