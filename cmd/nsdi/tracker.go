package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// tracker joins the delivery pipeline to the tracking identifiers and the audit trail, of which it knows nothing itself.
type tracker struct{}

// Received opens the identifier of a submission.
func (tracker) Received(ctx context.Context, tx pgx.Tx, agency string, note errs.Text) (string, error) {
	id, err := (&access.Tracking{}).Open(ctx, tx, "submission", agency, access.Step{State: "received", Note: note})
	return string(id), err
}

// Moved writes the event, and enters a publication in the audit trail. A submission that came in before there were identifiers has no events.
func (tracker) Moved(ctx context.Context, tx pgx.Tx, id string, m layers.Moved) error {
	if m.Publisher != 0 { // the job does what a person has decided
		publisher := access.Subject{PersonID: m.Publisher}
		if err := tx.QueryRow(ctx, `select coalesce(nullif(name, ''), login) from access.person where id = $1`, m.Publisher).Scan(&publisher.Name); err != nil {
			return fmt.Errorf("publisher: %w", err)
		}
		ctx = access.WithSubject(ctx, publisher)
	}
	if id != "" {
		if err := (&access.Tracking{}).Move(ctx, tx, access.Identifier(id), access.Step{State: m.State, Note: m.Note}); err != nil {
			return err
		}
	}
	if m.State != "published" {
		return nil
	}
	who := ""
	if access.SubjectFrom(ctx).Public() { // “nsdi import”
		who = access.Operator
	}
	return (&access.AuditTrail{}).Record(ctx, tx, access.Entry{
		Name: who, Event: "publication", Action: access.Publish, Agency: m.Agency, Resource: fmt.Sprintf("theme:%s submission:%d", m.Theme, m.Submission),
		Territory: m.Territory, Tracking: access.Identifier(id), Detail: m.Note.EN,
	})
}

// Noted writes an event that leaves the state as it is.
func (tracker) Noted(ctx context.Context, tx pgx.Tx, id string, note errs.Text) error {
	return (&access.Tracking{}).Note(ctx, tx, access.Identifier(id), note)
}
