package layers

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

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
	cause = lacking(cause)
	problem, told := errs.As(cause)
	passes := !told || passing(problem)
	switch {
	case passes && !once:
		// The next attempt is made of itself; until then the submission says for what it waits.
		if told {
			_, err := w.conn.Exec(ctx, `update layers.submission set problem = $2, updated_at = now() where id = $1 and finished_at is null`, w.sub.ID, problemOf(problem))
			if err != nil {
				return nil, fmt.Errorf("fail: %w", err)
			}
		}
		return nil, tablesOf(w.sub.ID).dropUnlessApproved(ctx, w)
	case w.sub.State == Approved && w.sub.Through != Published && errs.Code(cause) != featureChanged: // that cannot become right any more
		if !told {
			problem, _ = errs.As(interruption())
		}
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
	r.State = string(Refused)
	problem, told := errs.As(cause)
	if !told {
		problem, _ = errs.As(interruption())
	}
	kept := problemOf(problem)
	r.Problem = problem.Code
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
