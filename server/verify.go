package server

import (
	"context"
	"encoding/hex"
	"net/http"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/cadastre"
)

type verifyInput struct {
	Number string `path:"number" maxLength:"64" doc:"As on the document"`
	Code   string `query:"code" maxLength:"100" doc:"Of a certificate: the postal code that it is said to be of"`
	Signed string `query:"signed" maxLength:"4000" doc:"The signature that the document's QR code holds"`
	Lang   string `query:"lang" enum:"fa,en" doc:"Of the page that a browser is answered by; JSON has both languages"`
}

type verifyBody struct {
	Kind    string           `json:"kind" enum:"parcel-extract,postal-certificate"`
	Number  string           `json:"number"`
	Issued  date             `json:"issued"`
	SHA256  string           `json:"sha256" doc:"Of the file as it was first given out"`
	Current bool             `json:"current" doc:"The parcel is published now as the extract shows it; the certificate is valid"`
	Parcel  *cadastre.Parcel `json:"parcel,omitempty" doc:"As the extract shows it"`

	State          string `json:"state,omitempty" enum:"valid,expired,revoked" doc:"Of a certificate"`
	Expires        *date  `json:"expires,omitempty"`
	Revoked        *date  `json:"revoked,omitempty"`
	CodeMatches    *bool  `json:"code_matches,omitempty" doc:"The certificate is of the code that was sent"`
	SignatureValid *bool  `json:"signature_valid,omitempty" doc:"nsdi signed what was sent, and it is of this certificate"`
}

// verify answers GET /v1/verify/{number}: what a document has to say.
func (s *server) verify(ctx context.Context, in *verifyInput) (body *verifyBody, err error) {
	number, err := access.ParseIdentifier(in.Number)
	if err != nil {
		number = ""
	}
	err = s.read(ctx, func(tx pgx.Tx) error {
		one, err := cadastre.IssuedAs(ctx, tx, string(number))
		if status(err) == http.StatusNotFound {
			certificate, again := s.verifyCertificate(ctx, tx, string(number), in)
			if status(again) == http.StatusNotFound {
				return err
			}
			body = certificate
			return again
		}
		if err != nil {
			return err
		}
		p, _, _, err := cadastre.StateOf(ctx, tx, one.Parcel, one.Version)
		if err != nil {
			return err
		}
		body = &verifyBody{
			Kind: "parcel-extract", Number: one.Number, Issued: dated(one.At), SHA256: hex.EncodeToString(one.SHA256), Current: p.ValidTo == nil, Parcel: p,
		}
		if in.Signed == "" {
			return nil
		}
		var claim extractClaim
		ours, err := s.seal.Verify(ctx, in.Signed, &claim)
		ours = ours && claim.Number == one.Number && claim.Parcel == one.Parcel
		body.SignatureValid = &ours
		return err
	})
	return body, err
}
