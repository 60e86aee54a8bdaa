package gnaf

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// Certificate is a certificate of a postal code as it was given out.
type Certificate struct {
	Number  string
	Inquiry int64
	Agency  int64 // that asked for it
	Unit    int64 // id of the address
	Code    string
	Issued  time.Time
	Expires time.Time
	Content string // JSON of what the file is made of
	SHA256  []byte
	Revoked *Revocation // nil: it was not
}

// Revocation ends a certificate.
type Revocation struct {
	At                  time.Time
	Agency, Person, Key int64
	Reason              string
}

// State is valid, expired or revoked.
func (c *Certificate) State(now time.Time) string {
	switch {
	case c.Revoked != nil:
		return "revoked"
	case !now.Before(c.Expires):
		return "expired"
	}
	return "valid"
}

// Keep records a certificate; false: the inquiry was given one for the address meanwhile.
func (c *Certificate) Keep(ctx context.Context, tx pgx.Tx) (bool, error) {
	tag, err := tx.Exec(ctx, `
		insert into gnaf.certificate (number, inquiry_id, agency_id, unit_id, postal_code, issued_at, expires_at, content, sha256)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (inquiry_id, unit_id) do nothing`, c.Number, c.Inquiry, c.Agency, c.Unit, c.Code, c.Issued, c.Expires, c.Content, c.SHA256)
	if err != nil {
		return false, fmt.Errorf("certificate: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// Revoke ends the certificate. One that was revoked already stays as it is.
func (c *Certificate) Revoke(ctx context.Context, tx pgx.Tx, r Revocation) (bool, error) {
	tag, err := tx.Exec(ctx, `
		insert into gnaf.certificate_revocation (number, revoked_at, agency_id, person_id, key_id, reason)
		values ($1, $2, $3, $4, $5, $6)
		on conflict (number) do nothing`, c.Number, r.At, r.Agency, r.Person, r.Key, r.Reason)
	if err != nil {
		return false, fmt.Errorf("certificate %s: %w", c.Number, err)
	}
	return tag.RowsAffected() == 1, nil
}

// CertificateOf answers the certificate that an inquiry was given for a unit; nil: none yet.
func CertificateOf(ctx context.Context, q layers.Querier, inquiry, unit int64) (*Certificate, error) {
	found, err := certificates(ctx, q, `c.inquiry_id = $1 and c.unit_id = $2`, 1, inquiry, unit)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// EachCertificate goes through the certificates that an inquiry was given, by unit, some at a time.
func EachCertificate(ctx context.Context, q layers.Querier, inquiry int64, yield func(*Certificate) error) error {
	const page = 50
	for after := int64(0); ; {
		found, err := certificates(ctx, q, `c.inquiry_id = $1 and c.unit_id > $2`, page, inquiry, after)
		if err != nil {
			return err
		}
		for i := range found {
			if err := yield(&found[i]); err != nil {
				return err
			}
			after = found[i].Unit
		}
		if len(found) < page {
			return nil
		}
	}
}

// FindCertificate answers the certificate of a number. The error for one that was not given out is *errs.Error certificate-unknown.
func FindCertificate(ctx context.Context, q layers.Querier, number string) (*Certificate, error) {
	found, err := certificates(ctx, q, `c.number = $1`, 1, number)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, &errs.Error{
			Code: "certificate-unknown", Status: http.StatusNotFound, Op: "gnaf.FindCertificate", Location: "path.number", Value: number,
			Title:  errs.T("چنین گواهی‌ای داده نشده است", "No such certificate was issued"),
			Detail: errs.T("هیچ گواهی‌ای با این شماره در سامانه نیست.", "No certificate has this number."),
			Next:   errs.T("شماره را دوباره از روی گواهی بنویسید.", "Type the number again from the certificate."),
		}
	}
	return &found[0], nil
}

func certificates(ctx context.Context, q layers.Querier, which string, most int, args ...any) ([]Certificate, error) {
	rows, err := q.Query(ctx, `
		select c.number, c.inquiry_id, c.agency_id, c.unit_id, c.postal_code, c.issued_at, c.expires_at, c.content, c.sha256,
		  r.revoked_at, coalesce(r.agency_id, 0), coalesce(r.person_id, 0), coalesce(r.key_id, 0), coalesce(r.reason, '')
		from gnaf.certificate c
		left join gnaf.certificate_revocation r on r.number = c.number
		where `+which+`
		order by c.unit_id
		limit `+strconv.Itoa(most), args...)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Certificate, error) {
		var c Certificate
		var r Revocation
		var at *time.Time
		err := row.Scan(&c.Number, &c.Inquiry, &c.Agency, &c.Unit, &c.Code, &c.Issued, &c.Expires, &c.Content, &c.SHA256, &at, &r.Agency, &r.Person, &r.Key, &r.Reason)
		if at != nil {
			r.At = *at
			c.Revoked = &r
		}
		return c, err
	})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	return all, nil
}

// Division is the district and rural district that contain a place, as an address's certificate names them.
type Division struct{ District, RuralDistrict string }

// DivisionOf answers the division of a unit: as its custodian says, or else as it lies; what is not known is empty.
func DivisionOf(ctx context.Context, q layers.Querier, u *CodedUnit) (d Division, err error) {
	err = q.QueryRow(ctx, `
		select coalesce(max(a.attributes->>'district'), min(d.name_fa) filter (where d.level = 'district'), ''),
		  coalesce(max(a.attributes->>'rural_district'), min(d.name_fa) filter (where d.level = 'rural-district'), '')
		from (select) one
		left join gnaf.address a on a.id = $1
		left join layers.admin_unit d on d.level in ('district', 'rural-district')
		  and public.st_intersects(d.geom, public.st_setsrid(public.st_makepoint($2, $3), 4326))`, u.ID, u.Lon, u.Lat).Scan(&d.District, &d.RuralDistrict)
	if err != nil {
		return d, fmt.Errorf("division of a place: %w", err)
	}
	return d, nil
}
