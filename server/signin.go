package server

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"nsdi/access"
	"nsdi/internal/errs"
)

// Addresses of the pages on which people sign in.
const (
	signInPath   = "/sign-in"
	providerPath = "/sign-in/provider"
	signOutPath  = "/sign-out"
	passwordPath = "/password"
)

const (
	// maxForm bounds the body of a form, in bytes.
	maxForm = 16 << 10
	// flowTime is how long a sign-in at the identity provider may take.
	flowTime = 10 * time.Minute
	// leftTime is how long the page after signing out may take to come.
	leftTime = time.Hour
	// browserLife is how long a browser keeps the sign that somebody signed in there.
	browserLife = 180 * 24 * time.Hour
)

// signInPage answers GET /sign-in.
func (s *server) signInPage(w http.ResponseWriter, r *http.Request) {
	if session := sessionOf(r.Context()); session != nil {
		s.show(w, r, http.StatusOK, "account", view{Next: nextOf(r)})
		return
	}
	v := view{Next: nextOf(r), Left: s.cookie(r, leftCookie) != ""}
	if v.Left {
		s.setCookie(w, r, leftCookie, "", 0)
	}
	s.show(w, r, http.StatusOK, "sign-in", v)
}

// signIn answers POST /sign-in.
func (s *server) signIn(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	login := strings.ToLower(strings.TrimSpace(r.PostForm.Get("login")))
	p, err := s.guard.Authenticate(r.Context(), access.Attempt{
		Login: login, Password: r.PostForm.Get("password"), Remote: s.remote(r), Browser: s.cookie(r, browserCookie),
	})
	if err != nil {
		s.refusal(r, "", err) // without the login: what was typed there may be a password
		s.showError(w, r, "sign-in", view{Next: nextOf(r), Login: login}, err)
		return
	}
	s.enter(w, r, p, access.ByPassword, nextOf(r))
}

// enter begins the session of somebody who signed in.
func (s *server) enter(w http.ResponseWriter, r *http.Request, p *access.Person, method, next string) {
	browser, err := s.sessions.Remember(r.Context(), p.ID, s.cookie(r, browserCookie))
	if err != nil {
		s.showError(w, r, "sign-in", view{Next: next}, err)
		return
	}
	s.setCookie(w, r, browserCookie, browser, browserLife)
	token, err := s.sessions.Begin(r.Context(), p.ID, method, s.cookie(r, sessionCookie))
	if err != nil {
		s.showError(w, r, "sign-in", view{Next: next}, err)
		return
	}
	s.setCookie(w, r, sessionCookie, token, access.SessionLife)
	agency := ""
	if len(p.Memberships) > 0 {
		agency = p.Memberships[0].Agency
	}
	s.record(r, access.Entry{Event: "sign-in", PersonID: p.ID, Name: p.Subject().Name, Agency: agency, Resource: "session", Detail: method})
	if method == access.ByPassword && p.MustChangePassword {
		next = passwordPath + "?" + url.Values{"lang": {lang(r)}, "next": {next}}.Encode()
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// toProvider answers GET /sign-in/provider.
func (s *server) toProvider(w http.ResponseWriter, r *http.Request) {
	if s.Provider == nil {
		s.notFound(w, r)
		return
	}
	address, flow, err := s.Provider.Begin(r.Context(), nextOf(r))
	if err != nil {
		s.showError(w, r, "sign-in", view{Next: nextOf(r)}, err)
		return
	}
	flow.Lang = lang(r)
	kept, err := json.Marshal(flow)
	if err != nil {
		s.showError(w, r, "sign-in", view{Next: nextOf(r)}, err)
		return
	}
	s.setCookie(w, r, flowCookie, base64.RawURLEncoding.EncodeToString(kept), flowTime)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// fromProvider answers GET /sign-in/callback, to which the provider sends the browser back.
func (s *server) fromProvider(w http.ResponseWriter, r *http.Request) {
	if s.Provider == nil {
		s.notFound(w, r)
		return
	}
	var flow access.Flow // stays empty, and is refused, when the browser has no cookie of one
	if kept, err := base64.RawURLEncoding.DecodeString(s.cookie(r, flowCookie)); err == nil {
		_ = json.Unmarshal(kept, &flow)
	}
	s.setCookie(w, r, flowCookie, "", 0) // one answer per sign-in
	// The provider's answer has no language, and cannot be read a second time in the other one.
	failed := view{Lang: "fa", Path: signInPath, Next: local(flow.Next)}
	if flow.Lang == "en" {
		failed.Lang = "en"
	}
	query := r.URL.Query()
	identity, err := s.Provider.Finish(r.Context(), flow, access.Answer{State: query.Get("state"), Code: query.Get("code"), Error: query.Get("error")})
	if err != nil {
		s.refusal(r, "", err)
		s.Log.InfoContext(r.Context(), "sign-in at the provider refused", "err", err, "provider_error", query.Get("error"))
		s.showError(w, r, "sign-in", failed, err)
		return
	}
	p, err := access.PersonOf(r.Context(), s.System, identity)
	if err != nil {
		s.showError(w, r, "sign-in", failed, err)
		return
	}
	s.enter(w, r, p, access.ByProvider, local(flow.Next))
}

// signOutPage answers GET /sign-out: leaving is a form, because a link could be hidden in any picture.
func (s *server) signOutPage(w http.ResponseWriter, r *http.Request) {
	if sessionOf(r.Context()) == nil {
		http.Redirect(w, r, signInPath+langQuery(r), http.StatusSeeOther)
		return
	}
	s.show(w, r, http.StatusOK, "account", view{Next: "/"})
}

// signOut answers POST /sign-out.
func (s *server) signOut(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	var err error
	if session := sessionOf(r.Context()); session != nil && r.PostForm.Get("everywhere") != "" {
		err = s.sessions.EndAll(r.Context(), &session.Person)
	} else if session != nil {
		err = s.sessions.End(r.Context(), &session.Person, s.cookie(r, sessionCookie))
	}
	if err != nil {
		s.showError(w, r, "account", view{Next: "/"}, err)
		return
	}
	s.setCookie(w, r, sessionCookie, "", 0)
	s.setCookie(w, r, leftCookie, "yes", leftTime)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, signInPath+langQuery(r), http.StatusSeeOther)
}

// passwordPage answers GET /password.
func (s *server) passwordPage(w http.ResponseWriter, r *http.Request) {
	if sessionOf(r.Context()) == nil {
		http.Redirect(w, r, signInPath+"?"+url.Values{"lang": {lang(r)}, "next": {passwordPath}}.Encode(), http.StatusSeeOther)
		return
	}
	s.show(w, r, http.StatusOK, "password", view{Next: nextOf(r)})
}

// changePassword answers POST /password.
func (s *server) changePassword(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	session := sessionOf(r.Context())
	if session == nil {
		http.Redirect(w, r, signInPath+"?"+url.Values{"lang": {lang(r)}, "next": {passwordPath}}.Encode(), http.StatusSeeOther)
		return
	}
	present, chosen := r.PostForm.Get("present"), r.PostForm.Get("new")
	if chosen != r.PostForm.Get("again") {
		s.showError(w, r, "password", view{Next: nextOf(r)}, &errs.Error{
			Code: "password-differs", Status: http.StatusUnprocessableEntity, Op: "server.password", Location: "again",
			Title:  errs.T("دو گذرواژه یکی نیست", "The two passwords differ"),
			Detail: errs.T("گذرواژه تازه دو بار یکسان نوشته نشده است.", "The new password was not written the same way twice."),
			Next:   errs.T("آن را دوباره بنویسید.", "Write it again."),
		})
		return
	}
	// The present password is asked for, and guarded, again: a browser left alone must not be enough to take the account over.
	_, err := s.guard.Authenticate(r.Context(), access.Attempt{Login: session.Person.Login, Password: present, Remote: s.remote(r), Browser: s.cookie(r, browserCookie)})
	var token string
	if err == nil {
		token, err = s.sessions.ChangePassword(r.Context(), &session.Person, present, chosen)
	}
	if err != nil {
		s.showError(w, r, "password", view{Next: nextOf(r)}, err)
		return
	}
	s.setCookie(w, r, sessionCookie, token, access.SessionLife)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, nextOf(r), http.StatusSeeOther)
}

// form reads the body of a form.
func (s *server) form(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if err := r.ParseForm(); err != nil || strings.TrimSpace(kind) != "application/x-www-form-urlencoded" {
		s.fail(w, r, &errs.Error{
			Code: "form-invalid", Status: http.StatusUnprocessableEntity, Op: "server.form", Location: "body", Err: err,
			Title:  errs.T("فرم خوانده نشد", "The form cannot be read"),
			Detail: errs.Tf("بدنه درخواست application/x-www-form-urlencoded تا %d بایت نیست.", "The body is not application/x-www-form-urlencoded of at most %d bytes.", maxForm),
			Next:   errs.T("فرم را از صفحه خود سامانه بفرستید.", "Send the form from the page of this system."),
		})
		return false
	}
	return true
}

// nextOf answers where the person wanted to go.
func nextOf(r *http.Request) string {
	next := r.PostForm.Get("next")
	if next == "" {
		next = r.URL.Query().Get("next")
	}
	if next = local(next); next == "/" && lang(r) == "en" {
		return "/?lang=en"
	}
	return next
}

// local keeps an address within this server: a link to the sign-in page must not be able to lead on to another site.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// retryAfter tells a client how long it has to wait, where that is what is wrong.
func retryAfter(w http.ResponseWriter, err error) {
	var wait *access.WaitError
	if errors.As(err, &wait) {
		w.Header().Set("Retry-After", strconv.Itoa(wait.Seconds()))
	}
}
