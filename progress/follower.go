package progress

import (
	"context"
	"fmt"
	"log/slog"
	"time"

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
	if known && end <= position {
		return false, nil
	}
	if err := f.follow(ctx, position, end, known); err != nil {
		return false, err
	}
	if _, err := conn.Exec(ctx, `
		insert into layers.follower (name, position, updated_at)
		values ($1, $2, now())
		on conflict (name) do update
		set position = excluded.position, updated_at = excluded.updated_at`, followerName, end); err != nil {
		return false, fmt.Errorf("keeping the position of the follower: %w", err)
	}
	return true, nil
}

func (f *Follower) follow(ctx context.Context, position, end int64, known bool) error {
	if !known {
		return Recalculate(ctx, f.Pool)
	}
	all, err := provinces(ctx, f.Pool)
	if err != nil {
		return err
	}
	w, err := f.changed(ctx, position, end, all)
	if err != nil {
		return err
	}
	return calculate(ctx, f.Pool, w, all, end)
}

// changed reads which provinces the changes of each theme touch. Boxes are gathered on a coarse grid first, so that a
// million changed addresses become a few hundred places to look up.
func (f *Follower) changed(ctx context.Context, position, end int64, all []string) (work, error) {
	rows, err := f.Pool.Query(ctx, `
		with place as materialized (
			select distinct theme, floor(st_xmin(box) * 8) as w, floor(st_ymin(box) * 8) as s, ceil(st_xmax(box) * 8) as e, ceil(st_ymax(box) * 8) as n
			from layers.change
			where id > $1
			  and id <= $2
		)
		select distinct p.theme, coalesce(u.code, ''), p.w is null
		from place p
		left join layers.admin_unit u on u.level = 'province'
		  and u.geom && st_makeenvelope(p.w / 8, p.s / 8, p.e / 8, p.n / 8, 4326)
		  and st_intersects(u.geom, st_makeenvelope(p.w / 8, p.s / 8, p.e / 8, p.n / 8, 4326))`, position, end)
	if err != nil {
		return nil, fmt.Errorf("reading the change log: %w", err)
	}
	defer rows.Close()
	w := work{}
	for rows.Next() {
		var theme, province string
		var everywhere bool
		if err := rows.Scan(&theme, &province, &everywhere); err != nil {
			return nil, fmt.Errorf("reading the change log: %w", err)
		}
		for _, obligation := range touchedBy(theme) {
			// An outline that moved, or a place at sea, can give a province something from outside its box.
			if everywhere || theme == "admin-unit" || obligation == "A25-MARINE" {
				w.add(obligation, all...)
			} else if province != "" {
				w.add(obligation, province)
			} else {
				w.add(obligation)
			}
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the change log: %w", err)
	}
	return w, nil
}
