package ogr

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
)

func TestOnlyAllowedDriversAreEnabled(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Limits{})
	enabled, err := s.drivers(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, enabled)
	for _, driver := range enabled {
		require.Contains(t, allowed, driver)
	}
	for _, driver := range []string{"GPKG", "ESRI Shapefile", "GeoJSON", "CSV", "GML", "PGDUMP"} {
		require.Contains(t, enabled, driver)
	}
	require.Contains(t, s.Version, "GDAL")

	// GDAL itself, asked without our parser: what opens files of others is not registered, whatever its description looks like.
	out, err := s.output(t.Context(), "ogrinfo", "--formats")
	require.NoError(t, err)
	for _, driver := range []string{"OGR_VRT", "NAS", "OAPIF", "WFS", "PDF", "MBTiles", "SQLite", "PostgreSQL", "HTTP"} {
		require.NotContains(t, out, "  "+driver+" -")
	}
	require.Equal(t, len(enabled), strings.Count(out, "\n  "))
}

// What runs in the sandbox has no network but its own loopback, an environment of our making, and sees nothing of the host but /usr.
func TestTheSandboxIsEmpty(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://secret")
	s := newSandbox(t, Limits{})
	devices, err := s.output(t.Context(), "cat", "/proc/net/dev")
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(devices, ":"), devices)
	require.Contains(t, devices, "lo:")

	environment, err := s.output(t.Context(), "env")
	require.NoError(t, err)
	require.NotContains(t, environment, "secret")
	require.NotContains(t, environment, "HOME")

	root, err := s.output(t.Context(), "ls", "/")
	require.NoError(t, err)
	for _, name := range strings.Fields(root) {
		require.Contains(t, []string{"bin", "dev", "etc", "in", "lib", "lib64", "proc", "tmp", "usr"}, name)
	}
	for _, args := range [][]string{
		{"cat", "/etc/hostname"},
		{"cat", "/etc/passwd"},
		{"ls", "/root"},
		{"ls", "/home"},
		{"ls", "/var"},
		{"touch", "/usr/written"},
		{"cat", fmt.Sprintf("/proc/%d/environ", os.Getpid())},
	} {
		out, err := s.output(t.Context(), args[0], args[1:]...)
		require.Error(t, err, "%v gave %q", args, out)
	}
	id, err := s.output(t.Context(), "id", "-u")
	require.NoError(t, err)
	require.Equal(t, "65534\n", id)
}

func TestADeliveredFileCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Limits{})
	f := fileOf(t, "f.csv", "a\n1\n")
	require.Error(t, s.command(t.Context(), f.Files, "sh", "-c", "echo x >> /in/f.csv").Run())
	content, err := os.ReadFile(f.Files["f.csv"])
	require.NoError(t, err)
	require.Equal(t, "a\n1\n", string(content))
}

// Files that name other files, or addresses, get neither.
func TestFilesThatNameOtherPlaces(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.csv")
	require.NoError(t, os.WriteFile(secret, []byte("id,word\n1,confidential\n"), 0o644))

	vrt := func(source string) string {
		return `<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>` + source + `</SrcDataSource><SrcLayer>secret</SrcLayer></OGRVRTLayer></OGRVRTDataSource>`
	}
	gml := func(head, body string) string {
		return `<?xml version="1.0"?>` + head + `<FeatureCollection xmlns="http://x" xmlns:gml="http://www.opengis.net/gml" ` + body + `</FeatureCollection>`
	}
	member := `><gml:featureMember><a gml:id="a1"><word>&x;</word><gml:pointProperty><gml:Point srsName="EPSG:4326"><gml:coordinates>51,35</gml:coordinates></gml:Point></gml:pointProperty></a></gml:featureMember>`
	s := newSandbox(t, Limits{})
	for _, tc := range []struct{ name, main, content string }{
		{"VRT as shapefile", "f.shp", vrt(secret)},
		{"VRT as GeoPackage", "f.gpkg", vrt(secret)},
		{"VRT as KML", "f.kml", vrt(secret)},
		{"VRT as FlatGeobuf", "f.fgb", vrt(secret)},
		{"VRT of an address", "f.gpkg", vrt("/vsicurl/" + server.URL + "/secret.csv")},
		{"path as GeoJSON", "f.geojson", `"` + secret + `"`},
		{"address as GeoJSON", "f.geojson", server.URL + "/secret.geojson"},
		{"entity in GML", "f.gml", gml(`<!DOCTYPE x [<!ENTITY x SYSTEM "file://`+secret+`">]>`, member)},
		{"host name in GML", "f.gml", gml(`<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>`, member)},
		{"entity of an address", "f.gml", gml(`<!DOCTYPE x [<!ENTITY x SYSTEM "`+server.URL+`/x">]>`, member)},
		{"schema of an address", "f.gml", gml("", `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://x `+server.URL+`/x.xsd" `+strings.ReplaceAll(member, "&x;", "w"))},
		{"entity in KML", "f.kml", `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY x SYSTEM "file://` + secret + `">]><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>&x;</name><Point><coordinates>51,35</coordinates></Point></Placemark></Document></kml>`},
		{"link in KML", "f.kml", `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>` + server.URL + `/x.kml</href></Link></NetworkLink><Placemark><name>n</name><Point><coordinates>51,35</coordinates></Point></Placemark></Document></kml>`},
	} {
		host, err := os.Hostname()
		require.NoError(t, err)
		rows, _, err := readAll(t, s, fileOf(t, tc.main, tc.content))
		if err != nil {
			require.Equal(t, "file-unreadable", errs.Code(err), tc.name)
		}
		if strings.HasPrefix(tc.name, "VRT") {
			require.Error(t, err, tc.name)
		}
		for _, r := range rows {
			for column, value := range r.values {
				require.NotContains(t, value, "confidential", "%s: %s", tc.name, column)
				require.NotContains(t, value, host, "%s: %s", tc.name, column)
			}
		}
	}
	require.Zero(t, asked.Load(), "nothing may leave the sandbox")
}

// A text file that looks like another format is text: the rows are its own lines.
func TestVRTAsCSVIsText(t *testing.T) {
	t.Parallel()
	rows, _, err := readAll(t, newSandbox(t, Limits{}), fileOf(t, "f.csv", "<OGRVRTDataSource>\n<OGRVRTLayer name=\"x\"/>\n</OGRVRTDataSource>\n"))
	if err != nil {
		require.Equal(t, "file-unreadable", errs.Code(err))
		return
	}
	for _, r := range rows {
		for _, v := range r.values {
			require.Contains(t, v, "<")
		}
	}
}

// manyVertices is one feature that takes much more memory than its text.
func manyVertices(n int) string {
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[0,0]`)
	for i := range n {
		fmt.Fprintf(&b, ",[%d.5,%d.5]", i%180, i%90)
	}
	b.WriteString(`]}}]}`)
	return b.String()
}

func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	f := fileOf(t, "f.geojson", manyVertices(300_000))
	_, _, err := readAll(t, newSandbox(t, Limits{Memory: 64 << 20}), f)
	require.Equal(t, "file-unreadable", errs.Code(err))
	rows, _, err := readAll(t, newSandbox(t, Limits{}), f)
	require.NoError(t, err)
	require.Len(t, rows, 1)
}

// pipe is a file that never ends: whoever opens it waits.
func pipe(t *testing.T, main string) File {
	t.Helper()
	host := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(host, 0o600))
	return File{Main: main, Files: map[string]string{main: host}}
}

func TestTimeLimit(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Limits{Least: 5 * time.Second})
	f := pipe(t, "endless-in-time.csv")
	started := time.Now()
	_, err := s.Inspect(t.Context(), f)
	require.Equal(t, "reading-timeout", errs.Code(err))
	problem, _ := errs.As(err)
	require.Contains(t, problem.Detail.EN, "5 seconds")
	require.Contains(t, problem.Detail.FA, "۵ ثانیه")
	require.Less(t, time.Since(started), time.Minute)
	require.Empty(t, processesOf(t, f.Main))
	_, err = s.Read(t.Context(), f, nil, func(*Row) error { return nil })
	require.Equal(t, "reading-timeout", errs.Code(err))
}

func TestPatienceGrowsWithTheFile(t *testing.T) {
	t.Parallel()
	s := &Sandbox{limits: Limits{Least: time.Second, PerByte: time.Microsecond}}
	require.Equal(t, 11*time.Second, s.patience(File{Bytes: 10_000_000}))
}

func TestCancelLeavesNoProcess(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Limits{})
	f := pipe(t, "endless-until-cancelled.csv")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := s.Inspect(ctx, f)
		done <- err
	}()
	require.Eventually(t, func() bool { return len(processesOf(t, f.Main)) > 0 }, time.Minute, 10*time.Millisecond)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	require.Eventually(t, func() bool { return len(processesOf(t, f.Main)) == 0 }, time.Minute, 20*time.Millisecond)
}

// A callback that fails ends the reading process, and its error comes back.
func TestAnErrorOfTheCallbackEndsTheReading(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Limits{})
	f := fileOf(t, "stopped-by-callback.csv", "id,n\n"+strings.Repeat("1,2\n", 200_000))
	rows := 0
	_, err := s.Read(t.Context(), f, nil, func(*Row) error {
		if rows++; rows == 10 {
			return os.ErrClosed
		}
		return nil
	})
	require.ErrorIs(t, err, os.ErrClosed)
	require.Equal(t, 10, rows)
	require.Eventually(t, func() bool { return len(processesOf(t, f.Main)) == 0 }, time.Minute, 20*time.Millisecond)
}

// processesOf lists the processes that have the name in their arguments.
func processesOf(t *testing.T, name string) []string {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	return slices.DeleteFunc(lines, func(file string) bool {
		arguments, err := os.ReadFile(file)
		return err != nil || !strings.Contains(string(arguments), name)
	})
}
