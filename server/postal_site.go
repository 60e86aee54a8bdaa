package server

import (
	"context"
	"math"
	"strconv"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/gnaf"
)

type sitesInput struct {
	InquiryInput
	Lon    float64 `query:"lon" required:"true" minimum:"-180" maximum:"180" doc:"Longitude in degrees"`
	Lat    float64 `query:"lat" required:"true" minimum:"-85" maximum:"85" doc:"Latitude in degrees"`
	Radius float64 `query:"radius" default:"20" minimum:"1" maximum:"50" doc:"Metres"`
	Limit  int     `query:"limit" default:"5" minimum:"1" maximum:"20"`
	Units  bool    `query:"units" doc:"With the units and their codes, by grant of nsdi-postal-inquiry"`
}

type sitesBody struct {
	postal
	Grants []string        `json:"grants,omitempty"`
	Sites  []gnaf.SiteNear `json:"sites" doc:"The nearest first"`
}

// sitesAt answers GET /v1/postal-codes/at.
func (s *server) sitesAt(ctx context.Context, in *sitesInput) (*sitesBody, error) {
	if math.IsNaN(in.Lon) || math.IsNaN(in.Lat) || math.IsNaN(in.Radius) {
		return nil, invalid("query.lon", "")
	}
	body := &sitesBody{}
	look := func(service string, territories []string) (err error) {
		a := &asked{InquiryInput: in.InquiryInput, service: service, kind: "at", question: []any{in.Lon, in.Lat, in.Radius, in.Limit, in.Units}}
		body.Inquiry, err = s.inquire(ctx, a, func(tx pgx.Tx) (int, error) {
			view, err := s.Directory.Now(ctx)
			if err != nil {
				return 0, err
			}
			body.DataVersion = strconv.FormatInt(view.Position, 10)
			if body.Sites, err = gnaf.SitesNear(ctx, tx, in.Lon, in.Lat, in.Radius, in.Limit); err != nil {
				return 0, err
			}
			for i := range body.Sites {
				site := &body.Sites[i]
				if !in.Units {
					site.Units = nil
				} else if site.Units, err = gnaf.InTerritory(ctx, tx, territories, site.Units); err != nil {
					return 0, err
				}
			}
			return len(body.Sites), nil
		})
		return err
	}
	if !in.Units {
		return body, look(placeService, nil)
	}
	var err error
	body.Grants, err = s.granted(ctx, access.PostalInquiry, func(r right) (int, error) {
		err := look(access.PostalInquiry, r.territories)
		return len(body.Sites), err
	})
	return body, err
}
