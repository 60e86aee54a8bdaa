package server

import (
	"context"
	"mime"
	"net/http"
	"strings"
	"time"

	"nsdi/access"
	"nsdi/gnaf/batch"
	"nsdi/internal/errs"
)

const (
	batchPath = "/v1/geocode/batch"
	// batchRows is how many rows one request answers; more are a job.
	batchRows = 100_000
	// batchIdle is how long a batch may stand still before its connection is closed.
	batchIdle = time.Minute
	// batchSlots are worked on at once, each with all processors; some more wait.
	batchSlots = 2
	batchQueue = 8
)

// geocodeBatch answers POST /v1/geocode/batch: the rows of the body, each with what was found for it, as they come.
func (s *server) geocodeBatch(w http.ResponseWriter, r *http.Request) {
	o, err := batchOptions(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	c := http.NewResponseController(w)
	alive := func() {
		_ = c.SetReadDeadline(time.Now().Add(batchIdle))
		_ = c.SetWriteDeadline(time.Now().Add(batchIdle))
	}
	alive()
	o.MaxRows, o.Admit = batchRows, s.admitRows(r)
	out := &lateWriter{w: w, mime: map[batch.Format]string{batch.CSV: "text/csv; charset=utf-8", batch.JSONL: "application/jsonl"}[o.Format]}
	o.Written = func(*batch.Summary) error {
		alive()
		return c.Flush()
	}
	if _, err = batch.Run(r.Context(), s.Finder, r.Body, out, o); err == nil {
		return
	}
	if !out.begun {
		s.fail(w, r, err)
		return
	}
	if _, told := errs.As(err); !told && r.Context().Err() == nil {
		s.Log.ErrorContext(r.Context(), "request failed", "path", batchPath, "err", err)
	}
	_ = c.Flush()               // the rows that are done, and why there are no more
	panic(http.ErrAbortHandler) // so that nobody takes a part for the whole
}

// lateWriter writes the header with the first bytes: what goes wrong before is answered with a problem.
type lateWriter struct {
	w     http.ResponseWriter
	mime  string
	begun bool
}

func (l *lateWriter) Write(p []byte) (int, error) {
	if !l.begun {
		l.begun = true
		_ = http.NewResponseController(l.w).EnableFullDuplex() // else the first answer would end the reading; other protocols are so by themselves
		l.w.Header().Set("Content-Type", l.mime)
		l.w.Header().Set("Cache-Control", "no-store")
	}
	return l.w.Write(p)
}

// batchOptions reads format and columns: ?address=… says which column is the address, and so on for every role.
func batchOptions(r *http.Request) (batch.Options, error) {
	o := batch.Options{Columns: map[batch.Role]string{}}
	for name, values := range r.URL.Query() {
		if name == "format" {
			o.Format = batch.Format(values[0])
		} else {
			o.Columns[batch.Role(name)] = values[0]
		}
	}
	if o.Format == "" {
		o.Format = batch.CSV
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); strings.Contains(kind, "json") {
			o.Format = batch.JSONL
		}
	}
	if o.Format != batch.CSV && o.Format != batch.JSONL {
		return o, &errs.Error{
			Code: "format-unknown", Status: http.StatusUnprocessableEntity, Op: "server.geocodeBatch", Location: "query.format", Value: string(o.Format),
			Title: errs.T("چنین قالبی نیست", "There is no such format"),
			Next:  errs.T("csv یا jsonl", "csv or jsonl"),
		}
	}
	return o, nil
}

// admitRows counts rows as questions of /v1/geocode: of a key's day, or at the pace of the public. Who signed in is bounded by the gate.
func (s *server) admitRows(r *http.Request) func(context.Context, int) error {
	subject, from := access.SubjectFrom(r.Context()), s.remote(r)
	switch {
	case subject.KeyID != 0:
		return s.admitKeyRows(subject.KeyID)
	case subject.Public() && sessionOf(r.Context()) == nil:
		return func(ctx context.Context, rows int) error {
			for range rows {
				for {
					a, err := s.PublicQuotas.Take(from, access.SearchClass)
					if err == nil {
						break
					}
					select {
					case <-time.After(a.Retry):
					case <-ctx.Done():
						return ctx.Err()
					}
				}
			}
			return nil
		}
	}
	return nil
}

func (s *server) admitKeyRows(key int64) func(context.Context, int) error {
	return func(ctx context.Context, rows int) error {
		return s.quotas.Spend(ctx, key, access.ClassOf(access.KeyClasses(), access.SearchClass), rows)
	}
}
