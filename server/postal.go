package server

import (
	"context"
	"math"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/access/inquiry"
	"nsdi/cadastre"
	"nsdi/gnaf"
	"nsdi/internal/errs"
)

const postalPath = "/v1/postal-codes"

// Codes of the cards of what everybody may ask about postal codes.
const (
	validationService = "nsdi-postal-validate"
	addressService    = "nsdi-postal-address"
	placeService      = "nsdi-postal-place"
)

// postalAPI is what is asked about postal codes.
func (s *server) postalAPI(api huma.API) {
	get(s, api, postalPath+"/validate", "validate-postal-code", "What can be said about a postal code as written: format, prefix, whether it exists and is in use", s.validateCode)
	get(s, api, postalPath+"/at", "postal-sites-at", "Sites within 50 m of a point; their units and codes by grant", s.sitesAt)
	get(s, api, postalPath+"/changes", "postal-code-changes", "What became of postal codes since a line of the change log, by grant", s.codeChanges)
	get(s, api, postalPath+"/{code}", "postal-code", "Address of a postal code", s.addressByCode)
	get(s, api, postalPath+"/{code}/position", "postal-code-position", "Position of a postal code: estimated, or by grant the middle of its parcel", s.positionByCode)
	get(s, api, postalPath+"/{code}/building", "postal-code-building", "Units of the building of a postal code, by grant", s.buildingByCode)
	post(s, api, postalPath+"/inquiries", "inquire-postal-codes", "Addresses of up to 1,000 postal codes, by grant", s.inquireCodes)
	post(s, api, postalPath+"/search", "search-postal-codes", "Postal codes of a written address, by grant", s.searchCodes)
}

// postal is what all answers about postal codes say.
type postal struct {
	Inquiry     *inquiry.Recorded `json:"inquiry"`
	DataVersion string            `json:"data_version" doc:"Last line of the change log that the answer has seen. It is never older than the question"`
}

// codeRead reads a postal code as people write it. The error is *errs.Error postal-code-invalid.
func codeRead(location, written string) (string, error) {
	c := gnaf.CheckPostalCode(written)
	if e := gnaf.CodeInvalid(c, location, written); e != nil {
		return "", e
	}
	return c.Digits, nil
}

// codeNumbers are codes as the watch over enumeration compares them.
func codeNumbers(codes ...string) []uint64 {
	numbers := make([]uint64, 0, len(codes))
	for _, code := range codes {
		if n, err := strconv.ParseUint(code, 10, 64); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

type validateInput struct {
	InquiryInput
	Code string `query:"code" required:"true" minLength:"1" maxLength:"100" doc:"As written: with Persian digits, a dash or spaces" example:"۱۸۷۹۶-۱۳۱۵۴"`
	City string `query:"city" maxLength:"100" doc:"Where the caller believes it to be; orders the suggestions"`
}

type validateBody struct {
	postal
	Code        string           `json:"postal_code" doc:"The reading that the answers are about, in ten digits; empty: none keeps the rules"`
	FormatValid bool             `json:"format_valid"`
	PrefixKnown *bool            `json:"prefix_known" doc:"Some published code has its first five digits; null: not asked, because the format is wrong"`
	Exists      *bool            `json:"exists" doc:"A unit bears it, or bore it once; null: not asked"`
	Active      *bool            `json:"active" doc:"A unit bears it now; null: not asked"`
	Errors      []codeFinding    `json:"errors" doc:"Official rules that the code breaks"`
	Warnings    []codeFinding    `json:"warnings" doc:"What is unusual, and never a reason to refuse it"`
	Suggestions []codeSuggestion `json:"suggestions" doc:"Codes in use one slip away, the likeliest first; none where the code exists"`
}

type codeFinding struct {
	Code    string    `json:"code" example:"POSTCODE_LENGTH"`
	Message bilingual `json:"message"`
}

type codeSuggestion struct {
	Code     string `json:"postal_code"`
	Slip     string `json:"slip" enum:"swapped-halves,transposed,one-digit,missing-digit,extra-digit"`
	City     string `json:"city"`
	SameCity bool   `json:"same_city"`
}

func codeFindings(list []gnaf.PostalFinding) []codeFinding {
	out := make([]codeFinding, len(list))
	for i, f := range list {
		out[i] = codeFinding{f.Code, bilingual(f.Message)}
	}
	return out
}

// validateCode answers GET /v1/postal-codes/validate.
func (s *server) validateCode(ctx context.Context, in *validateInput) (*validateBody, error) {
	body := &validateBody{Suggestions: []codeSuggestion{}}
	a := &asked{InquiryInput: in.InquiryInput, service: validationService, kind: "validate", question: []any{in.Code, in.City}, named: 1, codes: codeNumbers(gnaf.CheckPostalCode(in.Code).Digits)}
	var err error
	body.Inquiry, err = s.answer(ctx, a, func() (int, error) {
		view, err := s.Directory.Now(ctx)
		if err != nil {
			return 0, err
		}
		found, err := view.Validate(ctx, in.Code, in.City)
		if err != nil {
			return 0, err
		}
		body.DataVersion, body.Code, body.FormatValid = strconv.FormatInt(view.Position, 10), found.Code, found.FormatValid
		body.PrefixKnown, body.Exists, body.Active = found.PrefixKnown, found.Exists, found.Active
		body.Errors, body.Warnings = codeFindings(found.Errors), codeFindings(found.Warnings)
		for _, one := range found.Suggestions {
			body.Suggestions = append(body.Suggestions, codeSuggestion(one))
		}
		if found.Exists != nil && *found.Exists {
			return 1, nil
		}
		return 0, nil // what does not exist counts as a miss: suggestions disclose codes
	})
	return body, err
}

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
		view, err := s.Directory.Now(ctx)
		if err != nil {
			return 0, err
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

type codeChangesInput struct {
	InquiryInput
	Since int64 `query:"since" minimum:"0" doc:"The next of the page before; 0 begins with the first change that there ever was"`
	Limit int   `query:"limit" default:"1000" minimum:"1" maximum:"10000" doc:"Lines of the change log"`
}

type codeChangesBody struct {
	postal
	Grants  []string          `json:"grants" doc:"Tracking identifiers of the grants by which it was asked; none: as the agency in charge"`
	Changes []gnaf.CodeChange `json:"changes" doc:"In the order of publications; a page may be empty while more follow, because addresses without a code have nothing to say"`
	Next    int64             `json:"next" doc:"Value of since for the next page. Keep it together with what you did with this one"`
	More    bool              `json:"more"`
}

// codeChanges answers GET /v1/postal-codes/changes.
func (s *server) codeChanges(ctx context.Context, in *codeChangesInput) (*codeChangesBody, error) {
	body := &codeChangesBody{}
	var err error
	body.Grants, err = s.granted(ctx, access.PostalChanges, func(right) (int, error) {
		a := &asked{InquiryInput: in.InquiryInput, service: access.PostalChanges, kind: "changes", question: []any{in.Since, in.Limit}}
		body.Inquiry, err = s.inquire(ctx, a, func(tx pgx.Tx) (int, error) {
			body.Changes, body.Next, body.More, err = gnaf.CodeChanges(ctx, tx, in.Since, in.Limit)
			body.DataVersion = strconv.FormatInt(body.Next, 10)
			return len(body.Changes), err
		})
		return len(body.Changes), err
	})
	return body, err
}

// told is a text for people in both languages.
func told(t errs.Text) *bilingual {
	b := bilingual(t)
	return &b
}
