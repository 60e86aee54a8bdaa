package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/layers"
	"nsdi/layers/reading"
	"nsdi/server"
)

// press delivers tables of places to a site.
type press struct {
	*site
	importer *layers.Importer
	folder   string
}

func newPress(t *testing.T, change func(*server.Deps)) *press {
	t.Helper()
	s := staffed(t, func(d *server.Deps) {
		d.Stores = []layers.Store{layers.FeatureStore(), layers.RestrictedStore()}
		if change != nil {
			change(d)
		}
	})
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	return &press{site: s, folder: t.TempDir(), importer: &layers.Importer{
		Pool: pgtest.Application(t, s.pool, pg.Everything), Reader: &reading.Reader{Sandbox: sandbox, TempDir: t.TempDir()},
		Stores: []layers.Store{layers.FeatureStore(), layers.RestrictedStore()}, Now: time.Now,
	}}
}

// places publishes lines of code, name and coordinates for an agency.
func (p *press) places(t *testing.T, agency string, lines ...string) *layers.Report {
	t.Helper()
	file := filepath.Join(p.folder, "places.csv")
	require.NoError(t, os.WriteFile(file, []byte("code,name_fa,lon,lat\n"+strings.Join(lines, "\n")+"\n"), 0o600))
	report, err := p.importer.Import(t.Context(), layers.Request{Theme: "place", Agency: agency, Files: []string{file}, AllowRemovals: true})
	require.NoError(t, err)
	return report
}

func (p *press) dataset(t *testing.T, agency string) (id int64) {
	t.Helper()
	require.NoError(t, p.pool.QueryRow(t.Context(), `
		select d.id
		from layers.dataset d
		join access.agency a on a.id = d.agency_id
		where d.theme = 'place'
		  and a.code = $1`, agency).Scan(&id))
	return id
}

// tell sends JSON as a page of the site does.
func (b *browser) tell(t *testing.T, path, body string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.site+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", b.site)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := b.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return reply{answer, string(text)}
}

func TestVersionsOverHTTP(t *testing.T) {
	t.Parallel()
	p := newPress(t, nil)
	p.places(t, "post", "a,الف,51,35", "b,ب,52,35", "c,پ,53,35")
	p.places(t, "post", "a,الف,51,35", "b,ت,52.001,35", "d,ث,53,35")
	path := fmt.Sprintf("/v1/datasets/%d", p.dataset(t, "post"))

	body := p.json(t, path)
	assert.Equal(t, "place", body["theme"])
	assert.EqualValues(t, 2, body["version"].(map[string]any)["seq"])
	list := p.json(t, path+"/versions?limit=1")
	assert.Len(t, list["versions"], 1)
	assert.EqualValues(t, 2, list["next"])
	list = p.json(t, path+"/versions?limit=1&before=2")
	assert.Nil(t, list["next"])

	keys := func(query string) (found []string) {
		r, text := p.do(t, "GET", path+"/features?"+query)
		require.Equal(t, 200, r.StatusCode, "%s", text)
		require.Equal(t, "application/geo+json", r.Header.Get("Content-Type"))
		var collection struct {
			Features []struct {
				Key        string
				Properties map[string]any
				Geometry   struct{ Coordinates []float64 }
			}
			Next *string
		}
		require.NoError(t, json.Unmarshal(text, &collection))
		for _, f := range collection.Features {
			found = append(found, f.Key+f.Properties["name_fa"].(string))
		}
		if collection.Next != nil {
			found = append(found, "→"+*collection.Next)
		}
		return found
	}
	assert.Equal(t, []string{"aالف", "bت", "dث"}, keys(""))
	assert.Equal(t, []string{"aالف", "bب", "cپ"}, keys("version=1"))
	assert.Equal(t, []string{"aالف", "→a"}, keys("version=1&limit=1"))
	assert.Equal(t, []string{"bب", "cپ"}, keys("version=1&after=a"))
	assert.Equal(t, []string{"bب"}, keys("version=1&bbox=51.9,34,52.0005,36"))
	assert.Empty(t, keys("as_of=2020-01-01"))
	assert.Equal(t, []string{"aالف", "bت", "dث"}, keys("as_of="+time.Now().AddDate(0, 0, 1).Format(time.DateOnly)))

	diff := p.json(t, path+"/compare?from=1")
	assert.EqualValues(t, []any{1.0, 1.0, 1.0, 1.0, 2.0}, []any{diff["added"], diff["altered"], diff["removed"], diff["from"], diff["to"]})
	altered := diff["list"].([]any)[0].(map[string]any)
	assert.Equal(t, "b", altered["key"])
	assert.Equal(t, map[string]any{"name_fa": map[string]any{"before": "ب", "after": "ت"}}, altered["fields"])
	assert.InDelta(t, 91.2, altered["geometry"].(map[string]any)["moved_m"], 1, "a thousandth of a degree along 35° north")
	r, text := p.do(t, "GET", path+"/compare.geojson?from=1&to=2")
	require.Equal(t, 200, r.StatusCode)
	assert.Equal(t, 4, strings.Count(string(text), `"type":"Point"`), "two of the altered one: %s", text)

	for query, want := range map[string]string{
		"/features?version=9": "version-unknown", "/compare?from=9": "version-unknown", "/features?bbox=1,2,3": "request-invalid", "/features?bbox=1,2,3,NaN": "request-invalid",
		"/features?bbox=5,2,3,4": "request-invalid", "/features?as_of=yesterday": "request-invalid", "/features?version=1&as_of=2026-01-01": "version-and-date",
		"/features?limit=5000": "request-invalid", "/features?version=99999999999": "request-invalid", "/compare": "request-invalid", "/compare?from=0": "request-invalid",
	} {
		r, text := p.do(t, "GET", path+query)
		assert.Contains(t, []int{404, 422}, r.StatusCode, query)
		assert.Contains(t, string(text), `"code":"`+want+`"`, query)
	}
	for _, path := range []string{"/v1/datasets/999", "/v1/datasets/999/versions", "/v1/datasets/999/features", "/v1/datasets/999/compare?from=1"} {
		r, text := p.do(t, "GET", path)
		assert.Equal(t, 404, r.StatusCode, path)
		assert.Contains(t, string(text), "dataset-unknown", path)
	}
}

// A publisher of the agency rolls back and withdraws, with a reason; nobody else does, and the record says who did.
func TestRollbackOverHTTP(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(d *server.Deps) { d.Keys = &access.Keys{Pool: d.System} })
	for login, agency := range map[string]string{"post-publisher": "post", "ncc-publisher": "ncc"} {
		_, err := access.Create(t.Context(), p.pool, access.Account{Login: login, Name: login, Agency: agency, Role: access.Publisher, Password: sarasPassword})
		require.NoError(t, err)
	}
	p.places(t, "post", "a,الف,51,35", "b,ب,52,35")
	p.places(t, "post", "a,ت,51,35")
	path := fmt.Sprintf("/v1/datasets/%d", p.dataset(t, "post"))
	const order = `{"version":1,"reason":"نسخه ۲ نادرست بود"}`

	assert.Equal(t, 401, newBrowser(t, p.URL).tell(t, path+"/rollback", order).StatusCode)
	for _, login := range []string{"sara", "ncc-publisher"} {
		b := newBrowser(t, p.URL)
		b.signIn(t, login, sarasPassword)
		assert.Equal(t, 403, b.tell(t, path+"/rollback", order).StatusCode, login)
		assert.Equal(t, 403, b.tell(t, path+"/withdraw", `{"reason":"x"}`).StatusCode, login)
	}
	r, _ := p.do(t, "POST", path+"/rollback", "x-api-key", p.key(t, "post", access.Publisher))
	assert.Equal(t, 403, r.StatusCode, "not left to programs")

	b := newBrowser(t, p.URL)
	b.signIn(t, "post-publisher", sarasPassword)
	for body, want := range map[string]int{`{"version":1}`: 422, `{"version":1,"reason":"  "}`: 422, `{"version":0,"reason":"x"}`: 422, `{"version":7,"reason":"x"}`: 404, `[]`: 422, `{`: 400} {
		got := b.tell(t, path+"/rollback", body)
		assert.Equal(t, want, got.StatusCode, "%s: %s", body, got.body)
	}
	got := b.tell(t, path+"/rollback", order)
	require.Equal(t, 200, got.StatusCode, got.body)
	var done struct {
		Changed bool
		Version layers.Version
	}
	require.NoError(t, json.Unmarshal([]byte(got.body), &done))
	assert.True(t, done.Changed)
	assert.Equal(t, []int{3, 1, 1, 0, 1}, []int{done.Version.Seq, done.Version.Added, done.Version.Altered, done.Version.Removed, *done.Version.Restores})
	track := p.json(t, "/v1/track/"+*done.Version.Tracking)
	assert.Equal(t, "rollback", track["kind"])
	assert.Equal(t, "published", track["state"])
	assert.Contains(t, b.tell(t, path+"/rollback", order).body, `"changed":false`)

	require.Equal(t, 200, b.tell(t, path+"/withdraw", `{"reason":"بنا به رأی"}`).StatusCode)
	assert.Empty(t, p.geojson(t, path+"/features")["features"])
	assert.Len(t, p.geojson(t, path+"/features?version=3")["features"], 2)
	versions := p.json(t, path+"/versions")["versions"].([]any)
	assert.Len(t, versions, 4)
	assert.Equal(t, "بنا به رأی", versions[0].(map[string]any)["reason"])
	var record string
	require.NoError(t, p.pool.QueryRow(t.Context(), `
		select string_agg(event || ' ' || name || ' ' || agency || ' ' || action, ', ' order by seq)
		from access.audit
		where event in ('rollback', 'withdrawal')`).Scan(&record))
	assert.Equal(t, "rollback post-publisher post rollback, withdrawal post-publisher post rollback", record)
}

// geojson reads GeoJSON.
func (p *press) geojson(t *testing.T, path string) (v map[string]any) {
	t.Helper()
	r, body := p.do(t, "GET", path)
	require.Equal(t, 200, r.StatusCode, "%s: %s", path, body)
	require.NoError(t, json.Unmarshal(body, &v))
	return v
}

// What is restricted is read by its agency and by committees; the public and other agencies are refused, in every way of asking.
func TestVersionsOfRestrictedData(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(d *server.Deps) { d.Keys = &access.Keys{Pool: d.System} })
	fixture.Publish(t, p.pool, "electricity", "energy", nil, fixture.Feature{Key: "l", WKT: "LINESTRING(51 35,52 35)", Attributes: map[string]any{"line_id": "l", "owner": "سرّی"}})
	var id int64
	require.NoError(t, p.pool.QueryRow(t.Context(), `select id from layers.dataset where theme = 'electricity'`).Scan(&id))
	path := fmt.Sprintf("/v1/datasets/%d", id)
	assert.Equal(t, true, p.json(t, path)["restricted"])
	for name, c := range map[string]struct {
		key  string
		want int
	}{
		"public": {"", 401}, "its agency": {p.key(t, "energy", access.Reviewer), 200}, "an inquirer of it": {p.key(t, "energy", access.Inquirer), 403},
		"another": {p.key(t, "ncc", access.Reviewer), 403}, "committee": {p.key(t, "committee", access.CommitteeMember), 200},
	} {
		for _, query := range []string{"/features", "/features?version=1", "/compare?from=1", "/compare.geojson?from=1"} {
			r, body := p.do(t, "GET", path+query, "x-api-key", c.key)
			assert.Equal(t, c.want, r.StatusCode, "%s %s: %s", name, query, body)
			assert.Equal(t, c.want == 200 && strings.HasPrefix(query, "/features"), strings.Contains(string(body), "سرّی"), "%s %s", name, query)
		}
	}
}
