package reading

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"nsdi/internal/errs"
	"nsdi/internal/fixture"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newReader(t *testing.T, limits Limits) *Reader {
	t.Helper()
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	return &Reader{Sandbox: sandbox, Limits: limits, TempDir: t.TempDir()}
}

// shared gives a real file from beside the checkout, and skips the test where it is absent.
func shared(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join("..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(file); err != nil {
		t.Skip("needs the shared data folder beside the checkout, which is not there")
	}
	return file
}

// write makes a file in a folder of the test.
func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, content, 0o600))
	return file
}

type entry struct {
	name    string
	content string
	mode    os.FileMode
}

// pack makes a zip file of the entries.
func pack(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, NonUTF8: true}
		h.SetMode(e.mode | 0o644)
		f, err := w.CreateHeader(h)
		require.NoError(t, err)
		_, err = f.Write([]byte(e.content))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// read opens a delivery and keeps copies of its rows.
func read(t *testing.T, r *Reader, options Options, files ...string) ([]Row, *Delivery, error) {
	t.Helper()
	d, err := r.Open(t.Context(), files, options)
	if err != nil {
		left, globErr := filepath.Glob(filepath.Join(r.TempDir, "*"))
		require.NoError(t, globErr)
		require.Empty(t, left, "a refused delivery must leave nothing behind")
		return nil, nil, err
	}
	var rows []Row
	err = d.Read(t.Context(), func(row *Row) error {
		c := *row
		c.Columns, c.Values, c.Null, c.Geoms = append([]string(nil), row.Columns...), append([]string(nil), row.Values...), append([]bool(nil), row.Null...), append([][]byte(nil), row.Geoms...)
		rows = append(rows, c)
		return nil
	})
	require.NoError(t, d.Close())
	return rows, d, err
}

// value gives a row's text in a column, or "∅" for null.
func value(t *testing.T, row Row, column string) string {
	t.Helper()
	for i, c := range row.Columns {
		if c == column {
			if row.Null[i] {
				return "∅"
			}
			return row.Values[i]
		}
	}
	t.Fatalf("no column %q in %q", column, row.Columns)
	return ""
}

// shapefile has GDAL write one point with the text name in the encoding, and gives its files by extension.
func shapefile(t *testing.T, encoding, name string) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "in.geojson")
	body := fmt.Sprintf(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":%q},"geometry":{"type":"Point","coordinates":[51.4,35.7]}}]}`, name)
	require.NoError(t, os.WriteFile(source, []byte(body), 0o600))
	out, err := exec.CommandContext(t.Context(), "ogr2ogr", "-f", "ESRI Shapefile", filepath.Join(dir, "out.shp"), source, "-lco", "ENCODING="+encoding).CombinedOutput()
	require.NoError(t, err, string(out))
	files := make(map[string][]byte)
	for _, ext := range []string{".shp", ".shx", ".dbf", ".prj", ".cpg"} {
		if b, err := os.ReadFile(filepath.Join(dir, "out"+ext)); err == nil {
			files[ext] = b
		}
	}
	return files
}

func without(files map[string][]byte, ext string) map[string][]byte {
	files = maps.Clone(files)
	delete(files, ext)
	return files
}

func refused(t *testing.T, err error, code, location string) {
	t.Helper()
	problem, ok := errs.As(err)
	require.True(t, ok, "%v", err)
	require.Equal(t, code, problem.Code, "%v", err)
	require.Contains(t, problem.Location, location)
	require.NotEmpty(t, problem.Title.FA)
	require.NotEmpty(t, problem.Next.FA)
	require.NotEmpty(t, problem.Next.EN)
}

// writeIn makes a file of its own name in a folder.
func writeIn(t *testing.T, dir, content string) string {
	t.Helper()
	f, err := os.CreateTemp(dir, "")
	require.NoError(t, err)
	_, err = f.WriteString(content)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return f.Name()
}
