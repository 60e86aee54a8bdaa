package server

import (
	"context"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/cadastre"
	"nsdi/gnaf"
)

type positionInput struct {
	CodeInput
	Accuracy string `query:"accuracy" enum:"estimated,accurate" default:"estimated" doc:"estimated: the point of the address, for everybody; accurate: the middle of the parcel, by grant of nsdi-postal-inquiry"`
}

type positionBody struct {
	postal
	Code      string     `json:"postal_code"`
	Accuracy  string     `json:"accuracy" enum:"estimated,accurate"`
	Grants    []string   `json:"grants,omitempty"`
	Positions []position `json:"positions" doc:"Of each unit that bears the code; without an accurate one where no parcel is known, or outside the grant's territory"`
}

type position struct {
	Unit   int64   `json:"unit" doc:"Id of the address"`
	Lon    float64 `json:"lon"`
	Lat    float64 `json:"lat"`
	Method string  `json:"method" enum:"address-point,parcel-centroid"`
	Parcel int64   `json:"parcel,omitempty" doc:"Id of the parcel"`
}

// positionByCode answers GET /v1/postal-codes/{code}/position.
func (s *server) positionByCode(ctx context.Context, in *positionInput) (*positionBody, error) {
	body := &positionBody{Accuracy: in.Accuracy, Positions: []position{}}
	if in.Accuracy != "accurate" {
		return body, s.byCode(ctx, &in.CodeInput, addressService, "position", in.Accuracy, &body.postal, func(code string, units []gnaf.CodedUnit) (int, error) {
			body.Code = code
			for _, u := range units {
				body.Positions = append(body.Positions, position{Unit: u.ID, Lon: u.Lon, Lat: u.Lat, Method: "address-point"})
			}
			return len(units), nil
		})
	}
	var err error
	body.Grants, err = s.granted(ctx, access.PostalInquiry, func(r right) (int, error) {
		err := s.byCode(ctx, &in.CodeInput, access.PostalInquiry, "position", in.Accuracy, &body.postal, func(code string, units []gnaf.CodedUnit) (int, error) {
			body.Code = code
			err := s.read(ctx, func(tx pgx.Tx) (err error) {
				body.Positions, err = accurate(ctx, tx, r.territories, units)
				return err
			})
			return len(units), err
		})
		return len(body.Positions), err
	})
	return body, err
}

// accurate answers the middles of the parcels of units.
func accurate(ctx context.Context, tx pgx.Tx, territories []string, units []gnaf.CodedUnit) ([]position, error) {
	units, err := gnaf.InTerritory(ctx, tx, territories, units)
	if err != nil {
		return nil, err
	}
	list := []position{}
	for _, u := range units {
		c, err := cadastre.CentreOf(ctx, tx, u.Lon, u.Lat)
		if err != nil {
			return nil, err
		}
		if c != nil {
			list = append(list, position{Unit: u.ID, Lon: c.Lon, Lat: c.Lat, Method: "parcel-centroid", Parcel: c.Parcel})
		}
	}
	return list, nil
}
