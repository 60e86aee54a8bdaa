package server_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/gnaf"
	"nsdi/gnaf/search"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/progress"
	"nsdi/server"
	"nsdi/tiles"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

type site struct {
	*httptest.Server
	pool *pgxpool.Pool
	log  *strings.Builder
}

// province has one address, one urban boundary and one province.
var province = pgtest.Filled{Fill: func(t testing.TB, pool *pgxpool.Pool) {
	fixture.Outline(t, pool, "IR-23", "province", "تهران", "IR", "POLYGON((51 35,52 35,52 36,51 36,51 35))")
	fixture.Publish(t, pool, "urban-boundary", "interior", nil,
		fixture.Feature{Key: "u", WKT: "POLYGON((51.2 35.2,51.4 35.2,51.4 35.4,51.2 35.4,51.2 35.2))", Attributes: map[string]any{"code": "u", "name_fa": "شهر"}})
	address := map[string]any{"city": "تهران", "street": "خیابان آزادی", "number": 12, "postal_code": "1879613154"}
	for name, value := range gnaf.Derive(address) {
		address[name] = value
	}
	fixture.Publish(t, pool, "gnaf-address", "post", func(tx pgx.Tx) error { return gnaf.AfterPublish(t.Context(), tx) },
		fixture.Feature{Key: "a", WKT: "POINT(51.3 35.3)", Attributes: address})
	require.NoError(t, progress.Recalculate(t.Context(), pool))
}}

// start serves the province over a real connection.
func start(t *testing.T, change func(*server.Deps)) *site {
	t.Helper()
	pool := province.New(t)
	var log strings.Builder
	requests, public, system := pgtest.Application(t, pool, pg.Nothing), pgtest.Application(t, pool, pg.Public), pgtest.Application(t, pool, pg.Everything)
	permissions := &access.Permissions{Pool: system}
	d := server.Deps{
		Pool: requests, System: system, Permissions: permissions, Geocoder: geocoder(t, requests), Tiles: tiles.NewWith(public, tiles.Settings{MayRead: server.MayRead(permissions)}),
		Progress: &progress.Service{Pool: requests},
		Log:      slog.New(slog.NewTextHandler(&log, nil)),
		Web: fstest.MapFS{
			"index.html": {Data: []byte("<!doctype html><title>nsdi</title>")}, "pages/review.html": {Data: []byte("<!doctype html><title>review</title>")}, "assets/index-abc.js": {Data: []byte("export const x = 1;" + strings.Repeat(" ", 3000))},
			"assets/index-abc.js.br": {Data: []byte("packed")},
			"icon.svg":               {Data: []byte("<svg/>")}, ".gitkeep": {},
		},
	}
	if change != nil {
		change(&d)
	}
	if permissions.Now = time.Now; d.Now != nil {
		permissions.Now = d.Now
	}
	s := &site{Server: httptest.NewServer(server.New(d)), pool: pool, log: &log}
	t.Cleanup(s.Close)
	return s
}

// geocoder answers from an index of its own, which every question brings up to date.
func geocoder(t testing.TB, pool *pgxpool.Pool) *gnaf.Geocoder {
	e := &search.Engine{Folder: t.TempDir(), DB: pool, Fresh: true, Time: time.Minute}
	t.Cleanup(e.Close)
	return &gnaf.Geocoder{Pool: pool, Search: e}
}

func (s *site) do(t *testing.T, method, path string, header ...string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
	require.NoError(t, err)
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	answer, err := client.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer, body
}

func (s *site) json(t *testing.T, path string, header ...string) map[string]any {
	t.Helper()
	r, body := s.do(t, "GET", path, header...)
	require.Equal(t, 200, r.StatusCode, "%s: %s", path, body)
	require.Equal(t, "application/json", r.Header.Get("Content-Type"))
	var v map[string]any
	require.NoError(t, json.Unmarshal(body, &v))
	require.NotContains(t, v, "$schema")
	return v
}

func TestProblemsInBothLanguages(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	for _, c := range []struct {
		method, path string
		status       int
		code         string
		location     string
	}{
		{"GET", "/nowhere", 404, "address-unknown", "path"},
		{"GET", "/v1/nowhere", 404, "address-unknown", "path"},
		{"GET", "/assets/nothing.js", 404, "address-unknown", "path"},
		{"GET", "/assets/../../etc/passwd", 404, "address-unknown", "path"},
		{"GET", "/tiles/road", 404, "address-unknown", "path"},
		{"POST", "/v1/themes", 405, "method-not-allowed", "method"},
		{"DELETE", "/tiles/road/11/1/1", 405, "method-not-allowed", "method"},
		{"GET", "/v1/geocode", 400, "query-empty", "query.q"},
		{"GET", "/v1/geocode?q=x&limit=many", 422, "request-invalid", "query.limit"},
		{"GET", "/v1/geocode?q=x&limit=1000", 422, "request-invalid", "query.limit"},
		{"GET", "/v1/geocode?q=%20%20", 400, "query-empty", "query.q"},
		{"GET", "/v1/geocode?q=x&limt=2", 400, "parameter-unknown", "query.limt"},
		{"GET", "/v1/limits?_=1", 400, "parameter-unknown", "query._"},
		{"GET", "/v1/reverse?lat=95&lon=51", 422, "request-invalid", "query.lat"},
		{"GET", "/v1/reverse?lat=NaN&lon=51", 400, "coordinates-outside", "query.lat, query.lon"},
		{"GET", "/v1/progress?unit=XX", 404, "admin-unit-unknown", "query.unit"},
		{"GET", "/v1/admin-units?level=planet", 422, "request-invalid", "query.level"},
		{"GET", "/v1/reverse?lat=Inf&lon=51", 422, "request-invalid", "query.lat"},
		{"GET", "/v1/progress?unit=%00", 400, "query-string-not-text", "query.unit"},
		{"GET", "/v1/datasets?agency=%ff", 400, "query-string-not-text", "query.agency"},
		{"GET", "/v1/admin-units?after=a%00", 400, "query-string-not-text", "query.after"},
		{"GET", "/tiles/nothing/0/0/0", 404, "layer-unknown", "path.layer"},
		{"GET", "/tiles/nothing.json", 404, "layer-unknown", "path.layer"},
		{"GET", "/styles/nothing.json", 404, "layer-unknown", "path.layer"},
		{"GET", "/styles/road", 404, "address-unknown", "path"},
		{"GET", "/tiles/building/3/0/0", 404, "zoom-outside-range", "path.z"},
		{"GET", "/tiles/building/a/0/0", 400, "tile-address-invalid", "path.z"},
		{"GET", "/tiles/building/14/99999/0", 404, "tile-address-invalid", "path.x"},
		{"GET", "/tiles/building/14/0/99999", 404, "tile-address-invalid", "path.y"},
		{"GET", "/tiles/building/23/0/0", 404, "tile-address-invalid", "path.z"},
		{"GET", "/tiles/building/WorldCRS84Quad/14/0/0", 404, "tile-matrix-set-unknown", "path.matrix_set"},
		{"GET", "/tiles/building/WebMercatorQuad/3/0/0", 404, "zoom-outside-range", "path.z"},
		{"GET", "/v1/me", 401, "sign-in-needed", "header.Authorization"},
		{"GET", "/v1/geocode?q=" + strings.Repeat("x", 5000), 414, "query-string-too-long", "query"},
	} {
		r, body := s.do(t, c.method, c.path)
		name := c.method + " " + c.path[:min(len(c.path), 60)]
		assert.Equal(t, c.status, r.StatusCode, name)
		assert.Equal(t, "application/problem+json", r.Header.Get("Content-Type"), name)
		var p map[string]any
		require.NoError(t, json.Unmarshal(body, &p), "%s: %s", name, body)
		assert.Equal(t, c.code, p["code"], name)
		assert.Equal(t, "/problems/"+c.code, p["type"], name)
		assert.EqualValues(t, c.status, p["status"], name)
		for _, field := range []string{"title", "detail", "next_step", "title_fa", "detail_fa", "next_step_fa"} {
			assert.NotEmpty(t, p[field], "%s: %s", name, field)
		}
		places, _ := p["errors"].([]any)
		require.NotEmpty(t, places, name)
		assert.Equal(t, c.location, places[0].(map[string]any)["location"], name)
	}
	r, _ := s.do(t, "POST", "/v1/themes")
	assert.Equal(t, "GET, HEAD", r.Header.Get("Allow"))
	// Whoever mistypes the address of a page reads a page; an address of programs says the same to a browser as to them.
	browser := []string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}
	for path, want := range map[string]string{"/nowhere/at/all": "صفحه‌ای در این نشانی نیست", "/nowhere?lang=en": "There is no page here", "/<b>?lang=en": "/&lt;b&gt;"} {
		r, body := s.do(t, "GET", path, browser...)
		assert.Equal(t, 404, r.StatusCode, path)
		assert.Equal(t, "text/html; charset=utf-8", r.Header.Get("Content-Type"), path)
		assert.Contains(t, string(body), want, path)
	}
	r, _ = s.do(t, "GET", "/v1/nowhere", browser...)
	assert.Equal(t, "application/problem+json", r.Header.Get("Content-Type"))
	r, _ = s.do(t, "GET", "/v1/me")
	assert.Contains(t, r.Header.Get("WWW-Authenticate"), "Basic")
	for mode, want := range map[string]string{"cors": "Form", "same-origin": "Form", "navigate": "Basic"} {
		r, _ = s.do(t, "GET", "/v1/me", "Sec-Fetch-Mode", mode)
		assert.Equal(t, 401, r.StatusCode)
		assert.Contains(t, r.Header.Get("WWW-Authenticate"), want, "a page asks by itself; to others the browser shows its box")
	}
}

func TestForeignErrorsDoNotLeak(t *testing.T) {
	t.Parallel()
	s := start(t, func(d *server.Deps) {
		d.Sample = func(context.Context) (bool, error) { return false, errors.New("password of the database is hunter2") }
	})
	r, body := s.do(t, "GET", "/v1/themes")
	assert.Equal(t, 500, r.StatusCode)
	assert.Contains(t, string(body), `"code":"internal"`)
	assert.NotContains(t, string(body), "hunter2")
	assert.Contains(t, s.log.String(), "hunter2")
	_, err := s.pool.Exec(t.Context(), `alter table layers.theme rename to hidden`)
	require.NoError(t, err)
	for _, path := range []string{"/v1/datasets", "/v1/geocode?q=x", "/tiles/road.json", "/tiles/road/14/0/0"} {
		_, body := s.do(t, "GET", path)
		assert.NotContains(t, string(body), "hidden")
		assert.NotContains(t, string(body), "SQLSTATE")
	}
}

func TestPanicIsAProblem(t *testing.T) {
	t.Parallel()
	s := start(t, func(d *server.Deps) {
		d.Sample = func(context.Context) (bool, error) { panic("secret") }
	})
	r, body := s.do(t, "GET", "/v1/themes")
	assert.Equal(t, 500, r.StatusCode)
	assert.Equal(t, "application/problem+json", r.Header.Get("Content-Type"))
	assert.NotContains(t, string(body), "secret")
	r, _ = s.do(t, "GET", "/healthz")
	assert.Equal(t, 200, r.StatusCode)
}

func TestHealth(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	r, body := s.do(t, "GET", "/healthz")
	assert.Equal(t, 200, r.StatusCode)
	assert.Equal(t, "ok", string(body))
	ready := s.json(t, "/readyz")
	assert.Equal(t, true, ready["ready"])
	assert.Equal(t, false, ready["address_search"].(map[string]any)["ready"], "its index is made at the first question, in this server")
	s.json(t, "/v1/geocode?q="+url.QueryEscape("تهران"))
	index := s.json(t, "/readyz")["address_search"].(map[string]any)
	assert.Equal(t, []any{true, 1.0, 1.0, 1.0, 0.0}, []any{index["ready"], index["ways"], index["sites"], index["units"], index["changed_ways"]})
	_, err := s.pool.Exec(t.Context(), `update nsdi.schema_version set version = version - 1`)
	require.NoError(t, err)
	r, body = s.do(t, "GET", "/readyz")
	assert.Equal(t, 503, r.StatusCode)
	assert.Contains(t, string(body), "migration")
	s.pool.Close()
	r, _ = s.do(t, "GET", "/readyz")
	assert.Equal(t, 503, r.StatusCode)
	r, _ = s.do(t, "GET", "/healthz")
	assert.Equal(t, 200, r.StatusCode)
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	s := start(t, func(d *server.Deps) { d.Sample = func(context.Context) (bool, error) { return true, nil } })
	v := s.json(t, "/v1/themes")
	assert.Equal(t, true, v["sample"])
	found := false
	for _, item := range v["themes"].([]any) {
		theme := item.(map[string]any)
		switch theme["code"] {
		case "urban-boundary":
			found = true
			assert.EqualValues(t, 1, theme["features"])
			assert.EqualValues(t, 1, theme["datasets"])
			assert.Equal(t, []any{51.2, 35.2, 51.4, 35.4}, theme["bounds"])
			assert.NotNil(t, theme["updated_at"])
			assert.NotEmpty(t, theme["title"].(map[string]any)["fa"])
		case "road":
			assert.Nil(t, theme["bounds"])
			assert.Nil(t, theme["updated_at"])
		}
	}
	assert.True(t, found)

	sets := s.json(t, "/v1/datasets?theme=urban-boundary")["datasets"].([]any)
	require.Len(t, sets, 1)
	set := sets[0].(map[string]any)
	assert.Equal(t, "interior", set["agency"].(map[string]any)["code"])
	assert.Len(t, set["versions"], 1)
	assert.EqualValues(t, 1, set["last_submission"].(map[string]any)["rows_accepted"])

	whole := s.json(t, "/v1/datasets?limit=500")
	require.Nil(t, whole["next"])
	require.Greater(t, len(whole["datasets"].([]any)), 2)
	paged := []any{}
	for after := any(0.0); after != nil; {
		page := s.json(t, fmt.Sprintf("/v1/datasets?limit=2&after=%.0f", after))
		require.LessOrEqual(t, len(page["datasets"].([]any)), 2)
		paged, after = append(paged, page["datasets"].([]any)...), page["next"]
	}
	require.Equal(t, whole["datasets"], paged, "page by page it is the same list")
	require.Empty(t, s.json(t, "/v1/datasets?after=999999999")["datasets"], "behind what there is not, nothing comes")

	units := s.json(t, "/v1/admin-units?level=province&parent=IR")
	assert.Len(t, units["units"], 31)
	assert.Nil(t, units["next"])
	seen := 0
	for after := ""; ; {
		page := s.json(t, "/v1/admin-units?limit=10&after="+url.QueryEscape(after))
		seen += len(page["units"].([]any))
		if page["next"] == nil {
			break
		}
		after = page["next"].(string)
	}
	assert.Equal(t, 32, seen)
}

func TestReading(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	v := s.json(t, "/v1/geocode?q="+url.QueryEscape("تهران، خیابان آزادی، پلاک ۱۲"))
	require.Len(t, v["features"], 1)
	assert.Equal(t, "FeatureCollection", v["type"])
	assert.NotEqual(t, "0", v["geocoding"].(map[string]any)["data_version"])
	assert.Equal(t, []any{51.3, 35.3}, v["features"].([]any)[0].(map[string]any)["geometry"].(map[string]any)["coordinates"])
	assert.Len(t, s.json(t, "/v1/reverse?lat=35.3&lon=51.3")["features"], 2)
	p := s.json(t, "/v1/progress")
	assert.Len(t, p["obligations"], 12)
	assert.Len(t, p["children"], 31)

	doc := s.json(t, "/tiles/urban-boundary.json")
	base := doc["tiles"].([]any)[0].(string)
	address, version, versioned := strings.Cut(base, "?v=")
	assert.Equal(t, s.URL+"/tiles/urban-boundary/{z}/{x}/{y}", address)
	assert.True(t, versioned)
	spoofed, body := s.do(t, "GET", "/tiles/urban-boundary.json", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https")
	assert.Equal(t, 200, spoofed.StatusCode)
	assert.NotContains(t, string(body), "evil")
	r, body := s.do(t, "GET", "/tiles/urban-boundary/11/1315/809")
	require.Equal(t, 200, r.StatusCode)
	layers, err := mvt.Unmarshal(body)
	require.NoError(t, err)
	assert.Len(t, layers[0].Features, 1)
	head, empty := s.do(t, "HEAD", "/tiles/urban-boundary/11/1315/809")
	assert.Equal(t, 200, head.StatusCode)
	assert.Equal(t, r.Header.Get("Content-Length"), head.Header.Get("Content-Length"))
	assert.Empty(t, empty)
	for asked, want := range map[string]string{
		"": "public, max-age=0, must-revalidate", "?v=": "public, max-age=0, must-revalidate", "?v=1-0": "public, max-age=0, must-revalidate",
		"?v=" + version: "public, max-age=31536000, immutable",
	} {
		kept, _ := s.do(t, "GET", "/tiles/urban-boundary/11/1315/809"+asked)
		assert.Equal(t, want, kept.Header.Get("Cache-Control"), asked)
	}
	style := s.json(t, "/styles/urban-boundary.json")
	assert.Equal(t, s.URL+"/tiles/urban-boundary.json", style["sources"].(map[string]any)["urban-boundary"].(map[string]any)["url"])
	_, ogc := s.do(t, "GET", "/tiles/urban-boundary/WebMercatorQuad/11/809/1315")
	assert.Equal(t, body, ogc, "the row comes before the column")
	again, _ := s.do(t, "GET", "/tiles/urban-boundary/11/1315/809", "If-None-Match", r.Header.Get("ETag"))
	assert.Equal(t, 304, again.StatusCode)
	packed, body := s.do(t, "GET", "/tiles/urban-boundary/11/1315/809", "Accept-Encoding", "gzip")
	assert.Equal(t, "gzip", packed.Header.Get("Content-Encoding"))
	z, err := gzip.NewReader(strings.NewReader(string(body)))
	require.NoError(t, err)
	unpacked, err := io.ReadAll(z)
	require.NoError(t, err)
	_, err = mvt.Unmarshal(unpacked)
	require.NoError(t, err, "compressed once, not twice")
}

func TestOpenAPI(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	r, body := s.do(t, "GET", "/openapi.json")
	require.Equal(t, 200, r.StatusCode)
	var doc struct {
		Paths map[string]any `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(body, &doc))
	for _, path := range []string{"/v1/themes", "/v1/datasets", "/v1/admin-units", "/v1/geocode", "/v1/reverse", "/v1/progress", "/tiles/{layer}.json", "/styles/{layer}.json"} {
		assert.Contains(t, doc.Paths, path)
	}
	// People read the same on a page that asks no other host: each operation once, with its parameters and fields.
	r, body = s.do(t, "GET", "/docs?lang=en")
	require.Equal(t, 200, r.StatusCode)
	operations := 0
	for _, item := range doc.Paths {
		operations += len(item.(map[string]any))
	}
	page := string(body)
	assert.Equal(t, operations, strings.Count(page, `<details id="call-`))
	assert.NotContains(t, page, "<script")
	_, call, _ := strings.Cut(page, `<details id="call-reverse">`)
	call, _, _ = strings.Cut(call, "</details>")
	for _, told := range []string{"<b>GET</b><code>/v1/reverse</code>", "<code>lat</code> <span class=\"must\"", "<small>query</small>", "number", "features[].geometry"} {
		assert.Contains(t, call, told)
	}
	_, call, _ = strings.Cut(page, `<details id="call-tile">`)
	call, _, _ = strings.Cut(call, "</details>")
	for _, told := range []string{"<code>/tiles/{layer}/{z}/{x}/{y}</code>", tiles.MediaType, "304", "503", "<small>query</small>", "If-None-Match"} {
		assert.Contains(t, call, told)
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	r, body := s.do(t, "GET", "/")
	assert.Equal(t, 200, r.StatusCode)
	assert.Contains(t, string(body), "nsdi")
	assert.Equal(t, "text/html; charset=utf-8", r.Header.Get("Content-Type"))
	assert.Equal(t, "no-cache", r.Header.Get("Cache-Control"))
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
		assert.Equal(t, want, r.Header.Get(name))
	}
	policy := r.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'self'", "worker-src 'self' blob:", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
		assert.Contains(t, policy, part)
	}
	again, _ := s.do(t, "GET", "/", "If-None-Match", r.Header.Get("ETag"))
	assert.Equal(t, 304, again.StatusCode)
	js, body := s.do(t, "GET", "/assets/index-abc.js", "Accept-Encoding", "gzip")
	assert.Equal(t, "text/javascript; charset=utf-8", js.Header.Get("Content-Type"))
	assert.Contains(t, js.Header.Get("Cache-Control"), "immutable")
	assert.Equal(t, "gzip", js.Header.Get("Content-Encoding"))
	assert.Less(t, len(body), 1000)
	again, body = s.do(t, "GET", "/assets/index-abc.js", "Accept-Encoding", "gzip", "If-None-Match", js.Header.Get("ETag"))
	assert.Equal(t, 304, again.StatusCode)
	assert.Empty(t, body)
	for accept, want := range map[string]string{"gzip, deflate, br": "br", "gzip, br;q=0": "gzip", "BR ; q=0.5": "br", "gzip, br; q=0.0": "gzip"} {
		js, body = s.do(t, "GET", "/assets/index-abc.js", "Accept-Encoding", accept)
		assert.Equal(t, want, js.Header.Get("Content-Encoding"), accept)
		assert.Equal(t, want == "br", string(body) == "packed", accept)
		assert.Equal(t, []string{"Accept-Encoding"}, js.Header.Values("Vary"), accept)
	}
	r, _ = s.do(t, "GET", "/assets/index-abc.js.br")
	assert.Equal(t, 404, r.StatusCode, "it is a form of a file and none by itself")
	for path, title := range map[string]string{"/": "nsdi", "/review": "review", "/review/IR-1": "review", "/geocode": "nsdi"} {
		_, body = s.do(t, "GET", path)
		assert.Contains(t, string(body), "<title>"+title, "a page has its own document where the build made one")
	}
	r, _ = s.do(t, "GET", "/pages/review.html")
	assert.Equal(t, 404, r.StatusCode)
	r, _ = s.do(t, "GET", "/icon.svg")
	assert.Equal(t, 200, r.StatusCode)
	r, _ = s.do(t, "GET", "/.gitkeep")
	assert.Equal(t, 404, r.StatusCode)

	unbuilt := start(t, func(d *server.Deps) { d.Web = fstest.MapFS{".gitkeep": {}} })
	r, body = unbuilt.do(t, "GET", "/")
	assert.Equal(t, 503, r.StatusCode)
	assert.Contains(t, string(body), "page-not-built")
}

func TestMe(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	login, password, created, err := access.CreateAdministrator(t.Context(), s.pool)
	require.NoError(t, err)
	require.True(t, created)
	ask := func(login, password string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/v1/me", nil)
		require.NoError(t, err)
		r.SetBasicAuth(login, password)
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		answer, err := client.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, string(body)
	}
	status, body := ask(login, password)
	assert.Equal(t, 200, status)
	assert.Contains(t, body, `"memberships":[{"agency":"committee","roles":["administrator"]}]`)
	assert.NotContains(t, body, "argon2")
	status, body = ask(login, "wrong")
	assert.Equal(t, 401, status)
	assert.Contains(t, body, "sign-in-refused")
}
