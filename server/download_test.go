package server_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
	"nsdi/server"
)

// lent is a site with a restricted dataset of the ministry of energy, a program of a consumer that may ask for it, and a session of the ministry's publisher.
type lent struct {
	*site
	dataset   int64
	program   []string // headers of the consumer's key
	publisher []string // headers of the custodian's browser
	frozen    atomic.Bool
	looks     atomic.Int64
	clock     time.Time // when it began; each look at the clock takes a tenth of a second, so that quotas fill up again
}

func lend(t *testing.T, features int, change ...func(*server.Deps)) *lent {
	t.Helper()
	// Grants are held against the database's clock too, which this one must not overtake.
	l := &lent{clock: time.Now().UTC().Truncate(time.Second).Add(-5 * time.Minute)}
	l.site = start(t, func(d *server.Deps) {
		d.Now = func() time.Time {
			if !l.frozen.Load() {
				l.looks.Add(1)
			}
			return l.clock.Add(time.Duration(l.looks.Load()) * time.Second / 10)
		}
		d.Keys = &access.Keys{Pool: d.System, Now: d.Now}
		for _, c := range change {
			c(d)
		}
	})
	var lines []fixture.Feature
	for i := range features {
		id := fmt.Sprintf("line-%d", i)
		lines = append(lines, fixture.Feature{
			Key: id, WKT: fmt.Sprintf("LINESTRING(%f 35.1,%f 35.9)", 51+float64(i)/1e4, 51.5+float64(i)/1e4),
			Attributes: map[string]any{"line_id": id, "voltage_kv": 63 + i, "kind": "overhead", "owner": "شرکت برق «منطقه‌ای» \"الف\""},
		})
	}
	fixture.Publish(t, l.pool, "electricity", "energy", nil, lines...)
	require.NoError(t, l.pool.QueryRow(t.Context(), `select id from layers.dataset where theme = 'electricity'`).Scan(&l.dataset))
	require.NoError(t, access.EnsureAgency(t.Context(), l.pool, access.Agency{Code: "planner", Kind: "consumer", NameFA: "برنامه‌ریز", NameEN: "Planner"}))
	l.program = []string{"x-api-key", l.key(t, "planner", access.Inquirer)}
	person, err := access.Create(t.Context(), l.pool, access.Account{Login: "custodian", Agency: "energy", Role: access.Publisher, Password: "correct horse battery 9"})
	require.NoError(t, err)
	token, err := (&access.Sessions{Pool: l.pool, Now: func() time.Time { return l.clock }}).Begin(t.Context(), person, "password", "")
	require.NoError(t, err)
	l.publisher = []string{"Cookie", "nsdi-session=" + token, "Sec-Fetch-Site", "same-origin"}
	return l
}

// post sends a body and answers the status and what came back.
func (s *site) post(t *testing.T, path, body string, header ...string) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	var v map[string]any
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&v))
	return answer.StatusCode, v
}

func (l *lent) ask(t *testing.T) string {
	t.Helper()
	status, v := l.post(t, "/v1/access-requests", fmt.Sprintf(`{"dataset":%d,"purpose":"طرح پست برق","legal_ground":"Article 23 note 1","until":%q}`,
		l.dataset, l.clock.Add(24*time.Hour).Format(time.RFC3339)), l.program...)
	require.Equal(t, 200, status, v)
	return v["tracking"].(string)
}

func (l *lent) offerPath() string {
	return fmt.Sprintf("/v1/datasets/%d/versions/1/downloads", l.dataset)
}

func TestFromRequestToFile(t *testing.T) {
	t.Parallel()
	const features = 3000
	l := lend(t, features)
	status, v := l.post(t, l.offerPath(), "", l.program...)
	require.Equal(t, []any{403, "not-permitted"}, []any{status, v["code"]})
	id := l.ask(t)
	path := "/v1/access-requests/" + id
	status, v = l.post(t, path+"/decision", `{"decision":"grant"}`, l.program...)
	require.Equal(t, []any{403, "not-permitted"}, []any{status, v["code"]})
	status, v = l.post(t, path+"/decision", `{"decision":"grant"}`, l.publisher...)
	require.Equal(t, []any{200, "granted"}, []any{status, v["state"]}, v)

	status, v = l.post(t, l.offerPath(), "", l.program...)
	require.Equal(t, 200, status, v)
	url := v["url"].(string)
	expires, err := time.Parse(time.RFC3339, v["expires_at"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, l.clock.Add(15*time.Minute), expires, time.Minute)
	head, body := l.do(t, "HEAD", url)
	assert.Equal(t, []any{200, 0}, []any{head.StatusCode, len(body)})
	l.frozen.Store(true) // the file says when it was made, in as many digits as that takes
	r, body := l.do(t, "GET", url)
	require.Equal(t, 200, r.StatusCode)
	assert.Equal(t, []string{"application/geo+json", "no-store", "nosniff"}, []string{
		r.Header.Get("Content-Type"), r.Header.Get("Cache-Control"), r.Header.Get("X-Content-Type-Options"),
	})
	assert.Equal(t, fmt.Sprintf(`attachment; filename="electricity-energy-%d-v1.geojson"`, l.dataset), r.Header.Get("Content-Disposition"))
	var file struct {
		Provenance map[string]any
		Features   []struct {
			ID         int64
			Geometry   json.RawMessage
			Properties json.RawMessage
		}
	}
	require.NoError(t, json.Unmarshal(body, &file))
	require.Len(t, file.Features, features)
	assert.Equal(t, id, file.Provenance["grant"])
	// Feature by feature what the database holds, compared by the database.
	var ids []int64
	var geometries, properties []string
	for _, f := range file.Features {
		ids, geometries, properties = append(ids, f.ID), append(geometries, string(f.Geometry)), append(properties, string(f.Properties))
	}
	var same int
	require.NoError(t, l.pool.QueryRow(t.Context(), `
		select count(*)
		from unnest($1::bigint[], $2::text[], $3::jsonb[]) g (id, geometry, properties)
		join layers.restricted_feature f on f.id = g.id
		where f.attributes = g.properties
		  and st_orderingequals(f.geom, st_setsrid(st_geomfromgeojson(g.geometry), 4326))`, ids, geometries, properties).Scan(&same))
	assert.Equal(t, features, same)

	packed, zipped := l.do(t, "GET", url, "Accept-Encoding", "gzip")
	require.Equal(t, "gzip", packed.Header.Get("Content-Encoding"))
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	require.NoError(t, err)
	unpacked, err := io.ReadAll(z)
	require.NoError(t, err)
	assert.Equal(t, len(body), len(unpacked))
	assert.Less(t, len(zipped), len(body)/5)
	l.frozen.Store(false)

	// Both sides see both uses, and the auditor sees them too; the token is nowhere.
	for _, who := range [][]string{l.program, l.publisher} {
		r, seen := l.do(t, "GET", path, who...)
		require.Equal(t, 200, r.StatusCode)
		var q struct {
			Uses []struct {
				Name     string
				Rows     int64
				Bytes    int64
				Complete bool
			}
		}
		require.NoError(t, json.Unmarshal(seen, &q))
		require.Len(t, q.Uses, 2)
		for _, u := range q.Uses {
			assert.Equal(t, []any{"planner's program", int64(features), int64(len(body)), true}, []any{u.Name, u.Rows, u.Bytes, u.Complete})
		}
		_, grants := l.do(t, "GET", "/v1/grants", who...)
		assert.Contains(t, string(grants), `"uses":2`)
		assert.Contains(t, string(grants), `"in_force":true`)
	}
	entries, err := access.Entries(t.Context(), l.pool, access.AuditFilter{Event: "export", Limit: 10})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, []any{id, "planner's program"}, []any{string(entries[0].Tracking), entries[0].Name})

	status, v = l.post(t, path+"/revoke", `{"reason":"done"}`, l.publisher...)
	require.Equal(t, []any{200, "revoked"}, []any{status, v["state"]})
	r, body = l.do(t, "GET", url)
	assert.Equal(t, 403, r.StatusCode)
	assert.Contains(t, string(body), "not-permitted")
	refusals, err := access.Entries(t.Context(), l.pool, access.AuditFilter{Event: "refusal", Limit: 10})
	require.NoError(t, err)
	for _, e := range append(refusals, entries...) {
		assert.NotContains(t, fmt.Sprint(e), strings.TrimPrefix(url, "/v1/downloads/"))
	}
	_, grants := l.do(t, "GET", "/v1/grants", l.program...)
	assert.Contains(t, string(grants), `"in_force":false`)
	r, body = l.do(t, "GET", "/v1/track/"+id)
	assert.Equal(t, 200, r.StatusCode)
	assert.Contains(t, string(body), `"state":"revoked"`)
	assert.NotContains(t, string(body), "طرح پست برق", "the purpose is for the two sides")
}

func TestAccessRequestsOfOthers(t *testing.T) {
	t.Parallel()
	l := lend(t, 1)
	id := l.ask(t)
	stranger := []string{"x-api-key", l.key(t, "post", access.Inquirer, access.Publisher)}
	missing := string(access.NewIdentifier(l.clock))
	_, want := l.do(t, "GET", "/v1/access-requests/"+missing, stranger...)
	for _, id := range []string{id, missing, "x", "%00", strings.Repeat("A", 500)} {
		r, body := l.do(t, "GET", "/v1/access-requests/"+id, stranger...)
		assert.Equal(t, 404, r.StatusCode)
		assert.Equal(t, string(want), string(body), id)
		for action, body := range map[string]string{"decision": `{"decision":"refuse","reason":"r"}`, "withdraw": "", "revoke": `{"reason":"r"}`} {
			status, v := l.post(t, "/v1/access-requests/"+id+"/"+action, body, stranger...)
			assert.Equal(t, []any{404, "tracking-unknown"}, []any{status, v["code"]}, action)
		}
	}
	for _, path := range []string{"/v1/access-requests", "/v1/access-requests/" + id, "/v1/grants"} {
		r, _ := l.do(t, "GET", path)
		assert.Equal(t, 401, r.StatusCode, path)
	}
	_, body := l.do(t, "GET", "/v1/access-requests", stranger...)
	assert.JSONEq(t, `{"requests":[]}`, string(body))
	_, body = l.do(t, "GET", "/v1/access-requests", l.publisher...)
	assert.Contains(t, string(body), id)
	status, v := l.post(t, "/v1/access-requests/"+id+"/withdraw", "", l.program...)
	assert.Equal(t, []any{200, "withdrawn"}, []any{status, v["state"]})
}

func TestBadAccessRequests(t *testing.T) {
	t.Parallel()
	l := lend(t, 1)
	until := l.clock.Add(time.Hour).Format(time.RFC3339)
	good := `"purpose":"p","legal_ground":"l","until":"` + until + `"`
	status, _ := l.post(t, "/v1/access-requests", fmt.Sprintf(`{"dataset":%d,%s}`, l.dataset, good))
	assert.Equal(t, 401, status)
	for _, body := range []string{
		``, `{`, `[]`, `"x"`, `null`, `{}`, `dataset=1`, `{"dataset":"x",` + good + `}`, `{"dataset":-1,` + good + `}`, `{"dataset":1e99,` + good + `}`, `{"dataset":99999,` + good + `}`,
		`{"theme":"electricity",` + good + `}`, `{"service":"'; drop table x","custodian":"post",` + good + `}`, `{"dataset":1,"territory":"\u0000",` + good + `}`,
		`{"dataset":1,"purpose":"\u0000","legal_ground":"l","until":"` + until + `"}`, `{"dataset":1,"purpose":"p","legal_ground":"l","until":"tomorrow"}`,
		`{"dataset":1,"purpose":"p","legal_ground":"l","until":"0001-01-01T00:00:00Z"}`, `{"dataset":1,"theme":"electricity","custodian":"energy",` + good + `}`,
		`{"theme":"\u0000","custodian":"energy",` + good + `}`, `{"dataset":1,"applicant":"\u0000",` + good + `}`,
	} {
		status, v := l.post(t, "/v1/access-requests", body, l.program...)
		assert.Contains(t, []int{400, 403, 422}, status, "%s: %v", body, v)
		assert.NotEmpty(t, v["title_fa"], body)
		assert.NotEmpty(t, v["next_step"], body)
	}
	id := l.ask(t)
	for _, body := range []string{
		``, `{}`, `{"decision":"maybe"}`, `{"decision":"refuse"}`, `{"decision":"grant","territory":"\u0000","reason":"r"}`,
		`{"decision":"grant","attributes":["\u0000"],"reason":"r"}`, `{"decision":"grant","reason":"\u0000"}`, `{"decision":"grant","attributes":[],"reason":"r"}`,
	} {
		status, v := l.post(t, "/v1/access-requests/"+id+"/decision", body, l.publisher...)
		assert.Contains(t, []int{400, 422}, status, "%s: %v", body, v)
	}
	// A page of another site cannot decide with the custodian's cookie.
	status, v := l.post(t, "/v1/access-requests/"+id+"/decision", `{"decision":"grant"}`, "Cookie", l.publisher[1], "Sec-Fetch-Site", "cross-site")
	assert.Equal(t, []any{403, "cross-origin-refused"}, []any{status, v["code"]})
	for path, want := range map[string]int{
		"/v1/datasets/0/versions/1/downloads": 422, "/v1/datasets/x/versions/1/downloads": 422, "/v1/datasets/99999/versions/1/downloads": 404,
		fmt.Sprintf("/v1/datasets/%d/versions/2/downloads", l.dataset): 404, "/v1/datasets/1/versions/99999999999999999999/downloads": 422,
	} {
		status, v := l.post(t, path, "", l.program...)
		assert.Equal(t, want, status, "%s: %v", path, v)
	}
	for _, token := range []string{"x", ".....", "%00", strings.Repeat("A", 3000), "%ff"} {
		r, body := l.do(t, "GET", "/v1/downloads/"+token)
		assert.Equal(t, 403, r.StatusCode, "%s: %s", token, body)
		assert.Contains(t, string(body), "download-refused")
	}
}

// Nothing public shows what is restricted.
func TestRestrictedThemeIsNotShown(t *testing.T) {
	t.Parallel()
	l := lend(t, 5)
	_, unknown := l.do(t, "GET", "/tiles/nothing/11/1314/806")
	for _, path := range []string{"/tiles/electricity/11/1314/806", "/tiles/electricity.json"} {
		r, body := l.do(t, "GET", path)
		assert.Equal(t, 404, r.StatusCode, path)
		assert.Contains(t, string(body), "layer-unknown")
		assert.Equal(t, strings.ReplaceAll(string(unknown), "nothing", "electricity"), string(body))
	}
	found := false
	for _, item := range l.json(t, "/v1/themes")["themes"].([]any) {
		theme := item.(map[string]any)
		network := slices.Contains([]any{"electricity", "gas", "sewer", "telecom", "water"}, theme["code"])
		assert.Equal(t, network, theme["restricted"], theme["code"])
		assert.Equal(t, network, theme["ask"] != nil, theme["code"])
		assert.Equal(t, network, theme["features"] == nil, theme["code"])
		if theme["code"] == "electricity" {
			found = true
			assert.Nil(t, theme["bounds"])
			assert.Contains(t, theme["ask"].(map[string]any)["en"], "/v1/access-requests")
		}
	}
	assert.True(t, found)
	for _, path := range []string{"/v1/geocode?q=line-1", "/v1/reverse?lat=35.5&lon=51.3", "/v1/progress", "/v1/datasets?theme=electricity", "/v1/geocode?q=" + "%D8%B4%D8%A8%DA%A9%D9%87"} {
		r, body := l.do(t, "GET", path)
		require.Equal(t, 200, r.StatusCode, path)
		assert.NotContains(t, string(body), "line-0", path)
		assert.NotContains(t, string(body), "منطقه‌ای", path)
	}
}

// Public data is handed out to everybody, but strangers do not fill the audit trail.
func TestPublicDownload(t *testing.T) {
	t.Parallel()
	l := lend(t, 1)
	var place int64
	require.NoError(t, l.pool.QueryRow(t.Context(), `select id from layers.dataset where theme = 'urban-boundary'`).Scan(&place))
	status, v := l.post(t, fmt.Sprintf("/v1/datasets/%d/versions/1/downloads", place), "")
	require.Equal(t, 200, status, v)
	l.frozen.Store(true)
	var answers []int
	for range 25 {
		r, body := l.do(t, "GET", v["url"].(string))
		answers = append(answers, r.StatusCode)
		if r.StatusCode == 200 {
			assert.Contains(t, string(body), `"type":"Polygon"`)
		}
	}
	assert.Equal(t, 200, answers[0])
	assert.Equal(t, 503, answers[24])
	entries, err := access.Entries(t.Context(), l.pool, access.AuditFilter{Event: "export", Limit: 100})
	require.NoError(t, err)
	assert.True(t, len(entries) == 20, len(entries))
	l.frozen.Store(false)
	other := []string{"x-api-key", l.key(t, "post", access.Inquirer)}
	r, _ := l.do(t, "GET", v["url"].(string), other...)
	assert.Equal(t, 403, r.StatusCode, "somebody in particular asks for an address of her own")
}
