package server

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/layers"
)

type auditInput struct {
	From     time.Time `query:"from" doc:"Entries from this moment on"`
	To       time.Time `query:"to" doc:"Entries before this moment"`
	Event    string    `query:"event" maxLength:"64" example:"sign-in"`
	Outcome  string    `query:"outcome" enum:"done,refused"`
	Agency   string    `query:"agency" maxLength:"64"`
	Person   string    `query:"person" maxLength:"200" doc:"Name of a person or a key"`
	Resource string    `query:"resource" maxLength:"200" example:"person:" doc:"What it was about, or how that begins"`
	Tracking string    `query:"tracking" maxLength:"64"`
	Before   int64     `query:"before" minimum:"0" doc:"The next of the page before"`
	Limit    int       `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type auditBody struct {
	Entries []auditEntry `json:"entries" doc:"Newest first"`
	Next    *int64       `json:"next" doc:"Value of before for the next page; null at the end"`
}

type auditEntry struct {
	Seq       int64  `json:"seq"`
	When      date   `json:"when"`
	Event     string `json:"event"`
	Outcome   string `json:"outcome" enum:"done,refused"`
	Person    int64  `json:"person_id"`
	Key       int64  `json:"key_id"`
	Name      string `json:"name"`
	Agency    string `json:"agency"`
	Action    string `json:"action"`
	Resource  string `json:"resource"`
	Territory string `json:"territory"`
	Tracking  string `json:"tracking"`
	Address   string `json:"address"`
	Detail    string `json:"detail"`
}

// audit answers GET /v1/audit.
func (s *server) audit(ctx context.Context, in *auditInput) (*auditBody, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	f.Limit = in.Limit + 1
	entries, err := s.entries(ctx, f)
	if err != nil {
		return nil, err
	}
	body := &auditBody{Entries: []auditEntry{}}
	if len(entries) > in.Limit {
		entries = entries[:in.Limit]
		body.Next = &entries[in.Limit-1].Seq
	}
	for _, e := range entries {
		body.Entries = append(body.Entries, auditLine(e))
	}
	return body, nil
}

// entries reads the trail of one agency in that agency's scope. The whole trail is for whom the permission was asked without an agency.
func (s *server) entries(ctx context.Context, f access.AuditFilter) (found []access.Entry, err error) {
	scope := pg.Everything
	if f.Agency != "" {
		id, err := access.AgencyID(ctx, s.Pool, f.Agency)
		if err != nil {
			return nil, err
		}
		scope = pg.Agencies(id)
	}
	err = pg.InScope(ctx, s.Pool, scope, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		found, err = access.Entries(ctx, tx, f)
		return err
	})
	return found, err
}

func (in *auditInput) filter() (access.AuditFilter, error) {
	f := access.AuditFilter{From: in.From, To: in.To, Event: in.Event, Outcome: in.Outcome, Agency: in.Agency, Person: in.Person, Resource: in.Resource, Before: in.Before}
	if in.Tracking == "" {
		return f, nil
	}
	id, err := access.ParseIdentifier(in.Tracking)
	if err != nil {
		return f, invalid("query.tracking", in.Tracking)
	}
	f.Tracking = id
	return f, nil
}

func auditLine(e access.Entry) auditEntry {
	return auditEntry{
		Seq: e.Seq, When: dated(e.At), Event: e.Event, Outcome: e.Outcome(), Person: e.PersonID, Key: e.KeyID, Name: e.Name, Agency: e.Agency, Action: string(e.Action),
		Resource: e.Resource, Territory: e.Territory, Tracking: string(e.Tracking), Address: e.Address, Detail: e.Detail,
	}
}

// auditSheet answers GET /v1/audit.csv: what the filter leaves, newest first, as far as auditRows.
func (s *server) auditSheet(w http.ResponseWriter, r *http.Request) {
	in, err := auditQuery(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	f, err := in.filter()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	f.Limit = auditRows
	entries, err := s.entries(r.Context(), f)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	err = s.trail.Record(r.Context(), s.System, access.Entry{
		Event: "export", Action: access.Audit, Resource: "audit", Address: s.remote(r).String(), Detail: fmt.Sprintf("%d entries, %s", len(entries), r.URL.RawQuery),
	})
	if err != nil { // what leaves without a record does not leave
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="audit.csv"`)
	h.Set("Cache-Control", "no-store")
	sheet := csv.NewWriter(w)
	_ = sheet.Write([]string{
		"seq", "at", "at_jalali", "event", "outcome", "person_id", "key_id", "name", "agency", "action", "resource", "territory", "tracking", "address", "detail",
	})
	for _, e := range entries {
		row := []string{
			strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(time.RFC3339Nano), access.Jalali(e.At), e.Event, e.Outcome(), strconv.FormatInt(e.PersonID, 10),
			strconv.FormatInt(e.KeyID, 10), e.Name, e.Agency, string(e.Action), e.Resource, e.Territory, string(e.Tracking), e.Address, e.Detail,
		}
		for i := range row {
			row[i] = cell(row[i])
		}
		_ = sheet.Write(row)
	}
	sheet.Flush() // the client went away: nobody is left to tell
}

// auditRows bounds one sheet. A longer trail is taken in parts, with before.
const auditRows = 100_000

// cell keeps a spreadsheet from taking what somebody else wrote for a formula.
func cell(s string) string {
	return layers.SafeCell(s)
}

// auditQuery reads the filter of a sheet.
func auditQuery(r *http.Request) (*auditInput, error) {
	q := r.URL.Query()
	in := &auditInput{Event: q.Get("event"), Outcome: q.Get("outcome"), Agency: q.Get("agency"), Person: q.Get("person"), Resource: q.Get("resource"), Tracking: q.Get("tracking")}
	for name, to := range map[string]*time.Time{"from": &in.From, "to": &in.To} {
		if text := q.Get(name); text != "" {
			at, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return nil, invalid("query."+name, text)
			}
			*to = at
		}
	}
	if text := q.Get("before"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return nil, invalid("query.before", text)
		}
		in.Before = n
	}
	return in, nil
}

func invalid(location, value string) error {
	return &errs.Error{
		Code: "request-invalid", Status: http.StatusUnprocessableEntity, Op: "server.audit", Location: location, Value: value,
		Title:  errs.T("درخواست درست نیست", "The request is not valid"),
		Detail: errs.T("این مقدار خوانده نشد.", "The value is not read."),
		Next:   errs.T("پارامترها را مطابق ‎/openapi.json درست کنید.", "Correct the parameters according to /openapi.json."),
	}
}
