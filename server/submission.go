package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/layers"
	"nsdi/layers/upload"
)

// FinishedUploads hands finished uploads over to a submission.
type FinishedUploads interface {
	// Tracking answers the identifier that the uploads share, when whoever asks has made them for the agency.
	Tracking(ctx context.Context, agency string, ids []string) (string, error)
	// Attach moves their files into the folder of the submission, in its transaction.
	Attach(ctx context.Context, tx pgx.Tx, ids []string, submission int64, folder string) ([]layers.File, error)
}

type deliverInput struct {
	Body struct {
		Agency        string   `json:"agency" maxLength:"64" doc:"Code of the agency whose data it is"`
		Theme         string   `json:"theme,omitempty" maxLength:"64" doc:"Left out: it is asked for after the files were looked into"`
		Territory     string   `json:"territory,omitempty" maxLength:"64" doc:"Code of an administrative unit; left out: the agency's whole territory"`
		Uploads       []string `json:"uploads" minItems:"1" maxItems:"50" doc:"Ids of finished uploads"`
		Mapping       any      `json:"mapping,omitempty" doc:"How columns become attributes; see docs/data-formats.md"`
		Mode          string   `json:"mode,omitempty" enum:"replace,append,upsert,delete" doc:"replace: it is the whole dataset; otherwise a part of it"`
		AllowRemovals bool     `json:"allow_removals,omitempty" doc:"More than a fifth of what is published may go"`
		Profile       string   `json:"profile,omitempty" maxLength:"64" doc:"How grave findings are: one of the profiles of /v1/rules"`
		Confirm       bool     `json:"confirm,omitempty" doc:"Theme and mapping are as they should be: check at once"`
		Submit        bool     `json:"submit,omitempty" doc:"With confirm: send a report without refused rows to be reviewed at once"`
	}
}

// deliver answers POST /v1/submissions.
func (s *server) deliver(ctx context.Context, in *deliverInput) (*delivered, error) {
	b, who := in.Body, access.SubjectFrom(ctx)
	if err := s.mayDeliver(ctx, who, b.Agency, b.Theme, b.Territory); err != nil {
		return nil, err
	}
	if b.Confirm && b.Theme == "" {
		return nil, invalid("body.theme", "")
	}
	mapping, err := mappingOf(b.Mapping)
	if err != nil {
		return nil, err
	}
	if s.Finished == nil {
		return nil, errors.New("deliver: no uploads are wired")
	}
	tracking, err := s.Finished.Tracking(ctx, b.Agency, b.Uploads)
	if err != nil {
		return nil, err
	}
	through := layers.Inspected
	switch {
	case b.Confirm && b.Submit:
		through = layers.Submitted
	case b.Confirm:
		through = layers.Validated
	}
	by := creator(ctx)
	made, err := s.Importer.Receive(ctx, layers.Request{
		Theme: b.Theme, Agency: b.Agency, Territory: b.Territory, Mapping: *mapping, Mode: layers.Mode(b.Mode), Through: through, AllowRemovals: b.AllowRemovals,
		Person: by.Person, Key: by.Key, Tracking: tracking, Profile: b.Profile,
		Attach: func(ctx context.Context, tx pgx.Tx, submission int64, folder string) ([]layers.File, error) {
			return s.Finished.Attach(ctx, tx, b.Uploads, submission, folder)
		},
	})
	if err != nil {
		return nil, err
	}
	return deliveredOf(made, true), nil
}

// mayDeliver asks for the permission to upload. Before the theme is known, being an uploader of the agency has to do; it is asked again when it is confirmed.
func (s *server) mayDeliver(ctx context.Context, who access.Subject, agency, theme, territory string) error {
	if theme == "" && slices.ContainsFunc(who.Memberships, func(m access.Membership) bool { return m.Agency == agency && slices.Contains(m.Roles, access.Uploader) }) {
		return nil
	}
	return s.Permissions.Can(ctx, who, access.Upload, access.Resource{Theme: theme, Agency: agency}, territory)
}

// mappingOf reads a mapping out of a body.
func mappingOf(given any) (*layers.Mapping, error) {
	if given == nil {
		return &layers.Mapping{}, nil
	}
	b, err := json.Marshal(given)
	if err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	return layers.ParseMapping(bytes.NewReader(b), "body.mapping")
}

type submissionsInput struct {
	State  string `query:"state" enum:"received,inspected,confirmed,validated,submitted,reviewed,approved,published,unchanged,returned,withdrawn,refused"`
	Theme  string `query:"theme" maxLength:"64"`
	Agency string `query:"agency" maxLength:"64" doc:"Left out: the caller's agencies"`
	Before int64  `query:"before" minimum:"0" doc:"The next of the page before"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
}

type submissionsBody struct {
	Submissions []*delivered `json:"submissions" doc:"Newest first"`
	Next        *int64       `json:"next" doc:"Value of before for the next page; null at the end"`
}

// submissions answers GET /v1/submissions: those of the caller's agencies, or of one that he or she may look into.
func (s *server) submissions(ctx context.Context, in *submissionsInput) (*submissionsBody, error) {
	who := access.SubjectFrom(ctx)
	scope := access.ScopeOf(who)
	if in.Agency != "" && !slices.ContainsFunc(who.Memberships, func(m access.Membership) bool { return m.Agency == in.Agency }) {
		if err := s.Permissions.Can(ctx, who, access.ReadRestricted, access.Resource{Agency: in.Agency}, ""); err != nil {
			return nil, err
		}
		id, err := access.AgencyID(ctx, s.Pool, in.Agency)
		if err != nil {
			return nil, err
		}
		scope = pg.Agencies(id)
	}
	var found []*layers.Submission
	err := pg.InScope(ctx, s.Pool, scope, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		found, err = layers.ListSubmissions(ctx, tx, layers.SubmissionFilter{
			State: layers.State(in.State), Theme: in.Theme, Agency: in.Agency, Before: in.Before, Limit: in.Limit + 1,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	body := &submissionsBody{Submissions: []*delivered{}}
	if len(found) > in.Limit {
		found = found[:in.Limit]
		body.Next = &found[in.Limit-1].ID
	}
	for _, one := range found {
		body.Submissions = append(body.Submissions, deliveredOf(one, false))
	}
	return body, nil
}

type submissionInput struct {
	Tracking string `path:"tracking" doc:"Tracking identifier"`
}

// submission answers GET /v1/submissions/{tracking}.
func (s *server) submission(ctx context.Context, in *submissionInput) (*delivered, error) {
	found, err := s.submissionFor(ctx, in.Tracking, access.ReadRestricted)
	if err != nil {
		return nil, err
	}
	return deliveredOf(found, true), nil
}

// submissionFor finds a submission that the caller may do something to. One that is not there, and one that is none of the caller's business, answer alike.
// Whoever handed it over may always look.
func (s *server) submissionFor(ctx context.Context, typed string, a access.Action) (*layers.Submission, error) {
	id, err := access.ParseIdentifier(typed)
	if err != nil {
		id = ""
	}
	who := access.SubjectFrom(ctx)
	head, err := layers.FindSubmission(ctx, s.System, string(id)) // only to ask the question of permission
	if err != nil {
		return nil, unknownSubmission(err, typed)
	}
	by := creator(ctx)
	mine := by != (upload.Creator{}) && by.Person == head.Person && by.Key == head.Key
	about := access.Resource{SubmissionID: head.ID}
	if err := s.Permissions.Can(ctx, who, access.ReadRestricted, about, ""); err != nil && !mine {
		if status(err) == http.StatusForbidden || status(err) == http.StatusUnauthorized {
			_, err = layers.FindSubmission(ctx, s.System, "")
		}
		return nil, unknownSubmission(err, typed)
	}
	if a != access.ReadRestricted {
		if err := s.Permissions.Can(ctx, who, a, about, ""); err != nil {
			return nil, err
		}
	}
	return s.submissionIn(ctx, pg.Agencies(head.AgencyID), head.Tracking)
}

func (s *server) submissionIn(ctx context.Context, scope pg.Scope, tracking string) (found *layers.Submission, err error) {
	err = pg.InScope(ctx, s.Pool, scope, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		found, err = layers.FindSubmission(ctx, tx, tracking)
		return err
	})
	return found, err
}

func status(err error) int {
	problem, ok := errs.As(err)
	if !ok {
		return 0
	}
	return problem.Status
}

// unknownSubmission says what was asked for in place of what was looked up.
func unknownSubmission(err error, typed string) error {
	problem, ok := errs.As(err)
	if !ok {
		return err
	}
	c := *problem
	c.Value = typed
	return &c
}

// decided runs a decision in the scope of the agency whose submission it is, enters it in the audit trail, and answers the submission as it is then.
func (s *server) decided(ctx context.Context, found *layers.Submission, a access.Action, event, detail string, f func(tx pgx.Tx) error) (*delivered, error) {
	scope := pg.Agencies(found.AgencyID)
	err := pg.InScope(ctx, s.Pool, scope, pgx.TxOptions{}, func(tx pgx.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		// The trail is nsdi's own.
		if _, err := tx.Exec(ctx, `select set_config($1, $2, true)`, pg.ScopeSetting, string(pg.Everything)); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, access.Entry{
			Event: event, Action: a, Agency: found.Agency, Resource: fmt.Sprintf("theme:%s submission:%d", found.Theme, found.ID), Territory: found.Territory,
			Tracking: access.Identifier(found.Tracking), Detail: detail,
		})
	})
	if err != nil {
		return nil, err
	}
	now, err := s.submissionIn(ctx, scope, found.Tracking)
	if err != nil {
		return nil, err
	}
	return deliveredOf(now, true), nil
}
