package layers

import (
	"context"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Tracker follows submissions under tracking identifiers. What it writes belongs to the given transaction, which changes the submission's state.
type Tracker interface {
	// Received answers the identifier of a new submission of an agency.
	Received(ctx context.Context, tx pgx.Tx, agency string, note errs.Text) (string, error)
	// Moved writes down that the submission has another state.
	Moved(ctx context.Context, tx pgx.Tx, id string, m Moved) error
	// Noted writes down something that leaves the state as it is.
	Noted(ctx context.Context, tx pgx.Tx, id string, note errs.Text) error
}

// Moved is what a tracker is told of a change of state.
type Moved struct {
	Submission int64
	State      string // validated, published, unchanged or refused
	Theme      string
	Agency     string
	Territory  string
	Publisher  int64 // the person whose yes had it published, when a job publishes; 0: who asks, or the operator
	Note       errs.Text
}

// opened answers the identifier of a new submission: that of its uploads, or a new one.
func (im *Importer) opened(ctx context.Context, tx pgx.Tx, req *Request) (string, error) {
	if im.Tracker == nil {
		return "", nil
	}
	var note errs.Text
	if req.Theme != "" {
		var err error
		if note, err = called(ctx, tx, req.Theme); err != nil {
			return "", err
		}
	}
	if req.Tracking == "" {
		return im.Tracker.Received(ctx, tx, req.Agency, note)
	}
	return req.Tracking, im.Tracker.Moved(ctx, tx, req.Tracking, Moved{State: string(Received), Theme: req.Theme, Agency: req.Agency, Territory: req.Territory, Note: note})
}

func (w *work) moved(ctx context.Context, tx pgx.Tx, state string, note errs.Text) error {
	if w.importer.Tracker == nil || w.sub.Tracking == "" {
		return nil
	}
	return w.importer.Tracker.Moved(ctx, tx, w.sub.Tracking, Moved{
		Publisher: w.publisher(State(state)), Submission: w.sub.ID, State: state, Theme: w.sub.Theme, Agency: w.sub.Agency, Territory: w.sub.Territory, Note: note,
	})
}

func counts(r *Report) errs.Text {
	return errs.Tf("%d ردیف رسید، %d پذیرفته و %d رد شد.", "Rows that came in: %d, accepted: %d, refused: %d.", r.RowsIn, r.Accepted, r.Refused)
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

// publisher is told of a publication only: other steps of a job are nsdi's own.
func (w *work) publisher(to State) int64 {
	if to != Published {
		return 0
	}
	return w.sub.Publisher
}
