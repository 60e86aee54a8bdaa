package gnaf_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/layers"
	"nsdi/layers/reading"
)

// desk takes deliveries, each a day after the one before.
type desk struct {
	t    *testing.T
	pool *pgxpool.Pool
	im   *layers.Importer
	now  time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	pool := pgtest.New(t)
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	d := &desk{t: t, pool: pool, now: time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC)}
	d.im = &layers.Importer{
		Pool: pgtest.Application(t, pool, pg.Everything), Reader: &reading.Reader{Sandbox: sandbox, TempDir: t.TempDir()},
		Stores: []layers.Store{layers.FeatureStore(), gnaf.Store(), gnaf.NameStore()}, Now: func() time.Time { return d.now },
	}
	return d
}

// deliver publishes the rows of a table.
func (d *desk) deliver(theme, agency string, rows []string, change ...func(*layers.Request)) *layers.Report {
	d.t.Helper()
	report, err := d.try(theme, agency, rows, change...)
	require.NoError(d.t, err)
	return report
}

func (d *desk) try(theme, agency string, rows []string, change ...func(*layers.Request)) (*layers.Report, error) {
	d.t.Helper()
	d.now = d.now.AddDate(0, 0, 1)
	file := filepath.Join(d.t.TempDir(), "delivery.csv")
	require.NoError(d.t, os.WriteFile(file, []byte(strings.Join(rows, "\n")+"\n"), 0o600))
	req := layers.Request{Theme: theme, Agency: agency, Files: []string{file}, AllowRemovals: true}
	for _, c := range change {
		c(&req)
	}
	return d.im.Import(d.t.Context(), req)
}

// row is the one row of a question.
func (d *desk) row(sql string, args ...any) map[string]any {
	d.t.Helper()
	rows, err := d.pool.Query(d.t.Context(), sql, args...)
	require.NoError(d.t, err)
	one, err := pgx.CollectExactlyOneRow(rows, pgx.RowToMap)
	require.NoError(d.t, err)
	return one
}

// id is that of a published address.
func (d *desk) id(agency, key string) int64 {
	d.t.Helper()
	return d.row(`
		select a.id
		from gnaf.address a
		join layers.dataset s on s.id = a.dataset_id
		join access.agency g on g.id = s.agency_id
		where g.code = $1
		  and a.key = $2`, agency, key)["id"].(int64)
}

// found counts the findings of each rule.
func found(r *layers.Report) map[string]int64 {
	counts := map[string]int64{}
	for _, rule := range r.Rules {
		counts[rule.Rule] = rule.Count
	}
	return counts
}

// strings is the one column of a question.
func (d *desk) strings(sql string, args ...any) []string {
	d.t.Helper()
	rows, err := d.pool.Query(d.t.Context(), sql, args...)
	require.NoError(d.t, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(d.t, err)
	return list
}
