package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
	"nsdi/layers"
)

// maxFileTime is what any of these small files may take, and maxRSS what the reading process may need.
const (
	maxFileTime = 30 * time.Second
	maxRSS      = 512 << 20
)

// sharedData is the folder of real files beside the checkout. Tests that need it are skipped where it is absent.
func sharedData(t *testing.T) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("needs the shared data folder beside the checkout, which is not there")
	}
	return dir
}

// Every hostile file is imported, or refused with a problem that says why; none crashes, hangs or leaves half of it published. It runs before the tests that run
// at once: a process counts as its own what the process that starts it has in memory.
func TestHostileFiles(t *testing.T) { //nolint:paralleltest // see above
	root := filepath.Join(sharedData(t), "hostile")
	pool := pgtest.New(t)
	importer, err := newImporter(t.Context(), pool, t.TempDir())
	require.NoError(t, err)

	files, published, codes := 0, 0, map[string]int{}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) == ".tsv" && filepath.Base(path) == "MANIFEST.tsv" {
			return err
		}
		files++
		for _, crs := range []string{"", "EPSG:4326"} {
			code, ok := importHostile(t, importer, path, crs)
			codes[code]++
			if ok {
				published++
			}
			if code != "crs-missing" {
				break
			}
		}
		return nil
	})
	require.NoError(t, err)
	t.Logf("%d files; outcomes: %v", files, codes)
	require.Greater(t, files, 400)
	require.Greater(t, published, 50, "valid files among them must still be taken")

	var leftovers int
	require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from pg_tables where schemaname = 'staging'`).Scan(&leftovers))
	require.Zero(t, leftovers, "staging tables must go with their submission")
	peak := importer.Reader.Sandbox.PeakMemory()
	require.Positive(t, peak)
	require.Less(t, peak, int64(maxRSS), "memory of the largest reading process")
}

// importHostile imports one file as a base map and checks what must hold for any file. It answers the problem's code, "" for none, and whether features
// were published.
func importHostile(t *testing.T, im *layers.Importer, path, crs string) (code string, published bool) {
	started := time.Now()
	report, err := im.Import(t.Context(), layers.Request{
		Theme: "base-map-feature", Agency: "ncc", Files: []string{path}, AllowRemovals: true,
		Mapping: layers.Mapping{
			CRS: crs,
			Attributes: map[string]*layers.Expr{
				"feature_id": {Template: "{$file}/{$layer}/{$row}"}, "feature_class": {Value: "hostile"},
			},
		},
	})
	require.Less(t, time.Since(started), maxFileTime, path)
	if err == nil {
		require.Equal(t, report.RowsIn, report.Accepted+report.Refused, path)
		require.Equal(t, report.Features, report.Accepted-report.Repeated, path)
		return "", true
	}
	var problem *errs.Error
	if !errors.As(err, &problem) {
		t.Errorf("%s: not a problem that the deliverer can act on: %v", path, err)
		return "internal", false
	}
	require.NotEmpty(t, problem.Title.FA, path)
	require.NotEmpty(t, problem.Next.FA, path)
	require.NotEmpty(t, problem.Next.EN, path)
	require.Equal(t, "refused", report.State, path)
	if problem.Code != "nothing-accepted" {
		require.True(t, strings.Contains(problem.Location, filepath.Base(path)) || strings.HasPrefix(problem.Location, strings.TrimSuffix(filepath.Base(path), ".gz")),
			"%s: the problem must name the file, not %q", path, problem.Location)
	} else {
		require.True(t, report.RowsIn == 0 || len(report.Rules) > 0, path)
	}
	var versions int
	require.NoError(t, im.Pool.QueryRow(t.Context(), `select count(*) from layers.version where submission_id = $1`, report.Submission).Scan(&versions))
	require.Zero(t, versions, "%s: a refused file must publish nothing", path)
	return problem.Code, false
}
