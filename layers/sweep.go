package layers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Sweep looks after what processes that were killed have left: submissions whose files are kept go on, others are refused because of an interruption, and
// staging tables that nobody will use are dropped. What a process works on is locked and is left alone.
func (im *Importer) Sweep(ctx context.Context) error {
	conn, err := im.Pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	defer conn.Release()
	rows, err := conn.Query(ctx, `
		select id
		from layers.submission
		where state in ('received', 'confirmed', 'approved')
		order by id`)
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	for _, id := range ids {
		if err := im.sweepOne(ctx, conn.Conn(), id); err != nil {
			return err
		}
	}
	return im.dropLeft(ctx, conn.Conn())
}

func (im *Importer) sweepOne(ctx context.Context, conn *pgx.Conn, id int64) error {
	_, err := locked(ctx, conn, lockSubmission, id, func() error {
		s, err := submissionByID(ctx, conn, id)
		if err != nil || s.Waits() {
			return err
		}
		if s.Folder == "" || im.Dir == "" {
			w := &work{importer: im, conn: conn, sub: s, report: s.Report}
			_, err := w.refuse(ctx, interruption())
			return err
		}
		if im.Queue == nil {
			return nil
		}
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if queued, err := im.Queue.Queued(ctx, tx, id); err != nil || queued {
				return err
			}
			return im.Queue.Enqueue(ctx, tx, id)
		})
	})
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}

// interruption is what a submission is refused for when nobody can go on with it.
func interruption() error {
	note := interrupted()
	return &errs.Error{Code: "interrupted", Status: 503, Op: "layers.sweep", Title: note, Next: errs.T("دوباره تحویل دهید.", "Deliver again.")}
}

// locked runs f while no process works on the submission, or for the agency, and is false when one does.
func locked(ctx context.Context, conn *pgx.Conn, what int, id int64, f func() error) (free bool, err error) {
	if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1, ($2::bigint % 2147483647)::int)`, what, id).Scan(&free); err != nil || !free {
		return false, err
	}
	err = f()
	if !conn.IsClosed() {
		_, unlocking := conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1, ($2::bigint % 2147483647)::int)`, what, id)
		err = errors.Join(err, unlocking)
	}
	return true, err
}

// dropLeft removes the staging tables of submissions that have ended, or that are checked anew anyway.
func (im *Importer) dropLeft(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `
		select distinct substring(tablename from 2)
		from pg_tables
		where schemaname = 'staging'
		  and tablename ~ '^[rsfcd][0-9]{1,18}$'
		  and pg_has_role(tableowner, 'usage')`)
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	for _, name := range names {
		id, err := strconv.ParseInt(name, 10, 64)
		if err != nil {
			continue
		}
		_, err = locked(ctx, conn, lockSubmission, id, func() error {
			var state State
			err := conn.QueryRow(ctx, `select coalesce((select state from layers.submission where id = $1), '')`, id).Scan(&state)
			if err != nil || slices.Contains([]State{Validated, Submitted, Reviewed, Approved}, state) {
				return err
			}
			return tablesOf(id).drop(ctx, conn)
		})
		if err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
	}
	return nil
}

// orphanAge is how old a folder without a submission has to be: a younger one may be about to get it.
const orphanAge = time.Hour

// unrecorded is the folder, among those of the deliveries, of what no database knows.
const unrecorded = "unrecorded"

// sweepFiles looks after what processes that were killed have left on the disk: unpacked deliveries go, and folders of deliveries that were not recorded are put
// aside. They are not removed: after the database was restored from a backup they are all that is left of what came in since.
func (im *Importer) sweepFiles(ctx context.Context) error {
	im.Reader.Sweep()
	if im.Dir == "" {
		return nil
	}
	entries, err := os.ReadDir(im.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("sweep: %w", err)
	}
	var old []string
	for _, e := range entries {
		if info, err := e.Info(); err == nil && e.IsDir() && e.Name() != unrecorded && time.Since(info.ModTime()) >= orphanAge { // by the clock of the disk
			old = append(old, e.Name())
		}
	}
	rows, err := im.Pool.Query(ctx, `
		select name
		from unnest($1::text[]) name
		where not exists (select from layers.submission s where s.folder = name)
		  and not exists (select from layers.upload u where u.tracking = name and u.submission_id is null)`, old)
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	orphans, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	for _, name := range orphans {
		aside := filepath.Join(im.Dir, unrecorded)
		if err := os.MkdirAll(aside, 0o700); err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
		if err := os.Rename(filepath.Join(im.Dir, name), filepath.Join(aside, name)); err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
	}
	return nil
}

// refuseLeft ends a submission over another connection than its own, which is gone. A server that cannot be reached is not the delivery's problem: Sweep does
// it later.
func (im *Importer) refuseLeft(ctx context.Context, id int64) (*Submission, error) {
	pooled, err := im.Pool.Acquire(ctx)
	if err != nil {
		return nil, nil
	}
	defer pooled.Release()
	conn := pooled.Conn()
	// Until the server has noticed that the connection is gone, its lock is held.
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1, ($2::bigint % 2147483647)::int)`, lockSubmission, id); err != nil {
		return nil, fmt.Errorf("refuse: %w", err)
	}
	s, err := submissionByID(ctx, conn, id)
	if err == nil && !s.Waits() {
		w := &work{importer: im, conn: conn, sub: s, report: s.Report}
		s, err = w.refuse(ctx, context.Canceled)
	}
	return s, errors.Join(err, im.unlock(ctx, conn, id))
}
