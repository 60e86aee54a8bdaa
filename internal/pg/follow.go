package pg

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// longestWait bounds the time between two attempts while steps fail.
const longestWait = time.Minute

// Follow takes a step every so often, the first one at once, until ctx ends, and answers ctx's error then. It is how what is made of published data is kept in
// step with the change log: nobody waits for an answer, so a failure goes to the log, and the next step waits ten times as long, then twice as long each time.
func Follow(ctx context.Context, every time.Duration, log *slog.Logger, what string, step func(ctx context.Context) error) error {
	wait := time.Duration(0)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		err := step(ctx)
		if err == nil || ctx.Err() != nil {
			wait = every
			continue
		}
		log.Error(what, "err", err)
		wait = max(10*every, min(2*wait, longestWait))
	}
}

// Alone runs f unless another session is at the same work, which lock stands for, and reports whether it did. The lock belongs to a session and not to a transaction:
// work can take minutes, and a transaction that is open that long keeps the database from cleaning up behind every update.
func Alone(ctx context.Context, pool *pgxpool.Pool, lock int64, f func(conn *pgxpool.Conn) error) (bool, error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return false, fmt.Errorf("connecting: %w", err)
	}
	defer conn.Release()
	var mine bool
	if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1)`, lock).Scan(&mine); err != nil {
		return false, fmt.Errorf("taking a lock: %w", err)
	}
	if !mine {
		return false, nil
	}
	defer func() {
		if _, err := conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, lock); err != nil {
			// A connection that is closed gives its lock back; the pool makes a new one.
			_ = conn.Conn().Close(context.WithoutCancel(ctx))
		}
	}()
	return true, f(conn)
}
