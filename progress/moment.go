package progress

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// asOfOneMoment runs f in a transaction that sees everything as it is at one moment, while nobody else calculates figures or decides on them. What f wrote stays where keep says so.
// When somebody publishes meanwhile what f writes to as well, f runs again, on what is there then.
func (s *Snapshots) asOfOneMoment(ctx context.Context, keep bool, f func(tx pgx.Tx) error) error {
	conn, err := s.Pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer conn.Release()
	defer func() {
		if _, err := conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock_all()`); err != nil {
			_ = conn.Conn().Close(context.WithoutCancel(ctx)) // a connection that is closed gives its locks back
		}
	}()
	// Before the transaction begins, which would not see what was done while it waited.
	for _, lock := range []int64{followerLock, snapshotLock, planLock} {
		if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, lock); err != nil {
			return fmt.Errorf("taking a lock: %w", err)
		}
	}
	for range 10 {
		if err = once(ctx, conn, keep, f); !isOvertaken(err) {
			return err
		}
	}
	return err
}

func once(ctx context.Context, conn interface {
	BeginTx(ctx context.Context, o pgx.TxOptions) (pgx.Tx, error)
}, keep bool, f func(tx pgx.Tx) error,
) error {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := f(tx); err != nil || !keep {
		return err
	}
	return tx.Commit(ctx)
}

// isOvertaken reports whether somebody else wrote first to what a transaction wrote to.
func isOvertaken(err error) bool {
	refused, is := errors.AsType[*pgconn.PgError](err)
	return is && refused.Code == "40001" // serialization_failure
}
