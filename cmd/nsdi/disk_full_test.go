package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// smallDisk runs a command with a disk of its own, of six megabytes, as data folder, with the temporary folder on it: in namespaces that go with the command.
const smallDisk = `mount -t tmpfs -o size=6m tmpfs "$NSDI_DATA" && mkdir "$TMPDIR" && exec "$0" "$@"`

// newCramped is a server on a small disk.
func newCramped(t *testing.T) *victim {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server")
	}
	namespaces := "-Urm"
	if os.Geteuid() == 0 { // who may mount anyway; in a user namespace it would not be who may connect to PostgreSQL
		namespaces = "-m"
	}
	dir := t.TempDir()
	probe := exec.Command("unshare", namespaces, "sh", "-c", smallDisk, "true")
	probe.Env = append(os.Environ(), "NSDI_DATA="+dir, "TMPDIR="+filepath.Join(dir, "tmp"))
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("no disk of one's own can be mounted here: %v: %s", err, out)
	}
	v := newVictim(t, pgtest.URL(t))
	require.NoError(t, os.Mkdir(v.data, 0o700))
	v.temp = filepath.Join(v.data, "tmp")
	v.within = []string{"unshare", namespaces, "sh", "-c", smallDisk}
	v.environment = []string{"NSDI_UPLOAD_RESERVE=-1"} // what is kept free would be all of it
	v.start(t)
	return v
}

// disk is the server's data folder as the server sees it.
func (v *victim) disk() string { return fmt.Sprintf("/proc/%d/root%s", v.cmd.Process.Pid, v.data) }

// fill leaves so many bytes of the disk.
func (v *victim) fill(t *testing.T, left int64) (room func()) {
	t.Helper()
	var s syscall.Statfs_t
	require.NoError(t, syscall.Statfs(v.disk(), &s))
	ballast, err := os.Create(filepath.Join(v.disk(), "ballast"))
	require.NoError(t, err)
	defer ballast.Close()
	_, err = ballast.Write(make([]byte, int64(s.Bavail)*s.Bsize-left))
	require.NoError(t, err)
	return func() { require.NoError(t, os.Remove(ballast.Name())) }
}

// The disk really is full, while a file comes and while one is unpacked: whoever delivers is told so, nothing is half taken, and both go on when there is room.
func TestDiskReallyFull(t *testing.T) {
	t.Parallel()
	v := newCramped(t)
	pool, err := pg.Connect(t.Context(), v.database)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	v.people(t, pool)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	const rows = 40_000
	first, second := edition(rows, 1), edition(rows, 2)
	require.Greater(t, len(first), 2_000_000)

	// An upload comes to a full disk.
	asUploader := []string{"Cookie", v.uploader, "Sec-Fetch-Site", "same-origin", "Content-Type", "application/offset+octet-stream"}
	a, err := v.tus(ctx, "POST", "/v1/uploads", nil,
		append(asUploader, "Upload-Length", strconv.Itoa(len(second)), "Upload-Metadata", metadata("filename", "places.csv", "agency", "ncc", "theme", "place"))...)
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, a.status, "%s", a.raw)
	at := a.header.Get("Location")
	id := at[strings.LastIndex(at, "/")+1:]
	part := func(from, to int) *answer {
		a, err := v.tus(ctx, "PATCH", at, second[from:to], append(asUploader, "Upload-Offset", strconv.Itoa(from))...)
		require.NoError(t, err)
		return a
	}
	room := v.fill(t, 1<<20)
	const begun = 500_000
	require.Equal(t, http.StatusNoContent, part(0, begun).status)
	a = part(begun, len(second))
	require.Equal(t, []any{http.StatusInsufficientStorage, "upload-storage-full"}, []any{a.status, a.body["code"]}, "%s", a.raw)
	require.NoError(t, a.told())
	offset := func() int {
		a, err := v.tus(ctx, "HEAD", at, nil, asUploader...)
		require.NoError(t, err)
		n, err := strconv.Atoi(a.header.Get("Upload-Offset"))
		require.NoError(t, err, "%d", a.status)
		return n
	}
	require.GreaterOrEqual(t, offset(), begun, "what was acknowledged is kept")
	require.Less(t, offset(), len(second))
	a, err = v.ask(ctx, "POST", "/v1/submissions", fmt.Appendf(nil, `{"agency":"ncc","theme":"place","uploads":[%q],"confirm":true}`, id),
		"Content-Type", "application/json", "Cookie", v.uploader, "Sec-Fetch-Site", "same-origin")
	require.NoError(t, err)
	require.Equal(t, http.StatusConflict, a.status, "half a file is not taken: %s", a.raw)
	room()

	// An archive is unpacked on a full disk.
	archive, err := packed("places.csv", string(first), func(io.Writer) error { return nil })
	require.NoError(t, err)
	require.Less(t, len(archive), 1<<20)
	upload, _, refused, err := v.bring(ctx, "places.zip", archive, "")
	require.NoError(t, err)
	require.Nil(t, refused)
	room = v.fill(t, 1<<20)
	a, err = v.does(ctx, v.uploader, "POST", "/v1/submissions", fmt.Sprintf(`{"agency":"ncc","theme":"place","uploads":[%q],"confirm":true,"submit":true}`, upload), 200)
	require.NoError(t, err)
	tracking := a.body["tracking"].(string)
	require.Eventually(t, func() bool {
		a, err = v.does(ctx, v.uploader, "GET", "/v1/submissions/"+tracking, "", 200)
		require.NoError(t, err)
		return a.body["problem"] != nil
	}, time.Minute, 20*time.Millisecond)
	problem := a.body["problem"].(map[string]any)
	require.Equal(t, []any{"confirmed", "storage-full"}, []any{a.body["state"], problem["code"]}, "%s", a.raw)
	for _, language := range []string{"fa", "en"} {
		require.NotEmpty(t, problem["next"].(map[string]any)[language])
	}
	left := func(folder string) []string {
		entries, err := os.ReadDir(filepath.Join(v.disk(), folder))
		require.NoError(t, err)
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	require.Empty(t, left("tmp"), "what was unpacked of it is gone")
	require.Equal(t, http.StatusOK, v.status(t, "/readyz"))
	room()
	require.NoError(t, v.publish(ctx, tracking))
	require.Equal(t, 1, v.whole(t, rows))

	// The upload goes on where it was.
	from := offset()
	require.Equal(t, http.StatusNoContent, part(from, len(second)).status)
	a, err = v.does(ctx, v.uploader, "POST", "/v1/submissions", fmt.Sprintf(`{"agency":"ncc","theme":"place","uploads":[%q],"confirm":true,"submit":true}`, id), 200)
	require.NoError(t, err)
	require.NoError(t, v.publish(ctx, a.body["tracking"].(string)))
	require.Equal(t, 2, v.whole(t, rows))
	require.Empty(t, left("tmp"))
	require.Len(t, left("deliveries"), 2)
	v.interrupt(t)
}
