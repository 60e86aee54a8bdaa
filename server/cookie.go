package server

import (
	"net/http"
	"strings"
	"time"
)

// The cookies. No script can read them, and no other site can have them sent with a form.
const (
	sessionCookie = "nsdi-session"
	browserCookie = "nsdi-browser" // of a browser in which somebody signed in before
	flowCookie    = "nsdi-flow"    // of a sign-in at the identity provider that is under way
	leftCookie    = "nsdi-left"    // of a browser in which somebody just signed out
)

// secure reports whether the browser speaks TLS, to this server or to a proxy before it.
func (s *server) secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(s.PublicURL, "https://")
}

// cookieName has browsers refuse a cookie of this name that another host of the domain, or a connection without TLS, tries to set.
func (s *server) cookieName(r *http.Request, name string) string {
	if s.secure(r) {
		return "__Host-" + name
	}
	return name
}

func (s *server) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(s.cookieName(r, name))
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie sets a cookie for a time; without a value it removes it.
func (s *server) setCookie(w http.ResponseWriter, r *http.Request, name, value string, life time.Duration) {
	c := &http.Cookie{
		Name: s.cookieName(r, name), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: s.secure(r), SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
