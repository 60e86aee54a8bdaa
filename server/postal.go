package server

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"nsdi/access/inquiry"
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
	signature
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

// told is a text for people in both languages.
func told(t errs.Text) *bilingual {
	b := bilingual(t)
	return &b
}
