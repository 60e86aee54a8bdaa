package server

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/cadastre"
	"nsdi/gnaf"
	"nsdi/internal/errs"
	"nsdi/internal/paper"
)

const (
	certificatesPath    = postalPath + "/certificates"
	certificateFilePath = certificatesPath + "/{number}.pdf"
	keysPath            = "/v1/verification-keys"
	// certificateDays is how long a certificate counts where nothing else is said.
	certificateDays = 90
)

func (s *server) certificateAPI(api huma.API) {
	post(s, api, certificatesPath, "certify-postal-codes", "Certificates of up to 100 postal codes, by grant", s.certify)
	post(s, api, certificatesPath+"/{number}/revoke", "revoke-certificate", "End a certificate", s.revokeCertificate)
	get(s, api, keysPath, "verification-keys", "Public keys by which documents are verified without asking", s.verificationKeys)
}

type certifyInput struct {
	InquiryHeader
	Body struct {
		InquiryBody
		Codes []string `json:"codes" minItems:"1" maxItems:"100" doc:"As written; each at most 100 characters"`
	}
	base string
}

// Resolve keeps the address by which nsdi was asked.
func (in *certifyInput) Resolve(ctx huma.Context) []error {
	in.base = "http://" + ctx.Host()
	if ctx.TLS() != nil {
		in.base = "https://" + ctx.Host()
	}
	return nil
}

type certifyBody struct {
	postal
	Grants       []string            `json:"grants" doc:"Tracking identifiers of the grants by which it was asked; none: as the agency in charge"`
	Certificates []issuedCertificate `json:"certificates" doc:"In the order of the codes"`
}

type issuedCertificate struct {
	Written string     `json:"written"`
	Code    string     `json:"postal_code,omitempty"`
	Status  string     `json:"status" enum:"issued,unknown,invalid,outside" doc:"outside: not within the territory of the grant"`
	Reason  *bilingual `json:"reason,omitempty"`
	Number  string     `json:"number,omitempty"`
	Issued  *date      `json:"issued,omitempty"`
	Expires *date      `json:"expires,omitempty"`
	File    string     `json:"file,omitempty" doc:"Where the PDF is"`
	SHA256  string     `json:"sha256,omitempty" doc:"Of the PDF"`
	Signed  string     `json:"signed,omitempty" doc:"JWS (Ed25519) of number n, code c, times iat and exp, and the hash h of what the certificate says"`
}

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

// certify answers POST /v1/postal-codes/certificates. Asked again under the same identifier, it answers the same certificates.
func (s *server) certify(ctx context.Context, in *certifyInput) (*certifyBody, error) {
	body := &certifyBody{}
	agency := inquirersAgency(access.SubjectFrom(ctx))
	base := strings.TrimSuffix(s.PublicURL, "/")
	if base == "" {
		base = in.base
	}
	var err error
	body.Grants, err = s.granted(ctx, access.PostalCertificate, func(r right) (issued int, err error) {
		a := in.Body.asked(in.InquiryHeader, access.PostalCertificate, "certificates", in.Body.Codes).naming(in.Body.Codes)
		var found []codeAnswer
		body.Inquiry, err = s.answer(ctx, a, func() (int, error) {
			if found, body.DataVersion, err = s.lookUp(ctx, in.Body.Codes); err != nil {
				return 0, err
			}
			return issued, s.read(ctx, func(tx pgx.Tx) error {
				for i := range found {
					f := &found[i]
					if f.Status != "found" {
						a.missed++
						continue
					}
					if f.Units, err = gnaf.InTerritory(ctx, tx, r.territories, f.Units); err != nil {
						return err
					}
					if len(f.Units) == 0 {
						f.Status = "outside"
						continue
					}
					issued++
				}
				return nil
			})
		})
		if err != nil {
			return 0, err
		}
		for _, f := range found {
			one := issuedCertificate{Written: f.Written, Code: f.Code, Status: f.Status, Reason: f.Reason}
			if f.Status == "found" {
				c, err := s.certificateOf(ctx, body.Inquiry.ID, agency, f.Units[0], base)
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
	return body, nil
}

func (c *issuedCertificate) is(k *gnaf.Certificate) {
	issued, expires := dated(k.Issued), dated(k.Expires)
	c.Status, c.Number, c.Issued, c.Expires, c.SHA256 = "issued", k.Number, &issued, &expires, hex.EncodeToString(k.SHA256)
	c.File = strings.Replace(certificateFilePath, "{number}", k.Number, 1)
	var content certificateContent
	if json.Unmarshal([]byte(k.Content), &content) == nil {
		c.Signed = content.Paper.Signed
	}
}

// certificateOf answers the certificate of a unit that an inquiry was given, or gives it one.
func (s *server) certificateOf(ctx context.Context, inquiry, agency int64, u gnaf.CodedUnit, base string) (*gnaf.Certificate, error) {
	was := func() (*gnaf.Certificate, error) {
		given, err := gnaf.CertificatesOf(ctx, s.System, inquiry) // the record is nsdi's own
		if i := slices.IndexFunc(given, func(c gnaf.Certificate) bool { return c.Unit == u.ID }); i >= 0 {
			return &given[i], err
		}
		return nil, err
	}
	if given, err := was(); err != nil || given != nil {
		return given, err
	}
	var around *cadastre.Around
	var division gnaf.Division
	err := s.read(ctx, func(tx pgx.Tx) (err error) {
		if around, err = cadastre.AroundPlace(ctx, tx, u.Lon, u.Lat); err == nil {
			division, err = gnaf.DivisionOf(ctx, tx, u.Lon, u.Lat)
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

// certificatePaper is what a certificate says, in the fields of the Post's own.
func certificatePaper(c *gnaf.Certificate, u gnaf.CodedUnit, division gnaf.Division, around *cadastre.Around, verify string) paper.Content {
	text := func(s string) errs.Text {
		if s == "" {
			return errs.T("—", "—")
		}
		return errs.T(persianNumber(s), s)
	}
	number := errs.T("—", "—")
	if u.Number != 0 {
		number = text(strings.TrimSpace(strconv.Itoa(u.Number) + " " + u.NumberSuffix))
	}
	floor := errs.T("—", "—")
	switch {
	case u.Floor == nil:
	case *u.Floor == 0:
		floor = errs.T("همکف", "ground floor")
	case *u.Floor < 0:
		floor = errs.T("زیرزمین "+persianNumber(strconv.Itoa(-*u.Floor)), "basement "+strconv.Itoa(-*u.Floor))
	default:
		floor = text(strconv.Itoa(*u.Floor))
	}
	place := fmt.Sprintf("%.6f, %.6f", u.Lat, u.Lon)
	return paper.Content{
		Title: errs.T("گواهی کد پستی ده‌رقمی", "Certificate of a postal code"),
		Note: errs.T("این گواهی نشانی منتشرشده را در تاریخ بالا نشان می‌دهد و سند مالکیت یا سکونت نیست.",
			"It shows the address as published on that day, and proves neither ownership nor residence."),
		Number: c.Number, Verify: verify, Issued: access.Jalali(c.Issued), IssuedISO: c.Issued.In(access.Iran()).Format(time.DateOnly), Zone: around.Zone, North: around.North,
		Rings: around.Rings, Neighbours: around.Other, Pin: &around.Place,
		Rows: []paper.Row{
			{Label: errs.T("کد پستی", "Postal code"), Value: errs.T(persianNumber(u.Code[:5]+"-"+u.Code[5:]), u.Code[:5]+"-"+u.Code[5:])},
			{Label: errs.T("اعتبار تا", "Valid until"), Value: errs.T(persianNumber(strings.ReplaceAll(access.Jalali(c.Expires), "-", "/")), c.Expires.In(access.Iran()).Format(time.DateOnly))},
			{Label: errs.T("استان", "Province"), Value: text(u.Province)},
			{Label: errs.T("شهرستان", "County"), Value: text(u.County)},
			{Label: errs.T("بخش", "District"), Value: text(division.District)},
			{Label: errs.T("دهستان", "Rural district"), Value: text(division.RuralDistrict)},
			{Label: errs.T("شهر یا آبادی", "City or village"), Value: text(u.City)},
			{Label: errs.T("محله", "Neighbourhood"), Value: text(u.Neighbourhood)},
			{Label: errs.T("معبر ماقبل آخر", "Second-last way"), Value: text(u.StreetBefore)},
			{Label: errs.T("معبر آخر", "Last way"), Value: text(u.Street)},
			{Label: errs.T("پلاک", "House number"), Value: number},
			{Label: errs.T("نام ساختمان", "Building"), Value: text(u.Building)},
			{Label: errs.T("طبقه", "Floor"), Value: floor},
			{Label: errs.T("واحد", "Unit"), Value: text(u.Unit)},
			{Label: errs.T("عرض و طول جغرافیایی", "Latitude, longitude"), Value: errs.T(place, place)},
		},
	}
}

// certificateFile answers GET /v1/postal-codes/certificates/{number}.pdf, to the agency that asked for it and to the Post.
func (s *server) certificateFile(w http.ResponseWriter, r *http.Request) {
	c, err := s.ownCertificate(r.Context(), chi.URLParam(r, "number"), access.Roles()...)
	var body []byte
	if err == nil {
		var content certificateContent
		if err = json.Unmarshal([]byte(c.Content), &content); err == nil {
			body, err = paper.Render(content.Paper)
		}
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `inline; filename="`+c.Number+`.pdf"`)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // the client went away: nobody is left to tell
}

// ownCertificate finds a certificate for who has one of the roles in the agency that asked for it, or in the Post. For everybody else it is not there.
func (s *server) ownCertificate(ctx context.Context, typed string, roles ...access.Role) (c *gnaf.Certificate, err error) {
	number, err := access.ParseIdentifier(typed)
	if err != nil {
		number = ""
	}
	err = s.read(ctx, func(tx pgx.Tx) (err error) {
		c, err = gnaf.FindCertificate(ctx, tx, string(number))
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, m := range access.SubjectFrom(ctx).Memberships {
		if (m.AgencyID == c.Agency || m.Agency == "post") && slices.ContainsFunc(roles, func(r access.Role) bool { return slices.Contains(m.Roles, r) }) {
			return c, nil
		}
	}
	_, err = gnaf.FindCertificate(ctx, s.System, "")
	return nil, err
}

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
