package server

import (
	"context"
	"strconv"

	"nsdi/gnaf"
)

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
	Suggestions []codeSuggestion `json:"suggestions" doc:"Codes in use one slip away, the likeliest first; none where the code exists as written"`
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
