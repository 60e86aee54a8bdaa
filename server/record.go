package server

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"nsdi/access"
	"nsdi/internal/errs"
)

// refusalsASecond bounds how many refusals are entered in the audit trail, so that a stranger who knocks all day neither fills it nor holds up those who write
// to it. The others are counted in the log.
const refusalsASecond = 20

// refusalRate counts the refusals of the present second.
type refusalRate struct {
	mu     sync.Mutex
	second int64
	count  int
}

func (c *refusalRate) admit(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.second != now.Unix() {
		c.second, c.count = now.Unix(), 0
	}
	c.count++
	return c.count <= refusalsASecond
}

// refusal enters in the audit trail that somebody was refused. The public that is asked to sign in was refused nothing, and a failure of ours is none either.
// That the entry cannot be written is no reason to let anybody in, so it is told to the log only.
func (s *server) refusal(r *http.Request, action access.Action, err error) {
	e, ok := errs.As(err)
	if !ok || e.Status != http.StatusUnauthorized && e.Status != http.StatusForbidden || e.Code == "sign-in-needed" {
		return
	}
	if !s.refusals.admit(s.Now()) {
		s.Log.WarnContext(r.Context(), "refusal not in the audit trail: too many a second", "code", e.Code, "address", s.remote(r).String())
		return
	}
	s.record(r, access.Entry{Event: "refusal", Refused: true, Action: action, Resource: r.Method + " " + pathOf(r), Detail: e.Code})
}

// record enters something in the audit trail.
func (s *server) record(r *http.Request, e access.Entry) {
	if err := s.trail.Record(r.Context(), s.System, e); err != nil {
		s.Log.ErrorContext(r.Context(), "audit", "event", e.Event, "err", err)
	}
}

// pathOf is the path as it is written down: without the token of a download, which until it ends is worth a file.
func pathOf(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, downloadPath) {
		return downloadPath
	}
	return r.URL.Path
}
