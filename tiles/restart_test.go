package tiles

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The database ends every connection under load again and again, as it does when it is restarted: some answers are faults, none is a wrong tile, and afterwards every tile is
// the right one and nothing is held.
func TestDatabaseThatIsRestarted(t *testing.T) {
	t.Parallel()
	right, pool, _ := crowded(t)
	var places []Address
	for z := 14; z <= 16; z++ {
		for i := range 4 {
			for j := range 4 {
				at := over(51.31+float64(i)*0.005, 35.71+float64(j)*0.004, z)
				places = append(places, at)
			}
		}
	}
	want := map[Address]string{}
	for _, at := range places {
		tile, err := right.Tile(t.Context(), "cadastre-urban", at)
		require.NoError(t, err)
		want[at] = tile.hash
	}
	other, err := pgxpool.NewWithConfig(context.WithoutCancel(t.Context()), pool.Config())
	require.NoError(t, err)
	t.Cleanup(other.Close)
	var faults, answers, wrong atomic.Int64
	working, end := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	defer func() { end(); wait.Wait() }()
	s := New(other)
	for worker := range 6 {
		wait.Go(func() {
			for i := worker; working.Err() == nil; i++ {
				at := places[i%len(places)]
				if i%7 == 0 {
					s.bodies.InvalidateAll() // so that they are made under load
				}
				tile, err := s.Tile(t.Context(), "cadastre-urban", at)
				switch {
				case err != nil:
					faults.Add(1)
				case tile.hash != want[at]:
					wrong.Add(1)
				default:
					answers.Add(1)
				}
			}
		})
	}
	require.Eventually(t, func() bool { return answers.Load() > 0 }, time.Minute, 5*time.Millisecond, "there are answers before the first cut")
	operator, err := pool.Acquire(t.Context())
	require.NoError(t, err)
	defer operator.Release()
	const cut = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`
	for range 20 {
		_, err := operator.Exec(t.Context(), cut)
		require.NoError(t, err)
		time.Sleep(20 * time.Millisecond)
	}
	// On a busy machine none of these need have met a question; one that waits for a lock is met surely.
	lock, err := operator.Begin(t.Context())
	require.NoError(t, err)
	_, err = lock.Exec(t.Context(), `lock table cadastre.parcel in access exclusive mode`)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		var waiting bool
		err := lock.QueryRow(t.Context(), `
			select exists (
				select from pg_locks l
				join pg_database b on b.oid = l.database
				where b.datname = current_database() and l.relation = 'cadastre.parcel'::regclass and not l.granted)`).Scan(&waiting)
		return err == nil && waiting
	}, time.Minute, 5*time.Millisecond, "a question waits")
	_, err = lock.Exec(t.Context(), cut)
	require.NoError(t, err)
	require.NoError(t, lock.Rollback(t.Context()))
	end()
	wait.Wait()
	assert.Positive(t, faults.Load(), "some were cut off")
	assert.Positive(t, answers.Load())
	assert.Zero(t, wrong.Load())
	require.Eventually(t, func() bool {
		for _, at := range places {
			tile, err := s.Tile(t.Context(), "cadastre-urban", at)
			if err != nil || tile.hash != want[at] {
				return false
			}
		}
		return true
	}, time.Minute, 50*time.Millisecond, "everything is well again")
	require.Eventually(t, func() bool { return other.Stat().AcquiredConns() == 0 }, time.Minute, 10*time.Millisecond)
	assert.Empty(t, s.gate.slots, "no slot is held")
}
