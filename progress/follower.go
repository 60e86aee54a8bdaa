package progress

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
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

// After a failure the next look waits ten times as long, then twice as long each time, up to this.
const longestWait = time.Minute

// Run follows until ctx ends, and answers ctx's error then.
func (f *Follower) Run(ctx context.Context) error {
	every := f.Every
	if every <= 0 {
		every = time.Second
	}
	wait := time.Duration(0)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		_, err := f.Step(ctx)
		if err == nil || ctx.Err() != nil {
			wait = every
			continue
		}
		f.Log.Error("progress figures", "err", err) // nobody waits for an answer here
		wait = max(10*every, min(2*wait, longestWait))
	}
}

// Step calculates what has changed since the last step and answers whether there was anything to do. When a figure fails,
// the others are calculated all the same, and the position stays where it was: a figure that is older than the position
// would be a wrong number that nobody ever corrects.
//
// The lock belongs to a session and not to a transaction: a calculation can take a minute, and a transaction that is open
// that long keeps the database from cleaning up behind every update.
func (f *Follower) Step(ctx context.Context) (bool, error) {
	conn, err := f.Pool.Acquire(ctx)
	if err != nil {
		return false, fmt.Errorf("following the change log: %w", err)
	}
	defer conn.Release()
	var mine bool
	if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1)`, int64(followerLock)).Scan(&mine); err != nil {
		return false, fmt.Errorf("taking the lock of the follower: %w", err)
	}
	if !mine {
		return false, nil
	}
	defer func() {
		if _, err := conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, int64(followerLock)); err != nil {
			// A connection that is closed gives its lock back; the pool makes a new one.
			_ = conn.Conn().Close(context.WithoutCancel(ctx))
		}
	}()
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
	if err := f.follow(ctx, position, end, known); err != nil {
		return false, err
	}
	if err := keepPosition(ctx, conn, end); err != nil {
		return false, err
	}
	return true, nil
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
			where s.state in ('validated', 'submitted', 'reviewed', 'approved')
			  and s.mode <> 'delete'
			  and to_regclass('staging.s' || s.id) is not null
		)
		select not exists (
			select
			from waiting w
			full join progress.pending p on p.submission_id = w.id
			where p.rows is distinct from w.rows
		)
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

func (f *Follower) follow(ctx context.Context, position, end int64, known bool) error {
	w, err := plan(ctx, f.Pool, position, end, known)
	if err != nil {
		return err
	}
	return w.do(ctx, f.Pool)
}
