package access_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

// someKey makes a key and answers its id.
func someKey(t *testing.T, pool *pgxpool.Pool) int64 {
	t.Helper()
	key, _, err := (&access.Keys{Pool: pool}).Add(t.Context(), access.Key{Name: "x", Agency: "post", Roles: []access.Role{access.Inquirer}, Scopes: []string{"*"}, ExpiresAt: time.Now().Add(time.Hour)})
	require.NoError(t, err)
	return key.ID
}

func TestBucket(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	q := &access.Quotas{Pool: pool, Now: func() time.Time { return now }}
	key, other := someKey(t, pool), someKey(t, pool)
	class := access.Class{Name: "search", PerSecond: 2, Burst: 4, PerDay: 1000}
	for i := range 4 {
		a, err := q.Take(t.Context(), key, class)
		require.NoError(t, err)
		assert.Equal(t, access.Allowance{Limit: 4, Remaining: 3 - i, Reset: time.Duration(i+1) * 500 * time.Millisecond}, a)
	}
	a, err := q.Take(t.Context(), key, class)
	require.Equal(t, "quota-exceeded", errs.Code(err))
	assert.Equal(t, 500*time.Millisecond, a.Retry)
	assert.Zero(t, a.Remaining)
	_, err = q.Take(t.Context(), other, class)
	require.NoError(t, err, "another key has its own")
	_, err = q.Take(t.Context(), key, access.Class{Name: "tile", PerSecond: 1, Burst: 1, PerDay: 1000})
	require.NoError(t, err, "another class has its own")
	now = now.Add(500 * time.Millisecond)
	_, err = q.Take(t.Context(), key, class)
	require.NoError(t, err)
	_, err = q.Take(t.Context(), key, class)
	require.Error(t, err)
	now = now.Add(time.Hour)
	a, err = q.Take(t.Context(), key, class)
	require.NoError(t, err)
	assert.Equal(t, 3, a.Remaining, "no more than the bucket holds")
}

// Two processes that ask at once never give a key more than the day's ceiling, and write seldom.
func TestCeilingOfTheDay(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var clock atomic.Int64
	clock.Store(time.Date(2026, 11, 21, 20, 29, 0, 0, time.UTC).UnixNano())
	now := func() time.Time { return time.Unix(0, clock.Load()) }
	processes := []*access.Quotas{{Pool: pool, Now: now}, {Pool: pool, Now: now}}
	key := someKey(t, pool)
	class := access.Class{Name: "tile", PerSecond: 1e6, Burst: 1e6, PerDay: 2501} // blocks of 2, and one of 1
	spend := func(n int) (taken int64) {
		var got atomic.Int64
		var wg sync.WaitGroup
		for _, q := range processes {
			for range 4 {
				wg.Go(func() {
					for range n / 8 {
						a, err := q.Take(t.Context(), key, class)
						switch {
						case err == nil:
							got.Add(1)
						case assert.Equal(t, "quota-exceeded", errs.Code(err)):
							assert.Equal(t, time.Minute, a.Retry, "Iran's day ends at 20:30 UTC")
							assert.Zero(t, a.Remaining)
						}
					}
				})
			}
		}
		wg.Wait()
		return got.Load()
	}
	assert.EqualValues(t, 800, spend(800))
	var writes int64
	require.NoError(t, pool.QueryRow(t.Context(), `select taken from access.key_usage`).Scan(&writes))
	assert.LessOrEqual(t, writes, int64(804), "what is leased and not used is a block a process")
	assert.EqualValues(t, 2501-800, spend(4000))
	clock.Add(int64(time.Minute))
	assert.EqualValues(t, 80, spend(80), "the next day")
}
