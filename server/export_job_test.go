package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
	"nsdi/layers"
	"nsdi/layers/reading"
	"nsdi/server"
)

// background has files of more than five features made by jobs. Work begins them, and answers how to end them.
func background(t *testing.T, folder string) (change func(*server.Deps), work func() (stop func())) {
	t.Helper()
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	var jobs func() *layers.Jobs
	change = func(d *server.Deps) {
		d.Exports = &layers.Downloads{Sandbox: sandbox, Folder: folder, Now: time.Now, AtOnce: 5}
		d.Keys = &access.Keys{Pool: d.System, Now: d.Now}
		importer := &layers.Importer{
			Pool: d.System, Reader: &reading.Reader{Sandbox: sandbox, TempDir: t.TempDir()}, Stores: []layers.Store{layers.FeatureStore(), layers.RestrictedStore()}, Now: time.Now,
		}
		jobs = func() *layers.Jobs {
			j, err := layers.NewJobs(importer, d.Exports, 1, slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			return j
		}
		jobs()
	}
	work = func() func() {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		j := jobs()
		go func() { ended <- j.Run(ctx) }()
		stop := func() {
			cancel()
			<-ended
		}
		t.Cleanup(cancel)
		return stop
	}
	return change, work
}

func (s *site) export(t *testing.T, path string, header ...string) (v struct {
	ID, State, File string
	Rows, Done      int64
	Expires         time.Time `json:"expires_at"`
	Problem         struct{ Code string }
},
) {
	t.Helper()
	r, body := s.do(t, "GET", path, header...)
	require.Equal(t, 200, r.StatusCode, "%s", body)
	require.NoError(t, json.Unmarshal(body, &v))
	return v
}

// waitFor asks until the export has the state.
func (s *site) waitFor(t *testing.T, path, state string, header ...string) {
	t.Helper()
	require.Eventually(t, func() bool { return s.export(t, path, header...).State == state }, 2*time.Minute, 50*time.Millisecond)
}

// A large file is made in the background, by a process that may end and begin again; it is fetched in parts, and says when it has expired.
func TestLargeFilesAreMadeInTheBackground(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "downloads")
	change, work := background(t, folder)
	p := newPress(t, change)
	var lines []string
	for i := range 20 {
		lines = append(lines, fmt.Sprintf("k%02d,نام %d,%d.5,35", i, i, 46+i%10))
	}
	p.places(t, "post", lines...)
	p.places(t, "ncc", "z,ب,51,36")

	small, body := p.do(t, "GET", fmt.Sprintf("/v1/datasets/%d/download?format=gpkg", p.dataset(t, "ncc")))
	require.Equal(t, 200, small.StatusCode, "%s", body)
	address := fmt.Sprintf("/v1/datasets/%d/download?format=gpkg", p.dataset(t, "post"))
	r, body := p.do(t, "GET", address)
	require.Equal(t, 202, r.StatusCode, "%s", body)
	require.NotEmpty(t, r.Header.Get("Retry-After"))
	at := r.Header.Get("Location")
	again, _ := p.do(t, "GET", address)
	require.Equal(t, []any{202, at}, []any{again.StatusCode, again.Header.Get("Location")}, "who asks for the same waits for the same")
	e := p.export(t, at)
	require.Equal(t, []any{"waiting", int64(20), ""}, []any{e.State, e.Rows, e.File})
	r, body = p.do(t, "GET", at+"/file")
	require.Equal(t, 409, r.StatusCode)
	require.Contains(t, string(body), "export-not-ready")
	theme, body := p.send(t, "/v1/themes/place/download?format=csv&clip=cut", `{"type":"Polygon","coordinates":[[[45,34],[52,34],[52,37],[45,37],[45,34]]]}`)
	require.Equal(t, 202, theme.StatusCode, "%s", body)
	fixture.Publish(t, p.pool, "base-map-feature", "ncc", nil,
		fixture.Feature{Key: "1", WKT: "POINT(51 35)", Attributes: map[string]any{"feature_id": "1"}}, fixture.Feature{Key: "2", WKT: "LINESTRING(51 35,52 35)", Attributes: map[string]any{"feature_id": "2"}},
		fixture.Feature{Key: "3", WKT: "POINT(51 35)", Attributes: map[string]any{}}, fixture.Feature{Key: "4", WKT: "POINT(51 35)", Attributes: map[string]any{}},
		fixture.Feature{Key: "5", WKT: "POINT(51 35)", Attributes: map[string]any{}}, fixture.Feature{Key: "6", WKT: "POINT(51 35)", Attributes: map[string]any{}})
	mixed, body := p.do(t, "GET", "/v1/themes/base-map-feature/download?format=shapefile")
	require.Equal(t, 202, mixed.StatusCode, "%s", body)

	// As if the process had been killed in the midst of it: its jobs are lost, and what they were about is not.
	_, err := p.pool.Exec(t.Context(), `delete from river.river_job`)
	require.NoError(t, err)
	_, err = p.pool.Exec(t.Context(), `update layers.export set state = 'making', done = 7`)
	require.NoError(t, err)
	stop := work()
	p.waitFor(t, at, "ready")
	p.waitFor(t, theme.Header.Get("Location"), "ready")
	p.waitFor(t, mixed.Header.Get("Location"), "failed")
	stop()
	e = p.export(t, at)
	require.WithinDuration(t, time.Now().Add(24*time.Hour), e.Expires, 5*time.Minute)
	require.EqualValues(t, 20, e.Done)
	whole, file := p.do(t, "GET", e.File)
	require.Equal(t, 200, whole.StatusCode)
	require.Len(t, readBack(t, "gpkg", file, "place"), 20)
	part, rest := p.do(t, "GET", e.File, "Range", "bytes=1000-", "If-Range", whole.Header.Get("ETag"))
	require.Equal(t, 206, part.StatusCode)
	require.Equal(t, string(file[1000:]), string(rest))
	direct, same := p.do(t, "GET", address)
	require.Equal(t, 200, direct.StatusCode, "it is there now")
	require.Equal(t, string(file), string(same))
	_, file = p.do(t, "GET", p.export(t, theme.Header.Get("Location")).File)
	require.Len(t, readBack(t, "csv", file, "place"), 13, "46.5 to 51.5 twice, and z")
	require.Equal(t, "format-takes-one-kind", p.export(t, mixed.Header.Get("Location")).Problem.Code)
	r, body = p.do(t, "GET", mixed.Header.Get("Location")+"/file")
	require.Equal(t, 422, r.StatusCode)
	require.Contains(t, string(body), "format-takes-one-kind")

	// What was public and is so no more is not handed out, though it was asked for and made.
	_, err = p.pool.Exec(t.Context(), `update layers.theme set restricted = true, store = 'layers.restricted_feature' where code = 'place'`)
	require.NoError(t, err)
	r, body = p.do(t, "GET", e.File)
	require.Equal(t, 401, r.StatusCode, "%s", body)
	_, err = p.pool.Exec(t.Context(), `update layers.theme set restricted = false, store = 'layers.feature' where code = 'place'`)
	require.NoError(t, err)

	made, err := filepath.Glob(filepath.Join(folder, "*.gpkg"))
	require.NoError(t, err)
	old := time.Now().Add(-25 * time.Hour)
	for _, one := range made {
		require.NoError(t, os.Chtimes(one, old, old))
	}
	require.Equal(t, []any{"expired", "export-expired"}, []any{p.export(t, at).State, p.export(t, at).Problem.Code})
	r, body = p.do(t, "GET", at+"/file")
	require.Equal(t, 410, r.StatusCode)
	require.Contains(t, string(body), "export-expired")
	anew, _ := p.do(t, "GET", address)
	require.Equal(t, 202, anew.StatusCode)
	require.NotEqual(t, at, anew.Header.Get("Location"))
	for _, id := range []string{"x", "0123456789abcdef0123456789abcdef", "%00", "..%2f"} {
		for _, end := range []string{"", "/file"} {
			r, body = p.do(t, "GET", "/v1/exports/"+id+end)
			assert.Contains(t, []int{404, 422}, r.StatusCode, "%s: %s", id, body)
		}
	}
}

// A large file of restricted data is its asker's, before and after it is made, and only as long as the grant is the same.
func TestLargeRestrictedFiles(t *testing.T) {
	t.Parallel()
	change, work := background(t, filepath.Join(t.TempDir(), "downloads"))
	l := lend(t, 30, change)
	id := l.ask(t)
	status, v := l.post(t, "/v1/access-requests/"+id+"/decision", `{"decision":"grant"}`, l.publisher...)
	require.Equal(t, 200, status, v)
	status, v = l.post(t, l.offerPath()+"?format=gpkg", "", l.program...)
	require.Equal(t, 200, status, v)
	r, body := l.do(t, "GET", v["url"].(string))
	require.Equal(t, 202, r.StatusCode, "%s", body)
	at := r.Header.Get("Location")
	stop := work()
	l.waitFor(t, at, "ready", l.program...)
	stop()
	stranger := []string{"x-api-key", l.key(t, "planner", access.Inquirer)} // another program of the same agency
	for _, who := range [][]string{nil, stranger, l.publisher} {
		for _, end := range []string{"", "/file"} {
			r, body := l.do(t, "GET", at+end, who...)
			require.Equal(t, 404, r.StatusCode, "%s", body)
			require.Contains(t, string(body), "export-unknown")
		}
	}
	file := l.export(t, at, l.program...).File
	r, body = l.do(t, "GET", file, l.program...)
	require.Equal(t, 200, r.StatusCode, "%s", body)
	require.Len(t, readBack(t, "gpkg", body, "electricity"), 30)
	require.Contains(t, sheetOf(t, "gpkg", body), "downloaded-by=planner's program · planner")
	_, uses := l.do(t, "GET", "/v1/access-requests/"+id, l.publisher...)
	require.Contains(t, string(uses), `"rows":30`)
	entries, err := access.Entries(t.Context(), l.pool, access.AuditFilter{Event: "export", Limit: 10})
	require.NoError(t, err)
	require.Len(t, entries, 1)

	status, _ = l.post(t, "/v1/access-requests/"+id+"/revoke", `{"reason":"done"}`, l.publisher...)
	require.Equal(t, 200, status)
	r, body = l.do(t, "GET", file, l.program...)
	require.Equal(t, 403, r.StatusCode)
	require.Contains(t, string(body), "not-permitted")
	// A new grant, with less: the file of the old one is not of it.
	narrow := l.ask(t)
	status, v = l.post(t, "/v1/access-requests/"+narrow+"/decision", `{"decision":"grant","attributes":["line_id"],"reason":"enough"}`, l.publisher...)
	require.Equal(t, 200, status, v)
	r, body = l.do(t, "GET", file, l.program...)
	require.Equal(t, 403, r.StatusCode)
	require.Contains(t, string(body), "grant-changed")
}
