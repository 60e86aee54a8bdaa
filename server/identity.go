package server

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"nsdi/access"
	"nsdi/internal/errs"
)

// KeyAuthenticator knows whose an API key is. What it refuses is an *errs.Error.
type KeyAuthenticator interface {
	Authenticate(ctx context.Context, presented string, remote netip.Addr) (access.Subject, error)
}

type sessionKey struct{}

// sessionOf answers the session of a request that came with one.
func sessionOf(ctx context.Context) *access.Session {
	s, _ := ctx.Value(sessionKey{}).(*access.Session)
	return s
}

// identify finds out who asks, and puts the subject into the context. A key that is presented has to be right; a cookie that is not is as good as none,
// so that a prober learns nothing from it.
func (s *server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := access.WithAddress(r.Context(), s.remote(r).String())
		r = r.WithContext(ctx)
		if presented := presentedKey(r); presented != "" {
			if s.Keys == nil {
				next.ServeHTTP(w, r)
				return
			}
			subject, err := s.Keys.Authenticate(ctx, presented, s.remote(r))
			if err != nil {
				s.refusal(r, "", err)
				s.fail(w, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(access.WithSubject(ctx, subject)))
			return
		}
		session, err := s.sessions.Find(ctx, s.cookie(r, sessionCookie))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if session == nil {
			next.ServeHTTP(w, r)
			return
		}
		ctx = context.WithValue(ctx, sessionKey{}, session)
		if session.Pending() {
			s.pending(next, w, r.WithContext(ctx))
			return
		}
		next.ServeHTTP(w, r.WithContext(access.WithSubject(ctx, session.Person.Subject())))
	})
}

// pending lets somebody whose password was chosen by another do nothing but change it, and what the page for that needs.
func (s *server) pending(next http.Handler, w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case path == passwordPath, path == signOutPath, path == signInPath, strings.HasPrefix(path, signInPath+"/"), path == "/v1/me", path == sessionPath, strings.HasPrefix(path, "/assets/"):
		next.ServeHTTP(w, r)
	case isPage(path) && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		http.Redirect(w, r, passwordPath+langQuery(r), http.StatusSeeOther)
	default:
		s.fail(w, r, &errs.Error{
			Code: "password-change-needed", Status: http.StatusForbidden, Op: "server.identify",
			Title:  errs.T("نخست گذرواژه را عوض کنید", "Change the password first"),
			Detail: errs.T("گذرواژه این حساب را دیگری برگزیده است.", "Somebody else chose the password of this account."),
			Next:   errs.T("در ‎/password گذرواژه خود را برگزینید.", "Choose your own at /password."),
		})
	}
}

// presentedKey answers the API key of a request, from the three headers that agencies' clients use.
func presentedKey(r *http.Request) string {
	if scheme, key, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(key)
	}
	if key := r.Header.Get("x-api-key"); key != "" {
		return key
	}
	return r.Header.Get("Api-Key")
}

// remote answers the address of the caller. What X-Forwarded-For says counts as far as proxies that are trusted wrote it.
func (s *server) remote(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := at.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusted(address); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = hop.Unmap()
	}
	return address
}

func (s *server) trusted(address netip.Addr) bool {
	for _, p := range s.TrustedProxies {
		if p.Contains(address) {
			return true
		}
	}
	return false
}
