package layers

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Sweep ends the submissions that a killed process left behind: their staging tables go, and they are recorded as refused because of an interruption.
// A submission that another process works on is locked and is left alone. The tracker may be nil, as the importer's.
func Sweep(ctx context.Context, pool *pgxpool.Pool, tracker Tracker) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	defer conn.Release()
	rows, err := conn.Query(ctx, `
		select id
		from layers.submission
		where state in ('received', 'validated') and finished_at is null
		order by id`)
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	for _, id := range ids {
		if err := sweepOne(ctx, conn.Conn(), id, tracker); err != nil {
			return err
		}
	}
	return nil
}

func sweepOne(ctx context.Context, conn *pgx.Conn, id int64, tracker Tracker) error {
	var free bool
	if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1, $2::int)`, lockSubmission, id%2147483647).Scan(&free); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	if !free {
		return nil
	}
	if err := tablesOf(id).drop(ctx, conn); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		m := Moved{Submission: id, State: "refused", Note: interrupted()}
		var tracking string
		err := tx.QueryRow(ctx, `
			update layers.submission s
			set state = 'refused', report = '{"problem": "interrupted"}', finished_at = now()
			from layers.dataset d
			join access.agency a on a.id = d.agency_id
			where s.id = $1
			  and s.finished_at is null
			  and d.id = s.dataset_id
			returning d.theme, a.code, coalesce(d.territory, ''), coalesce(s.tracking, '')`, id).Scan(&m.Theme, &m.Agency, &m.Territory, &tracking)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil || tracker == nil || tracking == "" {
			return err
		}
		return tracker.Moved(ctx, tx, tracking, m)
	})
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	if _, err := conn.Exec(ctx, `select pg_advisory_unlock($1, $2::int)`, lockSubmission, id%2147483647); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}
