package server

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/gnaf"
)

const (
	certificatesPath    = postalPath + "/certificates"
	certificateFilePath = certificatesPath + "/{number}.pdf"
	keysPath            = "/v1/verification-keys"
	// certificateDays is how long a certificate counts where nothing else is said.
	certificateDays = 90
	// certificatesAtOnce is how many are made while the asker waits.
	certificatesAtOnce = 100
)

func (s *server) certificateAPI(api huma.API) {
	respond(s, api, operation(api, http.MethodPost, certificatesPath, "certify-postal-codes", "Certificates of up to 5,000 postal codes, by grant; more than 100 are made in the background"), s.certify)
	get(s, api, certificateOrdersPath+"/{id}", "certificate-order", "How far certificates are that are made in the background, and where they are when they are", s.certificateOrder)
	post(s, api, certificatesPath+"/{number}/revoke", "revoke-certificate", "End a certificate", s.revokeCertificate)
	get(s, api, keysPath, "verification-keys", "Public keys by which documents are verified without asking", s.verificationKeys)
}

type certifyInput struct {
	InquiryHeader
	AskedAt
	Body struct {
		InquiryBody
		Codes []string `json:"codes" minItems:"1" maxItems:"5000" doc:"As written; each at most 100 characters. More than 100 are made in the background"`
	}
}

type certifyBody struct {
	postal
	Grants       []string            `json:"grants" doc:"Tracking identifiers of the grants by which it was asked; none: as the agency in charge"`
	Certificates []issuedCertificate `json:"certificates" doc:"In the order of the codes; none of more than 100 codes, which are made in the background"`
	Order        *orderBody          `json:"order,omitempty" doc:"Of more than 100 codes: how far they are"`
}

type issuedCertificate struct {
	Written string     `json:"written"`
	Code    string     `json:"postal_code,omitempty"`
	Status  string     `json:"status" enum:"issued,revoked,unknown,invalid,outside" doc:"outside: not within the territory of the grant; revoked: it was given out for the same inquiry, and counts no more"`
	Reason  *bilingual `json:"reason,omitempty"`
	Number  string     `json:"number,omitempty"`
	Issued  *date      `json:"issued,omitempty"`
	Expires *date      `json:"expires,omitempty"`
	File    string     `json:"file,omitempty" doc:"Where the PDF is"`
	SHA256  string     `json:"sha256,omitempty" doc:"Of the PDF"`
	Signed  string     `json:"signed,omitempty" doc:"JWS (Ed25519) of number n, code c, times iat and exp, and the hash h of what the certificate says"`
}

type certifyOutput struct {
	Status       int
	CacheControl string `header:"Cache-Control"`
	Location     string `header:"Location" doc:"Of the order, when the certificates are made in the background"`
	RetryAfter   string `header:"Retry-After"`
	Body         *certifyBody
}

// certify answers POST /v1/postal-codes/certificates. Asked again under the same identifier, it answers the same certificates.
func (s *server) certify(ctx context.Context, in *certifyInput) (*certifyOutput, error) {
	out := &certifyOutput{Status: http.StatusOK, CacheControl: "no-store", Body: &certifyBody{}}
	body := out.Body
	many := len(in.Body.Codes) > certificatesAtOnce
	if many && s.Jobs == nil {
		return nil, invalid("body.codes", "")
	}
	agency := inquirersAgency(access.SubjectFrom(ctx))
	base := s.originOf(&in.AskedAt)
	var err error
	body.Grants, err = s.granted(ctx, access.PostalCertificate, func(r right) (issued int, err error) {
		a := in.Body.asked(in.InquiryHeader, access.PostalCertificate, "certificates", in.Body.Codes).naming(in.Body.Codes)
		var found []codeAnswer
		body.Inquiry, err = s.answer(ctx, a, func() (int, error) {
			found, body.DataVersion, err = s.certifiable(ctx, in.Body.Codes, r.territories)
			for i := range found {
				switch found[i].Status {
				case "found":
					issued++
				case "unknown", "invalid":
					a.missed++
				}
			}
			return issued, err
		})
		if err != nil {
			return 0, err
		}
		if many {
			body.Certificates = []issuedCertificate{}
			o, err := s.orderCertificates(ctx, body.Inquiry.ID, agency, r.territories, base, found)
			if err != nil {
				return 0, err
			}
			out.Status, out.Location, out.RetryAfter, body.Order = http.StatusAccepted, certificateOrdersPath+"/"+o.ID, strconv.Itoa(askAgain), tellOrder(o)
			return issued, nil
		}
		for i := range found {
			one := issuedOf(&found[i])
			if one.Status == "found" {
				c, err := s.certificateOf(ctx, body.Inquiry.ID, agency, found[i].Units[0], base)
				if err != nil {
					return issued, err
				}
				one.is(c)
			}
			body.Certificates = append(body.Certificates, one)
		}
		return issued, nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// certifiable looks codes up and tells which of their units lie within the territories.
func (s *server) certifiable(ctx context.Context, written, territories []string) (found []codeAnswer, version string, err error) {
	if found, version, err = s.lookUp(ctx, written); err != nil || len(territories) == 0 {
		return found, version, err
	}
	var all []gnaf.CodedUnit
	for i := range found {
		all = append(all, found[i].Units...)
	}
	err = s.read(ctx, func(tx pgx.Tx) error {
		all, err = gnaf.InTerritory(ctx, tx, territories, all)
		return err
	})
	within := map[int64]bool{}
	for i := range all {
		within[all[i].ID] = true
	}
	for i := range found {
		f := &found[i]
		if f.Units = slices.DeleteFunc(f.Units, func(u gnaf.CodedUnit) bool { return !within[u.ID] }); f.Status == "found" && len(f.Units) == 0 {
			f.Status = "outside"
		}
	}
	return found, version, err
}

func issuedOf(f *codeAnswer) issuedCertificate {
	return issuedCertificate{Written: f.Written, Code: f.Code, Status: f.Status, Reason: f.Reason}
}

func (c *issuedCertificate) is(k *gnaf.Certificate) {
	issued, expires := dated(k.Issued), dated(k.Expires)
	c.Status, c.Number, c.Issued, c.Expires, c.SHA256 = "issued", k.Number, &issued, &expires, hex.EncodeToString(k.SHA256)
	if k.Revoked != nil {
		c.Status = "revoked"
		return
	}
	c.File = strings.Replace(certificateFilePath, "{number}", k.Number, 1)
	var content certificateContent
	if json.Unmarshal([]byte(k.Content), &content) == nil {
		c.Signed = content.Paper.Signed
	}
}
