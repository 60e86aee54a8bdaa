package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// Problem is an RFC 9457 problem document with its texts in both languages.
type Problem struct {
	Type       string         `json:"type" example:"/problems/layer-unknown"`
	Code       string         `json:"code" example:"layer-unknown" doc:"Stable and machine-readable"`
	Status     int            `json:"status"`
	Title      string         `json:"title"`
	Detail     string         `json:"detail"`
	NextStep   string         `json:"next_step"`
	TitleFA    string         `json:"title_fa"`
	DetailFA   string         `json:"detail_fa"`
	NextStepFA string         `json:"next_step_fa"`
	Errors     []ProblemPlace `json:"errors"`

	wait *access.WaitError // until it may be tried again; nil: not told
}

// ProblemPlace is one thing that was wrong, with its place in the request.
type ProblemPlace struct {
	Location string `json:"location"`
	Message  string `json:"message"`
	Value    any    `json:"value,omitempty"`
}

// Error makes a Problem an error that huma knows how to answer.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// GetStatus answers the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType answers the media type of problems.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders answers the header fields that belong to the status.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{"Cache-Control": {"no-store"}}
	if p.wait != nil {
		h.Set("Retry-After", strconv.Itoa(p.wait.Seconds()))
	}
	switch p.Status {
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Basic realm="nsdi", charset="UTF-8"`)
	}
	return h
}

// problem makes the document of an error. What is not ours stays inside.
func problem(err error) *Problem {
	e, ok := errs.As(err)
	switch {
	case ok:
	case errors.Is(err, context.DeadlineExceeded):
		e = &errs.Error{
			Code: "request-too-slow", Status: http.StatusServiceUnavailable,
			Title:  errs.T("پاسخ به موقع آماده نشد", "The answer took too long"),
			Detail: errs.Tf("کار در %v تمام نشد.", "The work did not end within %v.", handleTime),
			Next:   errs.T("دوباره بخواهید یا درخواست را کوچک‌تر کنید.", "Ask again, or ask for less."),
		}
	case pg.Away(err):
		e = &errs.Error{
			Code: "database-away", Status: http.StatusServiceUnavailable, Err: err,
			Title:  errs.T("پایگاه داده پاسخ نمی‌دهد", "The database does not answer"),
			Detail: errs.T("آنچه پذیرفته شده بود مانده است.", "What was acknowledged before is kept."),
			Next:   errs.T("کمی بعد دوباره بخواهید.", "Ask again in a moment."),
		}
	case pg.NotText(err):
		e = &errs.Error{
			Code: "text-invalid", Status: http.StatusUnprocessableEntity, Location: "path", Err: err,
			Title:  errs.T("نشانی متن درستی نیست", "The address is not text"),
			Detail: errs.T("بخشی از درخواست متن UTF-8 بدون نویسه تهی نیست.", "A part of the request is not text in UTF-8 without the null character."),
			Next:   errs.T("متن را با UTF-8 رمزگذاری کنید.", "Encode the text in UTF-8."),
		}
	case pg.Full(err):
		e = &errs.Error{
			Code: "storage-full", Status: http.StatusInsufficientStorage, Err: err,
			Title:  errs.T("سامانه جا ندارد", "The server has no room"),
			Detail: errs.T("دیسک سامانه پر است. آنچه پذیرفته شده بود مانده است و چیزی نیمه‌کاره نیست.", "Its disk is full. What was acknowledged before is kept, and nothing is half done."),
			Next:   errs.T("کمی بعد دوباره بخواهید؛ سرپرست سامانه باید جا باز کند.", "Ask again later; the operator has to make room."),
		}
	default:
		e = &errs.Error{
			Code: errs.CodeInternal, Status: http.StatusInternalServerError,
			Title:  errs.T("خطای داخلی", "Internal error"),
			Detail: errs.T("در سامانه خطایی رخ داد که به درخواست شما مربوط نیست.", "Something went wrong in the server; the request is not to blame."),
			Next:   errs.T("کمی بعد دوباره بخواهید؛ اگر ماند، سرپرست سامانه گزارش آن را در ثبت رویدادها می‌یابد.", "Ask again later; if it stays, the operator finds it in the log."),
		}
	}
	p := &Problem{
		Type: "/problems/" + e.Code, Code: e.Code, Status: e.Status, Title: e.Title.EN, Detail: e.Detail.EN, NextStep: e.Next.EN,
		TitleFA: e.Title.FA, DetailFA: e.Detail.FA, NextStepFA: e.Next.FA, Errors: []ProblemPlace{},
	}
	_ = errors.As(err, &p.wait)
	if p.Status == 0 {
		p.Status = http.StatusInternalServerError
	}
	if e.Location != "" {
		place := ProblemPlace{Location: e.Location, Message: e.Detail.EN}
		if e.Value != "" {
			place.Value = e.Value
		}
		p.Errors = append(p.Errors, place)
	}
	return p
}

// fail answers an error to a request and logs what the client is not told.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if p := s.told(r.Context(), r.URL.Path, err); p != nil {
		write(w, p)
	}
}

// told makes the problem of an error, logs a foreign one, and answers nil when nobody waits any more.
func (s *server) told(ctx context.Context, path string, err error) *Problem {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	p := problem(err)
	if p.Status >= 500 && p.Code != "server-busy" {
		s.Log.ErrorContext(ctx, "request failed", "path", path, "code", p.Code, "err", err)
	}
	return p
}

func writeProblem(w http.ResponseWriter, err error) { write(w, problem(err)) }

func write(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	for _, name := range []string{"ETag", "Content-Encoding", "Content-Length", "Last-Modified"} {
		h.Del(name) // of the answer that did not come about
	}
	for name, values := range p.GetHeaders() {
		h[name] = values
	}
	h.Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(p) // the client went away: nobody is left to tell
}

// mostValue is up to how many bytes of JSON a refused value is told again: who sends thousands of codes does not want them back.
const mostValue = 500

// asProblem turns the errors that huma makes itself, which are those of validation, into our problems.
func asProblem(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	e := &errs.Error{
		Code: "request-invalid", Status: m.Status,
		Title:  errs.T("درخواست درست نیست", "The request is not valid"),
		Detail: errs.T("یک یا چند پارامتر درست نیست؛ جای هر یک در errors آمده است.", "One or more parameters are not valid; errors says where."),
		Next:   errs.T("پارامترها را مطابق ‎/openapi.json درست کنید.", "Correct the parameters according to /openapi.json."),
	}
	if m.Status >= 500 {
		return problem(errors.New(m.Detail)), nil
	}
	p := problem(e)
	for _, d := range m.Errors {
		if d != nil {
			if f, ok := d.Value.(float64); ok && f-f != 0 { // JSON has no infinities
				d.Value = fmt.Sprint(f)
			} else if text, err := json.Marshal(d.Value); err != nil || len(text) > mostValue {
				d.Value = nil // its place says which it is
			}
			p.Errors = append(p.Errors, ProblemPlace{Location: d.Location, Message: d.Message, Value: d.Value})
		}
	}
	return p, nil
}

// notFound answers a page to somebody who mistyped the address of one, and a problem to a program.
func (s *server) notFound(w http.ResponseWriter, r *http.Request) {
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.Contains(r.Header.Get("Accept"), "text/html") && !ofPrograms(r.URL.Path) {
		s.show(w, r, http.StatusNotFound, "missing", view{Next: "/"})
		return
	}
	s.fail(w, r, &errs.Error{
		Code: "address-unknown", Status: http.StatusNotFound, Op: "server", Location: "path", Value: r.URL.Path,
		Title:  errs.T("چنین نشانی‌ای نیست", "There is no such address"),
		Detail: errs.T("هیچ خدمتی به این نشانی پاسخ نمی‌دهد.", "No service answers at this address."),
		Next:   errs.T("فهرست نشانی‌ها در ‎/openapi.json است.", "The addresses are listed in /openapi.json."),
	})
}

// ofPrograms reports whether what is below the address is for programs, though a browser may ask for it.
func ofPrograms(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return slices.Contains([]string{"v1", "tiles", "styles", "assets", "ogc"}, first)
}

// methodNotAllowed says which methods the address has.
func (s *server) methodNotAllowed(routes chi.Routes) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
			if has(routes, method, r.URL.Path) || method == "HEAD" && has(routes, "GET", r.URL.Path) {
				allowed = append(allowed, method)
			}
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		s.fail(w, r, &errs.Error{
			Code: "method-not-allowed", Status: http.StatusMethodNotAllowed, Op: "server", Location: "method", Value: r.Method,
			Title:  errs.T("این روش برای این نشانی نیست", "The address does not have this method"),
			Detail: errs.Tf("روش %s پذیرفته نیست.", "The method %s is not accepted.", r.Method),
			Next:   errs.T("روش‌های پذیرفته در سرایند Allow آمده است.", "The header Allow lists the methods."),
		})
	}
}

func has(routes chi.Routes, method, path string) bool {
	return routes.Match(chi.NewRouteContext(), method, path)
}

// recoverPanic keeps one broken request from ending the others, and tells the log where it broke.
func (s *server) recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v) // net/http's own way to break off an answer
			default:
				s.Log.ErrorContext(r.Context(), "panic", "path", r.URL.Path, "value", fmt.Sprint(v), "stack", string(debug.Stack()))
				writeProblem(w, errors.New("panic"))
			}
		}()
		next.ServeHTTP(w, r)
	})
}
