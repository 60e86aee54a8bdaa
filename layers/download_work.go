package layers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// trouble is a problem as it is kept.
type trouble struct {
	Code     string    `json:"code"`
	Status   int       `json:"status"`
	Title    errs.Text `json:"title"`
	Detail   errs.Text `json:"detail"`
	Next     errs.Text `json:"next"`
	Location string    `json:"location"`
	Value    string    `json:"value"`
}

func (p *trouble) problem() *errs.Error {
	return &errs.Error{Code: p.Code, Status: p.Status, Op: "layers.Export", Title: p.Title, Detail: p.Detail, Next: p.Next, Location: p.Location, Value: p.Value}
}

// work makes the file of an export. It answers an error only when the job shall be tried again.
func (d *Downloads) work(ctx context.Context, id string) (err error) {
	pool := d.jobs.importer.Pool
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer conn.Release()
	_, err = lockedExport(ctx, conn.Conn(), id, func() error {
		e, err := d.Export(ctx, id)
		if err != nil || e.State != "waiting" && e.State != "making" {
			return err
		}
		if _, err := pool.Exec(ctx, `update layers.export set state = 'making', done = 0, attempts = attempts + 1 where id = $1`, id); err != nil {
			return err
		}
		making := errBegunTooOften
		if e.attempts < exportAttempts {
			making = d.makeExport(ctx, e)
		}
		if ctx.Err() != nil { // the process ends, which is no fault of the file: it is begun again
			_, err := pool.Exec(context.WithoutCancel(ctx), `update layers.export set attempts = attempts - 1 where id = $1`, id)
			return errors.Join(ctx.Err(), err)
		}
		var told *trouble
		if p, ok := errs.As(making); ok {
			told = &trouble{p.Code, p.Status, p.Title, p.Detail, p.Next, p.Location, p.Value}
		} else if making != nil {
			if e.attempts+1 < exportAttempts {
				return making
			}
			d.jobs.log.Error("export", "id", id, "err", making)
			told = &trouble{
				Code: "export-failed", Status: http.StatusInternalServerError, Title: errs.T("پرونده ساخته نشد", "The file could not be made"),
				Detail: errs.T("چند بار آغاز شد و به پایان نرسید.", "It was begun several times, and did not come to its end."),
				Next:   errs.T("بخش کوچک‌تری بخواهید، یا سرپرست سامانه را آگاه کنید.", "Ask for a smaller part, or tell the operator."),
			}
		}
		now := d.Now()
		if told != nil {
			_, err = pool.Exec(ctx, `update layers.export set state = 'failed', problem = $2, finished_at = $3 where id = $1`, id, told, now)
			return err
		}
		_, err = pool.Exec(ctx, `update layers.export set state = 'ready', done = $4, finished_at = $2, expires_at = $3 where id = $1`, id, now, now.Add(d.keep(e.file)), e.Done)
		return err
	})
	if p, ok := errs.As(err); ok && p.Code == "export-unknown" {
		return nil
	}
	return err
}

var errBegunTooOften = errors.New("its process ended each time")

func (d *Downloads) makeExport(ctx context.Context, e *Export) (err error) {
	o := &e.Order
	var last time.Time
	counting := func(rows Rows) Rows {
		done := int64(0)
		return func(ctx context.Context, yield func(*Feature) error) error {
			return rows(ctx, func(f *Feature) error {
				done++
				if e.Done = done; time.Since(last) >= progressEvery {
					last = time.Now()
					// It is shown to people and nothing depends on it.
					_, _ = d.jobs.importer.Pool.Exec(ctx, `update layers.export set done = $2 where id = $1`, e.ID, done)
				}
				return yield(f)
			})
		}
	}
	if e.PersonID != 0 || e.KeyID != 0 || o.For != "" {
		if d.Private == nil {
			return ExportUnknown(e.ID)
		}
		rows, err := d.Private(ctx, e)
		if err == nil {
			_, err = d.File(ctx, d.jobs.importer.Pool, o, counting(rows))
		}
		return err
	}
	return pg.InScope(ctx, d.jobs.importer.Pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		versions := &Versions{Stores: d.jobs.importer.Stores}
		store, restricted, err := versions.ThemeFeed(ctx, tx, o.Theme)
		if err != nil {
			return err
		}
		if restricted {
			return ExportUnknown(e.ID)
		}
		o.store = store
		_, err = d.File(ctx, tx, o, counting(o.rows(tx)))
		return err
	})
}

// lockedExport runs f while no other process works on the export.
func lockedExport(ctx context.Context, conn *pgx.Conn, id string, f func() error) (free bool, err error) {
	if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1, hashtext($2))`, lockExport, id).Scan(&free); err != nil || !free {
		return false, err
	}
	err = f()
	if !conn.IsClosed() {
		_, unlocking := conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1, hashtext($2))`, lockExport, id)
		err = errors.Join(err, unlocking)
	}
	return true, err
}

// lockExport is the advisory lock under which a file is made.
const lockExport = 7403

// exportJob has somebody make a file.
type exportJob struct {
	Export string `json:"export"`
}

// Kind of the job in the queue.
func (exportJob) Kind() string { return "export" }

type exporter struct {
	river.WorkerDefaults[exportJob]
	downloads *Downloads
}

// Work makes the file.
func (x *exporter) Work(ctx context.Context, job *river.Job[exportJob]) error {
	return x.downloads.work(ctx, job.Args.Export)
}

func (j *Jobs) enqueueExport(ctx context.Context, tx pgx.Tx, id string) error {
	if _, err := j.client.InsertTx(ctx, tx, exportJob{id}, &river.InsertOpts{Queue: exportQueue, MaxAttempts: exportAttempts}); err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}
