package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf"
)

// facadeByCode answers rows of postal codes.
func (s *server) facadeByCode(ctx context.Context, service string, asked []facadePostcode, territories []string) ([]facadeRow, error) {
	written := make([]string, len(asked))
	for i, p := range asked {
		written[i] = p.PostCode
	}
	found, _, err := s.lookUp(ctx, written)
	if err != nil {
		return nil, err
	}
	rows := make([]facadeRow, len(asked))
	err = s.read(ctx, func(tx pgx.Tx) error {
		for i := range rows {
			row := &rows[i]
			row.ClientRowID, row.Postcode = asked[i].ClientRowID, asked[i].PostCode
			switch f := found[i]; f.Status {
			case "invalid":
				row.fail(codePostcode, "کد پستی نامعتبر است: "+f.Reason.FA)
			case "unknown":
				if service == "ValidatePostCode" {
					no := false
					row.succeed(facadeResult{Valid: &no, PostCode: f.Code})
				} else {
					row.fail(codeNothing, messageNothing)
				}
			default:
				if err := row.about(ctx, tx, service, f, territories); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return rows, err
}

// about answers a service about a code that a unit bears.
func (r *facadeRow) about(ctx context.Context, tx pgx.Tx, service string, f codeAnswer, territories []string) error {
	u := f.Units[0]
	parts := partsOf(u)
	if strings.Contains(service, "Address") {
		d, err := gnaf.DivisionOf(ctx, tx, &u)
		if err != nil {
			return err
		}
		parts.Zone, parts.Village = givenText(d.District), givenText(d.RuralDistrict)
	}
	switch service {
	case "ValidatePostCode":
		yes := true
		r.succeed(facadeResult{Valid: &yes, PostCode: f.Code})
	case "GetAddress", "GetAddressAndPostcode":
		r.succeed(facadeResult{facadeParts: &parts, PostCode: f.Code})
	case "GetAddressString":
		r.succeed(facadeResult{Value: &u.Address, PostCode: f.Code})
	case "GetPostcode":
		r.succeed(facadeResult{PostCode: f.Code})
	case "GetPosition", "GetEstimatedPosition":
		r.succeed(facadeResult{Lat: &u.Lat, Lon: &u.Lon, PostCode: f.Code})
	case "GetAccuratePosition":
		at, err := accurate(ctx, tx, territories, f.Units)
		if err != nil {
			return err
		}
		if len(at) == 0 {
			r.fail(codeNothing, "قطعه‌ای برای این نشانی دانسته نیست")
			return nil
		}
		r.succeed(facadeResult{Lat: &at[0].Lat, Lon: &at[0].Lon, PostCode: f.Code})
	case "GetBuildingUnits":
		units, err := unitsBeside(ctx, tx, territories, f.Units)
		if err != nil {
			return err
		}
		if len(units) == 0 {
			r.fail(codeNothing, messageNothing)
			return nil
		}
		result := facadeResult{PostCode: f.Code}
		for _, unit := range units {
			p := partsOf(unit)
			p.UnitPostCode = unit.Code
			result.Units = append(result.Units, p)
		}
		r.succeed(result)
	case "GetWorkshop", "GetActivityCode":
		r.fail(codeNothing, "نوع کاربری در داده نیست")
	default:
		r.fail(codeNothing, "داده این سامانه شماره تلفن ندارد")
	}
	return nil
}

// facadeByTelephone answers rows of telephone numbers: the data has none, and says so.
func facadeByTelephone(asked []facadeTelephone) []facadeRow {
	digits := func(s string, least, most int) bool {
		return len(s) >= least && len(s) <= most && strings.Trim(s, "0123456789") == ""
	}
	rows := make([]facadeRow, len(asked))
	for i, t := range asked {
		rows[i].ClientRowID = t.ClientRowID
		switch {
		case !digits(strings.TrimPrefix(t.TelephoneNo.AreaCode, "0"), 2, 3):
			rows[i].fail(codeAreaCode, "پیش‌شماره نامعتبر است")
		case !digits(t.TelephoneNo.SubscriberNumber, 4, 8):
			rows[i].fail(codeTelephone, "شماره تلفن نامعتبر است")
		default:
			rows[i].fail(codeNothing, "داده این سامانه شماره تلفن ندارد")
		}
	}
	return rows
}

// facadeByAddress answers rows of written addresses with their codes.
func (s *server) facadeByAddress(ctx context.Context, asked []facadeAddress, territories []string) ([]facadeRow, error) {
	rows := make([]facadeRow, len(asked))
	for i, one := range asked {
		rows[i].ClientRowID = one.ClientRowID
		found, _, err := s.codesOf(ctx, territories, one.Address, facadeAddresses)
		if err != nil && status(err) == http.StatusBadRequest {
			rows[i].fail(codeNothing, "نشانی خوانده نشد")
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("codes of row %d: %w", i, err)
		}
		var result facadeResult
		for _, c := range found {
			for _, u := range c.Units {
				result.Postcodes = append(result.Postcodes, facadePossible{u.Code, u.Address, c.Confidence})
			}
		}
		if len(result.Postcodes) == 0 {
			rows[i].fail(codeNothing, messageNothing)
			continue
		}
		rows[i].succeed(result)
	}
	return rows, nil
}
