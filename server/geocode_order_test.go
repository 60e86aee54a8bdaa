package server_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/gnaf/batch"
	"nsdi/layers"
	"nsdi/layers/reading"
	"nsdi/server"
)

// send hands a file over to be worked on in the background.
func (q *quarter) send(t *testing.T, method, path, mime, body string, header ...string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, q.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", mime)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, answer.Header, string(text)
}

// Files of any length are worked on in the background: their owner sees how far they are, fetches the result, also in part, or cancels.
func TestGeocodeInTheBackground(t *testing.T) {
	t.Parallel()
	var jobs *layers.Jobs
	dir := t.TempDir()
	var later atomic.Int64 // how far the clock of the orders is ahead, in nanoseconds
	var orders *batch.Orders
	q := newQuarter(t, func(d *server.Deps) {
		var err error
		jobs, err = layers.NewJobs(&layers.Importer{Pool: d.System, Reader: &reading.Reader{TempDir: t.TempDir()}, Now: time.Now, Dir: t.TempDir()}, nil, 1, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		orders = &batch.Orders{Pool: d.System, Dir: dir, Now: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }}
		d.Jobs, d.Batches = jobs, orders
	})
	const path = "/v1/geocode/batches"
	status, _, body := q.send(t, "POST", path, "text/csv", "address\nx\n")
	require.Equal(t, 401, status, "%s: it would be nobody's", body)
	status, _, body = q.send(t, "POST", path+"?planet=x", "text/csv", "address\nx\n", q.firm...)
	require.Equal(t, 422, status, body)
	status, _, body = q.send(t, "POST", path, "application/json", `{"upload":"none"}`, q.firm...)
	require.Contains(t, []int{404, 503}, status, body)

	order := func(file string) string {
		status, header, body := q.send(t, "POST", path, "text/csv", file, q.firm...)
		require.Equal(t, 202, status, body)
		require.Contains(t, body, `"state":"waiting"`)
		require.Contains(t, body, `"rows":null`, "nobody has counted them")
		return header.Get("Location")
	}
	good, bad, taken := order("address\n"+strings.Repeat("تهران خیابان بهار پلاک ۱۲\n", 150)+"هیچ‌کجا\n"), order("a\n1\n"), order("address\nx\n")
	status, _, body = q.send(t, "POST", path, "text/csv", "address\nx\n", q.firm...)
	require.Equal(t, 429, status, "%s: three at once", body)
	assert.Contains(t, body, "batches-open")
	for _, p := range []string{good, good + "/file", path + "/x", path + "/00"} {
		status, _, _ := q.send(t, "GET", p, "", "", q.post...)
		assert.Equal(t, 404, status, "%s: of somebody else", p)
	}
	status, _, _ = q.send(t, "GET", good+"/file", "", "", q.firm...)
	require.Equal(t, 409, status)
	status, _, body = q.send(t, "DELETE", taken, "", "", q.firm...)
	require.Equal(t, 200, status, body)
	require.Contains(t, body, `"state":"cancelled"`)

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- jobs.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	var v map[string]any
	for _, o := range []struct{ path, state string }{{good, "ready"}, {bad, "failed"}, {taken, "cancelled"}} {
		require.Eventually(t, func() bool {
			v = q.json(t, o.path, q.firm...)
			return v["state"] == o.state
		}, 30*time.Second, 400*time.Millisecond, "%s %v", o.state, v)
		if o.state == "failed" {
			assert.Equal(t, "no-address-column", v["problem"].(map[string]any)["code"])
		}
		if o.state == "ready" {
			assert.Equal(t, []any{151.0, 151.0, map[string]any{"site": 150.0, "none": 1.0}, good + "/file"}, []any{v["rows"], v["done"], v["levels"], v["file"]})
		}
	}
	status, header, text := q.send(t, "GET", good+"/file", "", "", q.firm...)
	require.Equal(t, 200, status)
	assert.Equal(t, "text/csv; charset=utf-8", header.Get("Content-Type"))
	assert.Equal(t, 152, strings.Count(text, "\n"))
	status, _, part := q.send(t, "GET", good+"/file", "", "", append([]string{"Range", "bytes=8-18"}, q.firm...)...)
	require.Equal(t, 206, status)
	assert.Equal(t, text[8:19], part)

	broken := order("address\n" + strings.Repeat("تهران خیابان بهار پلاک ۱۲\n", 100) + `"` + strings.Repeat("x", 2<<20))
	require.Eventually(t, func() bool {
		v = q.json(t, broken, q.firm...)
		return v["state"] == "failed"
	}, 30*time.Second, 400*time.Millisecond, "%v", v)
	assert.Equal(t, []any{"row-too-long", 100.0, 100.0}, []any{v["problem"].(map[string]any)["code"], v["rows"], v["done"]})
	_, _, text = q.send(t, "GET", v["file"].(string), "", "", q.firm...)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	require.Len(t, lines, 102, "the rows before are not lost")
	assert.Contains(t, lines[101], "A row is too long", "and the last one says why there are no more")

	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 2, "what is done with is gone, but the results")
	status, _, _ = q.send(t, "DELETE", good, "", "", q.firm...)
	require.Equal(t, 200, status)
	later.Store(int64(6 * 24 * time.Hour))
	_, err = orders.Open(t.Context())
	require.NoError(t, err)
	require.Equal(t, "failed", q.json(t, broken, q.firm...)["state"], "a result is kept for a week")
	later.Store(int64(8 * 24 * time.Hour))
	_, err = orders.Open(t.Context())
	require.NoError(t, err)
	status, _, _ = q.send(t, "GET", broken+"/file", "", "", q.firm...)
	require.Equal(t, 404, status)
	left, err = os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

// A file that came by resumable upload, in two parts, is looked up like one of a single request, for whoever uploaded it and nobody else.
func TestGeocodeAnUpload(t *testing.T) {
	t.Parallel()
	var jobs *layers.Jobs
	d := openDepotWith(t, nil, func(deps *server.Deps) {
		var err error
		jobs, err = layers.NewJobs(&layers.Importer{Pool: deps.System, Reader: &reading.Reader{TempDir: t.TempDir()}, Now: time.Now, Dir: t.TempDir()}, nil, 1, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		deps.Jobs, deps.Batches = jobs, &batch.Orders{Pool: deps.System, Dir: t.TempDir(), Now: time.Now}
	})
	file := []byte("نشانی\n" + strings.Repeat("تهران خیابان آزادی پلاک ۱۲\n", 40) + "هیچ‌کجا\n")
	at := d.begin(t, len(file), "filename", "addresses.csv")
	order := func(header ...string) tusReply {
		body := `{"upload":"` + at[strings.LastIndex(at, "/")+1:] + `","format":"csv"}`
		return d.tus(t, "POST", "/v1/geocode/batches", strings.NewReader(body), append([]string{"Content-Type", "application/json"}, header...)...)
	}
	require.Equal(t, 204, d.patch(t, at, 0, file[:100]).StatusCode)
	unfinished := order()
	require.Contains(t, []int{404, 409}, unfinished.StatusCode, "%s", unfinished.body)
	require.Equal(t, 204, d.patch(t, at, 100, file[100:]).StatusCode)
	require.Equal(t, 404, order("x-api-key", d.site.key(t, "registry", access.Uploader)).StatusCode)
	placed := order()
	require.Equal(t, 202, placed.StatusCode, "%s", placed.body)

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- jobs.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	var v map[string]any
	require.Eventually(t, func() bool {
		v = d.json(t, placed.Header.Get("Location"), "x-api-key", d.key)
		return v["state"] == "ready"
	}, 30*time.Second, 400*time.Millisecond, "%v", v)
	assert.Equal(t, []any{41.0, map[string]any{"site": 40.0, "none": 1.0}}, []any{v["done"], v["levels"]})
	result := d.tus(t, "GET", v["file"].(string), nil)
	require.Equal(t, 200, result.StatusCode)
	assert.Equal(t, 42, strings.Count(string(result.body), "\n"), "each row of the file, and its head")
	assert.Equal(t, 200, d.tus(t, "HEAD", at, nil).StatusCode, "the upload stays, for a submission perhaps")
}
