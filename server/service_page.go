package server

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"nsdi/access"
	"nsdi/internal/errs"
)

// servicesPath is the page of the services.
const servicesPath = "/services"

// servicesView is what the page of the services shows.
type servicesView struct {
	Cards    []serviceCard
	Only     string // service that is shown alone, whole
	Rated    string // service that was rated just now
	Replaced bool
	Failed   string // service whose rating was refused
	Score    string // what was sent with it
	Comment  string
	Base     string // address of this server in the examples
}

// servicesPage answers GET /services.
func (s *server) servicesPage(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	s.showServices(w, r, servicesView{Only: query.Get("service"), Rated: query.Get("rated"), Replaced: query.Get("replaced") != ""}, nil)
}

// rateForm answers POST /services/{id}/rating, the form on the page.
func (s *server) rateForm(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	id := chi.URLParam(r, "id")
	score, err := strconv.Atoi(r.PostForm.Get("score"))
	if err != nil {
		score = 0 // which is refused as one that is too small
	}
	given := access.Rating{Service: id, Score: score, Comment: strings.ReplaceAll(r.PostForm.Get("comment"), "\r\n", "\n"), From: s.remote(r)}
	replaced, err := s.ratings.Rate(r.Context(), given)
	if err != nil {
		s.showServices(w, r, servicesView{Failed: id, Score: r.PostForm.Get("score"), Comment: given.Comment}, err)
		return
	}
	query := url.Values{"lang": {lang(r)}, "rated": {id}}
	if replaced {
		query.Set("replaced", "yes")
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, servicesPath+"?"+query.Encode()+"#"+id, http.StatusSeeOther)
}

// showServices answers the page, with what went wrong if anything did.
func (s *server) showServices(w http.ResponseWriter, r *http.Request, page servicesView, failed error) {
	cards, err := s.cards(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if page.Only != "" {
		if _, err := access.FindService(page.Only); err != nil {
			s.fail(w, r, err)
			return
		}
		cards = slices.DeleteFunc(cards, func(c serviceCard) bool { return c.ID != page.Only })
	}
	page.Cards, page.Base = cards, s.origin(r)
	v := view{Services: &page}
	if page.Only != "" {
		v.Kept = url.Values{"service": {page.Only}}
	}
	if failed != nil {
		if p := problem(failed); p.wait != nil {
			w.Header().Set("Retry-After", strconv.Itoa(p.wait.Seconds()))
		}
		s.showError(w, r, "services", v, failed)
		return
	}
	s.show(w, r, http.StatusOK, "services", v)
}

// Of answers a text of a card in the page's language.
func (v view) Of(t bilingual) string { return errs.Text(t).In(v.Lang) }

// Num writes a number in the digits of the page's language, in groups of three.
func (v view) Num(n any) string {
	var text string
	switch n := n.(type) {
	case int:
		text = strconv.Itoa(n)
	case int64:
		text = strconv.FormatInt(n, 10)
	case *int64:
		text = strconv.FormatInt(*n, 10)
	case float64:
		text = strconv.FormatFloat(n, 'f', -1, 64)
	case *float64:
		text = strconv.FormatFloat(*n, 'f', -1, 64)
	}
	whole, rest, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return v.Digits(strings.NewReplacer(",", v.T("٬", ","), ".", v.T("٫", ".")).Replace(whole))
}

// Digits puts the digits of a text into those of the page's language.
func (v view) Digits(text string) string {
	if v.Lang == "en" {
		return text
	}
	return errs.Digits(text)
}

// Average writes an average with one decimal.
func (v view) Average(a *float64) string {
	text := strconv.FormatFloat(*a, 'f', 1, 64)
	return v.Digits(strings.ReplaceAll(text, ".", v.T("٫", ".")))
}

// Share is an average as a share of the best score, per cent.
func (v view) Share(a *float64) int { return int(*a*20 + 0.5) }

// Date writes a day in both calendars.
func (v view) Date(d serviceDate) string {
	return v.T(v.Digits(strings.ReplaceAll(d.Jalali, "-", "/"))+" (\u2066"+d.Date+"\u2069)", d.Date+" ("+d.Jalali+")")
}

// Ground names a legal ground.
func (v view) Ground(g legalGround) string {
	article, note, _ := strings.Cut(g.Article, " note ")
	fa, en := "مصوبه "+v.Digits(g.Resolution)+"، ماده "+v.Digits(article), "Resolution of "+g.Resolution+", Article "+article
	if note != "" {
		fa, en = fa+" تبصره "+v.Digits(note), en+" note "+note
	}
	return v.T(fa+": "+g.Subject.FA, en+": "+g.Subject.EN)
}

// Scores are those that can be given, the best last.
func (v view) Scores() []string { return []string{"1", "2", "3", "4", "5"} }
