package server

import (
	"encoding/json"
	"net/http"

	"nsdi/access"
	"nsdi/internal/errs"
)

type me struct {
	Login              string         `json:"login,omitempty"` // not of a key
	Name               string         `json:"name"`
	By                 string         `json:"by"` // password, provider, basic or key
	Memberships        []meMembership `json:"memberships"`
	Scopes             []string       `json:"scopes,omitempty"` // of a key
	MustChangePassword bool           `json:"must_change_password"`
}

type meMembership struct {
	Agency string        `json:"agency"`
	Roles  []access.Role `json:"roles"`
}

// me answers GET /v1/me: who asks, and what he or she is where.
func (s *server) me(w http.ResponseWriter, r *http.Request) {
	if session := sessionOf(r.Context()); session != nil {
		s.tellMe(w, session.Person.Subject(), me{Login: session.Person.Login, By: session.Method, MustChangePassword: session.Pending()})
		return
	}
	if subject := access.SubjectFrom(r.Context()); !subject.Public() {
		s.tellMe(w, subject, me{By: "key", Scopes: subject.Scopes})
		return
	}
	// Each attempt costs the memory and time of a password hash.
	s.admit(s.signGate)(http.HandlerFunc(s.meBasic)).ServeHTTP(w, r)
}

func (s *server) meBasic(w http.ResponseWriter, r *http.Request) {
	login, password, ok := r.BasicAuth()
	if !ok {
		s.fail(w, r, &errs.Error{
			Code: "sign-in-needed", Status: http.StatusUnauthorized, Op: "server.me", Location: "header.Authorization",
			Title:  errs.T("ورود لازم است", "Signing in is needed"),
			Detail: errs.T("این نشانی می‌گوید شما که هستید و برای آن باید وارد شوید.", "This address says who you are, and needs you to sign in."),
			Next:   errs.T("در ‎/sign-in وارد شوید، یا کلید API یا HTTP Basic بفرستید.", "Sign in at /sign-in, or send an API key or HTTP Basic."),
		})
		return
	}
	p, err := s.guard.Authenticate(r.Context(), access.Attempt{Login: login, Password: password, Remote: s.remote(r)})
	if err != nil {
		retryAfter(w, err)
		s.fail(w, r, err)
		return
	}
	s.tellMe(w, p.Subject(), me{Login: p.Login, By: "basic", MustChangePassword: p.MustChangePassword})
}

func (s *server) tellMe(w http.ResponseWriter, subject access.Subject, m me) {
	m.Name, m.Memberships = subject.Name, []meMembership{}
	for _, membership := range subject.Memberships {
		m.Memberships = append(m.Memberships, meMembership{membership.Agency, membership.Roles})
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(m) // the client went away: nobody is left to tell
}
