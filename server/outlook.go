package server

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/pg"
	"nsdi/layers"
)

type outlookInput struct {
	Tracking string `path:"tracking" doc:"Tracking identifier"`
	Limit    int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	After    string `query:"after" maxLength:"2000" doc:"The next of the page before"`
}

type outlookBody struct {
	State   layers.State        `json:"state" doc:"Of the submission: published is what it has changed, the others what it would change"`
	From    int                 `json:"from" doc:"Number of the version that it is compared with; 0: there is none"`
	To      *int                `json:"to" doc:"Number of the version that it became; null as long as there is none"`
	Added   int                 `json:"added"`
	Altered int                 `json:"altered"`
	Removed int                 `json:"removed"`
	List    []layers.Difference `json:"list" doc:"In the order of keys"`
	Next    *string             `json:"next" doc:"Value of after for the next page; null at the end"`
}

// outlook answers GET /v1/submissions/{tracking}/diff.
func (s *server) outlook(ctx context.Context, in *outlookInput) (*outlookBody, error) {
	return s.changesOf(ctx, in, false)
}

// changesOf reads what a submission changes for whom the submission is shown, in one snapshot and in the scope of the agency whose it is.
func (s *server) changesOf(ctx context.Context, in *outlookInput, shapes bool) (body *outlookBody, err error) {
	found, err := s.submissionFor(ctx, in.Tracking, access.ReadRestricted)
	if err != nil {
		return nil, err
	}
	o := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pg.InScope(ctx, s.Pool, pg.Agencies(found.AgencyID), o, func(tx pgx.Tx) error {
		now, err := layers.FindSubmission(ctx, tx, found.Tracking)
		if err != nil {
			return err
		}
		c, err := s.versions.Outlook(ctx, tx, now, layers.Window{After: in.After, Limit: in.Limit}, shapes)
		if err != nil {
			return err
		}
		body = &outlookBody{State: now.State, From: c.From, Added: c.Added, Altered: c.Altered, Removed: c.Removed, List: c.List}
		if c.To > 0 {
			body.To = &c.To
		}
		if c.More {
			body.Next = &c.List[len(c.List)-1].Key
		}
		return nil
	})
	return body, err
}

// outlookMap answers GET /v1/submissions/{tracking}/diff.geojson: the same for a map.
func (s *server) outlookMap(ctx context.Context, in *outlookInput) (*comparedBody, error) {
	c, err := s.changesOf(ctx, in, true)
	if err != nil {
		return nil, err
	}
	return shapesOf(c.List, c.Next), nil
}

// shapesOf draws differences: what was before, and what is after.
func shapesOf(list []layers.Difference, next *string) *comparedBody {
	body := &comparedBody{Type: "FeatureCollection", Features: []comparedFeature{}, Next: next}
	for _, d := range list {
		for _, side := range []struct {
			name  string
			shape json.RawMessage
		}{{"before", d.Before}, {"after", d.After}} {
			if len(side.shape) > 0 {
				body.Features = append(body.Features, comparedFeature{Type: "Feature", ID: d.ID, Properties: comparedProperties{d.Op, d.Key, side.name}, Geometry: side.shape})
			}
		}
	}
	return body
}
