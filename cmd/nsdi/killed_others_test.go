package main

import (
	"bytes"
	"context"
	"fmt"
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
	"nsdi/internal/pgtest"
)

// readers are the reading processes of a server: GDAL's programs, within the sandbox and outside.
func readers(parent int) (out []int) {
	list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", parent, parent))
	if err != nil {
		return nil
	}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent)) // whichever thread has started it
	for _, task := range tasks {
		b, _ := os.ReadFile(task)
		list = append(append(list, ' '), b...)
	}
	for _, field := range strings.Fields(string(list)) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			continue
		}
		arguments, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		for _, program := range []string{"bwrap", "prlimit", "ogr2ogr", "ogrinfo"} {
			if first, _, _ := strings.Cut(string(arguments), "\x00"); filepath.Base(first) == program {
				out = append(out, pid)
				break
			}
		}
		out = append(out, readers(pid)...)
	}
	return out
}

// The process that reads a file is killed, as the kernel does when memory is short: that is not the file's fault, and it is read again.
func TestReaderKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a server")
	}
	v := newVictim(t, pgtest.URL(t))
	pool, err := pg.Connect(t.Context(), v.database)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	v.start(t)
	v.people(t, pool)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	const rows = 5000
	version := 0
	for _, each := range []int{0, 1} { // the sandbox from outside, and the program within it
		for killed := false; !killed; { // a busy machine may let the reader end before it is found, and another is delivered
			version++
			upload, err := v.send(ctx, "places.tsv", bytes.ReplaceAll(edition(rows, version), []byte(","), []byte("\t")), 1<<20) // which GDAL reads
			require.NoError(t, err)
			tracking, err := v.hand(ctx, upload, `,"confirm":true,"submit":true`)
			require.NoError(t, err)
			for read := false; !killed && !read; time.Sleep(time.Millisecond) {
				require.NoError(t, pool.QueryRow(ctx, `select state not in ('received', 'inspected', 'confirmed') from layers.submission where tracking = $1`, tracking).Scan(&read))
				found := readers(v.cmd.Process.Pid)
				if len(found) <= each {
					continue
				}
				pid := found[0]
				if each > 0 {
					pid = found[len(found)-1]
				}
				killed = syscall.Kill(pid, syscall.SIGKILL) == nil
			}
			require.NoError(t, v.publish(ctx, tracking))
			require.Equal(t, version, v.whole(t, rows))
		}
	}
	v.tidy(t)
	v.interrupt(t)
}

// PostgreSQL is killed while it has rows that are checked and approved, which it keeps in tables that a crash empties: the server ends, and after its next start
// the rows are checked anew. Nothing is published of the empty tables.
func TestDatabaseKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a cluster")
	}
	const rows = 3000
	v := newVictim(t, "")
	t.Cleanup(func() { require.NoError(t, cluster.Remove(v.data)) })
	open := func() (end func()) {
		v.start(t)
		attached, err := cluster.Attach(t.Context(), cluster.Options{Dir: v.data})
		require.NoError(t, err)
		require.False(t, attached.Own())
		v.pool, err = pg.Connect(t.Context(), attached.URL())
		require.NoError(t, err)
		return func() {
			v.pool.Close()
			require.NoError(t, attached.Stop())
		}
	}
	end := open()
	v.people(t, v.pool)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	deliver := func(n int) string {
		upload, err := v.send(ctx, "places.csv", edition(rows, n), 1<<20)
		require.NoError(t, err)
		tracking, err := v.hand(ctx, upload, `,"confirm":true,"submit":true`)
		require.NoError(t, err)
		return tracking
	}
	crash := func() {
		b, err := os.ReadFile(filepath.Join(v.data, "postgres", "data", "postmaster.pid"))
		require.NoError(t, err)
		pid, err := strconv.Atoi(strings.SplitN(string(b), "\n", 2)[0])
		require.NoError(t, err)
		end()
		require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
		ended := make(chan error, 1)
		go func() { ended <- v.cmd.Wait() }()
		select {
		case err := <-ended:
			require.Error(t, err, "a server without its database says so, and ends")
		case <-time.After(time.Minute):
			t.Fatal("the server has to end with its database")
		}
		end = open()
	}

	require.NoError(t, v.publish(ctx, deliver(1)))
	require.Equal(t, 1, v.whole(t, rows))

	// While it is checked: it goes on.
	second := deliver(2)
	_, err := v.waits(ctx, second, "confirmed", "submitted")
	require.NoError(t, err)
	crash()
	_, err = v.waits(ctx, second, "submitted")
	require.NoError(t, err)
	require.Equal(t, 1, v.whole(t, rows))

	// While it waits to be reviewed, so that the rows which were checked are gone when it is approved. It is checked again, and reviewed again.
	crash()
	var staged int
	require.NoError(t, v.pool.QueryRow(ctx, `select count(*) from pg_tables where schemaname = 'staging' and tablename ~ '^s'`).Scan(&staged))
	require.Equal(t, 1, staged, "the table is there")
	var table string
	require.NoError(t, v.pool.QueryRow(ctx, `select 'staging.' || tablename from pg_tables where schemaname = 'staging' and tablename ~ '^s'`).Scan(&table))
	require.NoError(t, v.pool.QueryRow(ctx, `select count(*) from `+table).Scan(&staged))
	require.Zero(t, staged, "a crash has emptied it")
	require.NoError(t, v.publish(ctx, second))
	require.Equal(t, 2, v.whole(t, rows))
	var approvals int
	require.NoError(t, v.pool.QueryRow(ctx, `select count(*) from access.tracking_event where tracking = $1 and state_to = 'approved'`, second).Scan(&approvals))
	require.Equal(t, 2, approvals, "it was reviewed again")

	// Approved, and killed at once.
	third := deliver(3)
	_, err = v.waits(ctx, third, "submitted")
	require.NoError(t, err)
	a, err := v.ask(ctx, "POST", "/v1/submissions/"+third+"/review", []byte(`{"decision":"publish"}`), "Content-Type", "application/json", "Cookie", v.cookie,
		"Sec-Fetch-Site", "same-origin")
	require.NoError(t, err)
	require.Equal(t, 200, a.status, "%s", a.raw)
	crash()
	v.whole(t, rows)
	require.NoError(t, v.publish(ctx, third))
	require.Equal(t, 3, v.whole(t, rows))
	end()
	v.interrupt(t)
}
