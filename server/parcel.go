package server

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/access/inquiry"
	"nsdi/cadastre"
	"nsdi/internal/errs"
	"nsdi/layers"
)

const parcelsPath = "/v1/parcels"

// parcelService is the card of what everybody may ask about parcels.
const parcelService = "nsdi-parcels"

// parcelAPI is what is asked about parcels.
func (s *server) parcelAPI(api huma.API) {
	get(s, api, parcelsPath, "parcels", "Parcels that touch a box", s.parcelsInBox)
	get(s, api, parcelsPath+"/by-plate", "parcels-by-plate", "Parcels with a registration plate", s.parcelsByPlate)
	get(s, api, parcelsPath+"/by-identifier", "parcels-by-identifier", "Parcels with an identifier", s.parcelsByIdentifier)
	get(s, api, parcelsPath+"/at", "parcels-at", "Parcels at a point, now or as published at a date", s.parcelsAt)
	get(s, api, parcelsPath+"/{id}", "parcel", "One parcel", s.parcel)
	get(s, api, parcelsPath+"/{id}/neighbours", "parcel-neighbours", "Parcels beside a parcel", s.parcelNeighbours)
	get(s, api, parcelsPath+"/{id}/history", "parcel-history", "Every state of a parcel that was published, newest first", s.parcelHistory)
	get(s, api, parcelsPath+"/{id}/lineage", "parcel-lineage", "Which parcels it came of, and which came of it", s.parcelLineage)
	get(s, api, parcelsPath+"/{id}/addresses", "parcel-addresses", "Addresses that belong to a parcel", s.parcelAddresses)
	get(s, api, parcelsPath+"/{id}/buildings", "parcel-buildings", "Buildings that stand on a parcel", s.parcelBuildings)
	s.verifyAPI(api)
	post(s, api, parcelsPath+"/inquiries", "inquire-parcels", "Up to 1,000 questions about parcels, with administrative facts, by grant", s.inquireParcels)
}

type parcelsBody struct {
	Inquiry *inquiry.Recorded `json:"inquiry"`
	signature
	Parcels []cadastre.Parcel `json:"parcels"`
	Next    *int64            `json:"next,omitempty" doc:"Of a box: value of after for the next page; absent at the end"`
}

// parcels is inquire for a list of what everybody may see.
func (s *server) parcels(ctx context.Context, in InquiryInput, kind string, question any, read func(pgx.Tx) ([]cadastre.Parcel, error)) (*parcelsBody, error) {
	body := &parcelsBody{}
	a := &asked{InquiryInput: in, service: parcelService, kind: kind, question: question}
	if kind == "plate" || kind == "identifier" { // what is asked has a name that can be tried
		a.named = 1
	}
	var err error
	body.Inquiry, err = s.inquire(ctx, a, func(tx pgx.Tx) (int, error) {
		var err error
		body.Parcels, err = read(tx)
		return len(body.Parcels), err
	})
	if body.Parcels == nil {
		body.Parcels = []cadastre.Parcel{}
	}
	return body, err
}

type boxInput struct {
	InquiryInput
	Box   string `query:"bbox" required:"true" maxLength:"100" doc:"West, south, east, north in degrees; at most half a degree each way" example:"51.40,35.70,51.41,35.71"`
	After int64  `query:"after" minimum:"0" doc:"The next of the page before"`
	Limit int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

// widestBox is how wide and high a box may be, in degrees.
const widestBox = 0.5

// parcelsInBox answers GET /v1/parcels.
func (s *server) parcelsInBox(ctx context.Context, in *boxInput) (*parcelsBody, error) {
	b, err := box(in.Box)
	if err != nil {
		return nil, err
	}
	if b == nil || b[2]-b[0] > widestBox || b[3]-b[1] > widestBox {
		return nil, invalid("query.bbox", in.Box)
	}
	more := false
	body, err := s.parcels(ctx, in.InquiryInput, "box", []any{b, in.After, in.Limit}, func(tx pgx.Tx) (list []cadastre.Parcel, err error) {
		list, more, err = cadastre.InBox(ctx, tx, cadastre.Sight{}, *b, in.After, in.Limit)
		return list, err
	})
	if err == nil && more {
		body.Next = &body.Parcels[len(body.Parcels)-1].ID
	}
	return body, err
}

type plateInput struct {
	InquiryInput
	Section  string `query:"section" required:"true" minLength:"1" maxLength:"100" doc:"Registration section: number or name"`
	Main     int    `query:"main" minimum:"0" maximum:"999999999" doc:"Main plate; or give plate"`
	Sub      int    `query:"sub" minimum:"0" maximum:"999999999" doc:"Sub plate; 0 or left out: the main plate itself"`
	Plate    string `query:"plate" maxLength:"200" doc:"The plate in words, such as ۱۶۱۷ فرعی از ۷۲ اصلی. Two numbers with a slash are tried both ways, and each parcel says by which reading it was found"`
	Unit     string `query:"unit" maxLength:"100" doc:"Registry unit"`
	District string `query:"district" maxLength:"100" doc:"Registration district"`
	Lot      string `query:"lot" maxLength:"100"`
}

// parcelsByPlate answers GET /v1/parcels/by-plate.
func (s *server) parcelsByPlate(ctx context.Context, in *plateInput) (*parcelsBody, error) {
	readings, err := readingsOf(in.Plate, in.Main, in.Sub)
	if err != nil {
		return nil, err
	}
	n := cadastre.Named{Section: in.Section, Unit: in.Unit, District: in.District, Lot: in.Lot}
	return s.parcels(ctx, in.InquiryInput, "plate", []any{readings, n}, func(tx pgx.Tx) ([]cadastre.Parcel, error) { return byReadings(ctx, tx, cadastre.Sight{}, readings, n) })
}

// reading is one way to read a plate.
type reading struct {
	Plate cadastre.Plate
	Name  string
}

// readingsOf answers what a plate may mean: one plate, or both readings of a slash.
func readingsOf(text string, main, sub int) ([]reading, error) {
	if text == "" {
		if main < 1 {
			return nil, plateInvalid("query.main", "")
		}
		return []reading{{Plate: cadastre.Plate{Main: main, Sub: sub}}}, nil
	}
	if main != 0 || sub != 0 {
		return nil, plateInvalid("query.plate", text)
	}
	if p, ok := cadastre.ParsePlate(text); ok {
		return []reading{{Plate: p}}, nil
	}
	left, right, ok := cadastre.ParsePair(text)
	if !ok {
		return nil, plateInvalid("query.plate", text)
	}
	var both []reading
	if left > 0 {
		both = append(both, reading{cadastre.Plate{Main: left, Sub: right}, "main-left"})
	}
	if right > 0 && right != left {
		both = append(both, reading{cadastre.Plate{Main: right, Sub: left}, "main-right"})
	}
	return both, nil
}

func byReadings(ctx context.Context, tx pgx.Tx, sight cadastre.Sight, readings []reading, n cadastre.Named) ([]cadastre.Parcel, error) {
	var all []cadastre.Parcel
	for _, r := range readings {
		n.Plate = r.Plate
		found, err := cadastre.ByPlate(ctx, tx, sight, n)
		if err != nil {
			return nil, err
		}
		for i := range found {
			found[i].Reading = r.Name
		}
		all = append(all, found...)
	}
	return all, nil
}

func plateInvalid(location, value string) *errs.Error {
	return &errs.Error{
		Code: "plate-invalid", Status: http.StatusUnprocessableEntity, Op: "server.parcelsByPlate", Location: location, Value: value,
		Title:  errs.T("پلاک خوانده نشد", "The plate is not read"),
		Detail: errs.T("یا main و sub را بدهید، یا plate را؛ نه هر دو.", "Give main and sub, or plate, and not both."),
		Next: errs.T("پلاک را مانند «۱۶۱۷ فرعی از ۷۲ اصلی» بنویسید، یا main=72 و sub=1617 بفرستید.",
			"Write the plate like “sub 1617 of main 72”, or send main=72 and sub=1617."),
	}
}

type identifierInput struct {
	InquiryInput
	Identifier string `query:"identifier" required:"true" minLength:"1" maxLength:"200" doc:"Unique parcel identifier, or that of the deliverer"`
}

// parcelsByIdentifier answers GET /v1/parcels/by-identifier.
func (s *server) parcelsByIdentifier(ctx context.Context, in *identifierInput) (*parcelsBody, error) {
	return s.parcels(ctx, in.InquiryInput, "identifier", in.Identifier, func(tx pgx.Tx) ([]cadastre.Parcel, error) {
		return cadastre.ByIdentifier(ctx, tx, cadastre.Sight{}, in.Identifier)
	})
}

type pointInput struct {
	InquiryInput
	Lon  float64 `query:"lon" required:"true" minimum:"-180" maximum:"180" doc:"Longitude in degrees"`
	Lat  float64 `query:"lat" required:"true" minimum:"-85" maximum:"85" doc:"Latitude in degrees"`
	Date string  `query:"date" maxLength:"40" doc:"As published at the end of that day in Iran (2026-03-21 or 1405-01-01), or at that time (RFC 3339); left out: now"`
}

// parcelsAt answers GET /v1/parcels/at.
func (s *server) parcelsAt(ctx context.Context, in *pointInput) (*parcelsBody, error) {
	if math.IsNaN(in.Lon) || math.IsNaN(in.Lat) {
		return nil, invalid("query.lon", fmt.Sprint(in.Lon, " ", in.Lat))
	}
	var on time.Time
	if in.Date != "" {
		var err error
		if on, err = endOf(in.Date, "query.date"); err != nil {
			return nil, err
		}
	}
	return s.parcels(ctx, in.InquiryInput, "point", []any{in.Lon, in.Lat, in.Date}, func(tx pgx.Tx) ([]cadastre.Parcel, error) {
		if in.Date == "" {
			return cadastre.AtPoint(ctx, tx, cadastre.Sight{}, in.Lon, in.Lat)
		}
		return cadastre.AtPointOn(ctx, tx, cadastre.Sight{}, in.Lon, in.Lat, on)
	})
}

// endOf reads a day of either calendar, of which the end in Iran counts, or a time.
func endOf(text, location string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil && at.Year() > 0 {
		return at, nil
	}
	day, ok := layers.ParseDay(text)
	if !ok {
		return time.Time{}, invalid(location, text)
	}
	y, m, d := day.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, access.Iran()).Add(-time.Microsecond), nil // as exact as PostgreSQL
}
