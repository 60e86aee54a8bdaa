package server

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/go-chi/chi/v5"

	"nsdi/internal/errs"
	"nsdi/progress"
)

const (
	progressPage = "/progress"
	feedPath     = "/v1/progress/feed.atom"
	packPath     = "/v1/progress.pdf"

	// packTime is what printing may take, with those who wait for their turn.
	packTime = 2 * time.Minute
)

// Printer prints a page of this server as PDF.
type Printer interface {
	Print(ctx context.Context, address string) ([]byte, error)
}

// committeeFiles are the figures as files: answered whole or not at all.
func (s *server) committeeFiles(r chi.Router) {
	r.Get("/v1/progress.csv", s.progressFile("text/csv; charset=utf-8", "csv", false, func(t *progress.Table, b *bytes.Buffer, persian bool) error { return t.WriteCSV(b, persian) }))
	r.Get("/v1/progress.xlsx", s.progressFile("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", false, func(t *progress.Table, b *bytes.Buffer, persian bool) error { return t.WriteXLSX(b, persian) }))
	r.Get("/v1/progress.geojson", s.progressFile("application/geo+json", "geojson", true, func(t *progress.Table, b *bytes.Buffer, _ bool) error { return t.WriteGeoJSON(b) }))
	r.With(s.admit(s.downloadGate)).Get(packPath, s.progressPack)
	r.Get(feedPath, s.progressFeed)
}

// fileQuestion reads which unit, in which language.
func fileQuestion(r *http.Request) (unit string, persian bool, err error) {
	q := r.URL.Query()
	if lang := q.Get("lang"); lang != "" && lang != "fa" && lang != "en" {
		return "", false, invalid("query.lang", lang)
	}
	if unit = q.Get("unit"); len(unit) > 64 {
		return "", false, invalid("query.unit", unit)
	}
	return unit, q.Get("lang") != "en", nil
}

func (s *server) progressFile(kind, ending string, outlines bool, write func(*progress.Table, *bytes.Buffer, bool) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		unit, persian, err := fileQuestion(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		table, err := s.Progress.Table(r.Context(), unit, outlines)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		var body bytes.Buffer
		if err := write(table, &body, persian); err != nil {
			s.fail(w, r, err)
			return
		}
		sendFile(w, r, kind, "progress-"+table.Unit.Code+"-"+table.AsOf.Format(time.DateOnly)+"."+ending, body.Bytes())
	}
}

func sendFile(w http.ResponseWriter, r *http.Request, kind, name string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name)) // a unit's code may be Persian
	h.Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// progressFeed answers GET /v1/progress/feed.atom.
func (s *server) progressFeed(w http.ResponseWriter, r *http.Request) {
	_, persian, err := fileQuestion(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var body bytes.Buffer
	if err := s.Progress.WriteFeed(r.Context(), &body, s.origin(r), persian); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body.Bytes()))
}

// progressPack answers GET /v1/progress.pdf: the page of the committee as it is printed.
func (s *server) progressPack(w http.ResponseWriter, r *http.Request) {
	unit, persian, err := fileQuestion(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if s.Printer == nil {
		s.fail(w, r, &errs.Error{
			Code: "printing-unavailable", Status: http.StatusServiceUnavailable, Op: "server.progressPack",
			Title:  errs.T("چاپ در دسترس نیست", "Printing is not available"),
			Detail: errs.T("این سامانه مرورگری برای چاپ ندارد.", "This server has no browser that prints."),
			Next:   errs.T("صفحه ‎/progress را با مرورگر خود چاپ کنید، یا سرپرست سامانه بسته chromium را نصب کند.", "Print the page /progress with your own browser, or have the operator install the package chromium."),
		})
		return
	}
	table, err := s.Progress.Unit(r.Context(), unit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	body, err := s.Printer.Print(r.Context(), PackAddress(table.Code, persian))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	sendFile(w, r, "application/pdf", "progress-"+table.Code+"-"+s.Now().Format(time.DateOnly)+".pdf", body)
}

// PackAddress is the page of a unit as it is printed, without the host.
func PackAddress(unit string, persian bool) string {
	q := url.Values{"print": {"1"}, "unit": {unit}}
	if !persian {
		q.Set("lang", "en")
	}
	return progressPage + "?" + q.Encode()
}
