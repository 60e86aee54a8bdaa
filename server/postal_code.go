package server

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/gnaf"
)

// CodeInput names one postal code. It is exported, because only then are the fields of an embedded struct read.
type CodeInput struct {
	InquiryInput
	Code string `path:"code" minLength:"1" maxLength:"100" doc:"Ten digits; Persian digits, a dash and spaces are read as well"`
}

type unitsBody struct {
	postal
	Code   string           `json:"postal_code"`
	Grants []string         `json:"grants,omitempty" doc:"Tracking identifiers of the grants by which it was asked"`
	Units  []gnaf.CodedUnit `json:"units" doc:"One, but where two deliverers gave the code to different ones"`
}

// byCode answers an inquiry about one code: show makes the answer of the units that bear it.
func (s *server) byCode(ctx context.Context, in *CodeInput, service, kind string, question any, p *postal, show func(code string, units []gnaf.CodedUnit) (int, error)) error {
	code, err := codeRead("path.code", in.Code)
	if err != nil {
		return err
	}
	a := &asked{InquiryInput: in.InquiryInput, service: service, kind: kind, question: []any{code, question}, named: 1, codes: codeNumbers(code)}
	p.Inquiry, err = s.answer(ctx, a, func() (int, error) {
		view := s.Directory.Held()
		if view != nil && a.position == 0 {
			a.position = view.Position
		} else { // nothing is held, or it was passed before the record was written
			a.position = 0
			var err error
			if view, err = s.Directory.Now(ctx); err != nil {
				return 0, err
			}
		}
		p.DataVersion = strconv.FormatInt(view.Position, 10)
		found, err := view.Find(ctx, code)
		if err == nil && len(found[0]) == 0 {
			err = gnaf.CodeUnknown("path.code", code)
		}
		if err != nil {
			return 0, err
		}
		return show(code, found[0])
	})
	return err
}

// addressByCode answers GET /v1/postal-codes/{code}.
func (s *server) addressByCode(ctx context.Context, in *CodeInput) (*unitsBody, error) {
	body := &unitsBody{}
	err := s.byCode(ctx, in, addressService, "code", nil, &body.postal, func(code string, units []gnaf.CodedUnit) (int, error) {
		body.Code, body.Units = code, units
		return len(units), nil
	})
	return body, err
}

// buildingByCode answers GET /v1/postal-codes/{code}/building.
func (s *server) buildingByCode(ctx context.Context, in *CodeInput) (*unitsBody, error) {
	body := &unitsBody{}
	var err error
	body.Grants, err = s.granted(ctx, access.BuildingInquiry, func(r right) (int, error) {
		err := s.byCode(ctx, in, access.BuildingInquiry, "building", nil, &body.postal, func(code string, units []gnaf.CodedUnit) (int, error) {
			body.Code = code
			err := s.read(ctx, func(tx pgx.Tx) (err error) {
				body.Units, err = unitsBeside(ctx, tx, r.territories, units)
				return err
			})
			return max(1, len(body.Units)), err // the code is there, whatever may be told of its building
		})
		return len(body.Units), err
	})
	return body, err
}

// unitsBeside answers the units of the buildings of some.
func unitsBeside(ctx context.Context, tx pgx.Tx, territories []string, units []gnaf.CodedUnit) ([]gnaf.CodedUnit, error) {
	ids := make([]int64, len(units))
	for i := range units {
		ids[i] = units[i].ID
	}
	all, err := gnaf.BuildingUnits(ctx, tx, ids...)
	if err == nil {
		all, err = gnaf.InTerritory(ctx, tx, territories, all)
	}
	if all == nil {
		all = []gnaf.CodedUnit{}
	}
	return all, err
}
