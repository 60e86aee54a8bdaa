package layers

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// Export is a file that is made in the background.
type Export struct {
	ID         string
	State      string // waiting, making, ready, failed; expired
	Rows, Done int64
	Problem    *errs.Error // why it failed
	PersonID   int64
	KeyID      int64 // whose it is; with PersonID 0: everybody's
	AskedAt    time.Time
	FinishedAt *time.Time
	ExpiresAt  *time.Time
	Order      Order
	file       string
	attempts   int
}

const (
	// atOnce is how many features a file may have that is made while its asker waits.
	atOnce = 50_000
	// exportAttempts is how often a file is begun: one that ends its process each time does not go on doing so.
	exportAttempts = 5
	// exportsKept is how long it is known what became of an export.
	exportsKept = 30 * 24 * time.Hour
	exportQueue = "export"
)

// InBackground answers whether a job makes the file of an order.
func (d *Downloads) InBackground(o *Order) bool {
	return d.jobs != nil && o.Rows > cmp.Or(d.AtOnce, atOnce)
}

// Ask has the file of an order made, for somebody or, where both are 0, for everybody. Who asks for what is being made gets the same export.
func (d *Downloads) Ask(ctx context.Context, o *Order, person, key int64) (*Export, error) {
	_, file, err := o.key()
	if err != nil {
		return nil, err
	}
	what, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	random := make([]byte, 16)
	rand.Read(random) // never fails: see crypto/rand
	id := hex.EncodeToString(random)
	err = pgx.BeginFunc(ctx, d.jobs.importer.Pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			insert into layers.export (id, file, what, rows, person_id, key_id)
			values ($1, $2, $3, $4, nullif($5, 0), nullif($6, 0))
			on conflict (file) where state in ('waiting', 'making') do update set file = excluded.file
			returning id`, id, file, what, o.Rows, person, key).Scan(&id)
		if err != nil {
			return err
		}
		return d.jobs.enqueueExport(ctx, tx, id)
	})
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return d.Export(ctx, id)
}

// Export answers one by its id. The error for an unknown one is *errs.Error export-unknown.
func (d *Downloads) Export(ctx context.Context, id string) (*Export, error) {
	e := &Export{ID: id}
	if _, err := hex.DecodeString(id); err != nil || d.jobs == nil {
		return nil, ExportUnknown(id)
	}
	var what, problem []byte
	err := d.jobs.importer.Pool.QueryRow(ctx, `
		select state, rows, done, problem, coalesce(person_id, 0), coalesce(key_id, 0), asked_at, finished_at, expires_at, what, file, attempts
		from layers.export
		where id = $1`, id).Scan(&e.State, &e.Rows, &e.Done, &problem, &e.PersonID, &e.KeyID, &e.AskedAt, &e.FinishedAt, &e.ExpiresAt, &what, &e.file, &e.attempts)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ExportUnknown(id)
	}
	if err == nil {
		err = json.Unmarshal(what, &e.Order)
	}
	if err == nil && problem != nil {
		var told trouble
		err = json.Unmarshal(problem, &told)
		e.Problem = told.problem()
	}
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", id, err)
	}
	if e.State == "ready" {
		if file, err := d.Kept(&e.Order); err != nil || file == nil {
			e.State = "expired"
		}
	}
	return e, nil
}

// ExportUnknown is the error for an export that there is not.
func ExportUnknown(id string) *errs.Error {
	return noSuch("export-unknown", "path.id", clippedTo(strings.ToValidUTF8(strings.ReplaceAll(id, "\x00", ""), ""), 60), errs.T("چنین پرونده‌ای خواسته نشده است", "No such file was asked for"),
		errs.T("پرونده را دوباره بخواهید.", "Ask for the file again."))
}

// FileOf answers the file of an export. Errors are *errs.Error: export-not-ready, export-expired, and why it failed.
func (d *Downloads) FileOf(e *Export) (*Download, error) {
	switch e.State {
	case "ready":
		if file, err := d.Kept(&e.Order); err != nil || file != nil {
			return file, err
		}
		fallthrough
	case "expired":
		return nil, &errs.Error{
			Code: "export-expired", Status: http.StatusGone, Op: "layers.FileOf", Location: "path.id", Value: e.ID,
			Title:  errs.T("زمان نگهداری پرونده گذشته است", "The file has expired"),
			Detail: errs.T("پرونده ساخته شد و دیگر نگه داشته نمی‌شود.", "The file was made, and is not kept any more."),
			Next:   errs.T("آن را دوباره از همان نشانی نخست بخواهید.", "Ask for it again where you first did."),
		}
	case "failed":
		return nil, e.Problem
	}
	return nil, &errs.Error{
		Code: "export-not-ready", Status: http.StatusConflict, Op: "layers.FileOf", Location: "path.id", Value: e.ID,
		Title:  errs.T("پرونده هنوز آماده نیست", "The file is not ready yet"),
		Detail: errs.Tf("%d از %d عارضه نوشته شد.", "%d of %d features are written.", e.Done, e.Rows),
		Next:   errs.Tf("وضعیت را در ‎/v1/exports/%s‎ بپرسید.", "Ask for its state at /v1/exports/%s.", e.ID),
	}
}

// sweepExports looks after exports whose process was killed, and forgets old ones.
func (d *Downloads) sweepExports(ctx context.Context) error {
	conn, err := d.jobs.importer.Pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("sweeping exports: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `delete from layers.export where asked_at < $1`, d.Now().Add(-exportsKept)); err != nil {
		return fmt.Errorf("sweeping exports: %w", err)
	}
	rows, err := conn.Query(ctx, `
		select id
		from layers.export e
		where state in ('waiting', 'making')
		  and not exists (
			select
			from `+pg.JobSchema+`.river_job
			where kind = $1
			  and state in ('available', 'pending', 'scheduled', 'retryable')
			  and args->>'export' = e.id)
		order by asked_at`, exportJob{}.Kind())
	if err != nil {
		return fmt.Errorf("sweeping exports: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("sweeping exports: %w", err)
	}
	for _, id := range ids {
		_, err := lockedExport(ctx, conn.Conn(), id, func() error {
			return pgx.BeginFunc(ctx, conn.Conn(), func(tx pgx.Tx) error { return d.jobs.enqueueExport(ctx, tx, id) })
		})
		if err != nil {
			return fmt.Errorf("sweeping exports: %w", err)
		}
	}
	return nil
}
