package access_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

const rated = "nsdi-geocode"

func by(t *testing.T, who access.Subject) context.Context {
	t.Helper()
	return access.WithSubject(t.Context(), who)
}

func TestOneRatingACallerAndDay(t *testing.T) {
	t.Parallel()
	pool := pgtest.Application(t, pgtest.New(t), pg.Nothing) // as the server runs
	now := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)    // 23:30 in Iran
	r := &access.Ratings{Pool: pool, Now: func() time.Time { return now }}
	rate := func(ctx context.Context, score int, comment, from string) bool {
		t.Helper()
		replaced, err := r.Rate(ctx, access.Rating{Service: rated, Score: score, Comment: comment, From: netip.MustParseAddr(from)})
		require.NoError(t, err)
		return replaced
	}
	sum := func() access.ServiceRating {
		t.Helper()
		sums, err := r.Sums(t.Context())
		require.NoError(t, err)
		return sums[rated]
	}
	assert.Zero(t, sum())
	sara, key := by(t, access.Subject{PersonID: 7}), by(t, access.Subject{KeyID: 7})
	assert.False(t, rate(sara, 5, "خوب", "5.160.1.2"))
	assert.False(t, rate(key, 4, "", "5.160.1.2"), "a key is no person of the same number")
	assert.False(t, rate(t.Context(), 1, "", "5.160.1.2"), "nor the address from which it comes")
	assert.True(t, rate(sara, 2, "نه", "5.160.9.9"), "a person is one, wherever he or she is")
	assert.True(t, rate(t.Context(), 3, "", "::ffff:5.160.1.2"))
	assert.False(t, rate(t.Context(), 3, "", "2a01:5ec0:1:2::1"))
	assert.True(t, rate(t.Context(), 3, "", "2a01:5ec0:1:2:9::1"), "a /64 is one caller")
	got := sum()
	assert.Equal(t, [5]int64{0, 1, 2, 1, 0}, got.All.Scores)
	assert.InDelta(t, 3, *got.All.Average, 1e-9)
	assert.Equal(t, got.All, got.Recent)

	now = now.Add(time.Hour) // the next day in Iran
	assert.False(t, rate(sara, 5, "", "5.160.1.2"))
	days, err := r.Days(t.Context(), rated, now.AddDate(0, 0, -10), now)
	require.NoError(t, err)
	require.Len(t, days, 2)
	assert.Equal(t, "1405-09-01", access.Jalali(days[0].Day))
	assert.EqualValues(t, 0, days[0].Public)
	assert.EqualValues(t, 2, days[1].Public)
	assert.EqualValues(t, 4, days[1].Sum.Count)
	days, err = r.Days(t.Context(), rated, now, now)
	require.NoError(t, err)
	assert.Len(t, days, 1)

	comments, err := r.Comments(t.Context(), rated, now.AddDate(0, 0, -10), now, 0, 10)
	require.NoError(t, err)
	require.Len(t, comments, 1)
	assert.Equal(t, "نه", comments[0].Text)
	assert.Equal(t, "person", comments[0].Kind)

	// The sums are those of the ratings, and nobody can be found in them any more.
	var stored, secrets int
	require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from access.rating`).Scan(&stored))
	assert.EqualValues(t, sum().All.Count, stored)
	require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from access.rating_secret`).Scan(&secrets))
	assert.Equal(t, 1, secrets, "yesterday's secret is gone")
	var same int
	require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from access.rating a join access.rating b using (caller) where a.day <> b.day`).Scan(&same))
	assert.Zero(t, same, "who rates on two days is not seen to be the same")

	now = now.AddDate(0, 0, 90)
	got = sum()
	assert.EqualValues(t, 5, got.All.Count)
	assert.Zero(t, got.Recent)
	assert.False(t, rate(sara, 1, "", "5.160.1.2"))
	now = now.AddDate(0, 0, 401)
	assert.False(t, rate(sara, 1, "", "5.160.1.2"))
	require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from access.rating`).Scan(&stored))
	assert.Equal(t, 1, stored, "what is old is removed")
	assert.EqualValues(t, 7, sum().All.Count, "its sums stay")
}

func TestRatingOfNothing(t *testing.T) {
	t.Parallel()
	pool := pgtest.Application(t, pgtest.New(t), pg.Nothing) // as the server runs
	for code, given := range map[string][]access.Rating{
		"service-unknown": {{Service: "nsdi-nothing", Score: 3}},
		"rating-invalid":  {{Service: rated}, {Service: rated, Score: 6}, {Service: rated, Score: -1}, {Service: rated, Score: 3, Comment: strings.Repeat("ب", 501)}},
	} {
		for _, one := range given {
			_, err := (&access.Ratings{Pool: pool}).Rate(t.Context(), one)
			assert.Equal(t, code, errs.Code(err), one)
		}
	}
	_, err := (&access.Ratings{Pool: pool}).Rate(t.Context(), access.Rating{Service: rated, Score: 3, Comment: " a\x00b\xff\r\nc\u200cد" + strings.Repeat("ب", 490)})
	require.NoError(t, err)
	var kept string
	require.NoError(t, pool.QueryRow(t.Context(), `select comment from access.rating`).Scan(&kept))
	assert.True(t, strings.HasPrefix(kept, "ab\nc\u200cد"), kept)
}

// Nameless ratings are bounded by network and service, exactly, and never keep out who has a name or changes a rating.
func TestRatingsAreBounded(t *testing.T) {
	t.Parallel()
	pool := pgtest.Application(t, pgtest.New(t), pg.Nothing) // as the server runs
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	r := &access.Ratings{Pool: pool, Now: func() time.Time { return now }, PerNetwork: 5, PerService: 12}
	from := func(s string, args ...any) netip.Addr { return netip.MustParseAddr(fmt.Sprintf(s, args...)) }
	flood := func(pattern string, n int) int {
		var taken atomic.Int64
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				_, err := r.Rate(t.Context(), access.Rating{Service: rated, Score: 1, From: from(pattern, i)})
				if err == nil {
					taken.Add(1)
					return
				}
				assert.Equal(t, "rating-limit", errs.Code(err))
				var wait *access.WaitError
				if assert.ErrorAs(t, err, &wait) {
					assert.Equal(t, 11*time.Hour+30*time.Minute, wait.Wait)
				}
			})
		}
		wg.Wait()
		return int(taken.Load())
	}
	assert.Equal(t, 5, flood("5.160.1.%d", 12), "a /24")
	assert.Equal(t, 5, flood("2a01:5ec0:1:%x::1", 12), "a /48")
	assert.Equal(t, 2, flood("5.161.%d.1", 12), "a service")
	replacing, err := r.Rate(t.Context(), access.Rating{Service: "nsdi-tiles", Score: 1, From: from("5.160.1.200")})
	require.NoError(t, err, "another service has its own")
	assert.False(t, replacing)
	_, err = r.Rate(by(t, access.Subject{PersonID: 1}), access.Rating{Service: rated, Score: 5, From: from("5.160.1.200")})
	require.NoError(t, err)
	sums, err := r.Sums(t.Context())
	require.NoError(t, err)
	assert.Equal(t, [5]int64{12, 0, 0, 0, 1}, sums[rated].All.Scores)
	// Who was in changes the rating still.
	var changed int
	for i := range 12 {
		if again, err := r.Rate(t.Context(), access.Rating{Service: rated, Score: 3, From: from("5.160.1.%d", i)}); err == nil && again {
			changed++
		}
	}
	assert.Equal(t, 5, changed)
	now = now.Add(24 * time.Hour)
	assert.Equal(t, 5, flood("5.160.1.%d", 12), "the next day")
}
