package server_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
	"nsdi/layers"
	"nsdi/server"
)

// sheetOf answers the provenance sheet that a file brings along.
func sheetOf(t *testing.T, format string, body []byte) string {
	t.Helper()
	if format == "gpkg" {
		var lines []string
		for _, f := range readBack(t, format, body, "provenance") {
			lines = append(lines, fmt.Sprintf("%v=%v", f.Properties["code"], f.Properties["value"]))
		}
		return strings.Join(lines, "\n")
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	require.NoError(t, err)
	f, err := z.Open("provenance.csv")
	require.NoError(t, err)
	defer f.Close()
	text, err := io.ReadAll(f)
	require.NoError(t, err)
	return string(text)
}

// What was granted comes in every format, with the name of whoever took it, and each time is on record; what somebody else was granted is another file.
func TestRestrictedFiles(t *testing.T) {
	t.Parallel()
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	folder := filepath.Join(t.TempDir(), "downloads")
	l := lend(t, 300, func(d *server.Deps) {
		d.Exports = &layers.Downloads{Sandbox: sandbox, Folder: folder, Now: time.Now}
	})
	offered := func(format string, who []string) string {
		status, v := l.post(t, l.offerPath()+"?format="+format, "", who...)
		require.Equal(t, 200, status, v)
		return v["url"].(string)
	}
	id := l.ask(t)
	status, v := l.post(t, "/v1/access-requests/"+id+"/decision", `{"decision":"grant"}`, l.publisher...)
	require.Equal(t, 200, status, v)
	// Another agency is granted less: two attributes.
	require.NoError(t, access.EnsureAgency(t.Context(), l.pool, access.Agency{Code: "surveyor", Kind: "consumer", NameFA: "نقشه‌بردار", NameEN: "Surveyor"}))
	surveyor := []string{"x-api-key", l.key(t, "surveyor", access.Inquirer)}
	status, v = l.post(t, "/v1/access-requests", fmt.Sprintf(`{"dataset":%d,"purpose":"p","legal_ground":"l","until":%q}`, l.dataset, l.clock.Add(24*time.Hour).Format(time.RFC3339)), surveyor...)
	require.Equal(t, 200, status, v)
	narrow := v["tracking"].(string)
	status, v = l.post(t, "/v1/access-requests/"+narrow+"/decision", `{"decision":"grant","attributes":["line_id","kind"],"reason":"enough"}`, l.publisher...)
	require.Equal(t, 200, status, v)

	uses := 0
	for _, format := range []string{"csv", "gpkg", "flatgeobuf", "shapefile"} {
		url := offered(format, l.program)
		require.Contains(t, url, "?format="+format)
		head, _ := l.do(t, "HEAD", url)
		require.Equal(t, 200, head.StatusCode)
		r, body := l.do(t, "GET", url)
		require.Equal(t, 200, r.StatusCode, "%s: %s", format, body)
		require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
		features := readBack(t, format, body, "electricity")
		require.Len(t, features, 300, format)
		for _, f := range features {
			number := strings.TrimPrefix(f.Properties["line_id"].(string), "line-")
			require.Equal(t, fmt.Sprint(63+atoi(t, number)), fmt.Sprint(f.Properties["voltage_kv"]), format)
			near(t, []any{[]any{51 + float64(atoi(t, number))/1e4, 35.1}, []any{51.5 + float64(atoi(t, number))/1e4, 35.9}}, line(f.Geometry.Coordinates), format)
		}
		sheet := sheetOf(t, format, body)
		for _, want := range []string{"planner's program · planner", id, "energy", "300", "EPSG:4326"} {
			require.Contains(t, sheet, want, format)
		}
		part, rest := l.do(t, "GET", url, "Range", "bytes=100-", "If-Range", r.Header.Get("ETag"))
		require.Equal(t, 206, part.StatusCode)
		require.Equal(t, string(body[100:]), string(rest), format)
		uses += 2
		if format == "gpkg" { // and in the reference system that is asked for, which is another file
			r, body := l.do(t, "GET", url+"&crs=EPSG:32639")
			require.Equal(t, 200, r.StatusCode, "%s", body)
			require.Contains(t, sheetOf(t, format, body), "EPSG:32639")
			require.Len(t, readBack(t, format, body, "electricity"), 300)
			uses++
			r, body = l.do(t, "GET", url+"&crs=EPSG:1")
			require.Equal(t, 422, r.StatusCode)
			require.Contains(t, string(body), "crs-unknown")
		}

		// The other's file has what the other was granted, and no more.
		r, less := l.do(t, "GET", offered(format, surveyor))
		require.Equal(t, 200, r.StatusCode, "%s: %s", format, less)
		others := readBack(t, format, less, "electricity")
		require.Len(t, others, 300)
		require.Equal(t, "overhead", others[0].Properties["kind"])
		require.NotContains(t, others[0].Properties, "voltage_kv", format)
		sheet = sheetOf(t, format, less)
		require.Contains(t, sheet, "surveyor's program · surveyor", format)
		require.Contains(t, sheet, "line_id, kind", format)
		require.NotContains(t, sheet, "planner", format)

		// An address is worth nothing to somebody else, though its file is there.
		r, body = l.do(t, "GET", url, surveyor...)
		require.Equal(t, 403, r.StatusCode)
		require.Contains(t, string(body), "download-refused")
	}
	var q struct {
		Uses []struct {
			Name, What string
			Rows       int64
			Bytes      int64
			Complete   bool
		}
	}
	r, body := l.do(t, "GET", "/v1/access-requests/"+id, l.publisher...)
	require.Equal(t, 200, r.StatusCode)
	require.NoError(t, json.Unmarshal(body, &q))
	require.Len(t, q.Uses, uses, "each time, a part too")
	whole := 0
	for _, u := range q.Uses {
		require.Equal(t, "planner's program", u.Name)
		require.Positive(t, u.Bytes)
		require.Contains(t, u.What, " format:")
		if u.Complete {
			whole++
			require.EqualValues(t, 300, u.Rows)
		} else {
			require.Contains(t, u.What, "bytes=100-")
		}
	}
	const parts = 4 // of each format one
	require.Equal(t, uses-parts, whole)
	entries, err := access.Entries(t.Context(), l.pool, access.AuditFilter{Event: "export", Limit: 100})
	require.NoError(t, err)
	require.Len(t, entries, uses+parts, "and the other's")

	r, body = l.do(t, "GET", offered("gpkg", l.program)+"x")
	assert.Equal(t, 422, r.StatusCode, "%s", body)
	assert.Contains(t, string(body), "format-unknown")
	status, _ = l.post(t, l.offerPath()+"?format=dwg", "", l.program...)
	assert.Equal(t, 422, status)

	// What is taken back is not handed out, though the file is there.
	url := offered("gpkg", l.program)
	r, _ = l.do(t, "GET", url)
	require.Equal(t, 200, r.StatusCode)
	status, _ = l.post(t, "/v1/access-requests/"+id+"/revoke", `{"reason":"done"}`, l.publisher...)
	require.Equal(t, 200, status)
	r, body = l.do(t, "GET", url)
	require.Equal(t, 403, r.StatusCode)
	require.Contains(t, string(body), "not-permitted")
}

// A restricted dataset leaves clipped to a unit as what is public does, and the record of its use says to which.
func TestRestrictedFilesOfAUnit(t *testing.T) {
	t.Parallel()
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	folder := filepath.Join(t.TempDir(), "downloads")
	l := lend(t, 300, func(d *server.Deps) {
		d.Exports = &layers.Downloads{Sandbox: sandbox, Folder: folder, Now: time.Now}
	})
	const east = 51.01005 // between the foot of line 100 and that of line 101
	_, err = l.pool.Exec(t.Context(), `
		insert into layers.admin_unit (code, level, name_fa, name_key, geom)
		values ('square', 'city', 'میدان', 'x', st_multi(st_makeenvelope(50, 35, $1, 35.5, 4326))), ('elsewhere', 'city', 'دور', 'x', st_multi(st_makeenvelope(40, 35, 41, 36, 4326)))`, east)
	require.NoError(t, err)
	id := l.ask(t)
	status, v := l.post(t, "/v1/access-requests/"+id+"/decision", `{"decision":"grant"}`, l.publisher...)
	require.Equal(t, 200, status, v)
	status, v = l.post(t, l.offerPath(), "", l.program...)
	require.Equal(t, 200, status, v)
	url := v["url"].(string)

	for _, format := range []string{"geojson", "gpkg"} {
		r, body := l.do(t, "GET", url+"?unit=square&format="+format)
		require.Equal(t, 200, r.StatusCode, "%s", body)
		whole := readBack(t, format, body, "electricity")
		require.Len(t, whole, 101, format)
		r, body = l.do(t, "GET", url+"?unit=square&clip=cut&format="+format)
		require.Equal(t, 200, r.StatusCode, "%s", body)
		cut := readBack(t, format, body, "electricity")
		require.Len(t, cut, 101, format)
		for i, f := range whole {
			near(t, 35.9, line(f.Geometry.Coordinates).([]any)[1].([]any)[1], format)
			end := line(cut[i].Geometry.Coordinates).([]any)[1].([]any)
			near(t, east, end[0], format)
		}
		r, body = l.do(t, "GET", url+"?unit=elsewhere&format="+format)
		require.Equal(t, 200, r.StatusCode, "%s", body)
		require.Empty(t, readBack(t, format, body, "electricity"))
	}
	_, body := l.do(t, "GET", url+"?unit=square&clip=cut&format=gpkg")
	sheet := sheetOf(t, "gpkg", body)
	for _, want := range []string{"square", "cut at the boundary", id, "features=101"} {
		require.Contains(t, sheet, want)
	}
	var uses int
	require.NoError(t, l.pool.QueryRow(t.Context(), `select count(*) from access.audit where event = 'export' and resource like '%unit:square clip:cut'`).Scan(&uses))
	require.Equal(t, 3, uses)

	for query, code := range map[string]string{"unit=nowhere": "unit-unknown", "unit=square&sheets=1": "area-twice", "clip=half": "request-invalid", "as_of=2020-01-01": "request-invalid"} {
		r, body := l.do(t, "GET", url+"?format=gpkg&"+query)
		require.GreaterOrEqual(t, r.StatusCode, 400, query)
		require.Less(t, r.StatusCode, 500, query)
		require.Contains(t, string(body), code, query)
	}
}

// line is the coordinates of a line, or of the only part of several.
func line(coordinates any) any {
	list := coordinates.([]any)
	if _, ok := list[0].([]any)[0].([]any); ok {
		return list[0]
	}
	return list
}

func atoi(t *testing.T, s string) (n int) {
	t.Helper()
	_, err := fmt.Sscan(s, &n)
	require.NoError(t, err)
	return n
}
