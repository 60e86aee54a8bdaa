package upload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/tus/tusd/v2/pkg/handler"

	"nsdi/internal/errs"
)

const (
	sweepEvery = 15 * time.Minute
	// orphanAge is how old a file without a row has to be: a younger one may be about to get it.
	orphanAge = time.Hour
	// dayAge is how long the counts of days are kept.
	dayAge = 40 * 24 * time.Hour
)

// Run sweeps from time to time until ctx ends.
func (u *Uploads) Run(ctx context.Context) error {
	for {
		if err := u.Sweep(ctx); err != nil && ctx.Err() == nil {
			u.Log.ErrorContext(ctx, "sweeping uploads", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(sweepEvery):
		}
	}
}

// Sweep ends uploads whose time is over, deliveries of which no file came in that time, and files that belong to nothing.
func (u *Uploads) Sweep(ctx context.Context) error {
	rows, err := u.System.Query(ctx, `
		select `+stateColumns+`
		from layers.upload u
		join access.agency a on a.id = u.agency_id
		where u.expires_at <= $1
		  and u.submission_id is null`, u.Now())
	if err != nil {
		return fmt.Errorf("sweep of uploads: %w", err)
	}
	expired, err := pgx.CollectRows(rows, scanState)
	if err != nil {
		return fmt.Errorf("sweep of uploads: %w", err)
	}
	for _, s := range expired {
		err = errors.Join(err, u.expire(ctx, &s))
	}
	err = errors.Join(err, u.abandon(ctx), u.orphans(ctx))
	if _, failed := u.System.Exec(ctx, `delete from layers.upload_day where day < $1`, u.Now().Add(-dayAge)); failed != nil {
		err = errors.Join(err, failed)
	}
	if err != nil {
		return fmt.Errorf("sweep of uploads: %w", err)
	}
	return nil
}

// expire removes an upload. One that somebody is at is left for the next time.
func (u *Uploads) expire(ctx context.Context, s *State) error {
	l, err := u.locks.NewLock(s.ID)
	if err != nil {
		return err
	}
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	switch err := l.Lock(short, func() {}); {
	case errors.Is(err, handler.ErrNotFound): // the file is gone already
	case errors.Is(err, handler.ErrFileLocked), errors.Is(err, handler.ErrLockTimeout):
		return nil
	case err != nil:
		return err
	default:
		defer l.Unlock()
	}
	removed := false
	err = u.within(ctx, s, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `delete from layers.upload where id = $1 and submission_id is null and expires_at <= $2`, s.ID, u.Now())
		if removed = tag.RowsAffected() == 1; err != nil || !removed {
			return err
		}
		return u.tell(ctx, tx, s, errs.Tf("مهلت پرونده «%s» گذشت و برداشته شد.", "The file “%s” expired and was removed.", s.Name))
	})
	if err != nil || !removed {
		return err
	}
	return u.unlink(s.ID)
}

// abandon ends the tracking of deliveries that were begun, have no file, and to which nothing happened for as long as an upload lives.
func (u *Uploads) abandon(ctx context.Context) error {
	const idle = `
		select t.id
		from access.tracking t
		where t.kind = 'submission'
		  and t.state = $1
		  and t.updated_at <= $2
		  and not exists (select from layers.upload f where f.tracking = t.id)
		  and not exists (select from layers.submission s where s.tracking = t.id)`
	before := u.Now().Add(-u.Limits.Lifetime)
	rows, err := u.System.Query(ctx, idle, Uploading, before)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, id := range ids {
		failed := pgx.BeginFunc(ctx, u.System, func(tx pgx.Tx) error {
			// Whoever joins the delivery holds its row; asked again with the lock, it is as it is.
			if _, err := tx.Exec(ctx, `select from access.tracking where id = $1 for update`, id); err != nil {
				return err
			}
			var still string
			err := tx.QueryRow(ctx, idle+` and t.id = $3`, Uploading, before, id).Scan(&still)
			if errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			return u.Tracker.Moved(ctx, tx, id, Abandoned, errs.T("هیچ پرونده‌ای در مهلت خود کامل نرسید.", "No file came whole in its time."))
		})
		err = errors.Join(err, failed)
	}
	return err
}

// orphans removes files without a row: of what was cut off while it was begun or removed, and the names that taken files had before.
func (u *Uploads) orphans(ctx context.Context) error {
	entries, err := os.ReadDir(u.Dir)
	if err != nil {
		return err
	}
	var failed error
	for _, e := range entries {
		id, _, _ := strings.Cut(e.Name(), ".")
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || !validID.MatchString(id) {
			failed = errors.Join(failed, err)
			continue // somebody else's file
		}
		var known, taken bool
		err = u.System.QueryRow(ctx, `
			select count(*) > 0, coalesce(bool_or(submission_id is not null), false)
			from layers.upload
			where id = $1`, id).Scan(&known, &taken)
		if err != nil {
			return errors.Join(failed, err)
		}
		if taken || !known && time.Since(info.ModTime()) >= orphanAge { // by the clock of the disk
			failed = errors.Join(failed, u.unlink(id))
		}
	}
	return failed
}
