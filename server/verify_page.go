package server

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"nsdi/access"
	"nsdi/internal/errs"
)

// verifyView is what the page says of a document.
type verifyView struct {
	Kind   string // good, old or bad, as it is coloured
	Title  errs.Text
	Detail errs.Text
	Next   errs.Text
	Number string
	Body   *verifyBody // nil: there is no such document
}

// verifyAPI registers the question what a document has to say. The code on a document leads people's telephones here, so browsers are answered by a page.
func (s *server) verifyAPI(api huma.API) {
	o := operation(api, http.MethodGet, verifyPath+"{number}", "verify", "What an extract or a certificate has to say; to a browser as a page")
	o.Middlewares = huma.Middlewares{func(c huma.Context, next func(huma.Context)) {
		c.AppendHeader("Vary", "Accept")
		if !strings.Contains(c.Header("Accept"), "text/html") {
			next(c)
			return
		}
		r, w := humachi.Unwrap(c)
		s.verifyPage(w, r)
	}}
	respond(s, api, o, answering(s.verify))
}

// verifyPage is verify for people.
func (s *server) verifyPage(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	in := verifyInput{Number: chi.URLParam(r, "number"), Code: query.Get("code"), Signed: query.Get("signed")}
	code, v := http.StatusOK, view{Lang: lang(r), Path: r.URL.Path, Kept: url.Values{}}
	for _, name := range []string{"code", "signed"} {
		if query.Has(name) {
			v.Kept.Set(name, query.Get(name))
		}
	}
	body, err := s.verify(r.Context(), &in)
	switch {
	case status(err) == http.StatusNotFound:
		p, _ := errs.As(err)
		code, v.Verify = http.StatusNotFound, &verifyView{Kind: "bad", Title: p.Title, Detail: p.Detail, Next: p.Next, Number: in.Number}
	case err != nil:
		s.fail(w, r, err)
		return
	default:
		v.Verify = judged(body)
	}
	s.show(w, r, code, "verify", v)
}

// judged says in words what a document has to say.
func judged(b *verifyBody) *verifyView {
	v := &verifyView{Kind: "good", Number: b.Number, Body: b}
	compare := errs.T("داده‌های زیر را با سند بسنجید؛ هرچه روی سند جز این باشد، از این سامانه نیست.", "Compare what follows with the document; whatever it says otherwise is not of this system.")
	switch {
	case b.SignatureValid != nil && !*b.SignatureValid:
		v.Kind = "bad"
		v.Title = errs.T("امضای این سند درست نیست", "The document's signature is wrong")
		v.Detail = errs.T("سندی با این شماره داده شده است، ولی آنچه رمزینه می‌گوید این سامانه برای آن امضا نکرده است.",
			"A document with this number was issued, but what the code says was not signed for it by this system.")
		v.Next = errs.T("آن را نپذیرید و سند را از دارنده‌اش دوباره بخواهید.", "Do not accept it, and ask its holder for the document again.")
	case b.State == "revoked":
		v.Kind = "bad"
		v.Title = errs.T("این گواهی باطل شده است", "The certificate was revoked")
		v.Detail = errs.T("گواهی از این سامانه است، ولی دیگر اعتبار ندارد.", "The certificate is of this system, and does not hold any more.")
		v.Next = errs.T("آن را نپذیرید؛ دارنده می‌تواند گواهی تازه بگیرد.", "Do not accept it; its holder can ask for a new one.")
	case b.State == "expired":
		v.Kind = "old"
		v.Title = errs.T("زمان این گواهی گذشته است", "The certificate has expired")
		v.Detail = errs.T("گواهی از این سامانه است و تا روزی که نوشته شده اعتبار داشت.", "The certificate is of this system, and held until the day below.")
		v.Next = errs.T("از دارنده گواهی تازه بخواهید.", "Ask its holder for a new one.")
	case b.CodeMatches != nil && !*b.CodeMatches:
		v.Kind = "bad"
		v.Title = errs.T("گواهی از کد پستی دیگری است", "The certificate is of another postal code")
		v.Detail = errs.T("گواهی معتبر است، ولی نه برای کد پستی‌ای که پرسیدید.", "The certificate is valid, but not for the postal code that you asked about.")
		v.Next = errs.T("کد پستی روی سند را دوباره بخوانید.", "Read the postal code on the document again.")
	case b.State == "valid":
		v.Title = errs.T("این گواهی معتبر است", "The certificate is valid")
		v.Detail, v.Next = errs.T("گواهی را این سامانه داده است.", "This system issued it."), compare
	case !b.Current:
		v.Kind = "old"
		v.Title = errs.T("سند درست است، ولی قطعه پس از آن دگرگون شده است", "The document is genuine, but the parcel has changed since")
		v.Detail = errs.T("رونوشت را این سامانه داده است و وضع آن روز را نشان می‌دهد.", "This system issued the extract, and it shows the parcel as it was that day.")
		v.Next = errs.T("برای وضع کنونی رونوشت تازه بخواهید.", "Ask for a new extract for what holds now.")
	default:
		v.Title = errs.T("این سند معتبر است", "The document is valid")
		v.Detail, v.Next = errs.T("رونوشت را این سامانه داده است و قطعه اکنون هم همین است.", "This system issued the extract, and the parcel still is as it shows."), compare
	}
	return v
}

// Day is a day as the page's language writes it.
func (v view) Day(d date) string {
	return v.In(access.DayText(d.At))
}

// Level is the name of a level of the cadastre.
func (v view) Level(level string) string { return v.In(levelTitle(level)) }

// Square is an area.
func (v view) Square(m2 float64) string { return v.In(squareMetres(m2)) }
