package server_test

import (
	"crypto/sha256"
	"fmt"
	"mime"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The file is handed out as it came, whole or in parts, to those for whom the submission is, and each time is on record.
func TestTheOriginalFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const name = "روستا ۱+ب%.csv"
	content := placesOf(40, named)
	id := d.published(name, content, "")
	path := "/v1/submissions/" + id + "/files/" + url.PathEscape(name)
	etag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(content)))

	r, body := d.do(t, "GET", path, d.uploader...)
	require.Equal(t, 200, r.StatusCode, "%s", body)
	require.Equal(t, content, string(body))
	require.Equal(t, etag, r.Header.Get("ETag"))
	require.Equal(t, "application/octet-stream", r.Header.Get("Content-Type"))
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Disposition"))
	require.NoError(t, err)
	require.Equal(t, "attachment", kind)
	require.Equal(t, name, parameters["filename"])

	r, body = d.do(t, "GET", path, append([]string{"Range", "bytes=10-19", "If-Range", etag, "Accept-Encoding", "gzip"}, d.reviewer...)...)
	require.Equal(t, 206, r.StatusCode)
	require.Equal(t, content[10:20], string(body))
	r, body = d.do(t, "GET", path, append([]string{"If-None-Match", etag}, d.uploader...)...)
	require.Equal(t, 304, r.StatusCode)
	require.Empty(t, body)
	r, body = d.do(t, "GET", path, append([]string{"If-None-Match", "junk " + etag}, d.uploader...)...)
	require.Equal(t, 200, r.StatusCode)
	require.Len(t, body, len(content))
	r, body = d.do(t, "HEAD", path, d.uploader...)
	require.Equal(t, 200, r.StatusCode)
	require.Empty(t, body)
	r, _ = d.do(t, "GET", path, append([]string{"Range", "bytes=999999-"}, d.uploader...)...)
	require.Equal(t, 416, r.StatusCode)

	for _, c := range []struct {
		path string
		who  []string
		want int
		code string
	}{
		{path, d.stranger, 404, "submission-unknown"},
		{path, nil, 401, "sign-in-needed"},
		{"/v1/submissions/" + id + "/files/other.csv", d.uploader, 404, "file-unknown"},
		{"/v1/submissions/" + id + "/files/" + url.PathEscape("../../../etc/passwd"), d.uploader, 404, "file-unknown"},
		{"/v1/submissions/NSDI-1405-2222-2222-2/files/x", d.uploader, 404, "submission-unknown"},
	} {
		r, body := d.do(t, "GET", c.path, c.who...)
		require.Equal(t, c.want, r.StatusCode, "%s: %s", c.path, body)
		require.Contains(t, string(body), `"code":"`+c.code+`"`)
		require.Empty(t, r.Header.Get("Content-Disposition"))
	}

	var record []string
	require.NoError(t, d.pool.QueryRow(t.Context(), `
		select array_agg(detail order by seq)
		from access.audit
		where event = 'export'
		  and agency = 'ncc'
		  and tracking = $1`, id).Scan(&record))
	whole := fmt.Sprintf("%s, %d bytes, sha256 %s", name, len(content), etag[1:len(etag)-1])
	require.Equal(t, []string{whole, whole + ", bytes=10-19", whole, whole + ", bytes=999999-"}, record)

	// A file that somebody has cut is not handed out as if it were the one that came.
	var folder string
	require.NoError(t, d.pool.QueryRow(t.Context(), `select folder from layers.submission where tracking = $1`, id).Scan(&folder))
	require.NoError(t, os.Truncate(filepath.Join(d.kept, folder, name), 10))
	r, _ = d.do(t, "GET", path, d.uploader...)
	require.Equal(t, 500, r.StatusCode)
}
