package inquiry_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/access/inquiry"
	"nsdi/internal/errs"
)

func refused(t *testing.T, err error) (code string, wait time.Duration) {
	t.Helper()
	if err == nil {
		return "", 0
	}
	e, ours := errs.As(err)
	require.True(t, ours)
	require.Equal(t, 429, e.Status)
	var w *access.WaitError
	require.ErrorAs(t, err, &w)
	return e.Code, w.Wait
}

func TestWatchNoticesMisses(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	w := &inquiry.Watch{Now: func() time.Time { return now }}
	for range 30 {
		require.NoError(t, w.Allow("a", false))
		w.Note("a", 1, 1)
	}
	require.NoError(t, w.Allow("a", false), "thirty are let pass")
	w.Note("a", 1, 1)
	code, wait := refused(t, w.Allow("a", false))
	require.Equal(t, "codes-tried", code)
	require.NoError(t, w.Allow("a", true), "an agency has wider limits")
	require.NoError(t, w.Allow("b", false), "others are not to blame")
	now = now.Add(wait + time.Second)
	require.NoError(t, w.Allow("a", false), "it ends when it was said to end")

	// Whoever mostly gets answers may have as many misses.
	for range 100 {
		require.NoError(t, w.Allow("c", false))
		w.Note("c", 3, 1)
	}
}

func TestWatchNoticesEnumeration(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	w := &inquiry.Watch{Now: func() time.Time { return now }}
	asked := 0
	for ; asked < 1000 && w.Allow("up", false) == nil; asked++ {
		w.Note("up", 1, 0, 1879613154+uint64(asked))
	}
	require.Equal(t, 122, asked, "the first is beside none; what exceeds 120 is refused")
	code, _ := refused(t, w.Allow("up", false))
	require.Equal(t, "codes-enumerated", code)
	// In twos and backwards as well; but not one code again and again, and not codes all over the country.
	for asked = 0; asked < 1000 && w.Allow("down", false) == nil; asked++ {
		w.Note("down", 1, 0, 1879613154-2*uint64(asked))
	}
	require.Equal(t, 122, asked)
	for i := range 1000 {
		w.Note("again", 1, 0, 1879613154)
		w.Note("everywhere", 1, 0, 1311111111+uint64(i)*7919)
	}
	require.NoError(t, w.Allow("again", false))
	require.NoError(t, w.Allow("everywhere", false))
	// A day's list of an agency, sorted, with every second code of the town on it, is let pass.
	for i := range 20_000 {
		w.Note("agency", 1, 0, 1311111111+uint64(i)*2)
	}
	require.NoError(t, w.Allow("agency", true))
}

// What is kept is bounded: whoever rested longest is forgotten, and never whoever goes on.
func TestWatchForgets(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	w := &inquiry.Watch{Now: func() time.Time { return now }, Most: 10}
	for i := range 100 {
		w.Note("bad", 1, 1)
		w.Note(fmt.Sprint(i), 1, 0)
	}
	code, _ := refused(t, w.Allow("bad", false))
	require.Equal(t, "codes-tried", code)
}
