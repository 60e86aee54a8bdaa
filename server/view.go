package server

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"nsdi/access"
	"nsdi/internal/errs"
)

//go:embed pages
var pageFiles embed.FS

// view is what a page of people shows.
type view struct {
	Lang, Path, Next, Login string
	Person                  *access.Person  // who is signed in, if anybody
	Agencies                []sessionAgency // in which that person has roles, where the page tells of the account
	ByProvider, Pending     bool
	Provider                bool // people can sign in at the identity provider
	Left                    bool // somebody just signed out
	Services                *servicesView
	Reference               []referencePart
	Verify                  *verifyView
	Kept                    url.Values // of the address, for this page in the other language
	Error                   *errs.Error
}

// T answers a text in the page's language.
func (v view) T(fa, en string) string { return errs.T(fa, en).In(v.Lang) }

// In answers a text of an error in the page's language.
func (v view) In(t errs.Text) string { return t.In(v.Lang) }

// Dir is the direction of writing.
func (v view) Dir() string {
	if v.Lang == "en" {
		return "ltr"
	}
	return "rtl"
}

// Other answers the address of this page in the other language.
func (v view) Other() string {
	query := url.Values{"lang": {v.T("en", "fa")}, "next": {v.Next}}
	maps.Copy(query, v.Kept)
	return v.Path + "?" + query.Encode()
}

// Link answers the address of another page in this language.
func (v view) Link(path string) string {
	return path + "?" + url.Values{"lang": {v.Lang}, "next": {v.Next}}.Encode()
}

// pageLink is a page as the header of all pages names it.
type pageLink struct {
	Href, Title string
	Here        bool
}

// Pages answers the pages in the order in which the header of the built pages names them.
func (v view) Pages() []pageLink {
	var links []pageLink
	for _, p := range []struct {
		path  string
		title errs.Text
	}{
		{"/", errs.T("نقشه", "Map")},
		{progressPage, errs.T("پیشرفت", "Progress")},
		{"/submissions", errs.T("تحویل", "Deliver")},
		{"/review", errs.T("بازبینی", "Review")},
		{"/geocode", errs.T("نشانی‌یابی", "Geocode")},
		{"/parcels", errs.T("قطعه‌های ملکی", "Parcels")},
		{postalPage, errs.T("کد پستی", "Postal codes")},
		{"/track", errs.T("پیگیری", "Track")},
		{servicesPath, errs.T("خدمات", "Services")},
		{administrationPage, errs.T("اداره", "Administration")},
	} {
		address := p.path
		if v.Lang == "en" {
			address += "?lang=en"
		}
		if p.path == administrationPage && !v.administers() {
			continue
		}
		links = append(links, pageLink{address, p.title.In(v.Lang), v.Path == p.path})
	}
	return links
}

// administers reports whether the administration has something for who is signed in.
func (v view) administers() bool {
	if v.Person == nil {
		return false
	}
	return slices.ContainsFunc(v.Person.Memberships, func(m access.Membership) bool {
		return slices.ContainsFunc(m.Roles, func(r access.Role) bool {
			return r == access.Administrator || r == access.Auditor || r == access.CommitteeMember || r == access.Publisher
		})
	})
}

// Account answers the link with which the header says who is signed in, or where to do so.
func (v view) Account() pageLink {
	next := v.Next
	if next == "" {
		next = v.Path
	}
	link := pageLink{signInPath + "?" + url.Values{"lang": {v.Lang}, "next": {next}}.Encode(), v.T("ورود", "Sign in"), v.Path == signInPath}
	if v.Person != nil {
		link.Title = cmp.Or(v.Person.Name, v.Person.Login)
	}
	return link
}

// Role answers the name of a role.
func (v view) Role(r access.Role) string {
	names := map[access.Role]errs.Text{
		access.Uploader: errs.T("تحویل‌دهنده", "Uploader"), access.Reviewer: errs.T("بازبین", "Reviewer"), access.Publisher: errs.T("منتشرکننده", "Publisher"),
		access.Inquirer: errs.T("استعلام‌گیرنده", "Inquirer"), access.CommitteeMember: errs.T("عضو کمیته", "Committee member"),
		access.Administrator: errs.T("سرپرست", "Administrator"), access.Auditor: errs.T("حسابرس", "Auditor"),
	}
	return names[r].In(v.Lang)
}

// newPages reads the templates; the built web page lends its font and its sign, where there is one.
func newPages(web fs.FS) *template.Template {
	asset := func(pattern string) string {
		if web == nil {
			return ""
		}
		found, err := fs.Glob(web, pattern)
		if err != nil || len(found) == 0 {
			return ""
		}
		return "/" + found[0]
	}
	font, sign := asset("assets/Vazirmatn*.woff2"), asset("assets/icon*.svg")
	functions := template.FuncMap{"font": func() string { return font }, "sign": func() string { return sign }}
	return template.Must(template.New("").Funcs(functions).ParseFS(pageFiles, "pages/*.html"))
}

// lang answers the language of a page: Persian, unless English is asked for.
func lang(r *http.Request) string {
	if r.PostForm.Get("lang") == "en" || r.URL.Query().Get("lang") == "en" {
		return "en"
	}
	return "fa"
}

func langQuery(r *http.Request) string { return "?lang=" + lang(r) }

// show answers a page. None is kept by a cache: it says who is signed in.
func (s *server) show(w http.ResponseWriter, r *http.Request, status int, name string, v view) {
	if v.Path == "" {
		v.Lang, v.Path = lang(r), r.URL.Path
	}
	v.Provider = s.Provider != nil
	if session := sessionOf(r.Context()); session != nil {
		v.Person, v.ByProvider, v.Pending = &session.Person, session.Method == access.ByProvider, session.Pending()
	}
	if name == "account" && v.Person != nil {
		var err error
		if v.Agencies, err = s.agenciesOf(r.Context(), v.Person.Subject()); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	var body bytes.Buffer
	if err := s.pages.ExecuteTemplate(&body, name, v); err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", challenge)
	}
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // the client went away: nobody is left to tell
}

// showError answers what went wrong: a page to a browser, a problem to a program.
func (s *server) showError(w http.ResponseWriter, r *http.Request, name string, v view, err error) {
	retryAfter(w, err)
	e, ours := errs.As(err)
	if !ours || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		s.fail(w, r, err)
		return
	}
	if e.Code == "person-unknown" {
		s.Log.InfoContext(r.Context(), "somebody without an account signed in at the provider", "subject", e.Value)
	}
	v.Error = e
	s.show(w, r, e.Status, name, v)
}
