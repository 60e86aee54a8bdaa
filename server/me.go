package server

import (
	"encoding/json"
	"net/http"

	"nsdi/access"
	"nsdi/internal/errs"
)

// me answers GET /v1/me: who signs in with these credentials.
func (s *server) me(w http.ResponseWriter, r *http.Request) {
	login, password, ok := r.BasicAuth()
	if !ok {
		s.fail(w, r, &errs.Error{
			Code: "sign-in-needed", Status: http.StatusUnauthorized, Op: "server.me", Location: "header.Authorization",
			Title:  errs.T("ورود لازم است", "Signing in is needed"),
			Detail: errs.T("این نشانی نام کاربری و گذرواژه می‌خواهد.", "This address needs a login and a password."),
			Next:   errs.T("با HTTP Basic وارد شوید.", "Sign in with HTTP Basic."),
		})
		return
	}
	p, err := access.Authenticate(r.Context(), s.Pool, login, password)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{"login": p.Login, "agency": p.Agency, "role": p.Role, "must_change_password": p.MustChangePassword})
}
