package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/cadastre"
	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
	"nsdi/internal/paper"
)

const (
	extractPath = parcelsPath + "/{id}/extract.pdf"
	verifyPath  = "/v1/verify/"
)

// parcelExtract answers GET /v1/parcels/{id}/extract.pdf. Asked again under the same identifier, it is the same extract with the same number.
func (s *server) parcelExtract(w http.ResponseWriter, r *http.Request) {
	body, number, err := s.makeExtract(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `inline; filename="`+number+`.pdf"`)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // the client went away: nobody is left to tell
}

func (s *server) makeExtract(r *http.Request) ([]byte, string, error) {
	ctx := r.Context()
	id, err := strconv.ParseInt(chi.URLParam(r, "id"), 10, 64)
	if err != nil || id < 1 {
		return nil, "", invalid("path.id", chi.URLParam(r, "id"))
	}
	in := InquiryInput{Purpose: r.URL.Query().Get("purpose"), Request: r.URL.Query().Get("request")}
	in.XPurpose, in.XRequest, in.EndUser = r.Header.Get("X-Purpose"), r.Header.Get("X-Request-Id"), r.Header.Get("X-End-User")
	request := cmp.Or(in.Request, in.XRequest)
	caller := callerOf(ctx)
	var was *cadastre.Issued
	var p *cadastre.Parcel
	var shape *cadastre.Shape
	var wrote int64
	var agency string
	recorded, err := s.inquire(ctx, &asked{InquiryInput: in, service: parcelService, kind: "extract", question: id}, func(tx pgx.Tx) (int, error) {
		if was, err = cadastre.IssuedFor(ctx, s.System, caller, request, s.requestKept()); err != nil { // the record is nsdi's own
			return 0, err
		}
		version := int64(0)
		if was != nil {
			version = was.Version
		}
		if p, wrote, agency, err = cadastre.StateOf(ctx, tx, id, version); err != nil {
			return 0, err
		}
		shape, err = cadastre.ShapeOf(ctx, tx, p)
		return 1, err
	})
	if err != nil {
		return nil, "", err
	}
	base := s.origin(r)
	if was != nil {
		body, err := paper.Render(contentOf(p, shape, was, base))
		return body, was.Number, err
	}
	var body []byte
	one := cadastre.Issued{Parcel: id, Version: wrote, At: s.Now().UTC().Truncate(time.Microsecond)}
	err = pgx.BeginFunc(ctx, s.System, func(tx pgx.Tx) error {
		number, err := (&access.Tracking{Now: s.Now}).Open(ctx, tx, "parcel-extract", agency, access.Step{State: "issued"})
		if err != nil {
			return err
		}
		one.Number = string(number)
		content := contentOf(p, shape, &one, base)
		if one.Signed, err = s.signExtract(ctx, &one, &content); err != nil {
			return err
		}
		content.Signed = one.Signed
		if body, err = paper.Render(content); err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		one.SHA256 = sum[:]
		return one.Keep(ctx, tx, recorded.ID, p.Dataset)
	})
	if errors.Is(err, cadastre.ErrIssued) { // it was asked twice at once
		if was, again := cadastre.IssuedFor(ctx, s.System, caller, request, s.requestKept()); again == nil && was != nil && was.Version == wrote {
			body, err = paper.Render(contentOf(p, shape, was, base))
			return body, was.Number, err
		}
	}
	return body, one.Number, err
}

// extractClaim is what the JWS of an extract says.
type extractClaim struct {
	Number string `json:"n"`
	Parcel int64  `json:"p"`
	Issued int64  `json:"iat"`
	Hash   string `json:"h"` // of what it says and draws of the parcel
}

func (s *server) signExtract(ctx context.Context, one *cadastre.Issued, content *paper.Content) (string, error) {
	facts, err := json.Marshal([]any{content.Rows, content.Zone, content.Rings})
	if err != nil {
		return "", fmt.Errorf("extract: %w", err)
	}
	hash := sha256.Sum256(facts)
	return s.seal.Sign(ctx, extractClaim{one.Number, one.Parcel, one.At.Unix(), base64.RawURLEncoding.EncodeToString(hash[:])})
}

// contentOf is what the extract says.
func contentOf(p *cadastre.Parcel, shape *cadastre.Shape, one *cadastre.Issued, base string) paper.Content {
	text := func(v *string) errs.Text {
		if v == nil || *v == "" {
			return errs.T("—", "—")
		}
		shown := persian.Display(*v)
		return errs.T(shown, shown)
	}
	declared := errs.T("—", "—")
	if p.Declared != nil {
		declared = squareMetres(*p.Declared)
	}
	id := p.ParcelID
	if p.National != nil {
		id = *p.National
	}
	return paper.Content{
		Title: errs.T("رونوشت مشخصات قطعه کاداستر", "Extract of a cadastral parcel"),
		Note: errs.T("این رونوشت آخرین داده منتشرشده را در تاریخ بالا نشان می‌دهد، مالک را نمی‌گوید و سند مالکیت نیست.",
			"It shows what was published last on that day, names no owner, and is no deed."),
		Number: one.Number, Verify: base + verifyPath + one.Number, Signed: one.Signed, Issued: access.Jalali(one.At), IssuedISO: one.At.In(access.Iran()).Format(time.DateOnly),
		Zone: p.UTMZone, North: shape.North,
		Rings: shape.Rings, Outer: shape.Outer, Neighbours: shape.Neighbours,
		Rows: []paper.Row{
			{Label: errs.T("پلاک ثبتی", "Registration plate"), Value: errs.T(p.Plate.FA, p.Plate.EN)},
			{Label: errs.T("بخش ثبتی", "Registration section"), Value: text(&p.Section)},
			{Label: errs.T("ناحیه", "District"), Value: text(p.District)},
			{Label: errs.T("قطعه تفکیکی", "Lot"), Value: text(p.Lot)},
			{Label: errs.T("شناسه", "Identifier"), Value: errs.T(id, id)},
			{Label: errs.T("سطح کاداستر", "Level"), Value: levelTitle(p.Level)},
			{Label: errs.T("کاربری", "Land use"), Value: text(p.LandUse)},
			{Label: errs.T("مساحت سند", "Declared area"), Value: declared},
			{Label: errs.T("مساحت روی بیضوی", "Area on the ellipsoid"), Value: squareMetres(p.Area)},
			{Label: errs.T("مساحت در زون "+errs.Decimals(strconv.Itoa(p.UTMZone)), fmt.Sprintf("Area in UTM zone %d", p.UTMZone)), Value: squareMetres(p.UTMArea)},
			{Label: errs.T("نسخه داده", "Version of the data"), Value: errs.T(
				fmt.Sprintf("مجموعه‌داده %s، نسخه %s، %s", errs.Decimals(strconv.FormatInt(p.Dataset, 10)), errs.Decimals(strconv.Itoa(p.Version)),
					errs.Decimals(strings.ReplaceAll(access.Jalali(p.ValidFrom), "-", "/"))),
				fmt.Sprintf("dataset %d, version %d, %s", p.Dataset, p.Version, p.ValidFrom.In(access.Iran()).Format(time.DateOnly)),
			)},
		},
	}
}

// squareMetres words an area.
func squareMetres(area float64) errs.Text {
	n := strconv.FormatFloat(area, 'f', 2, 64)
	return errs.T(errs.Decimals(n)+" مترمربع", n+" m²")
}

func levelTitle(level string) errs.Text {
	switch level {
	case "urban":
		return errs.T("شهری", "Urban")
	case "rural":
		return errs.T("روستایی", "Rural")
	case "marine":
		return errs.T("دریایی", "Marine")
	default:
		return errs.T("مرتع و جنگل", "Range and forest")
	}
}
