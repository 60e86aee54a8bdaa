package server

import (
	"context"
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"

	"nsdi/cadastre"
	"nsdi/internal/errs"
)

type openFindingsInput struct {
	ID    int64 `path:"id" minimum:"1" doc:"Dataset"`
	After int64 `query:"after" minimum:"0" doc:"The next of the page before"`
	Limit int   `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type openFindingsBody struct {
	Dataset  int64                  `json:"dataset"`
	Findings []cadastre.OpenFinding `json:"findings" doc:"Kept current by every publication of the theme, of whichever dataset"`
	Next     *int64                 `json:"next" doc:"Value of after for the next page; null at the end"`
}

// openFindings answers GET /v1/datasets/{id}/open-findings.
func (s *server) openFindings(ctx context.Context, in *openFindingsInput) (*openFindingsBody, error) {
	body := &openFindingsBody{Dataset: in.ID}
	err := s.read(ctx, func(tx pgx.Tx) error {
		if _, err := s.versions.Open(ctx, tx, in.ID); err != nil {
			return err
		}
		if err := ownDataset(ctx, tx, in.ID); err != nil {
			return err
		}
		found, err := cadastre.OpenFindings(ctx, tx, in.ID, in.After, in.Limit+1)
		body.Findings = found
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(body.Findings) > in.Limit {
		body.Findings = body.Findings[:in.Limit]
		body.Next = &body.Findings[in.Limit-1].ID
	}
	return body, nil
}

// ownDataset refuses what is for the agency of a dataset to all others.
func ownDataset(ctx context.Context, tx pgx.Tx, id int64) error {
	var theirs bool
	if err := tx.QueryRow(ctx, `select not access.sees_dataset($1)`, id).Scan(&theirs); err != nil || !theirs {
		return err
	}
	return &errs.Error{
		Code: "dataset-of-another-agency", Status: http.StatusForbidden, Op: "server.ownDataset", Location: "path.id", Value: strconv.FormatInt(id, 10),
		Title:  errs.T("این مجموعه‌داده از دستگاه دیگری است", "The dataset is another agency's"),
		Detail: errs.T("یافته‌های باز و ناهم‌خوانی‌ها را دستگاه صاحب داده می‌بیند.", "Open findings and conflicts are for the agency whose data they are about."),
		Next:   errs.T("آنِ مجموعه‌داده خود را بخوانید؛ هر یافته در هر دو سو آمده است.", "Read those of your own dataset: whatever two of them have together is told on either side."),
	}
}
