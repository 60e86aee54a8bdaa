package server_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/layers/upload"
	"nsdi/server"
)

// depot is a site that takes files, and one that speaks the protocol by hand.
type depot struct {
	*site
	uploads *upload.Uploads
	deps    server.Deps
	config  upload.Config
	dir     string
	key     string // of the post, which delivers addresses
}

// handler is a server of its own on the same folder and database, as after a restart.
func (d *depot) handler(t *testing.T) http.Handler {
	t.Helper()
	uploads, err := upload.Open(d.config)
	require.NoError(t, err)
	deps := d.deps
	deps.Uploads = uploads
	return server.New(deps)
}

func openDepot(t *testing.T, change func(*upload.Config)) *depot {
	t.Helper()
	return openDepotWith(t, change, nil)
}

func openDepotWith(t *testing.T, change func(*upload.Config), more func(*server.Deps)) *depot {
	t.Helper()
	d := &depot{dir: filepath.Join(t.TempDir(), "uploads")}
	d.site = start(t, func(deps *server.Deps) {
		deps.Keys = &access.Keys{Pool: deps.System}
		c := upload.Config{Pool: deps.Pool, System: deps.System, Dir: d.dir, Tracker: server.UploadTracker{}, Log: deps.Log, Limits: upload.Limits{Reserve: -1}}
		if change != nil {
			change(&c)
		}
		if more != nil {
			more(deps)
		}
		var err error
		d.uploads, err = upload.Open(c)
		require.NoError(t, err)
		deps.Uploads, d.deps, d.config = d.uploads, *deps, c
	})
	d.key = d.site.key(t, "post", access.Uploader)
	return d
}

type tusReply struct {
	*http.Response
	body    []byte
	problem server.Problem
}

func (r tusReply) offset() string { return r.Header.Get("Upload-Offset") }

// tus sends a request of the protocol with the post's key, unless the header fields name another.
func (d *depot) tus(t *testing.T, method, path string, body io.Reader, header ...string) tusReply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, d.URL+path, body)
	require.NoError(t, err)
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("x-api-key", d.key)
	if method == http.MethodPatch {
		r.Header.Set("Content-Type", "application/offset+octet-stream")
	}
	for i := 0; i < len(header); i += 2 {
		if r.Header.Del(header[i]); header[i+1] != "" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	reply := tusReply{Response: answer}
	reply.body, err = io.ReadAll(answer.Body)
	require.NoError(t, err)
	if answer.StatusCode >= 400 && method != http.MethodHead {
		require.NoError(t, json.Unmarshal(reply.body, &reply.problem), "%s", reply.body)
		require.Equal(t, answer.StatusCode, reply.problem.Status)
		require.NotEmpty(t, reply.problem.TitleFA)
		require.NotEmpty(t, reply.problem.NextStep)
		require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
	}
	return reply
}

func metadata(kv ...string) string {
	var out []string
	for i := 0; i < len(kv); i += 2 {
		out = append(out, kv[i]+" "+base64.StdEncoding.EncodeToString([]byte(kv[i+1])))
	}
	return strings.Join(out, ",")
}

func (d *depot) create(t *testing.T, size int, kv ...string) tusReply {
	t.Helper()
	given := append([]string{"agency", "post", "theme", "gnaf-address"}, kv...)
	if !strings.Contains(strings.Join(kv, " "), "filename") {
		given = append(given, "filename", "addresses.gpkg")
	}
	return d.tus(t, "POST", "/v1/uploads", nil, "Upload-Length", strconv.Itoa(size), "Upload-Metadata", metadata(given...))
}

// begin makes an upload and answers its path.
func (d *depot) begin(t *testing.T, size int, kv ...string) string {
	t.Helper()
	r := d.create(t, size, kv...)
	require.Equal(t, 201, r.StatusCode, "%s", r.body)
	return r.Header.Get("Location")
}

func (d *depot) patch(t *testing.T, at string, offset int, part []byte, header ...string) tusReply {
	t.Helper()
	return d.tus(t, "PATCH", at, bytes.NewReader(part), append([]string{"Upload-Offset", strconv.Itoa(offset)}, header...)...)
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func TestUpload(t *testing.T) {
	t.Parallel()
	d := openDepot(t, nil)
	options := d.tus(t, "OPTIONS", "/v1/uploads", nil, "x-api-key", "")
	assert.Equal(t, 200, options.StatusCode)
	assert.Equal(t, "2147483648", options.Header.Get("Tus-Max-Size"))
	assert.Equal(t, "creation,creation-with-upload,termination,expiration,checksum", options.Header.Get("Tus-Extension"))
	assert.Equal(t, "sha1,sha256", options.Header.Get("Tus-Checksum-Algorithm"))
	limits := d.json(t, "/v1/limits")
	assert.EqualValues(t, 2147483648, limits["uploads"].(map[string]any)["max_bytes"])
	assert.EqualValues(t, 5000000, limits["uploads"].(map[string]any)["max_features"])
	assert.EqualValues(t, 100, limits["uploads"].(map[string]any)["max_layers"])
	assert.NotEmpty(t, limits["limits"].([]any)[0].(map[string]any)["title"].(map[string]any)["fa"])

	data := random(300_000)
	created := d.create(t, len(data), "filename", "نشانی‌ها.gpkg", "checksum", "sha256:"+sum(data))
	require.Equal(t, 201, created.StatusCode, "%s", created.body)
	at := created.Header.Get("Location")
	require.Regexp(t, `^/v1/uploads/[a-z0-9]{26}$`, at, "relative, whatever proxy is in between")
	tracking := created.Header.Get("Sdi-Tracking-Id")
	require.Regexp(t, `^NSDI-1`, tracking)
	expires, err := http.ParseTime(created.Header.Get("Upload-Expires"))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now().Add(7*24*time.Hour), expires, time.Minute)
	assert.Equal(t, "uploading", d.json(t, "/v1/track/"+tracking)["state"])

	first := d.patch(t, at, 0, data[:100_000])
	assert.Equal(t, 204, first.StatusCode)
	assert.Equal(t, "100000", first.offset())
	assert.NotEmpty(t, first.Header.Get("Upload-Expires"))
	wrong := d.patch(t, at, 5, data[5:])
	assert.Equal(t, 409, wrong.StatusCode)
	assert.Equal(t, "upload-offset-mismatch", wrong.problem.Code)
	head := d.tus(t, "HEAD", at, nil)
	assert.Equal(t, 200, head.StatusCode)
	assert.Equal(t, "100000", head.offset())
	assert.Equal(t, "300000", head.Header.Get("Upload-Length"))
	assert.Equal(t, "no-store", head.Header.Get("Cache-Control"))
	assert.Contains(t, head.Header.Get("Upload-Metadata"), "filename "+base64.StdEncoding.EncodeToString([]byte("نشانی‌ها.gpkg")))

	// A network that lets no PATCH pass.
	over := d.tus(t, "POST", at, bytes.NewReader(data[100_000:200_000]), "X-HTTP-Method-Override", "PATCH", "Upload-Offset", "100000", "Content-Type", "application/offset+octet-stream")
	assert.Equal(t, 204, over.StatusCode, "%s", over.body)
	assert.Equal(t, 405, d.tus(t, "POST", at, nil).StatusCode)
	beyond := d.patch(t, at, 200_000, append(bytes.Clone(data[200_000:]), 1))
	assert.Equal(t, 413, beyond.StatusCode)
	assert.Equal(t, "upload-longer-than-announced", beyond.problem.Code)
	last := d.patch(t, at, 200_000, data[200_000:])
	assert.Equal(t, 204, last.StatusCode)
	assert.Equal(t, "300000", last.offset())
	stored, err := os.ReadFile(filepath.Join(d.dir, filepath.Base(at)))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(data, stored))
	assert.Equal(t, "300000", d.tus(t, "HEAD", at, nil).offset(), "finished")
	assert.Equal(t, 409, d.patch(t, at, 0, data[:10]).StatusCode, "finished")

	list := d.tus(t, "GET", "/v1/uploads", nil)
	var mine struct{ Uploads []map[string]any }
	require.NoError(t, json.Unmarshal(list.body, &mine))
	require.Len(t, mine.Uploads, 1)
	assert.Equal(t, sum(data), mine.Uploads[0]["sha256"])
	assert.Equal(t, tracking, mine.Uploads[0]["tracking"])
	events := d.events(t, tracking)
	require.Len(t, events, 2)
	assert.Contains(t, events[1], sum(data))

	// Other files of the delivery join it, under names of their own.
	joined := d.create(t, 5, "filename", "addresses.dbf", "tracking", strings.ToLower(tracking))
	assert.Equal(t, tracking, joined.Header.Get("Sdi-Tracking-Id"))
	taken := d.create(t, 5, "filename", "ADDRESSES.dbf", "tracking", tracking)
	assert.Equal(t, 409, taken.StatusCode)
	assert.Equal(t, "upload-name-taken", taken.problem.Code)
	gone := d.tus(t, "DELETE", joined.Header.Get("Location"), nil)
	assert.Equal(t, 204, gone.StatusCode, "%s", gone.body)
	assert.Equal(t, 404, d.tus(t, "HEAD", joined.Header.Get("Location"), nil).StatusCode)
	assert.Equal(t, 404, d.tus(t, "DELETE", joined.Header.Get("Location"), nil).StatusCode)
	left, err := os.ReadDir(d.dir)
	require.NoError(t, err)
	assert.Len(t, left, 2, "bytes and metadata of the finished one")
}

func (d *depot) events(t *testing.T, tracking string) []string {
	t.Helper()
	rows, err := d.pool.Query(t.Context(), `select note_en from access.tracking_event where tracking = $1 order by seq`, tracking)
	require.NoError(t, err)
	var notes []string
	for rows.Next() {
		var note string
		require.NoError(t, rows.Scan(&note))
		notes = append(notes, note)
	}
	require.NoError(t, rows.Err())
	_, _, err = access.VerifyTracking(t.Context(), d.pool)
	require.NoError(t, err)
	return notes
}

func TestUploadIsRefused(t *testing.T) {
	t.Parallel()
	d := openDepot(t, func(c *upload.Config) { c.Limits.MaxBytes = 1000 })
	good := metadata("filename", "a.gpkg", "agency", "post", "theme", "gnaf-address")
	reader := d.site.key(t, "post", access.Inquirer)
	for name, c := range map[string]struct {
		status   int
		code     string
		location string
		header   []string
	}{
		"wrong version":     {412, "upload-version-unknown", "header.Tus-Resumable", []string{"Tus-Resumable", "0.2.2"}},
		"no version":        {412, "upload-version-unknown", "header.Tus-Resumable", []string{"Tus-Resumable", ""}},
		"too big":           {413, "upload-too-large", "header.Upload-Length", []string{"Upload-Length", "1001"}},
		"far too big":       {400, "upload-length-invalid", "header.Upload-Length", []string{"Upload-Length", "99999999999999999999"}},
		"negative":          {400, "upload-length-invalid", "header.Upload-Length", []string{"Upload-Length", "-1"}},
		"no length":         {400, "upload-length-invalid", "header.Upload-Length", []string{"Upload-Length", ""}},
		"length later":      {400, "upload-length-invalid", "header.Upload-Length", []string{"Upload-Length", "", "Upload-Defer-Length", "1"}},
		"empty":             {422, "upload-empty", "header.Upload-Length", []string{"Upload-Length", "0"}},
		"no metadata":       {422, "upload-name-invalid", "header.Upload-Metadata.filename", []string{"Upload-Metadata", ""}},
		"path":              {422, "upload-name-invalid", "header.Upload-Metadata.filename", []string{"Upload-Metadata", metadata("filename", "../x", "agency", "post", "theme", "gnaf-address")}},
		"another's theme":   {403, "not-permitted", "", []string{"Upload-Metadata", metadata("filename", "a", "agency", "post", "theme", "road")}},
		"another's agency":  {403, "not-permitted", "", []string{"Upload-Metadata", metadata("filename", "a", "agency", "ncc", "theme", "base-map-2000")}},
		"no such agency":    {403, "not-permitted", "", []string{"Upload-Metadata", metadata("filename", "a", "agency", "atlantis")}},
		"no such territory": {403, "not-permitted", "", []string{"Upload-Metadata", metadata("filename", "a", "agency", "post", "theme", "gnaf-address", "territory", "XX-1")}},
		"no such delivery":  {422, "upload-tracking-closed", "header.Upload-Metadata.tracking", []string{"Upload-Metadata", metadata("filename", "a", "agency", "post", "tracking", "NSDI-1405-2222-2222-2")}},
		"public":            {401, "sign-in-needed", "", []string{"x-api-key", ""}},
		"wrong key":         {401, "key-refused", "", []string{"x-api-key", "nsdi_12345678_x"}},
		"no uploader":       {403, "not-permitted", "", []string{"x-api-key", reader}},
		"cookie, no origin": {403, "cross-origin-refused", "", []string{"x-api-key", "", "Cookie", "nsdi-session=x"}},
		"foreign page":      {403, "cross-origin-refused", "", []string{"x-api-key", "", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}},
		"unknown algorithm": {400, "upload-checksum-invalid", "header.Upload-Checksum", []string{"Upload-Checksum", "md5 AAAA"}},
	} {
		r := d.tus(t, "POST", "/v1/uploads", nil, append([]string{"Upload-Length", "10", "Upload-Metadata", good}, c.header...)...)
		assert.Equal(t, c.status, r.StatusCode, "%s: %s", name, r.body)
		assert.Equal(t, c.code, r.problem.Code, name)
		if c.location != "" && assert.NotEmpty(t, r.problem.Errors, name) {
			assert.Equal(t, c.location, r.problem.Errors[0].Location, name)
		}
		assert.Empty(t, r.Header.Get("Location"), name)
		if c.status == 412 {
			assert.Equal(t, "1.0.0", r.Header.Get("Tus-Version"), name)
		}
	}
	left, err := os.ReadDir(d.dir)
	require.NoError(t, err)
	assert.Empty(t, left)

	at := d.begin(t, 10)
	for name, c := range map[string]struct {
		status int
		code   string
		header []string
	}{
		"wrong version": {412, "upload-version-unknown", []string{"Tus-Resumable", "2"}},
		"no type":       {400, "upload-type-invalid", []string{"Content-Type", ""}},
		"form":          {400, "upload-type-invalid", []string{"Content-Type", "application/x-www-form-urlencoded"}},
		"no offset":     {400, "upload-offset-invalid", []string{"Upload-Offset", ""}},
		"negative":      {400, "upload-offset-invalid", []string{"Upload-Offset", "-3"}},
		"ahead":         {409, "upload-offset-mismatch", []string{"Upload-Offset", "3"}},
		"length again":  {400, "upload-length-invalid", []string{"Upload-Length", "10"}},
	} {
		r := d.patch(t, at, 0, []byte("0123456789"), c.header...)
		assert.Equal(t, c.status, r.StatusCode, "%s: %s", name, r.body)
		assert.Equal(t, c.code, r.problem.Code, name)
	}
	assert.Equal(t, "0", d.tus(t, "HEAD", at, nil).offset())
}

// To anybody but its creator an upload is not there, also to another key of the agency, and in the same words.
func TestUploadOfAnother(t *testing.T) {
	t.Parallel()
	d := openDepot(t, nil)
	at := d.begin(t, 10)
	id := filepath.Base(at)
	sameAgency, other, auditor := d.site.key(t, "post", access.Uploader), d.site.key(t, "ncc", access.Uploader), d.site.key(t, "committee", access.Auditor)
	absent := d.tus(t, "PATCH", "/v1/uploads/"+strings.Repeat("a", 26), strings.NewReader("x"), "Upload-Offset", "0")
	require.Equal(t, 404, absent.StatusCode)
	same := func(r tusReply, id string) {
		t.Helper()
		assert.Equal(t, 404, r.StatusCode)
		assert.Equal(t, strings.ReplaceAll(string(absent.body), strings.Repeat("a", 26), id), string(r.body))
	}
	for _, key := range []string{sameAgency, other, auditor} {
		same(d.patch(t, at, 0, []byte("x"), "x-api-key", key), id)
		same(d.tus(t, "DELETE", at, nil, "x-api-key", key), id)
		head := d.tus(t, "HEAD", at, nil, "x-api-key", key)
		assert.Equal(t, 404, head.StatusCode)
		assert.Empty(t, head.offset())
		assert.JSONEq(t, `{"uploads":[]}`, string(d.tus(t, "GET", "/v1/uploads", nil, "x-api-key", key).body))
	}
	for _, odd := range []string{"..%2f..%2fetc", strings.Repeat("A", 26), "%00", id + ".info", "x"} {
		assert.Equal(t, 404, d.tus(t, "HEAD", "/v1/uploads/"+odd, nil).StatusCode, odd)
	}
	for _, method := range []string{"HEAD", "PATCH", "DELETE"} {
		assert.Equal(t, 401, d.tus(t, method, at, nil, "x-api-key", "").StatusCode, method)
		assert.Equal(t, 401, d.tus(t, method, "/v1/uploads/"+strings.Repeat("a", 26), nil, "x-api-key", "").StatusCode, method)
	}
	assert.Equal(t, 401, d.tus(t, "GET", "/v1/uploads", nil, "x-api-key", "").StatusCode)

	// A right that is gone stops an upload under way.
	for _, sql := range []string{`delete from access.agency_theme where theme = 'gnaf-address'`, `update layers.theme set delivered_by = '{}' where code = 'gnaf-address'`} {
		_, err := d.pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	r := d.patch(t, at, 0, []byte("0123456789"))
	assert.Equal(t, 403, r.StatusCode)
	assert.Equal(t, "not-permitted", r.problem.Code)
	var refusals int
	require.NoError(t, d.pool.QueryRow(t.Context(), `select count(*) from access.audit where event = 'refusal' and action = 'upload' and detail = 'not-permitted'`).Scan(&refusals))
	assert.Positive(t, refusals)
}

func TestUploadChecksums(t *testing.T) {
	t.Parallel()
	d := openDepot(t, nil)
	data := random(50_000)
	at := d.begin(t, len(data))
	one, two := sha1.Sum(data[:20_000]), sha256.Sum256(data[20_000:])
	bad := d.patch(t, at, 0, data[:20_000], "Upload-Checksum", "sha256 "+base64.StdEncoding.EncodeToString(two[:]))
	assert.Equal(t, 460, bad.StatusCode)
	assert.Equal(t, "upload-part-damaged", bad.problem.Code)
	assert.Equal(t, "0", d.tus(t, "HEAD", at, nil).offset(), "what is damaged does not count")
	good := d.patch(t, at, 0, data[:20_000], "Upload-Checksum", "sha1 "+base64.StdEncoding.EncodeToString(one[:]))
	assert.Equal(t, 204, good.StatusCode, "%s", good.body)

	// A server that was killed between writing a part and finding it right leaves it with the mark that takes it back.
	file := filepath.Join(d.dir, filepath.Base(at))
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString("unchecked")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.NoError(t, os.WriteFile(file+".undo", []byte("20000"), 0o600))
	assert.Equal(t, "20000", d.tus(t, "HEAD", at, nil).offset())
	assert.NoFileExists(t, file+".undo")

	good = d.patch(t, at, 20_000, data[20_000:], "Upload-Checksum", "sha256 "+base64.StdEncoding.EncodeToString(two[:]))
	assert.Equal(t, 204, good.StatusCode, "%s", good.body)
	stored, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(data, stored))

	// The checksum of the whole: what is something else goes, and the delivery can be joined anew.
	created := d.create(t, 10, "checksum", sum([]byte("0123456789")))
	at, tracking := created.Header.Get("Location"), created.Header.Get("Sdi-Tracking-Id")
	mismatch := d.patch(t, at, 0, []byte("012345678X"))
	assert.Equal(t, 422, mismatch.StatusCode)
	assert.Equal(t, "upload-checksum-mismatch", mismatch.problem.Code)
	assert.Contains(t, mismatch.problem.NextStep, tracking)
	assert.Equal(t, 404, d.tus(t, "HEAD", at, nil).StatusCode)
	assert.NoFileExists(t, filepath.Join(d.dir, filepath.Base(at)))
	at = d.begin(t, 10, "checksum", sum([]byte("0123456789")), "tracking", tracking)
	assert.Equal(t, 204, d.patch(t, at, 0, []byte("0123456789")).StatusCode)
}

// With the creation, in one request.
func TestUploadWithItsCreation(t *testing.T) {
	t.Parallel()
	d := openDepot(t, nil)
	r := d.tus(t, "POST", "/v1/uploads", strings.NewReader("0123456789"), "Upload-Length", "10", "Content-Type", "application/offset+octet-stream",
		"Upload-Metadata", metadata("filename", "a.gpkg", "agency", "post"))
	require.Equal(t, 201, r.StatusCode, "%s", r.body)
	assert.Equal(t, "10", r.offset())
	assert.Equal(t, "10", d.tus(t, "HEAD", r.Header.Get("Location"), nil).offset())
	var done bool
	require.NoError(t, d.pool.QueryRow(t.Context(), `select completed_at is not null and theme is null from layers.upload`).Scan(&done))
	assert.True(t, done)
}
