package server

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/layers"
)

type rollbackInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Version int    `json:"version" minimum:"1" maximum:"2147483647" doc:"The version that shall be the newest again"`
		Reason  string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why; everybody sees it"`
	}
}

type withdrawInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why; everybody sees it"`
	}
}

type rollbackBody struct {
	Changed bool           `json:"changed" doc:"False when the newest version is so already; there is no new one then"`
	Version layers.Version `json:"version" doc:"The newest"`
}

// rollback answers POST /v1/datasets/{id}/rollback.
func (s *server) rollback(ctx context.Context, in *rollbackInput) (*rollbackBody, error) {
	return s.restore(ctx, layers.Decision{Dataset: in.ID, Version: in.Body.Version, Reason: in.Body.Reason})
}

// withdraw answers POST /v1/datasets/{id}/withdraw.
func (s *server) withdraw(ctx context.Context, in *withdrawInput) (*rollbackBody, error) {
	return s.restore(ctx, layers.Decision{Dataset: in.ID, Reason: in.Body.Reason})
}

// restore publishes as nsdi itself, as the work on a submission does, once the caller was asked for the permission.
func (s *server) restore(ctx context.Context, d layers.Decision) (*rollbackBody, error) {
	body := &rollbackBody{}
	err := pgx.BeginFunc(ctx, s.System, func(tx pgx.Tx) (err error) {
		body.Version, body.Changed, err = s.versions.Rollback(ctx, tx, d)
		return err
	})
	return body, err
}

// decisions keeps the record of roll-backs: a tracking identifier, and the audit trail.
type decisions struct{}

func (decisions) Opened(ctx context.Context, tx pgx.Tx, d layers.Decision) (string, error) {
	id, err := (&access.Tracking{}).Open(ctx, tx, eventOf(d), d.Agency, access.Step{State: "received", Note: errs.T(d.Reason, d.Reason)})
	return string(id), err
}

func (decisions) Done(ctx context.Context, tx pgx.Tx, tracking string, d layers.Decision, v layers.Version) error {
	note := errs.Tf("نسخه %d: مانند نسخه %d؛ %d افزوده، %d دگرگون، %d حذف.", "Version %d: as version %d; %d added, %d altered, %d removed.", v.Seq, d.Version, v.Added, v.Altered, v.Removed)
	if err := (&access.Tracking{}).Move(ctx, tx, access.Identifier(tracking), access.Step{State: "published", Note: note}); err != nil {
		return err
	}
	return (&access.AuditTrail{}).Record(ctx, tx, access.Entry{
		Event: eventOf(d), Action: access.Rollback, Agency: d.Agency, Resource: fmt.Sprintf("theme:%s dataset:%d", d.Theme, d.Dataset), Territory: d.Territory,
		Tracking: access.Identifier(tracking), Detail: note.EN + " " + d.Reason,
	})
}

func eventOf(d layers.Decision) string {
	if d.Version == 0 {
		return "withdrawal"
	}
	return "rollback"
}
