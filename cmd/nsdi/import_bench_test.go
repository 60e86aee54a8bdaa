package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"nsdi/internal/pgtest"
	"nsdi/layers"
)

// BenchmarkImport takes 136,324 address rows from CSV to published, and has ogr2ogr copy the same file into a table with a primary key and a spatial
// index, in the same run on the same server. The metric that counts is their ratio.
func BenchmarkImport(b *testing.B) {
	file := filepath.Join("..", "..", "..", "shared", "data", "addresses", "us_vt_e911_half_a.csv.gz")
	if _, err := os.Stat(file); err != nil {
		b.Skip("needs the shared data folder beside the checkout, which is not there")
	}
	plain := unpacked(b, file)
	mapping, err := layers.ReadMapping(filepath.Join("testdata", "vermont.mapping.json"))
	require.NoError(b, err)
	var ours, theirs time.Duration
	var rows int64
	for b.Loop() {
		pool := pgtest.New(b)
		importer, err := newImporter(b.Context(), pool, b.TempDir())
		require.NoError(b, err)
		started := time.Now()
		report, err := importer.Import(b.Context(), layers.Request{Theme: "gnaf-address", Agency: "post", Files: []string{plain}, Mapping: *mapping})
		require.NoError(b, err)
		ours += time.Since(started)
		rows += report.RowsIn

		server, err := pgconn.ParseConfig(pgtest.URL(b))
		require.NoError(b, err)
		target := fmt.Sprintf("PG:host=%s port=%d user=%s dbname=%s", server.Host, server.Port, server.User, server.Database)
		started = time.Now()
		out, err := exec.Command("ogr2ogr", "-f", "PostgreSQL", target, plain, "-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat",
			"-a_srs", "EPSG:4326", "-nln", "access.plain", "--config", "PG_USE_COPY", "YES").CombinedOutput()
		require.NoError(b, err, "%s", out)
		theirs += time.Since(started)
	}
	b.ReportMetric(float64(rows)/ours.Seconds(), "rows/s")
	b.ReportMetric(float64(rows)/theirs.Seconds(), "ogr2ogr-rows/s")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-ogr2ogr")
}

func unpacked(b *testing.B, file string) string {
	b.Helper()
	in, err := os.Open(file)
	require.NoError(b, err)
	defer in.Close()
	z, err := gzip.NewReader(in)
	require.NoError(b, err)
	plain := filepath.Join(b.TempDir(), "addresses.csv")
	out, err := os.Create(plain)
	require.NoError(b, err)
	_, err = io.Copy(out, z)
	require.NoError(b, err)
	require.NoError(b, out.Close())
	return plain
}
