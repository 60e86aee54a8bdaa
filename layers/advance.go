package layers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// ErrBusy is the answer of Advance when another process works on the submission.
var ErrBusy = errors.New("the submission is being worked on")

// Advance works on a submission until it waits for a person or has ended. What the deliverer can mend ends it, or sends it back, and is *errs.Error. After any
// other error the submission stands where it stood, and Advance may be called again.
func (im *Importer) Advance(ctx context.Context, id int64, progress func(Progress)) (*Submission, error) {
	return im.advance(ctx, id, progress, false)
}

// advance with once set ends the submission whatever went wrong: nobody will try again.
func (im *Importer) advance(ctx context.Context, id int64, progress func(Progress), once bool) (_ *Submission, err error) {
	pooled, err := im.Pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("advance: %w", err)
	}
	defer pooled.Release()
	conn := pooled.Conn()
	var mine bool
	// Compiling a query costs more than running it here: expressions over many rows make the planner expect the opposite.
	err = conn.QueryRow(ctx, `select pg_try_advisory_lock($1, ($2::bigint % 2147483647)::int), set_config('jit', 'off', false)`, lockSubmission, id).Scan(&mine, nil)
	if err != nil {
		return nil, fmt.Errorf("advance: %w", err)
	}
	if !mine {
		return nil, ErrBusy
	}
	defer func() { err = errors.Join(err, im.unlock(context.WithoutCancel(ctx), conn, id)) }()
	for {
		s, err := submissionByID(ctx, conn, id)
		if err != nil || s.Waits() {
			return s, err
		}
		w := &work{importer: im, conn: conn, sub: s, progress: progress}
		tried, err := w.begin(ctx)
		if err != nil {
			return nil, err
		}
		if err = givenUp(); tried <= mostAttempts {
			err = located(w.step(ctx), s.Files)
		}
		if err != nil {
			failed, ending := w.fail(context.WithoutCancel(ctx), err, once || tried > mostAttempts)
			return failed, errors.Join(err, ending, w.letGo(ctx))
		}
	}
}

// mostAttempts is how often work on a submission is begun in one state. A failure that can be told ends it much earlier; this ends what kills the process that
// works on it, again and again.
const mostAttempts = 10

// begin counts the attempt before it can do any harm.
func (w *work) begin(ctx context.Context) (tried int, err error) {
	err = w.conn.QueryRow(ctx, `update layers.submission set attempts = attempts + 1 where id = $1 returning attempts`, w.sub.ID).Scan(&tried)
	if err != nil {
		return 0, fmt.Errorf("advance: %w", err)
	}
	return tried, nil
}

// letGo takes the attempt back where it was ended in order, as when the server is stopped.
func (w *work) letGo(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if _, err := w.importer.Pool.Exec(ctx, `update layers.submission set attempts = attempts - 1 where id = $1 and attempts > 0`, w.sub.ID); err != nil {
		return fmt.Errorf("advance: %w", err)
	}
	return nil
}

func givenUp() error {
	return &errs.Error{
		Code: "given-up", Status: http.StatusServiceUnavailable, Op: "layers.advance",
		Title:  errs.T("کار روی این تحویل بارها نیمه‌کاره پایان یافت", "Work on this delivery has ended halfway many times"),
		Detail: errs.Tf("%d بار آغاز شد و برنامه‌ای که آن را می‌خواند هر بار از کار افتاد.", "It was begun %d times, and each time the program that worked on it was ended.", mostAttempts),
		Next:   errs.T("داده را در پرونده‌های کوچک‌تر تحویل دهید و کاربر سامانه را آگاه کنید.", "Deliver the data in smaller files, and tell the operator."),
	}
}

// unlock gives the lock back. A cancelled statement ends its connection, and the lock with it.
func (im *Importer) unlock(ctx context.Context, conn *pgx.Conn, id int64) error {
	if conn.IsClosed() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := conn.Exec(ctx, `select pg_advisory_unlock($1, ($2::bigint % 2147483647)::int)`, lockSubmission, id); err != nil {
		return fmt.Errorf("advance: %w", err)
	}
	return nil
}

// step does what comes next, and leaves the submission in its next state.
func (w *work) step(ctx context.Context) error {
	switch w.sub.State {
	case Received:
		found, err := w.inspect(ctx)
		if err != nil {
			return err
		}
		return w.to(ctx, Inspected, errs.Tn(len(found.Layers), "%d لایه در پرونده‌ها است؛ موضوع و ستون‌ها را تأیید کنید.", "The files have %d layer; confirm theme and columns.", "The files have %d layers; confirm theme and columns.", len(found.Layers)),
			func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, `update layers.submission set inspection = $2 where id = $1`, w.sub.ID, found)
				return err
			})
	case Confirmed:
		if err := w.prepare(ctx); err != nil {
			return err
		}
		if err := w.asExpected(ctx, w.conn); err != nil { // nobody need look at it any more
			return err
		}
		var open *openQuestion
		switch err := w.check(ctx); {
		case errors.As(err, &open):
			return w.askAgain(ctx, open.question)
		case err != nil:
			return err
		}
		return w.validate(ctx)
	case Approved:
		if err := w.prepare(ctx); err != nil {
			return err
		}
		return w.publish(ctx)
	default:
		return fmt.Errorf("advance: nothing is to be done in state %s", w.sub.State)
	}
}

// askAgain sends a submission that was confirmed without an answer back to be confirmed with one.
func (w *work) askAgain(ctx context.Context, q *Question) error {
	if err := tablesOf(w.sub.ID).drop(ctx, w.conn); err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	found, err := w.inspect(ctx)
	if err != nil {
		return err
	}
	found.Question = q
	return w.to(ctx, Inspected, q.Title, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update layers.submission set inspection = $2, problem = $3 where id = $1`, w.sub.ID, found, problemOf(q.unanswered()))
		return err
	})
}

// validate records the report. What goes through by itself goes on; a person sees first what would change.
func (w *work) validate(ctx context.Context) error {
	tables := tablesOf(w.sub.ID)
	based, err := w.preview(ctx)
	if err != nil {
		return err
	}
	next := map[State]State{Published: Approved, Submitted: Submitted}[w.sub.Through]
	if next == Submitted && (w.report.Refused > 0 || massive(w.report, w.theme.MassRemoval) && !w.sub.AllowRemovals) {
		next = "" // the uploader has to confirm by name what would be lost
	}
	w.report.State = string(Validated)
	return w.to(ctx, Validated, counts(w.report), func(tx pgx.Tx) error {
		body, err := json.Marshal(w.report)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update layers.submission
			set report = $2, problem = null, dataset_id = $3, staged_rows = (select count(*) from `+tables.staged+` where not refused),
			  based_on = nullif($4::bigint, 0)
			where id = $1`, w.sub.ID, body, w.dataset.id, based)
		if err == nil && w.sub.Inspection != nil && w.report.Accepted > 0 {
			err = w.remember(ctx, tx)
		}
		if err != nil || next == "" {
			return err
		}
		_, err = tx.Exec(ctx, `update layers.submission set state = $2 where id = $1`, w.sub.ID, next)
		if err == nil && next == Submitted {
			err = w.moved(ctx, tx, string(Submitted), errs.T("برای بررسی فرستاده شد.", "It was sent to be reviewed."))
		}
		return err
	})
}

// preview finds what publishing would change, and keeps it for the publication; and for the report, the list and the map where a person looks at it.
func (w *work) preview(ctx context.Context) (based int64, err error) {
	err = pgx.BeginTxFunc(ctx, w.conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		if based, err = w.staging.compare(ctx, tx, w.dataset, w.sub.AllowRemovals, w.report); err != nil || w.sub.Through == Published {
			return err
		}
		t := w.staging.tables.difference
		_, err = tx.Exec(ctx, `create index on `+t+` (key); analyze `+t)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("what would change: %w", err)
	}
	return based, nil
}

// to brings the submission to a state, with the event of it.
func (w *work) to(ctx context.Context, state State, note errs.Text, also func(pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update layers.submission set state = $2, attempts = 0, progress = null, problem = null, updated_at = now() where id = $1 and state = $3`, w.sub.ID, state, w.sub.State)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 { // withdrawn, while it was worked on
			return conflict(w.sub, state)
		}
		if err := w.moved(ctx, tx, string(state), note); err != nil {
			return err
		}
		return also(tx)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", state, err)
	}
	return nil
}

// massive reports whether the removals need a named confirmation.
func massive(r *Report, share float64) bool {
	before := r.Unchanged + r.Altered + r.Removed + r.Kept
	return before > 0 && float64(r.Removed) > share*float64(before)
}

// conflict is the problem of what cannot be done in a submission's state.
func conflict(s *Submission, wanted State) error {
	return &errs.Error{
		Code: "submission-state", Status: http.StatusConflict, Op: "layers.submission", Value: string(s.State),
		Title:  errs.T("در این مرحله شدنی نیست", "This cannot be done at this stage"),
		Detail: errs.Tf("تحویل در مرحله «%[1]s» است و به «%[2]s» نمی‌رود.", "The submission is %[1]s and does not become %[2]s from there.", s.State, wanted),
		Next:   errs.T("وضع تحویل را دوباره بخوانید.", "Read the submission's state again."),
	}
}
