package layers

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Tracker follows submissions under tracking identifiers. What it writes belongs to the given transaction, which changes the submission's state.
type Tracker interface {
	// Received answers the identifier of a new submission of an agency.
	Received(ctx context.Context, tx pgx.Tx, agency string, note errs.Text) (string, error)
	// Moved writes down that the submission has another state.
	Moved(ctx context.Context, tx pgx.Tx, id string, m Moved) error
}

// Moved is what a tracker is told of a change of state.
type Moved struct {
	Submission int64
	State      string // validated, published, unchanged or refused
	Theme      string
	Agency     string
	Territory  string
	Note       errs.Text
}

// track gives the submission its identifier.
func (w *work) track(ctx context.Context, tx pgx.Tx) error {
	if w.importer.Tracker == nil {
		return nil
	}
	id, err := w.importer.Tracker.Received(ctx, tx, w.request.Agency,
		errs.Tf("موضوع %[2]s، شمار پرونده‌ها: %[1]d", "theme %[2]s, files: %[1]d", len(w.request.Files), w.theme.Code))
	w.report.Tracking = id
	return err
}

// validated records that the checks are done and rows were accepted.
func (w *work) validated(ctx context.Context) error {
	err := pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `update layers.submission set state = 'validated' where id = $1`, w.report.Submission); err != nil {
			return err
		}
		return w.moved(ctx, tx, "validated", counts(w.report))
	})
	if err != nil {
		return fmt.Errorf("validated: %w", err)
	}
	return nil
}

func (w *work) moved(ctx context.Context, tx pgx.Tx, state string, note errs.Text) error {
	if w.importer.Tracker == nil {
		return nil
	}
	return w.importer.Tracker.Moved(ctx, tx, w.report.Tracking, Moved{
		Submission: w.report.Submission, State: state, Theme: w.theme.Code, Agency: w.request.Agency, Territory: w.request.Territory, Note: note,
	})
}

func counts(r *Report) errs.Text {
	return errs.Tf("%d ردیف رسید، %d پذیرفته و %d رد شد.", "%d rows came in, %d were accepted and %d refused.", r.RowsIn, r.Accepted, r.Refused)
}

// outcome is the note of the last event: why nothing was published, or what was.
func outcome(r *Report, cause error) errs.Text {
	problem, ok := errs.As(cause)
	switch {
	case ok:
		note := problem.Title
		if !problem.Detail.IsZero() {
			note.FA += ": " + problem.Detail.FA
			note.EN += ": " + problem.Detail.EN
		}
		return note
	case cause != nil:
		return interrupted()
	case r.State == "published":
		return errs.Tf("نسخه %d: %d افزوده، %d دگرگون، %d حذف.", "Version %d: %d added, %d altered, %d removed.", r.Version, r.Added, r.Altered, r.Removed)
	}
	return errs.T("داده با آنچه منتشر شده یکی است.", "The data is what is published already.")
}

// interrupted is all that is told of an error that is not the deliverer's.
func interrupted() errs.Text {
	return errs.T("کار پیش از پایان بریده شد؛ دوباره تحویل دهید.", "The work was broken off before its end; deliver again.")
}
