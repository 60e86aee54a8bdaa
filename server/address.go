package server

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/access/inquiry"
	"nsdi/gnaf"
)

// SiteInput names a site by one of its addresses. It is exported, because only then are the fields of an embedded struct read.
type SiteInput struct {
	ID      int64  `path:"id" minimum:"1" doc:"Id of an address, as /v1/geocode and features have it"`
	Date    string `query:"date" maxLength:"40" doc:"As published at the end of that day in Iran (2026-03-21 or 1405-01-01), or at that time (RFC 3339); left out: now"`
	Profile string `query:"profile" enum:"gnaf,inspire,iso19160-1" doc:"Adds the site in the names of a standard: rows by table of G-NAF, objects by class of INSPIRE Addresses or ISO 19160-1"`
}

func (in *SiteInput) moment() (on time.Time, err error) {
	if in.Date != "" {
		on, err = endOf(in.Date, "query.date")
	}
	return on, err
}

type addressBody struct {
	Site    *gnaf.Site   `json:"site"`
	Profile gnaf.Profile `json:"profile,omitempty" doc:"The site in the names of the standard that was asked for"`
}

// address answers GET /v1/addresses/{id}.
func (s *server) address(ctx context.Context, in *SiteInput) (*addressBody, error) {
	on, err := in.moment()
	if err != nil {
		return nil, err
	}
	body := &addressBody{}
	err = s.read(ctx, func(tx pgx.Tx) (err error) {
		if body.Site, err = gnaf.FindSite(ctx, tx, in.ID, on); err != nil {
			return err
		}
		body.Profile = body.Site.In(in.Profile)
		if err := body.Site.Relate(ctx, tx); err != nil {
			return err
		}
		return body.Site.Remember(ctx, tx, in.ID)
	})
	return body, err
}

type addressUnitsInput struct {
	SiteInput
	InquiryInput
}

type addressUnitsBody struct {
	Inquiry *inquiry.Recorded `json:"inquiry"`
	Grants  []string          `json:"grants" doc:"Tracking identifiers of the grants by which it was asked; none: as the agency in charge"`
	addressBody
	signature
}

// addressUnits answers GET /v1/addresses/{id}/units. A site outside the territory of the grant is answered without its units.
func (s *server) addressUnits(ctx context.Context, in *addressUnitsInput) (*addressUnitsBody, error) {
	on, err := in.moment()
	if err != nil {
		return nil, err
	}
	body := &addressUnitsBody{}
	body.Grants, err = s.granted(ctx, access.BuildingInquiry, func(r right) (shown int, err error) {
		a := &asked{InquiryInput: in.InquiryInput, service: access.BuildingInquiry, kind: "site", question: []any{in.ID, in.Date}, named: 1}
		body.Inquiry, err = s.inquire(ctx, a, func(tx pgx.Tx) (int, error) {
			if body.Site, err = gnaf.FindSite(ctx, tx, in.ID, on); err != nil {
				return 0, err
			}
			within, err := body.Site.Within(ctx, tx, r.territories)
			if err != nil {
				return 0, err
			}
			if within {
				body.Site.ShowUnits()
			}
			shown = len(body.Site.Units)
			body.Profile = body.Site.In(in.Profile)
			return max(1, shown), body.Site.Relate(ctx, tx) // the site is there, whatever may be told of it
		})
		return shown, err
	})
	if err != nil {
		return nil, err
	}
	return body, nil
}
