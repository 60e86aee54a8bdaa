package layers

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
)

func newDownloads(t *testing.T, s *shelf) *Downloads {
	t.Helper()
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	return &Downloads{Sandbox: sandbox, Folder: filepath.Join(t.TempDir(), "downloads"), Now: func() time.Time { return s.now }}
}

func (s *shelf) file(t *testing.T, d *Downloads, seq int, format string) (*Download, error) {
	t.Helper()
	set, err := s.versions.Open(t.Context(), s.pool, s.dataset)
	require.NoError(t, err)
	v, err := set.Version(t.Context(), s.pool, seq)
	require.NoError(t, err)
	return d.File(t.Context(), s.pool, OrderOf(set, v, format, []Line{{Code: "theme", FA: "موضوع", EN: "Theme", Value: "place"}}), nil)
}

// A file is made once and kept for its time; together the files are no larger than is allowed, and the oldest goes first.
func TestDownloadsAreKeptAndSwept(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for i := range 3 {
		_, err := s.publish(t.Context(), map[string]spot{"a": {"الف", 5100 + i, 3500}})
		require.NoError(t, err)
	}
	d := newDownloads(t, s)
	s.now = time.Now()
	one, err := s.file(t, d, 1, "geojson")
	require.NoError(t, err)
	again, err := s.file(t, d, 1, "geojson")
	require.NoError(t, err)
	require.Equal(t, one, again)
	two, err := s.file(t, d, 2, "geojson")
	require.NoError(t, err)
	require.NotEqual(t, one.ETag, two.ETag)
	require.NoError(t, os.Chtimes(one.Path, s.now.Add(-time.Hour), s.now.Add(-time.Hour)))
	info, err := os.Stat(two.Path)
	require.NoError(t, err)
	d.Most = info.Size() + 10
	_, err = s.file(t, d, 3, "geojson")
	require.NoError(t, err)
	require.NoFileExists(t, one.Path)
	require.FileExists(t, two.Path)
	s.now = s.now.Add(25 * time.Hour)
	left := filepath.Join(d.Folder, "making-1") // of a process that was killed
	require.NoError(t, os.MkdirAll(left, 0o700))
	require.NoError(t, os.Chtimes(left, time.Now(), time.Now()))
	require.NoError(t, d.sweep())
	files, err := os.ReadDir(d.Folder)
	require.NoError(t, err)
	require.Empty(t, files)

	d.Most = 100
	_, err = s.file(t, d, 3, "geojson")
	refused(t, err, "download-too-large")
	_, err = s.file(t, d, 3, "dwg")
	refused(t, err, "format-unknown")
	files, err = os.ReadDir(d.Folder)
	require.NoError(t, err)
	require.Empty(t, files, "nothing is left of what was not made")
}

func TestZippedDownloadsHaveTheirSheet(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	_, err := s.publish(t.Context(), map[string]spot{"a": {"الف", 5100, 3500}})
	require.NoError(t, err)
	d := newDownloads(t, s)
	for format, want := range map[string][]string{
		"csv": {"place.csv", "provenance.csv"}, "flatgeobuf": {"place.fgb", "provenance.csv"},
		"shapefile": {"place.cpg", "place.dbf", "place.prj", "place.shp", "place.shx", "provenance.csv"},
	} {
		file, err := s.file(t, d, 1, format)
		require.NoError(t, err)
		z, err := zip.OpenReader(file.Path)
		require.NoError(t, err)
		defer z.Close()
		content := map[string]string{}
		var names []string
		for _, f := range z.File {
			r, err := f.Open()
			require.NoError(t, err)
			body, err := io.ReadAll(r)
			require.NoError(t, err)
			content[f.Name], names = string(body), append(names, f.Name)
		}
		require.ElementsMatch(t, want, names, format)
		require.Contains(t, content["provenance.csv"], "theme,موضوع,Theme,place\n")
		switch format {
		case "shapefile":
			require.Equal(t, "UTF-8", content["place.cpg"])
		case "csv":
			require.Contains(t, content["place.csv"], bom)
			require.Contains(t, content["place.csv"], ",51,35,POINT(51 35)\n")
		}
	}
}

func TestShortNames(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"name", "declared_a", "declared_1", "declared_2", "DECLARED_3"}, shortNames([]string{"name", "declared_area_m2", "declared_area_ha", "declared_alone", "DECLARED_AREA"}))
}
