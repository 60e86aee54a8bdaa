package server

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"nsdi/access"
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
