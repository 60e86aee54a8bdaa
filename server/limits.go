package server

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"nsdi/internal/errs"
)

// Limits of one process. They keep a client, or many, from taking what others need.
const (
	readHeaderTime = 5 * time.Second
	readTime       = 30 * time.Second
	writeTime      = 60 * time.Second
	idleTime       = 2 * time.Minute
	maxHeader      = 16 << 10
	// maxQuery bounds the part of an address behind the question mark, in bytes: more than the longest address search.
	maxQuery = 4 << 10
	// handleTime is what one request may take in the server.
	handleTime = 25 * time.Second
	// waitTime is how long a caller may wait for a report.
	waitTime = 30 * time.Second
	// restoreTime is what bringing back an old version may take, in one transaction: some millions of features.
	restoreTime = 10 * time.Minute

	signSlots = 2
	signQueue = 16
	// gateTime is how long a request waits for a slot.
	gateTime = 10 * time.Second
)

// HTTP makes the http.Server that serves a handler within the limits. The caller sets its address and runs it.
func HTTP(h http.Handler) *http.Server {
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: readHeaderTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader, ConnContext: withConn,
	}
	if all, ok := h.(*addresses); ok {
		s.ConnState = func(c net.Conn, state http.ConnState) {
			if c, ok := c.(*conn); ok {
				c.turned(state, all.kept)
			}
		}
	}
	return s
}

func limitQuery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.RawQuery) > maxQuery {
			writeProblem(w, &errs.Error{
				Code: "query-string-too-long", Status: http.StatusRequestURITooLong, Op: "server.limitQuery", Location: "query",
				Title:  errs.T("نشانی درخواست بلند است", "The address of the request is too long"),
				Detail: errs.Tf("بخش پرسش %d بایت است و بیشینه %d.", "The query part has %d bytes; at most %d are read.", len(r.URL.RawQuery), maxQuery),
				Next:   errs.T("پارامترها را کوتاه کنید.", "Shorten the parameters."),
			})
			return
		}
		if plain(r.URL.RawQuery) { // as in the addresses of tiles, which are asked for most
			next.ServeHTTP(w, r)
			return
		}
		for name, values := range r.URL.Query() {
			for _, value := range append(values, name) {
				if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
					writeProblem(w, notText(name))
					return
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// plain reports whether a query has nothing but printable ASCII in it, none of it escaped.
func plain(query string) bool {
	for i := range len(query) {
		if c := query[i]; c < 0x21 || c > 0x7e || c == '%' {
			return false
		}
	}
	return true
}

// notText refuses what no text in the database can be equal to, before the database does.
func notText(name string) error {
	return &errs.Error{
		Code: "query-string-not-text", Status: http.StatusBadRequest, Op: "server.limitQuery", Location: "query." + strings.ToValidUTF8(name, "\uFFFD"),
		Title:  errs.T("پارامتر متن درستی نیست", "The parameter is not text"),
		Detail: errs.T("پارامتر باید متن UTF-8 بدون نویسه تهی باشد.", "A parameter is text in UTF-8 without the null character."),
		Next:   errs.T("متن را با UTF-8 رمزگذاری کنید.", "Encode the text in UTF-8."),
	}
}

// requestTime bounds what a request takes. Once an upload is let begin, it bounds itself by how long nothing comes, and how little.
func requestTime(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := handleTime
		if strings.HasPrefix(r.URL.Path, downloadPath) || strings.HasPrefix(r.URL.Path, exportsPath) || strings.HasSuffix(r.URL.Path, exportPath) && (strings.HasPrefix(r.URL.Path, "/v1/datasets/") || strings.HasPrefix(r.URL.Path, "/v1/themes/")) ||
			strings.HasPrefix(r.URL.Path, "/v1/submissions/") && strings.Contains(r.URL.Path, "/corrected.") {
			limit = downloadTime
		}
		if r.URL.Path == batchPath || strings.HasPrefix(r.URL.Path, batchesPath) || strings.HasPrefix(r.URL.Path, certificateOrdersPath) || r.URL.Path == traceSheetPath {
			limit = downloadTime
		}
		if r.Method == http.MethodPost && (strings.HasSuffix(r.URL.Path, "/rollback") || strings.HasSuffix(r.URL.Path, "/withdraw")) {
			limit = restoreTime
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit + writeTime)) // a writer that has no deadline needs none put off
		}
		if r.URL.Path == packPath {
			limit = packTime
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit + writeTime))
		}
		if r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, "/v1/datasets/") && r.URL.Query().Has("wait") {
			limit += waitTime // with handleTime it is less than writeTime
		}
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// gate admits a number of requests at once and lets a number wait; it turns the rest away at once.
type gate struct {
	slots chan struct{}
	all   chan struct{} // those who are in and those who wait
}

func newGate(slots, queue int) *gate {
	return &gate{slots: make(chan struct{}, slots), all: make(chan struct{}, slots+queue)}
}

// admit lets a request through when there is room, and answers 503 otherwise.
func (s *server) admit(g *gate) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case g.all <- struct{}{}:
				defer func() { <-g.all }()
			default:
				s.fail(w, r, busy())
				return
			}
			wait := time.NewTimer(gateTime)
			defer wait.Stop()
			select {
			case g.slots <- struct{}{}:
				defer func() { <-g.slots }()
			case <-wait.C:
				s.fail(w, r, busy())
				return
			case <-r.Context().Done():
				s.fail(w, r, r.Context().Err())
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func busy() error {
	return &errs.Error{
		Code: "server-busy", Status: http.StatusServiceUnavailable, Op: "server.admit",
		Title:  errs.T("سامانه پر کار است", "The server is busy"),
		Detail: errs.T("درخواست‌های هم‌زمان بیش از گنجایش است.", "There are more requests at once than it can take."),
		Next:   errs.T("یک ثانیه دیگر دوباره بخواهید.", "Ask again in a second."),
	}
}

// securityHeaders says what a browser may do with an answer. The map needs a worker and pictures from blobs, and styles in place.
func securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protectBrowser(w.Header())
		next.ServeHTTP(w, r)
	})
}

// The values are made once, and shared by all answers.
var (
	browserPolicy = []string{"default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; " +
		"object-src 'none'; base-uri 'none'; frame-ancestors 'none'"}
	noSniffing     = []string{"nosniff"}
	referrerPolicy = []string{"same-origin"}
)

func protectBrowser(h http.Header) {
	h["Content-Security-Policy"], h["X-Content-Type-Options"], h["Referrer-Policy"] = browserPolicy, noSniffing, referrerPolicy
}
