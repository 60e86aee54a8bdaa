package layers

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
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
			file := d.file("many.csv", placesText(100_000, nil))
			killAt(t, url, file, stage)
			require.Eventually(t, func() bool { return !runs(t, file) }, 10*time.Second, 20*time.Millisecond, "the reading process must end with its parent")
			if stage == "reading" {
				require.Positive(t, d.count(`select count(*) from pg_tables where schemaname = 'staging'`), "the process must have been killed in the middle")
			}
			require.Equal(t, 10, d.count(`select count(*) from layers.feature`))
			require.Equal(t, 1, d.count(`select count(*) from layers.version`))

			// The server lets go of the lock when it notices; then the submission is swept.
			require.Eventually(t, func() bool {
				require.NoError(t, d.im.Sweep(t.Context()))
				return d.count(`select count(*) from layers.submission where finished_at is null`) == 0
			}, 30*time.Second, 100*time.Millisecond)
			require.Zero(t, d.count(`select count(*) from pg_tables where schemaname = 'staging'`))
			require.Equal(t, "refused", d.text(`select state from layers.submission order by id desc limit 1`))
			require.Equal(t, "interrupted", d.text(`select report->>'problem' from layers.submission order by id desc limit 1`))

			again := d.places(placesText(12, nil))
			require.EqualValues(t, 2, again.Added)
			require.Equal(t, 12, d.count(`select count(*) from layers.feature`))
		})
	}
}

// killAt starts an import in a process of its own and kills it when it has reached the stage.
func killAt(t *testing.T, url, file, stage string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), envChild+"="+file, envChildDatabase+"="+url)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	reached := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if !reached && strings.HasPrefix(lines.Text(), stage) && lines.Text() != "reading 0" {
			reached = true
			require.NoError(t, cmd.Process.Kill())
		}
	}
	require.Error(t, cmd.Wait(), "it was killed")
	require.True(t, reached)
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
