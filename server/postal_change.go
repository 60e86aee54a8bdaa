package server

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/gnaf"
)

type codeChangesInput struct {
	InquiryInput
	Since int64 `query:"since" minimum:"0" doc:"The next of the page before; 0 begins with the first change that there ever was"`
	Limit int   `query:"limit" default:"1000" minimum:"1" maximum:"10000" doc:"Lines of the change log"`
}

type codeChangesBody struct {
	postal
	Grants  []string          `json:"grants" doc:"Tracking identifiers of the grants by which it was asked; none: as the agency in charge"`
	Changes []gnaf.CodeChange `json:"changes" doc:"In the order of publications; a page may be empty while more follow, because addresses without a code have nothing to say"`
	Next    int64             `json:"next" doc:"Value of since for the next page. Keep it together with what you did with this one"`
	More    bool              `json:"more"`
}

// codeChanges answers GET /v1/postal-codes/changes.
func (s *server) codeChanges(ctx context.Context, in *codeChangesInput) (*codeChangesBody, error) {
	body := &codeChangesBody{}
	var err error
	body.Grants, err = s.granted(ctx, access.PostalChanges, func(right) (int, error) {
		a := &asked{InquiryInput: in.InquiryInput, service: access.PostalChanges, kind: "changes", question: []any{in.Since, in.Limit}}
		body.Inquiry, err = s.inquire(ctx, a, func(tx pgx.Tx) (int, error) {
			body.Changes, body.Next, body.More, err = gnaf.CodeChanges(ctx, tx, in.Since, in.Limit)
			body.DataVersion = strconv.FormatInt(body.Next, 10)
			return len(body.Changes), err
		})
		return len(body.Changes), err
	})
	return body, err
}
