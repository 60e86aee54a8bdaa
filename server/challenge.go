package server

import "net/http"

// challenge is the scheme of a 401 that a page reads: browsers do not know it, so they leave the asking to the page, and show no box of their own.
const challenge = `Form realm="nsdi"`

// quietChallenge keeps the browser from asking for a name and a password when a script of a page is refused. Programs, and people who open an address of the API, are asked as
// HTTP has it.
func quietChallenge(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" && mode != "navigate" {
			w = quiet{w}
		}
		next.ServeHTTP(w, r)
	})
}

type quiet struct{ http.ResponseWriter }

func (q quiet) WriteHeader(status int) {
	if status == http.StatusUnauthorized {
		q.Header().Set("WWW-Authenticate", challenge)
	}
	q.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (q quiet) Unwrap() http.ResponseWriter { return q.ResponseWriter }
