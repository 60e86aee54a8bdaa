package server

import (
	"context"
	"net/http"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/layers"
)

type confirmInput struct {
	Tracking string `path:"tracking" doc:"Tracking identifier"`
	Body     struct {
		Theme         string `json:"theme" maxLength:"64"`
		Territory     string `json:"territory,omitempty" maxLength:"64"`
		Mapping       any    `json:"mapping,omitempty" doc:"How columns become attributes; left out: as the inspection proposes"`
		Mode          string `json:"mode,omitempty" enum:"replace,append,upsert,delete"`
		AllowRemovals bool   `json:"allow_removals,omitempty"`
		Profile       string `json:"profile,omitempty" maxLength:"64" doc:"How grave findings are: one of the profiles of /v1/rules"`
		Submit        bool   `json:"submit,omitempty" doc:"Send a report without refused rows to be reviewed at once"`
	}
}

// confirmSubmission answers POST /v1/submissions/{tracking}/confirm.
func (s *server) confirmSubmission(ctx context.Context, in *confirmInput) (*delivered, error) {
	found, err := s.submissionFor(ctx, in.Tracking, access.ReadRestricted)
	if err != nil {
		return nil, err
	}
	if err := s.Permissions.Can(ctx, access.SubjectFrom(ctx), access.Upload, access.Resource{Theme: in.Body.Theme, Agency: found.Agency}, in.Body.Territory); err != nil {
		return nil, err
	}
	mapping, err := mappingOf(in.Body.Mapping)
	if err != nil {
		return nil, err
	}
	if in.Body.Mapping == nil && found.Inspection != nil && found.Inspection.Proposal != nil && found.Inspection.Proposal.Theme == in.Body.Theme {
		mapping = &found.Inspection.Proposal.Mapping
	}
	return s.decided(ctx, found, access.Upload, "confirmation", in.Body.Theme, func(tx pgx.Tx) error {
		return s.Importer.Confirm(ctx, tx, found, layers.Confirmation{
			Theme: in.Body.Theme, Territory: in.Body.Territory, Mapping: *mapping, Mode: layers.Mode(in.Body.Mode), AllowRemovals: in.Body.AllowRemovals, Submit: in.Body.Submit,
			Profile: in.Body.Profile,
		})
	})
}

type submitInput struct {
	Tracking string `path:"tracking" doc:"Tracking identifier"`
	Body     struct {
		AcceptRefused bool `json:"accept_refused,omitempty" doc:"The refused rows will not be published"`
		AllowRemovals bool `json:"allow_removals,omitempty" doc:"More than a fifth of what is published may go"`
	}
}

// submitSubmission answers POST /v1/submissions/{tracking}/submit.
func (s *server) submitSubmission(ctx context.Context, in *submitInput) (*delivered, error) {
	found, err := s.submissionFor(ctx, in.Tracking, access.Submit)
	if err != nil {
		return nil, err
	}
	return s.decided(ctx, found, access.Submit, "submission", "", func(tx pgx.Tx) error {
		return s.Importer.Submit(ctx, tx, found, in.Body.AcceptRefused, in.Body.AllowRemovals)
	})
}

type reviewInput struct {
	Tracking string `path:"tracking" doc:"Tracking identifier"`
	Body     struct {
		Decision string `json:"decision" enum:"accept,publish,return" doc:"accept: as a reviewer, a publisher is asked next; publish: as a publisher; return: as either, with a reason"`
		Reason   string `json:"reason,omitempty" maxLength:"2000" doc:"Needed to return"`
	}
}

// reviewSubmission answers POST /v1/submissions/{tracking}/review. Whoever uploaded is refused by the permission.
func (s *server) reviewSubmission(ctx context.Context, in *reviewInput) (*delivered, error) {
	who := access.SubjectFrom(ctx)
	by := layers.Actor{Person: who.PersonID, Key: who.KeyID}
	action := access.Review
	if in.Body.Decision == "publish" {
		action = access.Publish
	}
	found, err := s.submissionFor(ctx, in.Tracking, action)
	if in.Body.Decision == "return" && status(err) == http.StatusForbidden { // a publisher may say no as well
		action = access.Publish
		found, err = s.submissionFor(ctx, in.Tracking, action)
	}
	if err != nil {
		return nil, err
	}
	return s.decided(ctx, found, action, "review", in.Body.Decision+": "+in.Body.Reason, func(tx pgx.Tx) error {
		switch in.Body.Decision {
		case "accept":
			return s.Importer.Accept(ctx, tx, found, by, in.Body.Reason)
		case "publish":
			return s.Importer.Publish(ctx, tx, found, by, in.Body.Reason)
		default:
			return s.Importer.Return(ctx, tx, found, by, in.Body.Reason)
		}
	})
}

type takeBackInput struct {
	Tracking string `path:"tracking" doc:"Tracking identifier"`
	Body     struct {
		Reason string `json:"reason,omitempty" maxLength:"2000"`
	}
}

// withdrawSubmission answers POST /v1/submissions/{tracking}/withdraw, for whoever may hand in the like.
func (s *server) withdrawSubmission(ctx context.Context, in *takeBackInput) (*delivered, error) {
	found, err := s.submissionFor(ctx, in.Tracking, access.ReadRestricted)
	if err != nil {
		return nil, err
	}
	if err := s.mayDeliver(ctx, access.SubjectFrom(ctx), found.Agency, found.Theme, found.Territory); err != nil {
		return nil, err
	}
	return s.decided(ctx, found, access.Upload, "withdrawal", in.Body.Reason, func(tx pgx.Tx) error { return s.Importer.Withdraw(ctx, tx, found, in.Body.Reason) })
}

type exceptionInput struct {
	Tracking string `path:"tracking" doc:"Tracking identifier"`
	Body     struct {
		Rule   string `json:"rule" maxLength:"64"`
		Source string `json:"source" maxLength:"1000" doc:"File and layer, as in the finding"`
		Row    int64  `json:"row" minimum:"0" doc:"0: a finding on the delivery as a whole"`
		Reason string `json:"reason" maxLength:"2000"`
	}
}

// exceptRow answers POST /v1/submissions/{tracking}/exceptions.
func (s *server) exceptRow(ctx context.Context, in *exceptionInput) (*delivered, error) {
	who := access.SubjectFrom(ctx)
	found, err := s.submissionFor(ctx, in.Tracking, access.Review)
	if err != nil {
		return nil, err
	}
	e := layers.Excepted{Rule: in.Body.Rule, Source: in.Body.Source, Row: in.Body.Row, Reason: in.Body.Reason}
	return s.decided(ctx, found, access.Review, "exception", e.Rule+": "+e.Reason, func(tx pgx.Tx) error {
		return s.Importer.Except(ctx, tx, found, layers.Actor{Person: who.PersonID, Key: who.KeyID}, e)
	})
}
