package server

import (
	"context"
	"net/http"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/gnaf"
	"nsdi/internal/errs"
)

const assignmentPath = "/v1/code-assignment"

// AssignmentInput is the part of the country that the Post looks at. It is exported because only then are the fields of an embedded struct read.
type AssignmentInput struct {
	Unit string `query:"unit" maxLength:"64" doc:"Code of an administrative unit with an outline"`
	Box  string `query:"bbox" maxLength:"100" doc:"West, south, east, north in degrees" example:"51.40,35.70,51.41,35.71"`
}

func (in *AssignmentInput) scope() (gnaf.Scope, error) {
	b, err := box(in.Box)
	return gnaf.Scope{Unit: in.Unit, Box: b}, err
}

// ofThePost reads for somebody who has a role in an agency that assigns postal codes.
func (s *server) ofThePost(ctx context.Context, read func(pgx.Tx) error) error {
	return s.read(ctx, func(tx pgx.Tx) error {
		agencies := []int64{}
		for _, m := range access.SubjectFrom(ctx).Memberships {
			agencies = append(agencies, m.AgencyID)
		}
		var post bool
		if err := tx.QueryRow(ctx, `select exists (select from access.agency where id = any($1) and kind = 'post')`, agencies).Scan(&post); err != nil {
			return err
		}
		if !post {
			return &errs.Error{
				Code: "post-only", Status: http.StatusForbidden, Op: "server.ofThePost",
				Title:  errs.T("این کار از آن پست است", "This is for the Post"),
				Detail: errs.T("کدهای پستی را شرکت ملی پست تخصیص می‌دهد.", "Postal codes are assigned by the National Post Company."),
				Next:   errs.T("با حساب یا کلیدی وارد شوید که در پست نقش دارد.", "Use an account, or a key, that has a role in the Post."),
			}
		}
		return read(tx)
	})
}

type missingInput struct {
	AssignmentInput
	After int64 `query:"after" minimum:"0" doc:"The next of the page before"`
	Limit int   `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type missingBody struct {
	Units []gnaf.Uncoded `json:"units"`
	Next  *int64         `json:"next" doc:"Value of after for the next page; null at the end"`
}

// codesMissing answers GET /v1/code-assignment/missing.
func (s *server) codesMissing(ctx context.Context, in *missingInput) (*missingBody, error) {
	scope, err := in.scope()
	if err != nil {
		return nil, err
	}
	body := &missingBody{}
	err = s.ofThePost(ctx, func(tx pgx.Tx) (err error) {
		body.Units, err = gnaf.Uncodeds(ctx, tx, scope, in.After, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(body.Units) > in.Limit {
		body.Units = body.Units[:in.Limit]
		body.Next = &body.Units[in.Limit-1].ID
	}
	return body, nil
}

type sharedInput struct {
	AssignmentInput
	After string `query:"after" maxLength:"10" pattern:"^[0-9]*$" doc:"The next of the page before"`
	Limit int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type sharedBody struct {
	Codes []gnaf.Shared `json:"codes" doc:"Of some of the codes: a page may have none, and another one follow"`
	Next  *string       `json:"next" doc:"Value of after for the next page; null at the end"`
}

// codesShared answers GET /v1/code-assignment/shared.
func (s *server) codesShared(ctx context.Context, in *sharedInput) (*sharedBody, error) {
	scope, err := in.scope()
	if err != nil {
		return nil, err
	}
	body := &sharedBody{}
	err = s.ofThePost(ctx, func(tx pgx.Tx) error {
		list, next, err := gnaf.Shareds(ctx, tx, scope, in.After, in.Limit)
		if body.Codes = list; next != "" {
			body.Next = &next
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return body, nil
}

type freeInput struct {
	Block string `query:"block" required:"true" maxLength:"20" doc:"First six digits of the codes of a block in a city, or first seven of those of a village" example:"139111"`
	After string `query:"after" maxLength:"10" pattern:"^[0-9]*$" doc:"The next of the page before"`
	Limit int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

// codesFree answers GET /v1/code-assignment/free.
func (s *server) codesFree(ctx context.Context, in *freeInput) (*gnaf.Block, error) {
	var body *gnaf.Block
	err := s.ofThePost(ctx, func(tx pgx.Tx) (err error) {
		body, err = gnaf.FreeSerials(ctx, tx, in.Block, in.After, in.Limit)
		return err
	})
	return body, err
}
