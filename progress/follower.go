package progress

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/pg"
)

// followerName is the row of layers.follower that remembers how far the figures have come.
const followerName = "progress"

// followerLock keeps the followers of several processes from doing the same work: an arbitrary number of our own.
const followerLock = 0x6e736469_01

// Follower keeps the figures in step with the change log.
type Follower struct {
	Pool *pgxpool.Pool
	Log  *slog.Logger
	// Every is the time between two looks at the change log. Defaults to one second.
	Every time.Duration
}

// Run follows until ctx ends, and answers ctx's error then.
func (f *Follower) Run(ctx context.Context) error {
	return pg.Follow(ctx, cmp.Or(f.Every, time.Second), f.Log, "progress figures", func(ctx context.Context) error {
		_, err := f.Step(ctx)
		return err
	})
}

// Step calculates what has changed since the last step and answers whether there was anything to do. When a figure fails,
// the others are calculated all the same, and the position stays where it was: a figure that is older than the position
// would be a wrong number that nobody ever corrects.
func (f *Follower) Step(ctx context.Context) (did bool, err error) {
	_, err = pg.Alone(ctx, f.Pool, followerLock, func(conn *pgxpool.Conn) error {
		did, err = f.step(ctx, conn)
		return err
	})
	return did, err
}

func (f *Follower) step(ctx context.Context, conn *pgxpool.Conn) (bool, error) {
	var position, end int64
	var known bool
	if err := conn.QueryRow(ctx, `
		select coalesce(max(position), 0), count(*) > 0, layers.change_end()
		from layers.follower
		where name = $1`, followerName).Scan(&position, &known, &end); err != nil {
		return false, fmt.Errorf("reading the position of the follower: %w", err)
	}
	still, err := f.still(ctx)
	if err != nil {
		return false, err
	}
	if known && end <= position && still {
		return false, nil
	}
	w, err := plan(ctx, f.Pool, position, end, known)
	if err != nil {
		return false, err
	}
	if err := w.do(ctx, f.Pool); err != nil {
		return false, err
	}
	return true, keepPosition(ctx, conn, end)
}

// keepPosition remembers that the figures have seen everything up to a change.
func keepPosition(ctx context.Context, db interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}, end int64,
) error {
	_, err := db.Exec(ctx, `
		insert into layers.follower (name, position, updated_at)
		values ($1, $2, now())
		on conflict (name) do update
		set position = excluded.position, updated_at = excluded.updated_at`, followerName, end)
	if err != nil {
		return fmt.Errorf("keeping the position of the follower: %w", err)
	}
	return nil
}

// still reports whether everything is in the figures that no publication tells of. It is asked every second, and is a few rows.
func (f *Follower) still(ctx context.Context) (bool, error) {
	var still bool
	err := f.Pool.QueryRow(ctx, `
		with waiting as (
			select s.id, coalesce(s.staged_rows, 0) as rows
			from layers.submission s
			where s.state in (`+foundRight+`)
			  and s.mode <> 'delete'
			  and to_regclass('staging.s' || s.id) is not null
		)
		select not exists (
			select
			from waiting w
			full join progress.pending p on p.submission_id = w.id
			where p.rows is distinct from w.rows
		)
		and exists (select from progress.inquiry_service where service = '' and answered_at > now() - interval '1 hour')
		and exists (select from progress.sheet_year where year = extract(year from now()))
		and not exists (
			select
			from progress.freshness f
			join layers.dataset d on d.id = f.dataset_id
			join layers.theme t on t.code = d.theme
			where f.fresh
			  and t.update_cycle is not null
			  and (select max(v.published_at) from layers.version v where v.dataset_id = d.id) + (t.update_cycle ->> 'duration')::interval <= now()
		)`).Scan(&still)
	if err != nil {
		return false, fmt.Errorf("looking for deliveries under way: %w", err)
	}
	return still, nil
}

// inStep takes a step within a transaction, from one position of the change log to another.
func inStep(ctx context.Context, tx pgx.Tx, position, end int64) error {
	w, err := plan(ctx, tx, position, end, true)
	if err != nil {
		return err
	}
	if err := w.do(ctx, tx); err != nil {
		return err
	}
	return keepPosition(ctx, tx, end)
}
