package server

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

// sheetFeatures is the theme whose features a base map consists of.
const sheetFeatures = "base-map-feature"

type sheetsInput struct {
	Box   string `query:"bbox" maxLength:"100" doc:"West, south, east, north in degrees" example:"51.2,35.6,51.5,35.8"`
	Scale int    `query:"scale" enum:"500,2000" doc:"Denominator; any by default"`
	Limit int    `query:"limit" default:"1000" minimum:"1" maximum:"1000"`
	After int64  `query:"after" minimum:"0" doc:"The next of the page before"`
}

type sheetsBody struct {
	Type     string         `json:"type" enum:"FeatureCollection"`
	Features []sheetFeature `json:"features"`
	Next     *int64         `json:"next" doc:"Value of after for the next page; null at the end"`
}

type sheetFeature struct {
	Type       string          `json:"type" enum:"Feature"`
	ID         string          `json:"id" doc:"What the sheet is asked for by"`
	Properties json.RawMessage `json:"properties" doc:"As the theme base-map-sheet has them"`
	Geometry   json.RawMessage `json:"geometry"`
	Agency     string          `json:"agency"`
	Dataset    int64           `json:"dataset"`
	Version    int             `json:"version" doc:"That wrote it"`
	Download   string          `json:"download" doc:"The base map within the sheet; add format, and further sheets divided by commas"`
}

// ContentType answers the media type of GeoJSON.
func (*sheetsBody) ContentType(string) string { return "application/geo+json" }

// sheets answers GET /v1/base-map-sheets.
func (s *server) sheets(ctx context.Context, in *sheetsInput) (*sheetsBody, error) {
	where, err := box(in.Box)
	if err != nil {
		return nil, err
	}
	body := &sheetsBody{Type: "FeatureCollection", Features: []sheetFeature{}}
	err = s.read(ctx, func(tx pgx.Tx) error {
		list, more, err := layers.SheetsOf(ctx, tx, where, in.Scale, in.After, in.Limit)
		for _, one := range list {
			body.Features = append(body.Features, sheetFeature{
				Type: "Feature", ID: one.Key, Properties: one.Values, Geometry: jsonOrNull(one.Geometry), Agency: one.Agency, Dataset: one.Dataset, Version: one.Version,
				Download: "/v1/themes/" + sheetFeatures + exportPath + "?sheets=" + url.QueryEscape(one.Key),
			})
		}
		if more {
			body.Next = &list[len(list)-1].ID
		}
		return err
	})
	return body, err
}
