package server

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// themeDownload answers GET and POST /v1/themes/{theme}/download: a file of what all datasets of a theme have in an administrative unit, in sheets of the base
// map, in the area that is sent, or everywhere.
func (s *server) themeDownload(w http.ResponseWriter, r *http.Request) {
	var drawn []byte
	if r.Method == http.MethodPost {
		var err error
		if drawn, err = io.ReadAll(http.MaxBytesReader(w, r.Body, layers.MostAreaBytes)); err != nil {
			s.fail(w, r, areaTooLong(err))
			return
		}
		r.Header.Del("Range") // of an answer to POST there are none
	}
	c, err := clipping(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.deliverFile(w, r, func(f func(pgx.Tx, *layers.Order) error) error {
		return s.read(r.Context(), func(tx pgx.Tx) error {
			if err := s.place(r, tx, c, drawn); err != nil {
				return err
			}
			o, restricted, err := s.versions.ThemeOrder(r.Context(), tx, *c)
			if err == nil && restricted {
				err = s.onlyDownloadsOf(r, c.Theme)
			}
			if err != nil {
				return err
			}
			if err := o.In(r.URL.Query().Get("crs"), r.URL.Query().Get("encoding")); err != nil {
				return err
			}
			by := thePublic
			if who := access.SubjectFrom(r.Context()); !who.Public() {
				by = who.Name
			}
			o.Sheet = append(o.Sheet, layers.Line{Code: "crs", FA: "سامانه مختصات", EN: "Reference system", Value: "EPSG:4326"},
				layers.Line{Code: "downloaded-by", FA: "گیرنده", EN: "Downloaded by", Value: by}, s.terms())
			return f(tx, o)
		})
	})
}

// clipping reads the query. A parameter that is none is refused: what was meant to bound a download would be missed.
func clipping(r *http.Request) (*layers.Clipping, error) {
	query := r.URL.Query()
	for name := range query {
		if !slices.Contains([]string{"format", "unit", "sheets", "clip", "as_of", "asof", "crs", "encoding"}, name) {
			return nil, invalid("query."+name, query.Get(name))
		}
	}
	c := &layers.Clipping{Theme: chi.URLParam(r, "theme"), Format: query.Get("format")}
	if strings.Trim(c.Theme, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" { // nothing that the database would not take
		return nil, invalid("path.theme", strings.ToValidUTF8(c.Theme, "\uFFFD"))
	}
	switch clip := query.Get("clip"); clip {
	case "", "intersects":
	case "cut":
		c.Cut = true
	default:
		return nil, invalid("query.clip", clip)
	}
	var err error
	c.AsOf, err = (&featuresInput{AsOf: cmp.Or(query.Get("as_of"), query.Get("asof"))}).moment()
	return c, err
}

// place finds the area, by the one way in which it is given.
func (s *server) place(r *http.Request, tx pgx.Tx, c *layers.Clipping, drawn []byte) (err error) {
	query := r.URL.Query()
	unit, sheets := query.Get("unit"), query.Get("sheets")
	if unit != "" && sheets != "" || drawn != nil && unit+sheets != "" {
		return &errs.Error{
			Code: "area-twice", Status: http.StatusUnprocessableEntity, Op: "server.themeDownload", Location: "query", Value: r.URL.RawQuery,
			Title:  errs.T("محدوده دو بار داده شده است", "The area is given twice"),
			Detail: errs.T("unit، sheets و محدوده‌ای که با POST فرستاده می‌شود با هم پذیرفته نیست.", "unit, sheets and an area that is sent by POST are not taken together."),
			Next:   errs.T("یکی از آن‌ها را بنویسید.", "Give one of them."),
		}
	}
	how := "همه جا / everywhere"
	switch {
	case unit != "":
		var name string
		if c.Area, name, err = layers.UnitArea(r.Context(), tx, unit); err != nil {
			return err
		}
		c.Name, how = unit, "واحد تقسیماتی / administrative unit "+unit+" "+name
	case sheets != "":
		var names, keys []string
		for name := range strings.SplitSeq(sheets, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
		if c.Area, keys, err = layers.SheetsArea(r.Context(), tx, names); err != nil {
			return err
		}
		c.Name, how = "sheets", "برگ‌های نقشه پایه / sheets of the base map: "+strings.Join(keys, ", ")
	case drawn != nil:
		if c.Area, err = layers.DrawnArea(r.Context(), tx, drawn); err != nil {
			return err
		}
		c.Name, how = "area", "محدوده ترسیمی / drawn area"
	}
	c.Place = []layers.Line{{Code: "area", FA: "محدوده", EN: "Area", Value: how}}
	if c.Area == nil {
		return nil
	}
	clip := "عارضه‌های درون یا روی مرز، کامل / whole features that touch the area"
	if c.Cut {
		clip = "بریده در مرز / cut at the boundary"
		c.Name += "-cut"
	}
	c.Place = append(c.Place, layers.Line{Code: "clip", FA: "برش", EN: "Clip", Value: clip}, layers.Line{Code: "bbox", FA: "گستره محدوده", EN: "Extent of the area", Value: fmt.Sprintf("%.7f,%.7f,%.7f,%.7f", c.Area.Box[0], c.Area.Box[1], c.Area.Box[2], c.Area.Box[3])})
	return nil
}

func areaTooLong(err error) error {
	var long *http.MaxBytesError
	if !errors.As(err, &long) {
		return &errs.Error{
			Code: "body-broken-off", Status: http.StatusBadRequest, Op: "server.themeDownload", Location: "body", Err: err,
			Title:  errs.T("محدوده تا پایان نرسید", "The area did not come to its end"),
			Detail: errs.T("ارسال پیش از پایان بریده شد.", "The transfer was broken off."),
			Next:   errs.T("دوباره بفرستید.", "Send it again."),
		}
	}
	return &errs.Error{
		Code: "area-too-long", Status: http.StatusRequestEntityTooLarge, Op: "server.themeDownload", Location: "body",
		Title:  errs.T("محدوده بیش از اندازه بزرگ است", "The area is too long"),
		Detail: errs.Tf("بیشینه %v است.", "At most %v are taken.", errs.Bytes(layers.MostAreaBytes)),
		Next:   errs.T("مرز را ساده کنید، یا واحد تقسیماتی را در unit بنویسید.", "Simplify the boundary, or name an administrative unit in unit."),
	}
}

// onlyDownloadsOf refuses what is not for everybody: each dataset has its own custodian, and each of its uses is recorded.
func (s *server) onlyDownloadsOf(r *http.Request, theme string) error {
	if who := access.SubjectFrom(r.Context()); who.Public() {
		return access.SignInNeeded()
	}
	return &errs.Error{
		Code: "download-only", Status: http.StatusForbidden, Op: "server.themeDownload", Location: "path.theme", Value: theme,
		Title:  errs.T("این موضوع برای همگان نیست", "The theme is not for everybody"),
		Detail: errs.T("هر مجموعه‌داده آن با مجوز متولی خود و با نشانی امضاشده بارگیری می‌شود.", "Each of its datasets is downloaded by a grant of its custodian, at a signed address."),
		Next: errs.Tf("مجموعه‌داده‌ها در ‎/v1/datasets?theme=%s‎ است؛ به ‎/v1/datasets/{id}/versions/{seq}/downloads‎ درخواست POST بفرستید.",
			"The datasets are at /v1/datasets?theme=%s; send a POST to /v1/datasets/{id}/versions/{seq}/downloads.", theme),
	}
}
