package server

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

type compareInput struct {
	ID    int64  `path:"id" minimum:"1"`
	From  int    `query:"from" minimum:"1" maximum:"2147483647" required:"true" doc:"Number of a version"`
	To    int    `query:"to" minimum:"0" maximum:"2147483647" doc:"Number of the other; the newest by default. It may be the older one"`
	Limit int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	After string `query:"after" maxLength:"2000" doc:"The next of the page before"`
}

type compareBody struct {
	From    int                 `json:"from"`
	To      int                 `json:"to"`
	Added   int                 `json:"added"`
	Altered int                 `json:"altered"`
	Removed int                 `json:"removed"`
	List    []layers.Difference `json:"list" doc:"In the order of keys"`
	Next    *string             `json:"next" doc:"Value of after for the next page; null at the end"`
}

// compare answers GET /v1/datasets/{id}/compare.
func (s *server) compare(ctx context.Context, in *compareInput) (*compareBody, error) {
	return s.comparison(ctx, in, false)
}

func (s *server) comparison(ctx context.Context, in *compareInput, shapes bool) (body *compareBody, err error) {
	err = s.readSet(ctx, in.ID, func(tx pgx.Tx, set *layers.Set) error {
		from, err := set.Version(ctx, tx, in.From)
		if err != nil {
			return err
		}
		to, err := set.Version(ctx, tx, in.To)
		if err != nil {
			return err
		}
		c, err := set.Compare(ctx, tx, from, to, layers.Window{After: in.After, Limit: in.Limit}, shapes)
		if err != nil {
			return err
		}
		body = &compareBody{From: from.Seq, To: to.Seq, Added: c.Added, Altered: c.Altered, Removed: c.Removed, List: c.List}
		if c.More {
			body.Next = &c.List[len(c.List)-1].Key
		}
		return nil
	})
	return body, err
}

type comparedBody struct {
	Type     string            `json:"type" enum:"FeatureCollection"`
	Features []comparedFeature `json:"features" doc:"One for each added and removed feature, and two for each altered one"`
	Next     *string           `json:"next" doc:"Value of after for the next page; null at the end"`
}

type comparedFeature struct {
	Type       string             `json:"type" enum:"Feature"`
	ID         int64              `json:"id"`
	Properties comparedProperties `json:"properties"`
	Geometry   json.RawMessage    `json:"geometry"`
}

type comparedProperties struct {
	Op   string `json:"op" enum:"added,altered,removed"`
	Key  string `json:"key"`
	Side string `json:"side" enum:"before,after"`
}

// compareMap answers GET /v1/datasets/{id}/compare.geojson: the same for a map.
func (s *server) compareMap(ctx context.Context, in *compareInput) (*comparedBody, error) {
	c, err := s.comparison(ctx, in, true)
	if err != nil {
		return nil, err
	}
	return shapesOf(c.List, c.Next), nil
}

// ContentType answers the media type of GeoJSON.
func (*comparedBody) ContentType(string) string { return "application/geo+json" }
