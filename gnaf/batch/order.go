package batch

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Order is a file that is looked up in the background.
type Order struct {
	ID          string
	Person, Key int64 // whose it is: one of both
	Format      Format
	Columns     map[Role]string
	State       string // waiting, making, ready, failed, cancelled
	Bytes       int64
	Rows        *int64 // of the file; nil until they are counted
	Summary     Summary
	Problem     *Trouble // why it failed
	Asked       time.Time
	Finished    *time.Time
}

// HasFile reports whether there is a result: the whole, or of what failed the rows that were done.
func (o *Order) HasFile() bool {
	return o.State == "ready" || o.State == "failed" && o.Summary.Rows > 0
}

// Trouble is a problem as it is kept.
type Trouble struct {
	Code   string    `json:"code"`
	Status int       `json:"status"`
	Title  errs.Text `json:"title"`
	Detail errs.Text `json:"detail"`
	Next   errs.Text `json:"next"`
}

// Orders keeps orders, in the database, and their files, in a folder.
type Orders struct {
	Pool *pgxpool.Pool // sees all: the caller compares whose an order is
	Dir  string
	Now  func() time.Time
}

const (
	// ordersKept is how long a result can be fetched.
	ordersKept = 7 * 24 * time.Hour
	// atOnce is how many orders of one owner may be unfinished.
	atOnce = 3
)

// Begin makes the id of a new order, and its folder.
func (o *Orders) Begin() (id string, err error) {
	random := make([]byte, 16)
	rand.Read(random) // never fails: see crypto/rand
	return hex.EncodeToString(random), os.MkdirAll(o.Dir, 0o700)
}

// In is where the file of an order lies.
func (o *Orders) In(id string) string { return filepath.Join(o.Dir, id+".in") }

// Out is where its result lies, when it is ready.
func (o *Orders) Out(id string) string { return filepath.Join(o.Dir, id+".out") }

// part is what is being written.
func (o *Orders) part(id string) string { return filepath.Join(o.Dir, id+".part") }

// Remove takes the files of an order away.
func (o *Orders) Remove(id string) error {
	var all error
	for _, name := range []string{o.In(id), o.part(id), o.Out(id)} {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

// Place keeps an order whose file lies at In.
func (o *Orders) Place(ctx context.Context, tx pgx.Tx, order *Order) error {
	var open int
	if err := tx.QueryRow(ctx, `
		select count(*)
		from gnaf.batch_order
		where state in ('waiting', 'making')
		  and coalesce(person_id, 0) = $1
		  and coalesce(key_id, 0) = $2`, order.Person, order.Key).Scan(&open); err != nil {
		return fmt.Errorf("order of a batch: %w", err)
	}
	if open >= atOnce {
		return &errs.Error{
			Code: "batches-open", Status: http.StatusTooManyRequests, Op: "batch.Place",
			Title: errs.Tn(open, "%d پرونده شما هنوز در کار است", "%d of your files is still worked on", "%d of your files are still worked on", open),
			Next:  errs.T("پایان یکی از آن‌ها را بخواهید یا لغوش کنید.", "Wait for one of them, or cancel one."),
		}
	}
	order.Asked, order.State = o.Now().UTC().Truncate(time.Microsecond), "waiting"
	_, err := tx.Exec(ctx, `
		insert into gnaf.batch_order (id, person_id, key_id, format, columns, bytes, asked_at)
		values ($1, nullif($2, 0::bigint), nullif($3, 0::bigint), $4, $5, $6, $7)`, order.ID, order.Person, order.Key, order.Format, order.Columns, order.Bytes, order.Asked)
	if err != nil {
		return fmt.Errorf("order of a batch: %w", err)
	}
	return nil
}

// Find answers an order of an owner. One that is somebody else's is as one that is not there: the error is *errs.Error batch-unknown.
func (o *Orders) Find(ctx context.Context, id string, person, key int64) (*Order, error) {
	order, err := o.find(ctx, id)
	if err == nil && (order.Person != person || order.Key != key) {
		err = unknownOrder(id)
	}
	return order, err
}

func (o *Orders) find(ctx context.Context, id string) (*Order, error) {
	order := &Order{ID: id}
	if _, err := hex.DecodeString(id); err != nil {
		return nil, unknownOrder(id)
	}
	err := o.Pool.QueryRow(ctx, `
		select coalesce(person_id, 0), coalesce(key_id, 0), format, columns, state, bytes, rows, done, levels, problem, asked_at, finished_at
		from gnaf.batch_order
		where id = $1`, id).Scan(&order.Person, &order.Key, &order.Format, &order.Columns, &order.State, &order.Bytes, &order.Rows, &order.Summary.Rows, &order.Summary.Levels, &order.Problem, &order.Asked, &order.Finished)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, unknownOrder(id)
	}
	if err != nil {
		return nil, fmt.Errorf("order of a batch: %w", err)
	}
	return order, nil
}

// Cancel ends an order, whatever its state, and takes its files away. Whoever works on it notices within a second.
func (o *Orders) Cancel(ctx context.Context, order *Order) error {
	if err := o.went(ctx, order, "cancelled", nil); err != nil {
		return err
	}
	return o.Remove(order.ID)
}

// Open answers which orders are not finished, and forgets those that were long ago.
func (o *Orders) Open(ctx context.Context) ([]string, error) {
	rows, err := o.Pool.Query(ctx, `delete from gnaf.batch_order where finished_at < $1 returning id`, o.Now().Add(-ordersKept))
	if err != nil {
		return nil, fmt.Errorf("old batches: %w", err)
	}
	old, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("old batches: %w", err)
	}
	for _, id := range old {
		if err := o.Remove(id); err != nil {
			return nil, fmt.Errorf("old batches: %w", err)
		}
	}
	rows, err = o.Pool.Query(ctx, `select id from gnaf.batch_order where state in ('waiting', 'making') order by asked_at`)
	if err != nil {
		return nil, fmt.Errorf("open batches: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func unknownOrder(id string) error {
	return &errs.Error{
		Code: "batch-unknown", Status: http.StatusNotFound, Op: "batch.Find", Location: "path.id", Value: clip(id),
		Title: errs.T("چنین پرونده‌ای سپرده نشده است", "No such file was handed over"),
		Next:  errs.T("نشانی را از سرایند Location پاسخ نخست بردارید.", "Take the address from the Location field of the first answer."),
	}
}
