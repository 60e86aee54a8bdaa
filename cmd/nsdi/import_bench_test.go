package main

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/internal/pgtest"
	"nsdi/layers"
)

// BenchmarkImport takes 136,324 address rows, and one million, from CSV to published, and has ogr2ogr copy the same file into a table with a primary key and
// a spatial index, in the same run on the same server. The metric that counts is their ratio. The most memory that the importing process held is told too.
func BenchmarkImport(b *testing.B) {
	file := filepath.Join("..", "..", "..", "shared", "data", "addresses", "us_vt_e911_half_a.csv.gz")
	if _, err := os.Stat(file); err != nil {
		b.Skip("needs the shared data folder beside the checkout, which is not there")
	}
	mapping, err := layers.ReadMapping(filepath.Join("testdata", "vermont.mapping.json"))
	require.NoError(b, err)
	plain := unpacked(b, file)
	b.Run("136324", func(b *testing.B) { importing(b, plain, mapping) })
	b.Run("1000000", func(b *testing.B) { importing(b, repeated(b, plain, 1_000_000), mapping) })
}

func importing(b *testing.B, plain string, mapping *layers.Mapping) {
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
		require.Greater(b, report.Added, report.RowsIn*98/100, "what is refused costs less than what is published")

		server, err := pgconn.ParseConfig(pgtest.URL(b))
		require.NoError(b, err)
		target := fmt.Sprintf("PG:host=%s port=%d user=%s dbname=%s", server.Host, server.Port, server.User, server.Database)
		started = time.Now()
		out, err := exec.Command("ogr2ogr", "-f", "PostgreSQL", target, plain, "-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat",
			"-a_srs", "EPSG:4326", "-nln", "access.plain", "--config", "PG_USE_COPY", "YES").CombinedOutput()
		require.NoError(b, err, "%s", out)
		theirs += time.Since(started)
	}
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	b.ReportMetric(float64(used.Maxrss)/1024, "MiB-at-most")
	b.ReportMetric(float64(rows)/ours.Seconds(), "rows/s")
	b.ReportMetric(float64(rows)/theirs.Seconds(), "ogr2ogr-rows/s")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-ogr2ogr")
	b.ReportMetric(0, "ns/op")
}

// repeated writes the addresses again and again, each time three degrees further east, in towns and with identifiers of their own, until there are n.
func repeated(b *testing.B, plain string, n int) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), "repeated.csv")
	out, err := os.Create(file)
	require.NoError(b, err)
	w := csv.NewWriter(out)
	for round, left := 0, n; left > 0; round++ {
		in, err := os.Open(plain)
		require.NoError(b, err)
		r := csv.NewReader(bufio.NewReader(in))
		header, err := r.Read()
		require.NoError(b, err)
		if round == 0 {
			require.NoError(b, w.Write(header))
		}
		id, lon, town := slices.Index(header, "esiteid"), slices.Index(header, "lon"), slices.Index(header, "townname")
		for ; left > 0; left-- {
			row, err := r.Read()
			if err == io.EOF {
				break
			}
			require.NoError(b, err)
			row[id] = fmt.Sprintf("%d-%s", round, row[id])
			row[town] = fmt.Sprintf("%s %d", row[town], round)
			if x, err := strconv.ParseFloat(row[lon], 64); err == nil {
				row[lon] = strconv.FormatFloat(x+3*float64(round), 'f', -1, 64)
			}
			require.NoError(b, w.Write(row))
		}
		require.NoError(b, in.Close())
	}
	w.Flush()
	require.NoError(b, w.Error())
	require.NoError(b, out.Close())
	return file
}

// BenchmarkRedelivery takes 200,000 addresses to published, and then the same file with one row in a hundred changed. The metrics are the shares of the first
// time: of the whole way, and of the publication alone, which is what another delivery and the readers notice.
func BenchmarkRedelivery(b *testing.B) {
	var first, second, firstPublication, secondPublication time.Duration
	for b.Loop() {
		pool := pgtest.New(b)
		importer, err := newImporter(b.Context(), pool, b.TempDir())
		require.NoError(b, err)
		take := func(file string) (whole, publication time.Duration, report *layers.Report) {
			var publishing time.Time
			began := time.Now()
			report, err := importer.Import(b.Context(), layers.Request{Theme: "gnaf-address", Agency: "post", Files: []string{file}, Progress: func(p layers.Progress) {
				if p.Stage == "publishing" {
					publishing = time.Now()
				}
			}})
			require.NoError(b, err)
			return time.Since(began), time.Since(publishing), report
		}
		whole, publication, report := take(addresses(b, 200_000, 0))
		require.EqualValues(b, 200_000, report.Added)
		first, firstPublication = first+whole, firstPublication+publication
		before := rowsWritten(b, pool)
		whole, publication, report = take(addresses(b, 200_000, 100))
		require.EqualValues(b, []int64{0, 2000, 0, 198_000}, []int64{report.Added, report.Altered, report.Removed, report.Unchanged})
		second, secondPublication = second+whole, secondPublication+publication
		require.EqualValues(b, 2000, rowsWritten(b, pool)-before, "only changed rows are written")
	}
	b.ReportMetric(100*secondPublication.Seconds()/firstPublication.Seconds(), "%-of-first-publication")
	b.ReportMetric(100*second.Seconds()/first.Seconds(), "%-of-first-whole")
	b.ReportMetric(0, "ns/op")
}

// addresses writes a CSV of n addresses, every change-th of them with another number.
func addresses(b *testing.B, n, change int) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), "addresses.csv")
	out, err := os.Create(file)
	require.NoError(b, err)
	w := bufio.NewWriter(out)
	fmt.Fprintln(w, "address_id,city,street,number,lon,lat")
	for i := range n {
		number := i % 500
		if change > 0 && i%change == 0 {
			number += 1000
		}
		fmt.Fprintf(w, "a%d,تهران,خیابان %d,%d,%.6f,%.6f\n", i, i/500, number, 51.2+float64(i%1000)/5000, 35.6+float64(i/1000)/2000)
	}
	require.NoError(b, w.Flush())
	require.NoError(b, out.Close())
	return file
}

// rowsWritten is how many rows of addresses were ever inserted, changed or removed.
func rowsWritten(b *testing.B, pool *pgxpool.Pool) (rows int64) {
	b.Helper()
	time.Sleep(1100 * time.Millisecond) // sessions that are idle hand their counts in after a second
	err := pool.QueryRow(b.Context(), `
		select n_tup_ins + n_tup_upd + n_tup_del
		from pg_stat_user_tables
		where relid = 'gnaf.address'::regclass`).Scan(&rows)
	require.NoError(b, err)
	return rows
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
