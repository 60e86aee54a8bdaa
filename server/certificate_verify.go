package server

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/gnaf"
	"nsdi/internal/errs"
)

type endCertificateInput struct {
	Number string `path:"number" maxLength:"64"`
	Body   struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	}
}

type certificateState struct {
	Number  string `json:"number"`
	State   string `json:"state" enum:"valid,expired,revoked"`
	Revoked *date  `json:"revoked,omitempty"`
}

// revokeCertificate answers POST /v1/postal-codes/certificates/{number}/revoke.
func (s *server) revokeCertificate(ctx context.Context, in *endCertificateInput) (*certificateState, error) {
	reason := strings.TrimSpace(in.Body.Reason)
	if reason == "" || strings.ContainsRune(reason, 0) {
		return nil, invalid("body.reason", in.Body.Reason)
	}
	c, err := s.ownCertificate(ctx, in.Number, access.Inquirer, access.Publisher, access.Administrator)
	if err != nil {
		return nil, err
	}
	if c.Revoked == nil {
		who := access.SubjectFrom(ctx)
		r := gnaf.Revocation{At: s.Now().UTC().Truncate(time.Microsecond), Agency: inquirersAgency(who), Person: who.PersonID, Key: who.KeyID, Reason: reason}
		err = pgx.BeginFunc(ctx, s.System, func(tx pgx.Tx) error {
			fresh, err := c.Revoke(ctx, tx, r)
			if err != nil || !fresh {
				return err
			}
			return (&access.Tracking{Now: s.Now}).Move(ctx, tx, access.Identifier(c.Number), access.Step{State: "revoked", Note: errs.T(reason, reason)})
		})
		c.Revoked = &r
	}
	if err != nil {
		return nil, err
	}
	at := dated(c.Revoked.At)
	return &certificateState{Number: c.Number, State: "revoked", Revoked: &at}, nil
}

type sealKeys struct {
	Keys []access.SealKey `json:"keys"`
}

// verificationKeys answers GET /v1/verification-keys.
func (s *server) verificationKeys(ctx context.Context, _ *struct{}) (*sealKeys, error) {
	keys, err := s.seal.Keys(ctx)
	return &sealKeys{keys}, err
}

// verifyCertificate tells what a certificate has to say to whoever has its number: nothing of the address but whether the code that he has is its own.
func (s *server) verifyCertificate(ctx context.Context, tx pgx.Tx, number string, in *verifyInput) (*verifyBody, error) {
	c, err := gnaf.FindCertificate(ctx, tx, number)
	if err != nil {
		return nil, err
	}
	expires := dated(c.Expires)
	body := &verifyBody{
		Kind: "postal-certificate", Number: c.Number, Issued: dated(c.Issued), SHA256: hex.EncodeToString(c.SHA256), State: c.State(s.Now()), Expires: &expires,
	}
	body.Current = body.State == "valid"
	if c.Revoked != nil {
		at := dated(c.Revoked.At)
		body.Revoked = &at
	}
	if in.Code != "" {
		matches := gnaf.CheckPostalCode(in.Code).Digits == c.Code
		body.CodeMatches = &matches
	}
	if in.Signed != "" {
		var claim certificateClaim
		ours, err := s.seal.Verify(ctx, in.Signed, &claim)
		if err != nil {
			return nil, err
		}
		ours = ours && claim.Number == c.Number && claim.Code == c.Code && claim.Expires == c.Expires.Unix()
		body.SignatureValid = &ours
	}
	return body, nil
}
