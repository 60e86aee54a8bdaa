package layers

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// However often a waiting submission is looked after, one job waits for it; and the work is done when somebody works.
func TestSweepQueuesOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.im.Pool, d.im.Dir = pgtest.Application(t, d.pool, pg.Everything), t.TempDir()
	jobs, err := NewJobs(d.im, nil, 1, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	made, err := d.im.Receive(t.Context(), Request{Theme: "place", Agency: "ncc", Files: []string{d.file("places.csv", placesText(3, nil))}, Through: Validated})
	require.NoError(t, err)
	require.Equal(t, Confirmed, made.State)
	waiting := `select count(*) from river.river_job where state = 'available'`
	require.Equal(t, 1, d.count(waiting))
	for range 3 {
		require.NoError(t, d.im.Sweep(t.Context()))
	}
	require.Equal(t, 1, d.count(waiting))
	d.exec(`delete from river.river_job`) // as if its process had been killed
	require.NoError(t, d.im.Sweep(t.Context()))
	require.Equal(t, 1, d.count(waiting))

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(ctx) }()
	require.Eventually(t, func() bool { return d.text(`select state from layers.submission`) == "validated" }, time.Minute, 20*time.Millisecond)
	stop()
	require.ErrorIs(t, <-ended, context.Canceled)
	require.NotZero(t, d.count(`select count(*) from pg_tables where schemaname = 'staging'`), "the checked rows wait for their publication")

	// A report that waits is worth nothing when PostgreSQL has emptied the staging tables in a crash: the rows are checked again.
	d.exec(`truncate ` + tablesOf(made.ID).staged)
	d.exec(`update layers.submission set state = 'approved'`)
	for {
		s, err := d.im.Advance(t.Context(), made.ID, nil)
		require.NoError(t, err)
		if s.State == Validated {
			break
		}
		require.NotContains(t, []State{Published, Unchanged, Refused}, s.State)
	}
	require.Zero(t, d.count(`select count(*) from layers.feature`))
	d.exec(`update layers.submission set state = 'approved'`)
	s, err := d.im.Advance(t.Context(), made.ID, nil)
	require.NoError(t, err)
	require.Equal(t, Published, s.State)
	require.Equal(t, 3, d.count(`select count(*) from layers.feature`))
	require.Zero(t, d.count(`select count(*) from pg_tables where schemaname = 'staging'`))
}

// A folder that no submission has is put aside, and never removed: it may be all that is left of a delivery.
func TestFoldersThatNobodyKnowsArePutAside(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.im.Pool, d.im.Dir = pgtest.Application(t, d.pool, pg.Everything), t.TempDir()
	_, err := d.im.Import(t.Context(), Request{Theme: "place", Agency: "ncc", Files: []string{d.file("places.csv", placesText(3, nil))}})
	require.NoError(t, err)
	known := d.text(`select folder from layers.submission`)
	for _, name := range []string{"of-a-lost-database", "young"} {
		require.NoError(t, os.MkdirAll(filepath.Join(d.im.Dir, name), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(d.im.Dir, name, "roads.gpkg"), []byte("x"), 0o600))
	}
	long := time.Now().Add(-2 * orphanAge)
	for _, name := range []string{known, "of-a-lost-database"} {
		require.NoError(t, os.Chtimes(filepath.Join(d.im.Dir, name), long, long))
	}
	for range 2 {
		require.NoError(t, d.im.sweepFiles(t.Context()))
	}
	require.FileExists(t, filepath.Join(d.im.Dir, known, "places.csv"))
	require.FileExists(t, filepath.Join(d.im.Dir, "young", "roads.gpkg"))
	require.FileExists(t, filepath.Join(d.im.Dir, unrecorded, "of-a-lost-database", "roads.gpkg"))
}

// What kills the process that works on it is not tried forever. An attempt that is ended in order does not count, and neither do those of an earlier state.
func TestAttemptsEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.im.Dir = t.TempDir()
	receive := func() *Submission {
		s, err := d.im.Receive(t.Context(), Request{Theme: "place", Agency: "ncc", Files: []string{d.file("places.csv", placesText(3, nil))}, Through: Validated})
		require.NoError(t, err)
		return s
	}
	attempts := func(s *Submission) int { return d.count(`select attempts from layers.submission where id = $1`, s.ID) }
	s := receive()
	d.exec(`update layers.submission set attempts = $2 where id = $1`, s.ID, mostAttempts-1)
	s, err := d.im.Advance(t.Context(), s.ID, nil)
	require.NoError(t, err)
	require.Equal(t, Validated, s.State, "the last attempt may still succeed")
	require.Zero(t, attempts(s))

	s = receive()
	ctx, cancel := context.WithCancel(t.Context())
	_, err = d.im.Advance(ctx, s.ID, func(Progress) { cancel() })
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, attempts(s))

	d.exec(`update layers.submission set attempts = $2 where id = $1`, s.ID, mostAttempts)
	s, err = d.im.Advance(t.Context(), s.ID, nil)
	refused(t, err, "given-up")
	require.Equal(t, Refused, s.State)
	require.Equal(t, "given-up", d.text(`select report->>'problem' from layers.submission where id = $1`, s.ID))
	require.FileExists(t, filepath.Join(d.im.Dir, s.Folder, "places.csv"), "what was acknowledged is kept")
}
