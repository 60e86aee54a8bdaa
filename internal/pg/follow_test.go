package pg_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

func TestFollowWaitsLongerAfterFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		begin := time.Now()
		var at []time.Duration
		err := pg.Follow(ctx, time.Second, slog.New(slog.DiscardHandler), "a test", func(context.Context) error {
			at = append(at, time.Since(begin))
			switch n := len(at); {
			case n == 9:
				cancel()
				return nil
			case n >= 3 && n <= 6:
				return errors.New("away")
			}
			return nil
		})
		require.ErrorIs(t, err, context.Canceled)
		second := time.Second // after each failure 10, 20, 40 and 60 seconds, then one as before
		require.Equal(t, []time.Duration{0, second, 2 * second, 12 * second, 32 * second, 72 * second, 132 * second, 133 * second, 134 * second}, at)
	})
}

func TestAlone(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	const lock = 0x74657374
	for range 2 { // the lock is given back
		done, err := pg.Alone(t.Context(), pool, lock, func(*pgxpool.Conn) error {
			second, err := pg.Alone(t.Context(), pool, lock, func(*pgxpool.Conn) error { return errors.New("both at once") })
			require.NoError(t, err)
			require.False(t, second)
			return nil
		})
		require.NoError(t, err)
		require.True(t, done)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done, err := pg.Alone(ctx, pool, lock, func(*pgxpool.Conn) error {
		cancel() // the work is broken off
		return ctx.Err()
	})
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, done)
	done, err = pg.Alone(t.Context(), pool, lock, func(*pgxpool.Conn) error { return nil })
	require.NoError(t, err)
	require.True(t, done)
}
