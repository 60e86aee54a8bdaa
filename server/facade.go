package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/gnaf"
	"nsdi/internal/errs"
)

// facadePath is where clients that were written for the Post's own services find them: the names of fields and services are the Post's.
const facadePath = "/v1/post"

// Codes of rows, as the Post's clients know them.
const (
	codePostcode    = 1001 // invalid postal code
	codeAreaCode    = 1201 // invalid area code
	codeTelephone   = 1202 // invalid telephone number
	codeNothing     = 9040 // nothing found, or the field is empty
	facadeAddresses = 5    // candidates of a written address
)

func (s *server) facadeAPI(api huma.API) {
	post(s, api, facadePath+"/{subject}/{service}", "post-facade", "The Post's inquiry services in their own shape, by grant", s.facade)
}

type facadeInput struct {
	InquiryHeader
	Subject string `path:"subject" enum:"Postcode,Telephone,Address" doc:"What is asked by"`
	Service string `path:"service" enum:"GetAddress,GetAddressString,GetAddressAndPostcode,GetAddressAndTelephones,GetTelephones,GetPostcode,GetPosition,GetEstimatedPosition,GetAccuratePosition,GetBuildingUnits,GetWorkshop,GetActivityCode,ValidatePostCode,ValidateTelephone"`
	Body    facadeBatch
}

type facadeBatch struct {
	_             struct{}          `additionalProperties:"true"`
	ClientBatchID int64             `json:"ClientBatchID,omitempty"`
	Postcodes     []facadePostcode  `json:"Postcodes,omitempty" maxItems:"1000"`
	Telephones    []facadeTelephone `json:"Telephones,omitempty" maxItems:"1000"`
	Addresses     []facadeAddress   `json:"Addresses,omitempty" maxItems:"1000"`
	Signature     string            `json:"Signature,omitempty" doc:"Taken, and not looked at: how it is made is not published. Who asks is known by the API key"`
}

type facadePostcode struct {
	_           struct{} `additionalProperties:"true"`
	ClientRowID int64    `json:"ClientRowID,omitempty"`
	PostCode    string   `json:"PostCode" maxLength:"100"`
}

type facadeTelephone struct {
	_           struct{} `additionalProperties:"true"`
	ClientRowID int64    `json:"ClientRowID,omitempty"`
	TelephoneNo struct {
		AreaCode         string `json:"AreaCode" maxLength:"20"`
		SubscriberNumber string `json:"SubscriberNumber" maxLength:"20"`
	} `json:"TelephoneNo"`
}

type facadeAddress struct {
	_           struct{} `additionalProperties:"true"`
	ClientRowID int64    `json:"ClientRowID,omitempty"`
	Address     string   `json:"Address" maxLength:"500"`
}

type facadeBody struct {
	ResCode int         `json:"ResCode" doc:"0 when at least one row succeeded; otherwise the code of the rows, or 9040 where they differ"`
	ResMsg  string      `json:"ResMsg"`
	Data    []facadeRow `json:"Data" doc:"In the order of the question"`
}

type facadeRow struct {
	ClientRowID int64         `json:"ClientRowID"`
	Postcode    string        `json:"Postcode,omitempty" doc:"As it was sent"`
	Succ        bool          `json:"Succ"`
	Result      *facadeResult `json:"Result"`
	Errors      *facadeError  `json:"Errors"`
}

type facadeError struct {
	ErrorCode    int    `json:"ErrorCode"`
	ErrorMessage string `json:"ErrorMessage"`
}

// facadeResult has the fields of the service that was asked, and those that all have.
type facadeResult struct {
	*facadeParts
	Value        *string          `json:"Value,omitempty" doc:"GetAddressString: the address in one line"`
	Lat          *float64         `json:"Lat,omitempty"`
	Lon          *float64         `json:"Lon,omitempty"`
	Valid        *bool            `json:"Valid,omitempty" doc:"ValidatePostCode: a unit bears it now"`
	Units        []facadeParts    `json:"Units,omitempty" doc:"GetBuildingUnits"`
	Postcodes    []facadePossible `json:"Postcodes,omitempty" doc:"GetPostcode: the likeliest first"`
	PostCode     string           `json:"PostCode,omitempty"`
	TraceID      string           `json:"TraceID" doc:"Identifier under which the inquiry is recorded"`
	ErrorCode    int              `json:"ErrorCode"`
	ErrorMessage *string          `json:"ErrorMessage"`
}

// facadeParts is an address in the fields of the Post's certificate. What the register does not hold is null.
type facadeParts struct {
	Province     *string  `json:"Province"`
	TownShip     *string  `json:"TownShip"`
	Zone         *string  `json:"Zone"`
	Village      *string  `json:"Village"`
	LocalityType *string  `json:"LocalityType"`
	LocalityName *string  `json:"LocalityName"`
	LocalityCode int      `json:"LocalityCode"`
	SubLocality  *string  `json:"SubLocality"`
	Street2      *string  `json:"Street2"`
	Street       *string  `json:"Street"`
	HouseNumber  *float64 `json:"HouseNumber"`
	Floor        *string  `json:"Floor"`
	SideFloor    *string  `json:"SideFloor"`
	BuildingName *string  `json:"BuildingName"`
	Description  *string  `json:"Description"`
	UnitPostCode string   `json:"UnitPostCode,omitempty" doc:"GetBuildingUnits: code of this unit"`
}

type facadePossible struct {
	PostCode   string
	Address    string
	Confidence float64
}

func partsOf(u gnaf.CodedUnit) facadeParts {
	given := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	p := facadeParts{
		Province: given(u.Province), TownShip: given(u.County), LocalityName: given(u.City), SubLocality: given(u.Neighbourhood), Street2: given(u.StreetBefore), Street: given(u.Street),
		SideFloor: given(u.Unit), BuildingName: given(u.Building), Description: given(u.NumberSuffix),
	}
	if u.Number != 0 {
		n := float64(u.Number)
		p.HouseNumber = &n
	}
	if u.Floor != nil {
		p.Floor = given(strconv.Itoa(*u.Floor))
	}
	return p
}

// facade answers POST /v1/post/{subject}/{service}.
func (s *server) facade(ctx context.Context, in *facadeInput) (*facadeBody, error) {
	batch := &in.Body
	rows := map[string]int{"Postcode": len(batch.Postcodes), "Telephone": len(batch.Telephones), "Address": len(batch.Addresses)}[in.Subject]
	if rows == 0 || in.Subject == "Address" && in.Service != "GetPostcode" {
		return nil, &errs.Error{
			Code: "request-invalid", Status: http.StatusUnprocessableEntity, Op: "server.facade", Location: "body." + in.Subject + "s",
			Title:  errs.T("درخواست درست نیست", "The request is not valid"),
			Detail: errs.T("این خدمت با این ورودی خوانده نمی‌شود، یا ردیفی در آن نیست.", "The service is not asked by this, or there is no row."),
			Next:   errs.T("Postcodes یا Telephones را بفرستید؛ برای Address تنها GetPostcode با Addresses.", "Send Postcodes or Telephones; by Address there is GetPostcode only, with Addresses."),
		}
	}
	service := access.PostalInquiry
	if in.Service == "GetBuildingUnits" {
		service = access.BuildingInquiry
	}
	body := &facadeBody{}
	_, err := s.granted(ctx, service, func(r right) (found int, err error) {
		a := &asked{InquiryInput: InquiryInput{InquiryHeader: in.InquiryHeader}, in: "header", service: service, kind: "post-" + in.Service, question: []any{in.Subject, batch}}
		if a.XRequest == "" { // the Post's clients send none, and number their batches as they like
			a.XRequest = "post-" + rand.Text()
		}
		if a.XPurpose == "" && len(r.trackings) > 0 {
			a.XPurpose = "as granted: " + strings.Join(r.trackings, " ")
		}
		codes := make([]string, len(batch.Postcodes))
		for i, p := range batch.Postcodes {
			codes[i] = p.PostCode
		}
		a.naming(codes)
		a.named = rows
		recorded, err := s.answer(ctx, a, func() (int, error) {
			switch in.Subject {
			case "Postcode":
				body.Data, err = s.facadeByCode(ctx, in.Service, batch.Postcodes, r.territories)
			case "Telephone":
				body.Data = facadeByTelephone(batch.Telephones)
			default:
				body.Data, err = s.facadeByAddress(ctx, batch.Addresses, r.territories)
			}
			for _, row := range body.Data {
				if row.Succ {
					found++
				}
			}
			a.missed = len(body.Data) - found
			return found, err
		})
		if err != nil {
			return found, err
		}
		for i := range body.Data {
			if result := body.Data[i].Result; result != nil {
				result.TraceID = recorded.Request
			}
		}
		return found, nil
	})
	if err != nil {
		return nil, err
	}
	body.conclude()
	return body, nil
}

// conclude tells what became of the batch: it has failed when all its rows have.
func (b *facadeBody) conclude() {
	b.ResMsg = "موفق"
	code := -1
	for _, row := range b.Data {
		switch {
		case row.Succ:
			return
		case code == -1:
			code = row.Errors.ErrorCode
		case code != row.Errors.ErrorCode:
			code = codeNothing
		}
	}
	b.ResCode, b.ResMsg = code, "هیچ ردیفی پاسخ نگرفت"
}

func (r *facadeRow) fail(code int, message string) {
	r.Succ, r.Result, r.Errors = false, nil, &facadeError{code, message}
}

func (r *facadeRow) succeed(result facadeResult) {
	r.Succ, r.Result = true, &result
}

const messageNothing = "چیزی یافت نشد"

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
