package layers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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
		if err := located(w.step(ctx), s.Files); err != nil {
			failed, ending := w.fail(context.WithoutCancel(ctx), err, once)
			return failed, errors.Join(err, ending)
		}
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
		return w.to(ctx, Inspected, errs.Tf("%d لایه در پرونده‌ها است؛ موضوع و ستون‌ها را تأیید کنید.", "The files have %d layers; confirm theme and columns.", len(found.Layers)),
			func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, `update layers.submission set inspection = $2 where id = $1`, w.sub.ID, found)
				return err
			})
	case Confirmed:
		if err := w.prepare(ctx); err != nil {
			return err
		}
		if err := w.check(ctx); err != nil {
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

// validate records the report. What goes through by itself goes on; a person sees first what would change.
func (w *work) validate(ctx context.Context) error {
	tables := tablesOf(w.sub.ID)
	if w.sub.Through != Published {
		if err := w.preview(ctx); err != nil {
			return err
		}
	}
	next := map[State]State{Published: Approved, Submitted: Submitted}[w.sub.Through]
	if next == Submitted && massive(w.report, w.theme.MassRemoval) && !w.sub.AllowRemovals {
		next = "" // the uploader has to confirm it first
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
			  based_on = (select max(id) from layers.version where dataset_id = $3)
			where id = $1`, w.sub.ID, body, w.dataset.id)
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

// preview finds what publishing would change, and keeps it for the report, the list and the map.
func (w *work) preview(ctx context.Context) error {
	err := pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
		p := &publication{staging: w.staging, tx: tx, dataset: w.dataset, report: w.report}
		if err := p.diff(ctx, w.sub.AllowRemovals); err != nil {
			return err
		}
		name := tablesOf(w.sub.ID).difference
		_, err := tx.Exec(ctx, `
			drop table if exists `+name+`;
			create unlogged table `+name+` as table pg_temp.difference`)
		return err
	})
	if err != nil {
		return fmt.Errorf("what would change: %w", err)
	}
	return nil
}

// publish puts the checked rows before everybody. A report that does not stand any more has the rows checked again instead.
func (w *work) publish(ctx context.Context) error {
	w.report = w.sub.Report
	fresh, err := w.stillStands(ctx)
	if err != nil {
		return err
	}
	if !fresh {
		return w.to(ctx, Confirmed, errs.T("داده منتشرشده در این میان دگرگون شد؛ از نو بررسی می‌شود.",
			"What is published has changed meanwhile; it is checked again."), func(tx pgx.Tx) error { return w.importer.enqueue(ctx, tx, w.sub.ID) })
	}
	w.staging = &staging{conn: w.conn, theme: w.theme, store: w.store, mapping: &w.sub.Mapping, tables: tablesOf(w.sub.ID), mode: w.sub.Mode}
	w.tell(Progress{Stage: "publishing", Rows: 0, Total: w.report.Accepted})
	err = pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
		p := &publication{staging: w.staging, tx: tx, dataset: w.dataset, report: w.report, at: w.importer.Now()}
		changed, err := p.publish(ctx, w.sub.AllowRemovals)
		if err != nil {
			return err
		}
		state := Unchanged
		if changed {
			state = Published
			if err := w.recheckOthers(ctx, tx); err != nil {
				return err
			}
			if w.report.Version == 1 {
				notes, err := w.takeover(ctx, tx)
				if err != nil {
					return err
				}
				w.report.Notes = append(w.report.Notes, notes...)
			}
		}
		w.report.State = string(state)
		body, err := json.Marshal(w.report)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update layers.submission
			set state = $2, report = $3, problem = null, progress = null, finished_at = now(), updated_at = now()
			where id = $1`, w.sub.ID, state, body)
		if err != nil {
			return err
		}
		return w.moved(ctx, tx, string(state), outcome(w.report, nil))
	})
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	if err := tablesOf(w.sub.ID).drop(ctx, w.conn); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	if w.report.Added > 1000 { // the planner must not take a filled table for an empty one until autovacuum comes
		if _, err := w.conn.Exec(ctx, `select layers.gather_statistics($1)`, w.store.Table); err != nil {
			return fmt.Errorf("analyze: %w", err)
		}
	}
	return nil
}

// stillStands reports whether the staged rows are all there, and whether what a reviewer saw is what would be changed. A server that crashed has emptied its
// unlogged tables.
func (w *work) stillStands(ctx context.Context) (bool, error) {
	var staged, latest int64
	err := w.conn.QueryRow(ctx, `
		select (select count(*) from `+tablesOf(w.sub.ID).staged+` where not refused), coalesce((select max(id) from layers.version where dataset_id = $1), 0)`,
		w.dataset.id).Scan(&staged, &latest)
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && pgErr.Code == "42P01" { // undefined_table
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("publish: %w", err)
	}
	return staged == w.sub.StagedRows && (w.sub.Through == Published || latest == w.sub.BasedOn), nil
}

// recheckOthers sends back to be checked what waits for the same territory: its report compares with what is no longer published.
func (w *work) recheckOthers(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `
		update layers.submission
		set state = 'confirmed', updated_at = now()
		where theme = $1
		  and territory is not distinct from nullif($2, '')
		  and id <> $3
		  and through <> 'published'
		  and state in ('validated', 'submitted', 'reviewed', 'approved')
		returning id, coalesce(tracking, '')`, w.sub.Theme, w.sub.Territory, w.sub.ID)
	if err != nil {
		return err
	}
	type other struct {
		ID       int64
		Tracking string
	}
	others, err := pgx.CollectRows(rows, pgx.RowToStructByPos[other])
	if err != nil {
		return err
	}
	for _, o := range others {
		if err := w.importer.enqueue(ctx, tx, o.ID); err != nil {
			return err
		}
		if w.importer.Tracker == nil || o.Tracking == "" {
			continue
		}
		if err := w.importer.Tracker.Moved(ctx, tx, o.Tracking, Moved{
			Submission: o.ID, State: string(Confirmed), Theme: w.sub.Theme, Agency: w.sub.Agency, Territory: w.sub.Territory,
			Note: errs.T("نسخه دیگری از همین قلمرو منتشر شد؛ از نو بررسی می‌شود.", "Another version of the same territory was published; it is checked again."),
		}); err != nil {
			return err
		}
	}
	return nil
}

// to brings the submission to a state, with the event of it.
func (w *work) to(ctx context.Context, state State, note errs.Text, also func(pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update layers.submission set state = $2, progress = null, updated_at = now() where id = $1 and state = $3`, w.sub.ID, state, w.sub.State)
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

// fail records why it does not go on. A problem of the delivery ends it; one that only keeps an approved one from being published sends it back.
func (w *work) fail(ctx context.Context, cause error, once bool) (*Submission, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if w.conn.IsClosed() {
		// A cancelled statement ends its connection, and with it its lock. Somebody goes on later; or nobody does, and then it ends here.
		if !once {
			return nil, nil
		}
		return w.importer.refuseLeft(ctx, w.sub.ID)
	}
	problem, told := errs.As(cause)
	switch {
	case !told && !once:
		return nil, tablesOf(w.sub.ID).dropUnlessApproved(ctx, w)
	case told && w.sub.State == Approved && w.sub.Through != Published:
		return w.sendBack(ctx, problem)
	}
	return w.refuse(ctx, cause)
}

// sendBack returns an approved submission to its uploader.
func (w *work) sendBack(ctx context.Context, problem *errs.Error) (*Submission, error) {
	err := w.to(ctx, Validated, problem.Title, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update layers.submission set problem = $2 where id = $1`, w.sub.ID, problemOf(problem))
		return err
	})
	if err != nil {
		return nil, err
	}
	return submissionByID(ctx, w.conn, w.sub.ID)
}

// refuse ends the submission. The report says how far it came.
func (w *work) refuse(ctx context.Context, cause error) (*Submission, error) {
	r := w.report
	if r == nil {
		r = w.importer.newReport(w.sub.Theme, w.sub.Agency, w.sub.Territory)
		r.Submission, r.Tracking = w.sub.ID, w.sub.Tracking
	}
	r.State, r.Problem = string(Refused), "interrupted"
	problem, told := errs.As(cause)
	var kept *Cause
	if told {
		r.Problem, kept = problem.Code, problemOf(problem)
	}
	r.Version, r.Added, r.Altered, r.Removed, r.Unchanged, r.Kept, r.Features = 0, 0, 0, 0, 0, 0, 0
	body, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("refuse: %w", err)
	}
	err = pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			update layers.submission
			set state = 'refused', report = $2, problem = $3, progress = null, finished_at = now(), updated_at = now()
			where id = $1
			  and finished_at is null`, w.sub.ID, body, kept)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		return w.moved(ctx, tx, string(Refused), outcome(r, cause))
	})
	if err != nil {
		return nil, fmt.Errorf("refuse: %w", err)
	}
	if err := tablesOf(w.sub.ID).drop(ctx, w.conn); err != nil {
		return nil, fmt.Errorf("refuse: %w", err)
	}
	return submissionByID(ctx, w.conn, w.sub.ID)
}

// dropUnlessApproved removes what an attempt has staged. The rows of an approved submission are what was reviewed.
func (t tables) dropUnlessApproved(ctx context.Context, w *work) error {
	if w.sub.State == Approved {
		return nil
	}
	return t.drop(ctx, w.conn)
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
