package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"nsdi/internal/errs"
)

// toldEvery is how often it is kept how far an order is, and looked whether it is cancelled.
const toldEvery = time.Second

var errCancelled = errors.New("the order is cancelled")

// Work looks the file of an order up, from its beginning: what a process that ended has written is written again. last has it fail for good where it would be tried
// again otherwise.
func (o *Orders) Work(ctx context.Context, f Finder, admit func(*Order) func(context.Context, int) error, id string, last bool) error {
	order, err := o.find(ctx, id)
	if errs.Status(err) == http.StatusNotFound || err == nil && order.Finished != nil {
		return nil
	}
	if err == nil {
		err = o.work(ctx, f, admit(order), order)
	}
	told, is := errs.As(err)
	switch {
	case errors.Is(err, errCancelled):
		return o.Remove(id) // what was written after the files were taken away
	case err == nil, ctx.Err() != nil, !is && !last:
		return err
	case !is:
		told = &errs.Error{
			Code: "batch-failed", Status: http.StatusInternalServerError,
			Title:  errs.T("کار روی پرونده ناتمام ماند", "The file could not be worked on to its end"),
			Detail: errs.T("چند بار کوشش شد و هر بار خطایی در سامانه رخ داد.", "It was tried several times, and each time something went wrong in the server."),
			Next:   errs.T("دوباره بسپارید؛ اگر ماند، به سرپرست سامانه بگویید.", "Hand it over again; if it stays, tell the operator."),
		}
	}
	err = o.went(ctx, order, "failed", &Trouble{told.Code, max(told.Status, 400), told.Title, told.Detail, told.Next})
	if order.HasFile() {
		return errors.Join(err, os.Remove(o.In(id)))
	}
	return errors.Join(err, o.Remove(id))
}

func (o *Orders) work(ctx context.Context, f Finder, admit func(context.Context, int) error, order *Order) error {
	in, err := os.Open(o.In(order.ID))
	if err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	defer in.Close()
	part, err := os.OpenFile(o.part(order.ID), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	defer part.Close()
	told := time.Time{}
	tell := func(s *Summary) error {
		if time.Since(told) < toldEvery {
			return nil
		}
		told, order.Summary = time.Now(), *s
		return o.went(ctx, order, "making", nil)
	}
	options := Options{Format: order.Format, Columns: order.Columns, Admit: admit, Written: tell}
	// Counting them costs nothing beside looking them up.
	rows, err := Count(in, options, func() error { return tell(&Summary{Levels: map[string]int64{}}) })
	if err != nil {
		return err
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	order.Rows = &rows
	s, err := Run(ctx, f, in, part, options)
	if _, told := errs.As(err); err != nil && (!told || s.Rows == 0) {
		return err
	}
	if err := errors.Join(part.Sync(), part.Close(), os.Rename(o.part(order.ID), o.Out(order.ID))); err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	order.Summary = *s
	if err != nil { // the rows that are done are a result, whose last row says why there are no more
		return err
	}
	return errors.Join(o.went(ctx, order, "ready", nil), os.Remove(o.In(order.ID)))
}

// went keeps how far an order is. The error is errCancelled for one that was cancelled meanwhile.
func (o *Orders) went(ctx context.Context, order *Order, state string, problem *Trouble) error {
	if order.State = state; state != "making" {
		now := o.Now().UTC().Truncate(time.Microsecond)
		order.Finished = &now
	}
	tag, err := o.Pool.Exec(ctx, `
		update gnaf.batch_order
		set state = $2, rows = $3, done = $4, levels = $5, problem = $6, finished_at = $7
		where id = $1
		  and state <> 'cancelled'`, order.ID, state, order.Rows, order.Summary.Rows, order.Summary.Levels, problem, order.Finished)
	if err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	if tag.RowsAffected() == 0 && state != "cancelled" {
		return errCancelled
	}
	return nil
}
