package layers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/ogr"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/layers/reading"
)

// TestMain also is the program that the tests of killed imports start and kill.
func TestMain(m *testing.M) {
	if file := os.Getenv(envChild); file != "" {
		if err := importAsChild(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

const envChild, envChildDatabase = "NSDI_LAYERS_TEST_IMPORT", "NSDI_LAYERS_TEST_IMPORT_DATABASE"

func importAsChild(file string) error {
	ctx := context.Background()
	pool, err := pg.ConnectApplication(ctx, os.Getenv(envChildDatabase), pg.Everything)
	if err != nil {
		return err
	}
	defer pool.Close()
	sandbox, err := ogr.NewSandbox(ctx, ogr.Limits{})
	if err != nil {
		return err
	}
	im := &Importer{Pool: pool, Reader: &reading.Reader{Sandbox: sandbox, TempDir: filepath.Dir(file)}, Stores: []Store{FeatureStore()}, Now: time.Now}
	_, err = im.Import(ctx, Request{Theme: "place", Agency: "ncc", Files: []string{file}, Progress: func(p Progress) {
		fmt.Println(p.Stage, p.Rows)
		fmt.Scanln() //nolint:errcheck // it goes on when it is told to
	}})
	return err
}

// desk is where the tests deliver: a database and an importer whose clock goes on by an hour with each delivery.
type desk struct {
	t    *testing.T
	pool *pgxpool.Pool
	im   *Importer
	now  time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	return newDeskOn(t, pgtest.New(t))
}

func newDeskOn(t *testing.T, pool *pgxpool.Pool) *desk {
	t.Helper()
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	d := &desk{t: t, pool: pool, now: time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC)}
	d.im = &Importer{
		Pool: pgtest.Application(t, pool, pg.Everything), Reader: &reading.Reader{Sandbox: sandbox, TempDir: t.TempDir()}, Stores: []Store{FeatureStore()},
		Now: func() time.Time { return d.now },
	}
	return d
}

// file writes a file that is delivered.
func (d *desk) file(name, content string) string {
	d.t.Helper()
	file := filepath.Join(d.t.TempDir(), name)
	require.NoError(d.t, os.WriteFile(file, []byte(content), 0o600))
	return file
}

// deliver imports, and checks what holds of every report.
func (d *desk) deliver(req Request) (*Report, error) {
	d.t.Helper()
	if req.Agency == "" {
		req.Agency = "ncc"
	}
	d.now = d.now.Add(time.Hour)
	report, err := d.im.Import(d.t.Context(), req)
	if err == nil {
		require.Equal(d.t, report.RowsIn, report.Accepted+report.Refused)
		require.Equal(d.t, report.Features, report.Accepted-report.Repeated+report.Kept)
	} else {
		require.Equal(d.t, "refused", report.State)
	}
	require.Zero(d.t, d.count(`select count(*) from pg_tables where schemaname = 'staging'`), "staging tables must go")
	require.Zero(d.t, d.count(`select count(*) from layers.submission where finished_at is null`))
	left, globErr := filepath.Glob(filepath.Join(d.im.Reader.TempDir, "*"))
	require.NoError(d.t, globErr)
	require.Empty(d.t, left)
	return report, err
}

// places delivers CSV text of the theme place.
func (d *desk) places(text string) *Report {
	d.t.Helper()
	report, err := d.deliver(Request{Theme: "place", Files: []string{d.file("places.csv", text)}, AllowRemovals: true})
	require.NoError(d.t, err)
	return report
}

func (d *desk) count(sql string, args ...any) int {
	d.t.Helper()
	var n int
	require.NoError(d.t, d.pool.QueryRow(d.t.Context(), sql, args...).Scan(&n))
	return n
}

func (d *desk) text(sql string, args ...any) string {
	d.t.Helper()
	var s *string
	require.NoError(d.t, d.pool.QueryRow(d.t.Context(), sql, args...).Scan(&s))
	if s == nil {
		return "∅"
	}
	return *s
}

func (d *desk) exec(sql string, args ...any) {
	d.t.Helper()
	_, err := d.pool.Exec(d.t.Context(), sql, args...)
	require.NoError(d.t, err)
}

// placesText makes n places, of which those that rename says have another name.
func placesText(n int, rename func(i int) string) string {
	var b strings.Builder
	b.WriteString("code,name_fa,lon,lat\n")
	for i := range n {
		name := "روستای نمونه"
		if rename != nil {
			if other := rename(i); other != "" {
				name = other
			}
		}
		fmt.Fprintf(&b, "p%d,%s,%.5f,%.5f\n", i, name, 51+float64(i%1000)/1000, 35+float64(i/1000)/1000)
	}
	return b.String()
}

// feature is one member of a GeoJSON collection.
func feature(geometry string, properties string) string {
	return `{"type":"Feature","properties":{` + properties + `},"geometry":` + geometry + `}`
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

// box is a polygon of GeoJSON.
func box(x, y, size float64) string {
	return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%[1]v,%[2]v],[%[3]v,%[2]v],[%[3]v,%[4]v],[%[1]v,%[4]v],[%[1]v,%[2]v]]]}`, x, y, x+size, y+size)
}

func refused(t *testing.T, err error, code string) *errs.Error {
	t.Helper()
	var problem *errs.Error
	require.True(t, errors.As(err, &problem), "%v", err)
	require.Equal(t, code, problem.Code, "%v", err)
	require.NotEmpty(t, problem.Title.FA)
	require.NotEmpty(t, problem.Next.FA)
	require.NotEmpty(t, problem.Next.EN)
	return problem
}

// rule gives what the report says of a rule, or nil.
func (r *Report) rule(code string) *RuleCount {
	for i := range r.Rules {
		if r.Rules[i].Rule == code {
			return &r.Rules[i]
		}
	}
	return nil
}
