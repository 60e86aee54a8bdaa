package server

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/access/inquiry"
	"nsdi/cadastre"
)

// parcelQuestion is one question of a batch; one of its members is given.
type parcelQuestion struct {
	Plate      *plateQuestion `json:"plate,omitempty"`
	Identifier string         `json:"identifier,omitempty" maxLength:"200" doc:"Unique parcel identifier, or that of the deliverer"`
	Point      *pointQuestion `json:"point,omitempty"`
}

type plateQuestion struct {
	Section  string `json:"section" minLength:"1" maxLength:"100"`
	Main     int    `json:"main,omitempty" minimum:"0" maximum:"999999999"`
	Sub      int    `json:"sub,omitempty" minimum:"0" maximum:"999999999" doc:"0 or left out: the main plate itself"`
	Text     string `json:"text,omitempty" maxLength:"200" doc:"The plate in words, instead of main and sub"`
	Unit     string `json:"unit,omitempty" maxLength:"100"`
	District string `json:"district,omitempty" maxLength:"100"`
	Lot      string `json:"lot,omitempty" maxLength:"100"`
}

type pointQuestion struct {
	Lon float64 `json:"lon" minimum:"-180" maximum:"180"`
	Lat float64 `json:"lat" minimum:"-85" maximum:"85"`
}

type batchInput struct {
	InquiryHeader
	Body struct {
		Purpose   string           `json:"purpose,omitempty" maxLength:"200" doc:"What the answers are for; it is recorded. Here, or in X-Purpose"`
		Request   string           `json:"request,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9._:-]*$" doc:"Identifier that the caller gives the inquiry; asking again under it within 24 hours is the same inquiry. Here, or in X-Request-Id"`
		Questions []parcelQuestion `json:"questions" minItems:"1" maxItems:"1000"`
	}
}

type batchBody struct {
	Inquiry *inquiry.Recorded `json:"inquiry"`
	signature
	Grants  []string       `json:"grants" doc:"Tracking identifiers of the grants by which it was asked; none: as the agency in charge"`
	Answers []parcelAnswer `json:"answers" doc:"In the order of the questions"`
}

type parcelAnswer struct {
	Parcels []cadastre.Parcel `json:"parcels"`
}

// inquireParcels answers POST /v1/parcels/inquiries.
func (s *server) inquireParcels(ctx context.Context, in *batchInput) (*batchBody, error) {
	body := &batchBody{}
	var err error
	body.Grants, err = s.granted(ctx, access.ParcelInquiry, func(r right) (int, error) {
		sight := cadastre.Sight{Administrative: true, Territories: r.territories}
		ask := make([]func(pgx.Tx) ([]cadastre.Parcel, error), len(in.Body.Questions))
		for i := range in.Body.Questions {
			var err error
			if ask[i], err = in.Body.Questions[i].asked(ctx, sight, fmt.Sprintf("body.questions[%d]", i)); err != nil {
				return 0, err
			}
		}
		a := &asked{
			InquiryInput: InquiryInput{Purpose: in.Body.Purpose, Request: in.Body.Request, InquiryHeader: in.InquiryHeader}, in: "body",
			service: access.ParcelInquiry, kind: "batch", question: in.Body.Questions, named: len(in.Body.Questions),
		}
		total := 0
		var err error
		body.Inquiry, err = s.inquire(ctx, a, func(tx pgx.Tx) (int, error) {
			for _, one := range ask {
				found, err := one(tx)
				if err != nil {
					return 0, err
				}
				total += len(found)
				if len(found) == 0 {
					a.missed++
				}
				body.Answers = append(body.Answers, parcelAnswer{append([]cadastre.Parcel{}, found...)})
			}
			return total, nil
		})
		return total, err
	})
	if err != nil {
		return nil, err
	}
	return body, nil
}

// asked checks a question, and answers what reads its answer.
func (q *parcelQuestion) asked(ctx context.Context, sight cadastre.Sight, location string) (func(pgx.Tx) ([]cadastre.Parcel, error), error) {
	given := 0
	for _, is := range []bool{q.Plate != nil, q.Identifier != "", q.Point != nil} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return nil, invalid(location, "")
	case q.Plate != nil:
		readings, err := readingsOf(q.Plate.Text, q.Plate.Main, q.Plate.Sub)
		if err != nil || q.Plate.Section == "" {
			return nil, plateInvalid(location+".plate", q.Plate.Text)
		}
		n := cadastre.Named{Section: q.Plate.Section, Unit: q.Plate.Unit, District: q.Plate.District, Lot: q.Plate.Lot}
		return func(tx pgx.Tx) ([]cadastre.Parcel, error) { return byReadings(ctx, tx, sight, readings, n) }, nil
	case q.Point != nil:
		if math.IsNaN(q.Point.Lon) || math.IsNaN(q.Point.Lat) {
			return nil, invalid(location+".point", "")
		}
		return func(tx pgx.Tx) ([]cadastre.Parcel, error) {
			return cadastre.AtPoint(ctx, tx, sight, q.Point.Lon, q.Point.Lat)
		}, nil
	default:
		return func(tx pgx.Tx) ([]cadastre.Parcel, error) { return cadastre.ByIdentifier(ctx, tx, sight, q.Identifier) }, nil
	}
}
