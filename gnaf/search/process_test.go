package search_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/gnaf/search"
	"nsdi/internal/pg"
)

// What the test tells another process of itself.
const (
	envProcess  = "NSDI_TEST_PROCESS" // what it does: reads or builds
	envFolder   = "NSDI_TEST_FOLDER"
	envDatabase = "NSDI_TEST_DATABASE"
)

const townQuestion = "یزد، خیابان کاشانی، پلاک ۱۰"

// anotherProcess answers from the index of a folder, telling each generation that it takes, or builds it again and again. It ends when it is killed, and when a question has no answer.
func anotherProcess(what string) int {
	ctx := context.Background()
	err := func() error {
		pool, err := pg.Connect(ctx, os.Getenv(envDatabase))
		if err != nil {
			return err
		}
		defer pool.Close()
		folder := os.Getenv(envFolder)
		for what == "builds" {
			if err := search.Build(ctx, pool, folder, true); err != nil {
				return err
			}
		}
		e := &search.Engine{Folder: folder, DB: pool, Time: time.Minute}
		if err := e.Open(ctx); err != nil {
			return err
		}
		go func() { _ = e.Run(ctx) }()
		for told := (time.Time{}); ; time.Sleep(time.Millisecond) {
			got, err := e.Search(ctx, search.Query{Text: townQuestion})
			switch {
			case err != nil:
				return err
			case len(got.Results) == 0 || got.Results[0].Level != search.LevelSite:
				return errors.New("the address is not found any more")
			}
			if made := e.About().Made; !made.Equal(told) {
				told = made
				fmt.Println(made.UnixNano())
			}
		}
	}()
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// Two processes have one index: what the one builds the other answers from soon, and never from half of one. One that is killed as it builds keeps nobody from building, and
// its half is gone with the next build.
func TestTwoProcessesHaveOneIndex(t *testing.T) {
	t.Parallel()
	e, pool := openTown(t)
	start := func(what string) (*exec.Cmd, *bufio.Scanner) {
		c := exec.CommandContext(t.Context(), os.Args[0])
		c.Env = append(os.Environ(), envProcess+"="+what, envFolder+"="+e.Folder, envDatabase+"="+pool.Config().ConnString())
		c.Stderr = os.Stderr
		out, err := c.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, c.Start())
		t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
		return c, bufio.NewScanner(out)
	}
	_, told := start("reads")
	for range 3 {
		require.True(t, told.Scan(), "the other process ended")
		require.Equal(t, fmt.Sprint(e.About().Made.UnixNano()), told.Text())
		require.NoError(t, e.Rebuild(t.Context()))
	}
	require.True(t, told.Scan(), "the other process ended")

	half := filepath.Join(e.Folder, search.FileName+".*.new")
	halves := func() []string {
		found, err := filepath.Glob(half)
		require.NoError(t, err)
		return found
	}
	require.Empty(t, halves())
	for len(halves()) == 0 {
		c, _ := start("builds")
		require.Eventually(t, func() bool { return len(halves()) > 0 }, time.Minute, time.Millisecond)
		require.NoError(t, c.Process.Kill())
		_ = c.Wait() // killed, as it should be; or between two builds, and then once more
	}
	before := e.About().Made
	require.NoError(t, e.Rebuild(t.Context()))
	require.Empty(t, halves())
	require.True(t, e.About().Made.After(before))
	require.True(t, told.Scan(), "the other process ended")
}
