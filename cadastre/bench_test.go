package cadastre_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"nsdi/cadastre"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/layers"
	"nsdi/layers/reading"
)

// benchSize is a number of parcels, smaller ones by the environment where the machine is not one's own.
func benchSize(name string, n int) int {
	if less, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return less
	}
	return n
}

// benchImporter answers an importer on a fresh database, and one that says how long each stage took.
func benchImporter(b *testing.B) (*layers.Importer, func(file, agency string) (*layers.Report, map[string]time.Duration)) {
	pool := pgtest.New(b)
	sandbox, err := fixture.Sandbox()
	require.NoError(b, err)
	im := &layers.Importer{
		Pool: pgtest.Application(b, pool, pg.Everything), Reader: &reading.Reader{Sandbox: sandbox, TempDir: b.TempDir()},
		Stores: []layers.Store{layers.FeatureStore(), cadastre.Store()}, Now: time.Now,
	}
	return im, func(file, agency string) (*layers.Report, map[string]time.Duration) {
		b.Helper()
		stages := map[string]time.Duration{}
		stage, began := "", time.Now()
		report, err := im.Import(b.Context(), layers.Request{
			Theme: "cadastre-urban", Agency: agency, Files: []string{file}, Mapping: layers.Mapping{CRS: "EPSG:32639"}, AllowRemovals: true,
			Progress: func(p layers.Progress) {
				if p.Stage != stage {
					stages[stage] += time.Since(began)
					stage, began = p.Stage, time.Now()
				}
			},
		})
		require.NoError(b, err)
		stages[stage] += time.Since(began)
		return report, stages
	}
}

// BenchmarkParcels takes 300,000 parcels of which one in a hundred has a defect from file to published, by all rules, and has ogr2ogr copy the same file into a table with
// a primary key and a spatial index, in the same run on the same server. The metric that counts is their ratio.
func BenchmarkParcels(b *testing.B) {
	c := &city{parcels: benchSize("NSDI_BENCH_PARCELS", 300_000), every: 5, x: 536_000, y: 3_950_000}
	file := c.write(b)
	var ours, theirs time.Duration
	stages := map[string]time.Duration{}
	for b.Loop() {
		_, deliver := benchImporter(b)
		began := time.Now()
		report, took := deliver(file, "registry")
		ours += time.Since(began)
		require.GreaterOrEqual(b, report.RowsIn, int64(c.parcels), "some defects are rows of their own")
		for stage, d := range took {
			stages[stage] += d
		}
		server, err := pgconn.ParseConfig(pgtest.URL(b))
		require.NoError(b, err)
		target := fmt.Sprintf("PG:host=%s port=%d user=%s dbname=%s", server.Host, server.Port, server.User, server.Database)
		began = time.Now()
		out, err := exec.CommandContext(b.Context(), "ogr2ogr", "-f", "PostgreSQL", target, file, "-oo", "GEOM_POSSIBLE_NAMES=WKT", "-oo", "KEEP_GEOM_COLUMNS=NO",
			"-a_srs", "EPSG:32639", "-nln", "access.plain", "-nlt", "GEOMETRY", "--config", "PG_USE_COPY", "YES").CombinedOutput()
		require.NoError(b, err, "%s", out)
		theirs += time.Since(began)
	}
	n := float64(b.N)
	for stage, d := range stages {
		if stage != "" {
			b.ReportMetric(d.Seconds()/n, "s-"+stage)
		}
	}
	b.ReportMetric(ours.Seconds()/n, "s")
	b.ReportMetric(theirs.Seconds()/n, "ogr2ogr-s")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-ogr2ogr")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkSection delivers a section of 2,000 parcels again, changed, next to a million published ones of another dataset. The metric is how long it takes until the
// report is there; publishing, with the neighbours' open findings, is beside it.
func BenchmarkSection(b *testing.B) {
	large := &city{parcels: benchSize("NSDI_BENCH_PUBLISHED", 1_000_000), x: 536_000, y: 3_950_000, prefix: "L"}
	_, deliver := benchImporter(b)
	deliver(large.write(b), "post")
	// The section lies beside the first street, along its lower border, and over it by half a metre.
	section := func(every int) string {
		c := &city{parcels: 2000, every: every, x: large.x, y: large.y, prefix: "S"}
		columns := 1
		for columns*columns*128 < 2000/lotsOfBlock*48 {
			columns++
		}
		rows := (2000/lotsOfBlock + columns - 1) / columns
		c.x, c.y = large.turned(0, 0.5-float64(rows)*(2*lotDepth+wayWidth)+wayWidth)
		return c.write(b)
	}
	deliver(section(0), "registry")
	var checked, published time.Duration
	every := 5
	var findings int64
	for b.Loop() {
		report, took := deliver(section(every), "registry")
		checked, published = checked+took["reading"]+took["checking"]+took[""], published+took["publishing"]
		every = 9 - every // another one each time
		findings = 0
		for _, r := range report.Rules {
			findings += r.Count
		}
		require.Greater(b, findings, int64(20))
	}
	b.ReportMetric(checked.Seconds()/float64(b.N), "s-checked")
	b.ReportMetric(published.Seconds()/float64(b.N), "s-published")
	b.ReportMetric(float64(findings), "findings")
	b.ReportMetric(0, "ns/op")
}
