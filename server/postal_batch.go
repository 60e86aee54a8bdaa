package server

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/gnaf"
	"nsdi/internal/errs"
)

// InquiryBody is what an inquiry with a body carries.
type InquiryBody struct {
	Purpose string `json:"purpose,omitempty" maxLength:"200" doc:"What the answers are for; it is recorded. Here, or in X-Purpose"`
	Request string `json:"request,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9._:-]*$" doc:"Identifier that the caller gives the inquiry; asking again under it within 24 hours is the same inquiry. Here, or in X-Request-Id"`
}

func (b InquiryBody) asked(h InquiryHeader, service, kind string, question any) *asked {
	return &asked{InquiryInput: InquiryInput{Purpose: b.Purpose, Request: b.Request, InquiryHeader: h}, in: "body", service: service, kind: kind, question: question}
}

type codesInput struct {
	InquiryHeader
	Body struct {
		InquiryBody
		Codes []string `json:"codes" minItems:"1" maxItems:"1000" doc:"As written; each at most 100 characters"`
	}
}

type codesBody struct {
	postal
	Grants  []string     `json:"grants" doc:"Tracking identifiers of the grants by which it was asked; none: as the agency in charge"`
	Answers []codeAnswer `json:"answers" doc:"In the order of the codes"`
}

type codeAnswer struct {
	Written string           `json:"written"`
	Code    string           `json:"postal_code,omitempty"`
	Status  string           `json:"status" enum:"found,unknown,invalid"`
	Reason  *bilingual       `json:"reason,omitempty" doc:"Why it is invalid"`
	Units   []gnaf.CodedUnit `json:"units"`
}

// inquireCodes answers POST /v1/postal-codes/inquiries.
func (s *server) inquireCodes(ctx context.Context, in *codesInput) (*codesBody, error) {
	body := &codesBody{}
	var err error
	body.Grants, err = s.granted(ctx, access.PostalInquiry, func(right) (found int, err error) {
		a := in.Body.asked(in.InquiryHeader, access.PostalInquiry, "batch", in.Body.Codes)
		body.Inquiry, err = s.answer(ctx, a.naming(in.Body.Codes), func() (int, error) {
			body.Answers, body.DataVersion, err = s.lookUp(ctx, in.Body.Codes)
			for i := range body.Answers {
				if body.Answers[i].Status == "found" {
					found++
				}
			}
			a.missed = len(body.Answers) - found
			return found, err
		})
		return found, err
	})
	if err != nil {
		return nil, err
	}
	return body, nil
}

// naming says which codes an inquiry is about, as the defence against enumeration counts them.
func (a *asked) naming(written []string) *asked {
	a.named = len(written)
	for _, w := range written {
		a.codes = append(a.codes, codeNumbers(gnaf.CheckPostalCode(w).Digits)...)
	}
	return a
}

// lookUp answers codes as written, in their order, and the version of the data.
func (s *server) lookUp(ctx context.Context, written []string) ([]codeAnswer, string, error) {
	view, err := s.Directory.Now(ctx)
	if err != nil {
		return nil, "", err
	}
	answers := make([]codeAnswer, len(written))
	codes := make([]string, len(written))
	for i, w := range written {
		answers[i] = codeAnswer{Written: w, Status: "unknown", Units: []gnaf.CodedUnit{}}
		c := gnaf.CheckPostalCode(w)
		if !c.Valid() {
			answers[i].Status, answers[i].Reason = "invalid", told(c.Errors[0].Message)
			continue
		}
		codes[i], answers[i].Code = c.Digits, c.Digits
	}
	found, err := view.Find(ctx, codes...)
	if err != nil {
		return nil, "", err
	}
	for i, units := range found {
		if len(units) > 0 && codes[i] != "" {
			answers[i].Status, answers[i].Units = "found", units
		}
	}
	return answers, strconv.FormatInt(view.Position, 10), nil
}

type searchInput struct {
	InquiryHeader
	Body struct {
		InquiryBody
		AddressParts
		Text  string `json:"text,omitempty" maxLength:"500" doc:"The address as written, in place of its parts"`
		Limit int    `json:"limit,omitempty" default:"10" minimum:"1" maximum:"50"`
	}
}

// AddressParts is an address in parts; street and number lead to a site.
type AddressParts struct {
	Province      string `json:"province,omitempty" maxLength:"100"`
	County        string `json:"county,omitempty" maxLength:"100"`
	City          string `json:"city,omitempty" maxLength:"100"`
	Neighbourhood string `json:"neighbourhood,omitempty" maxLength:"100"`
	StreetBefore  string `json:"street_before,omitempty" maxLength:"200"`
	Street        string `json:"street,omitempty" maxLength:"200"`
	Number        int    `json:"number,omitempty" minimum:"0" maximum:"99998"`
	NumberSuffix  string `json:"number_suffix,omitempty" maxLength:"50"`
	Building      string `json:"building,omitempty" maxLength:"200"`
	Unit          string `json:"unit,omitempty" maxLength:"50"`
}

// written puts the parts into the order of an address, as the geocoder reads it.
func (p AddressParts) written() string {
	parts := []string{p.Province, p.County, p.City, p.Neighbourhood, p.StreetBefore, p.Street}
	if p.Number != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("پلاک %d %s", p.Number, p.NumberSuffix)))
	}
	parts = append(parts, p.Building)
	if p.Unit != "" {
		parts = append(parts, "واحد "+p.Unit)
	}
	var given []string
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			given = append(given, part)
		}
	}
	return strings.Join(given, "، ")
}

type searchBody struct {
	postal
	Grants     []string         `json:"grants" doc:"Tracking identifiers of the grants by which it was asked; none: as the agency in charge"`
	Candidates []gnaf.Candidate `json:"candidates" doc:"The likeliest first; what leads to no site is no answer"`
}

// searchCodes answers POST /v1/postal-codes/search.
func (s *server) searchCodes(ctx context.Context, in *searchInput) (*searchBody, error) {
	text := strings.TrimSpace(in.Body.Text)
	parts := in.Body.written()
	if (text == "") == (parts == "") {
		return nil, &errs.Error{
			Code: "request-invalid", Status: http.StatusUnprocessableEntity, Op: "server.searchCodes", Location: "body.text",
			Title:  errs.T("درخواست درست نیست", "The request is not valid"),
			Detail: errs.T("نشانی یا در text می‌آید یا در جزءها.", "The address is either in text or in its parts."),
			Next:   errs.T("text را بدهید، یا street و number و city را.", "Send text, or street, number and city."),
		}
	}
	if text == "" {
		text = parts
	}
	body := &searchBody{Candidates: []gnaf.Candidate{}}
	var err error
	body.Grants, err = s.granted(ctx, access.PostalInquiry, func(r right) (found int, err error) {
		a := in.Body.asked(in.InquiryHeader, access.PostalInquiry, "search", []any{text, in.Body.Limit})
		a.named = 1
		body.Inquiry, err = s.answer(ctx, a, func() (int, error) {
			body.Candidates, body.DataVersion, err = s.codesOf(ctx, r.territories, text, in.Body.Limit)
			for _, c := range body.Candidates {
				found += len(c.Units)
			}
			return found, err
		})
		return found, err
	})
	if err != nil {
		return nil, err
	}
	return body, nil
}

// codesOf answers what a written address may mean within the territories.
func (s *server) codesOf(ctx context.Context, territories []string, text string, limit int) ([]gnaf.Candidate, string, error) {
	found, version, err := s.Geocoder.CodesOf(ctx, text, limit)
	if err != nil {
		return nil, "", err
	}
	kept := []gnaf.Candidate{}
	err = s.read(ctx, func(tx pgx.Tx) error {
		for _, c := range found {
			if c.Units, err = gnaf.InTerritory(ctx, tx, territories, c.Units); err != nil {
				return err
			}
			if len(c.Units) > 0 {
				kept = append(kept, c)
			}
		}
		return nil
	})
	return kept, version, err
}
