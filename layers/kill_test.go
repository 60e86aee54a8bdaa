package layers

import (
	"bufio"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// An import whose process is killed leaves what was published before, and nothing that the next one would trip over.
func TestKilledImports(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"reading", "publishing"} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			url := pgtest.URL(t)
			pool, err := pg.Connect(t.Context(), url)
			require.NoError(t, err)
			t.Cleanup(pool.Close)
			d := newDeskOn(t, pool)
			d.places(placesText(10, nil))
			file := d.file("many.csv", placesText(3000, nil))
			d.killAt(url, file, stage)
			require.Eventually(t, func() bool { return !runs(t, file) }, time.Minute, 20*time.Millisecond, "the reading process must end with its parent")
			if stage == "reading" {
				require.Positive(t, d.count(`select count(*) from pg_tables where schemaname = 'staging'`), "the process must have been killed in the middle")
			}
			require.Equal(t, 10, d.count(`select count(*) from layers.feature`))
			require.Equal(t, 1, d.count(`select count(*) from layers.version`))

			// The server lets go of the lock when it notices; then the submission is swept.
			require.Eventually(t, func() bool {
				require.NoError(t, d.im.Sweep(t.Context()))
				return d.count(`select count(*) from layers.submission where finished_at is null`) == 0
			}, time.Minute, 100*time.Millisecond)
			require.Zero(t, d.count(`select count(*) from pg_tables where schemaname = 'staging'`))
			require.Equal(t, "refused", d.text(`select state from layers.submission order by id desc limit 1`))
			require.Equal(t, "interrupted", d.text(`select report->>'problem' from layers.submission order by id desc limit 1`))

			again := d.places(placesText(12, nil))
			require.EqualValues(t, 2, again.Added)
			require.Equal(t, 12, d.count(`select count(*) from layers.feature`))
		})
	}
}

// killAt starts an import in a process of its own, which goes from step to step as it is told to, and kills it within the stage: a publication in the midst of its
// transaction, where a lock holds it.
func (d *desk) killAt(url, file, stage string) {
	t := d.t
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), envChild+"="+file, envChildDatabase+"="+url)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	goOn := func() {
		_, err := in.Write([]byte("\n"))
		require.NoError(t, err)
	}
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	reached := false
	for !reached && lines.Scan() {
		if reached = strings.HasPrefix(lines.Text(), stage); !reached {
			goOn()
		}
	}
	require.True(t, reached)
	tx, err := d.pool.Begin(t.Context())
	require.NoError(t, err)
	if stage == "publishing" {
		_, err = tx.Exec(t.Context(), `lock table layers.version in share row exclusive mode`)
		require.NoError(t, err)
		goOn()
		require.Eventually(t, func() bool {
			return d.count(`
				select count(*)
				from pg_locks l
				join pg_database b on b.oid = l.database
				where b.datname = current_database() and l.relation = 'layers.version'::regclass and not l.granted`) == 1
		}, time.Minute, 10*time.Millisecond)
	}
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait(), "it was killed")
	require.NoError(t, tx.Rollback(t.Context()))
}

// runs answers whether a process has the file in its arguments.
func runs(t *testing.T, file string) bool {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	return slices.ContainsFunc(processes, func(p string) bool {
		arguments, err := os.ReadFile(p)
		return err == nil && strings.Contains(string(arguments), file)
	})
}

// A file whose reader is killed at every attempt, as by the kernel for want of memory, is refused in the end, and says what to do; nobody tries for ever.
func TestReaderKilledAtEveryAttempt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.im.Pool, d.im.Dir = pgtest.Application(t, d.pool, pg.Everything), t.TempDir()
	jobs, err := NewJobs(d.im, nil, 1, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	made, err := d.im.Receive(t.Context(), Request{Theme: "place", Agency: "ncc", Files: []string{d.file("places.tsv", strings.ReplaceAll(placesText(100_000, nil), ",", "\t"))}, Through: Submitted}) // which GDAL reads
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(ctx) }()
	file := filepath.Join(d.im.Dir, d.text(`select folder from layers.submission`), "places.tsv")
	nobodyWaits := func() {
		d.exec(`update river.river_job set state = 'available', scheduled_at = now() where state in ('retryable', 'scheduled')`)
	}
	killed := map[int]bool{}
	require.Eventually(t, func() bool {
		for _, pid := range readersOf(t, file) {
			if syscall.Kill(pid, syscall.SIGKILL) == nil {
				killed[pid] = true
			}
		}
		nobodyWaits()
		return d.text(`select state from layers.submission where id = $1`, made.ID) == "refused"
	}, 2*time.Minute, time.Millisecond)
	require.GreaterOrEqual(t, len(killed), jobAttempts)
	s, err := submissionByID(t.Context(), d.pool, made.ID)
	require.NoError(t, err)
	require.Equal(t, "reader-killed", s.Problem.Code)
	require.Contains(t, s.Problem.Next.EN, "split the file")
	require.Contains(t, s.Problem.Next.FA, "بخش‌های کوچک‌تر")
	require.NotNil(t, s.FinishedAt)
	require.NoError(t, d.im.Sweep(t.Context()))
	require.Eventually(t, func() bool {
		nobodyWaits() // a second job, which the sweep may have queued, has been retried too, and its failure is written down a little later
		return d.count(`select count(*) from river.river_job where state not in ('completed', 'discarded')`) == 0
	}, time.Minute, 10*time.Millisecond)
	require.Positive(t, d.count(`select count(*) from river.river_job where attempt = $1`, jobAttempts), "a job was tried as often as it may be") // the sweep may have queued another
	require.Zero(t, d.count(`select count(*) from pg_tables where schemaname = 'staging'`))
	stop()
	require.ErrorIs(t, <-ended, context.Canceled)
}

// readersOf lists the processes of the sandbox that show a file to a reader.
func readersOf(t *testing.T, file string) (pids []int) {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, p := range processes {
		arguments, err := os.ReadFile(p)
		if err != nil || !strings.HasPrefix(string(arguments), "bwrap\x00") || !strings.Contains(string(arguments), file) {
			continue
		}
		pid, err := strconv.Atoi(strings.Split(p, "/")[2])
		require.NoError(t, err)
		pids = append(pids, pid)
	}
	return pids
}

func TestSweepLeavesWhatIsWorkedOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file := d.file("places.csv", placesText(3000, nil))
	swept := false
	report, err := d.im.Import(t.Context(), Request{Theme: "place", Agency: "ncc", Files: []string{file}, Progress: func(p Progress) {
		if p.Stage == "checking" {
			swept = true
			require.NoError(t, d.im.Sweep(t.Context()))
		}
	}})
	require.NoError(t, err)
	require.True(t, swept)
	require.Equal(t, "published", report.State)
}
