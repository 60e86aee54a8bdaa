package server_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/layers"
	"nsdi/layers/upload"
	"nsdi/server"
)

// trickle is a body that comes part by part, until it is told to end.
type trickle struct {
	parts chan []byte
	rest  []byte
}

func (b *trickle) Read(p []byte) (int, error) {
	if len(b.rest) == 0 {
		part, more := <-b.parts
		if !more {
			return 0, io.EOF
		}
		b.rest = part
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// slowly sends a part of a known length bit by bit; the answer comes on the channel.
func (d *depot) slowly(t *testing.T, url, at string, offset, length int) (*trickle, chan *http.Response) {
	t.Helper()
	body := &trickle{parts: make(chan []byte, 100)}
	r, err := http.NewRequestWithContext(t.Context(), "PATCH", url+at, body)
	require.NoError(t, err)
	r.ContentLength = int64(length)
	for name, value := range map[string]string{
		"Tus-Resumable": "1.0.0", "x-api-key": d.key, "Content-Type": "application/offset+octet-stream", "Upload-Offset": strconv.Itoa(offset),
	} {
		r.Header.Set(name, value)
	}
	answers := make(chan *http.Response, 1)
	go func() {
		answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
		if err == nil {
			answer.Body.Close()
		}
		answers <- answer
	}()
	return body, answers
}

func (d *depot) size(at string) int64 {
	info, err := os.Stat(filepath.Join(d.dir, filepath.Base(at)))
	if err != nil {
		return -1
	}
	return info.Size()
}

// A later request makes an earlier one let go, with what it brought: mostly the earlier one's connection is dead.
func TestUploadByTwoAtOnce(t *testing.T) {
	t.Parallel()
	d := openDepot(t, nil)
	data := random(200_000)
	at := d.begin(t, len(data), "checksum", sum(data))
	body, first := d.slowly(t, d.URL, at, 0, len(data))
	body.parts <- data[:50_000]
	require.Eventually(t, func() bool { return d.size(at) == 50_000 }, time.Minute, 10*time.Millisecond)
	second := d.tus(t, "HEAD", at, nil)
	assert.Equal(t, "50000", second.offset())
	close(body.parts)
	if answer := <-first; answer != nil {
		assert.Equal(t, 423, answer.StatusCode)
	}
	assert.Equal(t, 409, d.patch(t, at, 0, data).StatusCode)
	assert.Equal(t, 204, d.patch(t, at, 50_000, data[50_000:]).StatusCode)
	stored, err := os.ReadFile(filepath.Join(d.dir, filepath.Base(at)))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(data, stored))
}

// What another process holds, such as the old server during a restart, is left alone.
func TestUploadIsLockedByAnotherProcess(t *testing.T) {
	t.Parallel()
	d := openDepot(t, nil)
	at := d.begin(t, 10)
	f, err := os.Open(filepath.Join(d.dir, filepath.Base(at)))
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, syscall.Flock(int(f.Fd()), syscall.LOCK_EX))
	r := d.patch(t, at, 0, []byte("0123456789"))
	assert.Equal(t, 423, r.StatusCode)
	assert.Equal(t, "upload-locked", r.problem.Code)
	assert.Equal(t, 423, d.tus(t, "HEAD", at, nil).StatusCode)
	assert.Equal(t, 423, d.tus(t, "DELETE", at, nil).StatusCode)
	require.NoError(t, syscall.Flock(int(f.Fd()), syscall.LOCK_UN))
	assert.Equal(t, 204, d.patch(t, at, 0, []byte("0123456789")).StatusCode)
}

// Another server on the same folder and database goes on where the first one was, also where that one was killed after the last byte.
func TestUploadGoesOnWithAnotherServer(t *testing.T) {
	t.Parallel()
	d := openDepot(t, nil)
	data := random(100_000)
	at := d.begin(t, len(data), "checksum", sum(data))
	require.Equal(t, 204, d.patch(t, at, 0, data[:60_000]).StatusCode)
	again := *d
	next := openDepotOn(t, d)
	again.site = next
	assert.Equal(t, "60000", again.tus(t, "HEAD", at, nil).offset())
	// Bytes that reached the disk, and no answer.
	f, err := os.OpenFile(filepath.Join(d.dir, filepath.Base(at)), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.Write(data[60_000:])
	require.NoError(t, err)
	require.NoError(t, f.Close())
	assert.Equal(t, "100000", again.tus(t, "HEAD", at, nil).offset())
	var kept string
	require.NoError(t, d.pool.QueryRow(t.Context(), `select encode(sha256, 'hex') from layers.upload where completed_at is not null`).Scan(&kept))
	assert.Equal(t, sum(data), kept, "it is finished by whoever sees that all is there")
}

// openDepotOn starts another server on the folder and the database of a depot.
func openDepotOn(t *testing.T, d *depot) *site {
	t.Helper()
	other := httptest.NewServer(d.handler(t))
	t.Cleanup(other.Close)
	return &site{Server: other, pool: d.pool, log: d.log}
}

func TestUploadExpires(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	d := openDepot(t, func(c *upload.Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
		c.Limits.Lifetime, c.Tracker = time.Hour, server.UploadTracker{Now: c.Now}
	})
	created := d.create(t, 10)
	at, tracking := created.Header.Get("Location"), created.Header.Get("Sdi-Tracking-Id")
	later.Store(int64(50 * time.Minute))
	require.Equal(t, 204, d.patch(t, at, 0, []byte("01234")).StatusCode)
	later.Store(int64(100 * time.Minute))
	require.NoError(t, d.uploads.Sweep(t.Context()))
	assert.Equal(t, "5", d.tus(t, "HEAD", at, nil).offset(), "each part gives it its time anew")
	later.Store(int64(3 * time.Hour))
	gone := d.patch(t, at, 5, []byte("56789"))
	assert.Equal(t, 410, gone.StatusCode)
	assert.Equal(t, "upload-expired", gone.problem.Code)
	require.NoError(t, d.uploads.Sweep(t.Context()))
	assert.Equal(t, 404, d.tus(t, "HEAD", at, nil).StatusCode)
	left, err := os.ReadDir(d.dir)
	require.NoError(t, err)
	assert.Empty(t, left)
	assert.Equal(t, "uploading", d.json(t, "/v1/track/"+tracking)["state"], "another file may come yet")
	later.Store(int64(5 * time.Hour))
	require.NoError(t, d.uploads.Sweep(t.Context()))
	assert.Equal(t, "abandoned", d.json(t, "/v1/track/"+tracking)["state"])
	late := d.create(t, 10, "tracking", tracking)
	assert.Equal(t, "upload-tracking-closed", late.problem.Code)

	// Files without a row, as a kill leaves them; young ones may be about to get it, and other files are not ours.
	for name, age := range map[string]time.Duration{strings.Repeat("a", 26): 2 * time.Hour, strings.Repeat("b", 26) + ".info": 2 * time.Hour, strings.Repeat("c", 26): time.Minute, "README": 2 * time.Hour} {
		path := filepath.Join(d.dir, name)
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		require.NoError(t, os.Chtimes(path, time.Time{}, time.Now().Add(-age)))
	}
	require.NoError(t, d.uploads.Sweep(t.Context()))
	left, err = os.ReadDir(d.dir)
	require.NoError(t, err)
	require.Len(t, left, 2)
	assert.Equal(t, "README", left[0].Name())
	assert.Equal(t, strings.Repeat("c", 26), left[1].Name())
}

// A disk that really is full: a small file system that only this test sees.
func TestUploadOntoAFullDisk(t *testing.T) {
	t.Parallel()
	holder := exec.Command("unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt && mkdir /mnt/uploads && echo ready && cat")
	in, err := holder.StdinPipe()
	require.NoError(t, err)
	out, err := holder.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, holder.Start())
	t.Cleanup(func() { in.Close(); _ = holder.Wait() })
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Skip("this system gives no namespaces to mount in")
	}
	dir := fmt.Sprintf("/proc/%d/root/mnt/uploads", holder.Process.Pid)
	d := openDepot(t, func(c *upload.Config) { c.Dir = dir })
	d.dir = dir
	data := random(900_000)
	at := d.begin(t, len(data), "checksum", sum(data))
	require.Equal(t, 204, d.patch(t, at, 0, data[:400_000]).StatusCode)
	other := filepath.Join(dir, "other")
	require.NoError(t, os.WriteFile(other, make([]byte, 400_000), 0o600))
	full := d.patch(t, at, 400_000, data[400_000:])
	assert.Equal(t, 507, full.StatusCode)
	assert.Equal(t, "upload-storage-full", full.problem.Code)
	offset, err := strconv.Atoi(d.tus(t, "HEAD", at, nil).offset())
	require.NoError(t, err)
	assert.GreaterOrEqual(t, offset, 400_000)
	assert.Less(t, offset, 900_000)
	announced := d.create(t, 600_000, "filename", "b.gpkg")
	assert.Equal(t, 507, announced.StatusCode, "told before anything is sent")

	require.NoError(t, os.Remove(other))
	assert.Equal(t, 204, d.patch(t, at, offset, data[offset:]).StatusCode)
	stored, err := os.ReadFile(filepath.Join(dir, filepath.Base(at)))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(data, stored))
}

func TestUploadQuotas(t *testing.T) {
	t.Parallel()
	d := openDepot(t, func(c *upload.Config) { c.Limits.DayBytes, c.Limits.Open, c.Limits.Parallel = 1000, 2, 1 })
	refused := func(r tusReply, code string) {
		t.Helper()
		assert.Equal(t, 429, r.StatusCode)
		assert.Equal(t, code, r.problem.Code)
		assert.NotEmpty(t, r.Header.Get("Retry-After"))
	}
	refused(d.create(t, 1001), "upload-quota-exceeded")
	one := d.begin(t, 400)
	d.begin(t, 100)
	refused(d.create(t, 100), "upload-quota-exceeded") // two are open
	body, answer := d.slowly(t, d.URL, one, 0, 400)
	body.parts <- make([]byte, 200)
	require.Eventually(t, func() bool { return d.size(one) == 200 }, time.Minute, 10*time.Millisecond)
	var two string
	require.NoError(t, d.pool.QueryRow(t.Context(), `select id from layers.upload where bytes = 100`).Scan(&two))
	refused(d.patch(t, "/v1/uploads/"+two, 0, make([]byte, 100)), "upload-too-many-at-once")
	body.parts <- make([]byte, 200)
	close(body.parts)
	assert.Equal(t, 204, (<-answer).StatusCode)
	assert.Equal(t, 204, d.patch(t, "/v1/uploads/"+two, 0, make([]byte, 100)).StatusCode)
	d.begin(t, 500)
	refused(d.create(t, 1), "upload-quota-exceeded") // 1000 bytes today
	assert.Equal(t, 201, d.tus(t, "POST", "/v1/uploads", nil, "x-api-key", d.site.key(t, "interior", access.Uploader), "Upload-Length", "10",
		"Upload-Metadata", metadata("filename", "a", "agency", "interior", "theme", "urban-boundary")).StatusCode, "other agencies have their own")
}

// The limits of ordinary requests would cut a long transfer; what moves is let, and what stands still is not.
func TestUploadTakesLongerThanOtherRequests(t *testing.T) {
	t.Parallel()
	d := openDepot(t, nil)
	quick := httptest.NewUnstartedServer(d.Config.Handler)
	quick.Config.ReadTimeout, quick.Config.WriteTimeout = 2*time.Second, 3*time.Second
	quick.Start()
	t.Cleanup(quick.Close)
	data := random(20_000)
	at := d.begin(t, len(data))
	began := time.Now()
	body, answer := d.slowly(t, quick.URL, at, 0, len(data))
	for part := range bytes.SplitSeq(data, nil) { // one byte each
		if len(body.parts) > 50 {
			time.Sleep(10 * time.Millisecond)
		}
		body.parts <- part
		if len(part) > 0 && part[0] == 0 { // some 80 times
			time.Sleep(80 * time.Millisecond)
		}
	}
	close(body.parts)
	reply := <-answer
	require.Greater(t, time.Since(began), 2*quick.Config.WriteTimeout)
	require.NotNil(t, reply)
	assert.Equal(t, 204, reply.StatusCode)
	assert.Equal(t, "20000", reply.Header.Get("Upload-Offset"))
}

// A browser hands over with its cookie, from a page of this system only; the person's upload is not that of a key.
func TestUploadByAPerson(t *testing.T) {
	t.Parallel()
	d := openDepot(t, nil)
	_, err := access.Create(t.Context(), d.pool, access.Account{Login: "sara", Name: "سارا", Agency: "post", Role: access.Uploader, Password: sarasPassword})
	require.NoError(t, err)
	b := newBrowser(t, d.URL)
	require.Equal(t, 303, b.signIn(t, "sara", sarasPassword).StatusCode)
	send := func(method, path, body string, header ...string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, d.URL+path, strings.NewReader(body))
		require.NoError(t, err)
		for i, all := 0, append([]string{"Tus-Resumable", "1.0.0", "Sec-Fetch-Site", "same-origin", "Origin", d.URL}, header...); i < len(all); i += 2 {
			r.Header.Set(all[i], all[i+1])
		}
		answer, err := b.Do(r)
		require.NoError(t, err)
		answer.Body.Close()
		return answer
	}
	created := send("POST", "/v1/uploads", "", "Upload-Length", "10", "Upload-Metadata", metadata("filename", "a.gpkg", "agency", "post", "theme", "gnaf-address"))
	require.Equal(t, 201, created.StatusCode)
	at := created.Header.Get("Location")
	part := []string{"Content-Type", "application/offset+octet-stream", "Upload-Offset", "0"}
	assert.Equal(t, 403, send("PATCH", at, "01234", append(part, "Sec-Fetch-Site", "cross-site")...).StatusCode)
	assert.Equal(t, 403, send("PATCH", at, "01234", append(part, "Sec-Fetch-Site", "same-site")...).StatusCode)
	assert.Equal(t, 204, send("PATCH", at, "01234", part...).StatusCode)
	assert.Equal(t, 404, d.tus(t, "HEAD", at, nil).StatusCode, "the agency's key")
	assert.Equal(t, "5", send("HEAD", at, "").Header.Get("Upload-Offset"))
	assert.Equal(t, 403, send("DELETE", at, "", "Sec-Fetch-Site", "cross-site").StatusCode)
	assert.Equal(t, 204, send("DELETE", at, "").StatusCode)
}

// A contractor hands over in the name of the agency that delegated to it, where it did.
func TestUploadByAContractor(t *testing.T) {
	t.Parallel()
	d := openDepot(t, nil)
	_, err := d.pool.Exec(t.Context(), `insert into access.agency (code, kind, name_fa, name_en) values ('surveyor', 'contractor', 'مشاور', 'Surveyor')`)
	require.NoError(t, err)
	key := d.site.key(t, "surveyor", access.Uploader)
	create := func(kv ...string) tusReply {
		return d.tus(t, "POST", "/v1/uploads", nil, "x-api-key", key, "Upload-Length", "10", "Upload-Metadata", metadata(append(kv, "filename", "a.gpkg", "agency", "post")...))
	}
	assert.Equal(t, 403, create("theme", "gnaf-address").StatusCode)
	delegations := &access.Delegations{Pool: d.pool, Now: time.Now}
	id, err := delegations.Delegate(t.Context(), access.Delegation{Agency: "post", Contractor: "surveyor", Theme: "gnaf-address", Territory: "IR-23", Until: time.Now().Add(time.Hour)}, 0)
	require.NoError(t, err)
	assert.Equal(t, 403, create("theme", "gnaf-address").StatusCode, "everywhere")
	assert.Equal(t, 201, create("territory", "IR-23").StatusCode, "without a theme, where there is one")
	r := create("theme", "gnaf-address", "territory", "IR-23")
	require.Equal(t, 201, r.StatusCode, "%s", r.body)
	at := r.Header.Get("Location")
	assert.Equal(t, 204, d.patch(t, at, 0, []byte("01234"), "x-api-key", key).StatusCode)
	assert.Equal(t, 404, d.tus(t, "HEAD", at, nil).StatusCode, "the post's own key")
	require.NoError(t, delegations.Revoke(t.Context(), id, 0))
	assert.Equal(t, 403, d.patch(t, at, 5, []byte("56789"), "x-api-key", key).StatusCode)
}

// The pipeline takes finished files over, once.
func TestTakeUploads(t *testing.T) {
	t.Parallel()
	d := openDepot(t, nil)
	finished := func(content string, kv ...string) (id, tracking string) {
		r := d.create(t, len(content), kv...)
		require.Equal(t, 201, r.StatusCode, "%s", r.body)
		at := r.Header.Get("Location")
		require.Equal(t, 204, d.patch(t, at, 0, []byte(content)).StatusCode)
		return filepath.Base(at), r.Header.Get("Sdi-Tracking-Id")
	}
	shp, tracking := finished("shapes", "filename", "راه.shp")
	dbf, _ := finished("attributes", "filename", "راه.dbf", "tracking", tracking)
	alone, _ := finished("x")
	open := filepath.Base(d.begin(t, 10, "tracking", tracking, "filename", "راه.prj"))
	var submission int64
	require.NoError(t, d.pool.QueryRow(t.Context(), `select max(id) from layers.submission`).Scan(&submission))
	into := filepath.Join(t.TempDir(), "deliveries", tracking)
	take := func(fail error, ids ...string) (files []upload.File, err error) {
		err = pgx.BeginFunc(t.Context(), d.deps.System, func(tx pgx.Tx) error {
			if files, err = d.uploads.Take(t.Context(), tx, ids, submission, into); err != nil {
				return err
			}
			return fail
		})
		return files, err
	}
	for code, ids := range map[string][]string{
		"upload-none": {}, "upload-unknown": {shp, strings.Repeat("a", 26)}, "upload-unfinished": {shp, open}, "upload-of-another-delivery": {shp, alone},
	} {
		_, err := take(nil, ids...)
		assert.Equal(t, code, errs.Code(err))
	}
	_, err := take(nil, shp, shp)
	assert.Equal(t, "upload-unknown", errs.Code(err))
	assert.NoDirExists(t, into)

	// A transaction that fails afterwards, and the next attempt.
	_, err = take(fmt.Errorf("the commit failed"), shp, dbf)
	require.ErrorContains(t, err, "the commit failed")
	assert.Equal(t, "6", d.tus(t, "HEAD", "/v1/uploads/"+shp, nil).offset(), "what was acknowledged is there as before")
	files, err := take(nil, dbf, shp)
	require.NoError(t, err)
	require.Len(t, files, 2)
	assert.Equal(t, "راه.dbf", files[0].Name)
	assert.Equal(t, filepath.Join(into, "راه.dbf"), files[0].Path)
	for _, f := range files {
		content, err := os.ReadFile(f.Path)
		require.NoError(t, err)
		assert.Equal(t, sum(content), fmt.Sprintf("%x", f.SHA256))
		assert.EqualValues(t, len(content), f.Bytes)
	}
	_, err = take(nil, shp)
	assert.Equal(t, "upload-taken", errs.Code(err))
	gone := d.patch(t, "/v1/uploads/"+shp, 6, []byte("x"))
	assert.Equal(t, 410, gone.StatusCode)
	assert.Equal(t, "upload-taken", gone.problem.Code)
	assert.Equal(t, 410, d.tus(t, "DELETE", "/v1/uploads/"+shp, nil).StatusCode)
	require.NoError(t, d.uploads.Sweep(t.Context()))
	assert.NoFileExists(t, filepath.Join(d.dir, shp+".info"))
	assert.NoFileExists(t, filepath.Join(d.dir, shp))
	assert.FileExists(t, files[1].Path)

	// Another file in the place of one's own is not taken for it.
	require.NoError(t, os.WriteFile(filepath.Join(into, "addresses.gpkg"), []byte("something else"), 0o600))
	_, err = take(nil, alone)
	require.ErrorIs(t, err, os.ErrExist)
	assert.FileExists(t, filepath.Join(d.dir, alone))
}

// From the first byte to the submission: the files of a delivery lie under its tracking identifier, as they were sent.
func TestSubmissionTakesUploads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := openDepotWith(t, nil, func(deps *server.Deps) {
		deps.Importer = &layers.Importer{Pool: deps.System, Now: time.Now, Tracker: testTracker{}, Dir: dir}
	})
	tracking := ""
	finished := func(name string) string {
		kv := []string{"filename", name}
		if tracking != "" {
			kv = append(kv, "tracking", tracking)
		}
		r := d.create(t, len(name), kv...)
		require.Equal(t, 201, r.StatusCode, "%s", r.body)
		tracking = r.Header.Get("Sdi-Tracking-Id")
		at := r.Header.Get("Location")
		require.Equal(t, 204, d.patch(t, at, 0, []byte(name)).StatusCode)
		return filepath.Base(at)
	}
	submit := func(key string, ids ...string) tusReply {
		body, err := json.Marshal(map[string]any{"agency": "post", "uploads": ids})
		require.NoError(t, err)
		return d.tus(t, "POST", "/v1/submissions", bytes.NewReader(body), "Content-Type", "application/json", "x-api-key", key)
	}
	shp, dbf, late := finished("a.shp"), finished("a.dbf"), finished("a.prj")
	for _, c := range []struct {
		key  string
		ids  []string
		code string
	}{
		{d.site.key(t, "post", access.Uploader), []string{shp}, "upload-unknown"},
		{d.key, []string{shp, strings.Repeat("a", 26)}, "upload-unknown"},
		{d.key, []string{shp, shp}, "upload-unknown"},
	} {
		r := submit(c.key, c.ids...)
		assert.Equal(t, 404, r.StatusCode, "%s", r.body)
		assert.Equal(t, c.code, r.problem.Code)
	}
	r := submit(d.key, shp, dbf)
	require.Equal(t, 200, r.StatusCode, "%s", r.body)
	assert.Contains(t, string(r.body), tracking)
	for _, name := range []string{"a.shp", "a.dbf"} {
		content, err := os.ReadFile(filepath.Join(dir, tracking, name))
		require.NoError(t, err)
		assert.Equal(t, name, string(content))
	}
	again := submit(d.key, shp)
	assert.Equal(t, 404, again.StatusCode, "%s", again.body)
	second := submit(d.key, late)
	assert.Equal(t, 409, second.StatusCode, "%s", second.body)
	assert.Equal(t, "upload-delivery-closed", second.problem.Code)
	assert.Equal(t, 204, d.tus(t, "DELETE", "/v1/uploads/"+late, nil).StatusCode)
	assert.Equal(t, "received", d.json(t, "/v1/track/"+tracking)["state"], "what is left behind does not take the delivery back")
}

// When the server ends, transfers end with what they brought.
func TestUploadEndsWithTheServer(t *testing.T) {
	t.Parallel()
	d := openDepot(t, nil)
	at := d.begin(t, 1000)
	body, answer := d.slowly(t, d.URL, at, 0, 1000)
	body.parts <- make([]byte, 600)
	require.Eventually(t, func() bool { return d.size(at) == 600 }, time.Minute, 10*time.Millisecond)
	d.uploads.Close()
	close(body.parts)
	if r := <-answer; r != nil {
		assert.Equal(t, 503, r.StatusCode)
	}
	assert.EqualValues(t, 600, d.size(at))
}
