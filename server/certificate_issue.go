package server

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/cadastre"
	"nsdi/gnaf"
	"nsdi/internal/paper"
)

// certificateContent is what a certificate's file is made of, as it is kept.
type certificateContent struct {
	Paper paper.Content
}

// certificateClaim is what the JWS of a certificate says.
type certificateClaim struct {
	Number  string `json:"n"`
	Code    string `json:"c"`
	Issued  int64  `json:"iat"`
	Expires int64  `json:"exp"`
	Hash    string `json:"h"`
}

// certificateOf answers the certificate of a unit that an inquiry was given, or gives it one.
func (s *server) certificateOf(ctx context.Context, inquiry, agency int64, u gnaf.CodedUnit, base string) (*gnaf.Certificate, error) {
	was := func() (*gnaf.Certificate, error) { return gnaf.CertificateOf(ctx, s.System, inquiry, u.ID) } // the record is nsdi's own
	if given, err := was(); err != nil || given != nil {
		return given, err
	}
	var around *cadastre.Around
	var division gnaf.Division
	err := s.read(ctx, func(tx pgx.Tx) (err error) {
		if around, err = cadastre.AroundPlace(ctx, tx, u.Lon, u.Lat); err == nil {
			division, err = gnaf.DivisionOf(ctx, tx, &u)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	c := &gnaf.Certificate{Inquiry: inquiry, Agency: agency, Unit: u.ID, Code: u.Code, Issued: s.Now().UTC().Truncate(time.Microsecond)}
	c.Expires = c.Issued.AddDate(0, 0, s.certificateDays())
	kept := false
	err = pgx.BeginFunc(ctx, s.System, func(tx pgx.Tx) error {
		number, err := (&access.Tracking{Now: s.Now}).Open(ctx, tx, "postal-certificate", "post", access.Step{State: "issued"})
		if err != nil {
			return err
		}
		c.Number = string(number)
		content := certificateContent{Paper: certificatePaper(c, u, division, around, base+verifyPath+c.Number)}
		facts, err := json.Marshal(content.Paper.Rows)
		if err != nil {
			return fmt.Errorf("certificate: %w", err)
		}
		hash := sha256.Sum256(facts)
		claim := certificateClaim{c.Number, c.Code, c.Issued.Unix(), c.Expires.Unix(), base64.RawURLEncoding.EncodeToString(hash[:])}
		if content.Paper.Signed, err = s.seal.Sign(ctx, claim); err != nil {
			return err
		}
		file, err := paper.Render(content.Paper)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(file)
		c.SHA256 = sum[:]
		text, err := json.Marshal(content)
		if err != nil {
			return fmt.Errorf("certificate: %w", err)
		}
		c.Content = string(text)
		if kept, err = c.Keep(ctx, tx); err == nil && !kept {
			return cadastre.ErrIssued // it was asked twice at once: the other one stands
		}
		return err
	})
	if err != nil && !kept {
		if given, again := was(); again == nil && given != nil {
			return given, nil
		}
	}
	return c, err
}

func (s *server) certificateDays() int {
	if s.CertificateDays > 0 {
		return s.CertificateDays
	}
	return certificateDays
}
