package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/cluster"
	"nsdi/internal/pg"
)

// ownDatabase is a PostgreSQL that is not the server's child, always at the same address.
type ownDatabase struct {
	*cluster.Cluster
	t          *testing.T
	data, link string
}

func newOwnDatabase(t *testing.T) *ownDatabase {
	t.Helper()
	dir := t.TempDir()
	d := &ownDatabase{t: t, data: filepath.Join(dir, "cluster"), link: filepath.Join(dir, "s")}
	t.Cleanup(func() { require.NoError(t, cluster.Remove(d.data)) })
	d.up()
	t.Cleanup(func() { require.NoError(t, d.Stop()) })
	return d
}

func (d *ownDatabase) up() {
	d.t.Helper()
	c, err := cluster.Start(d.t.Context(), cluster.Options{Dir: d.data, Durable: true})
	require.NoError(d.t, err)
	d.Cluster = c
	at, err := url.Parse(c.URL())
	require.NoError(d.t, err)
	require.NoError(d.t, os.RemoveAll(d.link))
	require.NoError(d.t, os.Symlink(at.Query().Get("host"), d.link))
}

func (d *ownDatabase) address(role string) string {
	return "postgres://" + role + "@/nsdi?" + url.Values{"host": {d.link}, "port": {"5432"}}.Encode()
}

// down kills it, so that nothing is written that was not.
func (d *ownDatabase) down() {
	d.t.Helper()
	b, err := os.ReadFile(filepath.Join(d.Home(), "data", "postmaster.pid"))
	require.NoError(d.t, err)
	pid, err := strconv.Atoi(strings.SplitN(string(b), "\n", 2)[0])
	require.NoError(d.t, err)
	require.NoError(d.t, syscall.Kill(pid, syscall.SIGKILL))
	<-d.Done()
	_ = d.Stop() // which says that it had ended by itself
}

// A database that is not the server's own is killed, and comes back: the server stays, says meanwhile that it cannot answer, and then goes on by itself where it
// was, with its jobs. Nothing that was acknowledged is lost.
func TestOwnDatabaseKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a cluster")
	}
	const rows = 3000
	db := newOwnDatabase(t)
	v := newVictim(t, db.address("nsdi"))
	v.environment = []string{"NSDI_APPLICATION_URL=" + db.address(pg.ApplicationRole)}
	v.start(t)
	pool, err := pg.Connect(t.Context(), v.database)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	v.people(t, pool)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	back := func() {
		t.Helper()
		db.up()
		require.Eventually(t, func() bool { return v.status(t, "/readyz") == http.StatusOK }, time.Minute, 50*time.Millisecond)
	}
	deliver := func(n int) string {
		t.Helper()
		upload, err := v.send(ctx, "places.csv", edition(rows, n), 1<<20)
		require.NoError(t, err)
		tracking, err := v.hand(ctx, upload, `,"confirm":true,"submit":true`)
		require.NoError(t, err)
		return tracking
	}

	// While an upload comes.
	content := edition(rows, 1)
	asUploader := []string{"Cookie", v.uploader, "Sec-Fetch-Site", "same-origin", "Content-Type", "application/offset+octet-stream"}
	a, err := v.tus(ctx, "POST", "/v1/uploads", nil, append(asUploader, "Upload-Length", strconv.Itoa(len(content)), "Upload-Metadata", metadata("filename", "places.csv", "agency", "ncc", "theme", "place"))...)
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, a.status, "%s", a.raw)
	at := a.header.Get("Location")
	part := func(from, to int) (*answer, error) {
		return v.tus(ctx, "PATCH", at, content[from:to], append(asUploader, "Upload-Offset", strconv.Itoa(from))...)
	}
	half := len(content) / 2
	a, err = part(0, half)
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, a.status, "%s", a.raw)
	db.down()
	for _, path := range []string{"/v1/submissions", "/v1/themes", at} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.deliverer.url+path, nil)
		require.NoError(t, err)
		r.Header.Set("x-api-key", v.key)
		if path == at {
			r.Method = http.MethodPatch
		}
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		var told map[string]any
		require.NoError(t, json.NewDecoder(resp.Body).Decode(&told))
		resp.Body.Close()
		require.Equal(t, []any{http.StatusServiceUnavailable, "database-away"}, []any{resp.StatusCode, told["code"]}, "%s: %v", path, told)
		require.NoError(t, (&answer{body: told}).told())
	}
	require.Equal(t, http.StatusServiceUnavailable, v.status(t, "/readyz"))
	require.Equal(t, http.StatusOK, v.status(t, "/healthz"))
	back()
	a, err = v.tus(ctx, "HEAD", at, nil, asUploader...)
	require.NoError(t, err)
	require.Equal(t, strconv.Itoa(half), a.header.Get("Upload-Offset"), "what was acknowledged, and no more")
	a, err = part(half, len(content))
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, a.status, "%s", a.raw)
	a, err = v.does(ctx, v.uploader, "POST", "/v1/submissions", fmt.Sprintf(`{"agency":"ncc","theme":"place","uploads":[%q],"confirm":true,"submit":true}`, at[strings.LastIndex(at, "/")+1:]), 200)
	require.NoError(t, err)
	require.NoError(t, v.publish(ctx, a.body["tracking"].(string)))
	require.Equal(t, 1, v.whole(t, rows))

	// While it is checked.
	second := deliver(2)
	db.down()
	back()
	require.NoError(t, v.publish(ctx, second))
	require.Equal(t, 2, v.whole(t, rows))

	// While it is published.
	third := deliver(3)
	_, err = v.waits(ctx, third, "submitted")
	require.NoError(t, err)
	_, err = v.does(ctx, v.cookie, "POST", "/v1/submissions/"+third+"/review", `{"decision":"publish"}`, 200)
	require.NoError(t, err)
	db.down()
	back()
	require.NoError(t, v.publish(ctx, third))
	require.Equal(t, 3, v.whole(t, rows))

	// One process of PostgreSQL is killed, as by the kernel when memory is short: all others end as well, and PostgreSQL goes on.
	fourth := deliver(4)
	var pid int
	require.NoError(t, pool.QueryRow(ctx, `
		select pid
		from pg_stat_activity
		where datname = current_database() and usename = $1
		order by state = 'active' desc, state_change desc
		limit 1`, pg.ApplicationRole).Scan(&pid))
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	require.NoError(t, v.publish(ctx, fourth))
	require.Equal(t, 4, v.whole(t, rows))
	v.interrupt(t)
}
