package server

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
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
	Person   string    `query:"person" maxLength:"200" doc:"Name of a person or a key, or a part of it, or a login"`
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
	Detail    string `json:"detail" doc:"As it is kept"`

	Told bilingual `json:"told" doc:"The detail in words"`
}

// audit answers GET /v1/audit.
func (s *server) audit(ctx context.Context, in *auditInput) (*auditBody, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	f.Limit = in.Limit + 1
	var entries []access.Entry
	err = s.inTrail(ctx, f, func(tx pgx.Tx) (err error) {
		entries, err = access.Entries(ctx, tx, f)
		return err
	})
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

type auditAgency struct {
	Code  string    `json:"code"`
	Title bilingual `json:"title"`
}

type auditAgenciesBody struct {
	Agencies []auditAgency `json:"agencies"`
}

// auditAgencies answers GET /v1/audit/agencies.
func (s *server) auditAgencies(ctx context.Context, _ *struct{}) (*auditAgenciesBody, error) {
	rows, err := s.System.Query(ctx, `
		select code, name_fa, name_en
		from access.agency a
		where exists (select from access.audit where agency = a.code)
		order by code`)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a auditAgency, err error) {
		return a, row.Scan(&a.Code, &a.Title.FA, &a.Title.EN)
	})
	if found == nil {
		found = []auditAgency{}
	}
	return &auditAgenciesBody{found}, err
}

// inTrail reads the trail of one agency in that agency's scope. The whole trail is for whom the permission was asked without an agency.
func (s *server) inTrail(ctx context.Context, f access.AuditFilter, read func(pgx.Tx) error) error {
	scope := pg.Everything
	if f.Agency != "" {
		id, err := access.AgencyID(ctx, s.Pool, f.Agency)
		if err != nil {
			return err
		}
		scope = pg.Agencies(id)
	}
	return pg.InScope(ctx, s.Pool, scope, pgx.TxOptions{AccessMode: pgx.ReadOnly}, read)
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
		Told: bilingual(auditTold(e.Event, e.Detail)),
	}
}

// auditSheet answers GET /v1/audit.csv: what the filter leaves, newest first.
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
	ctx := r.Context()
	var count int64
	err = s.inTrail(ctx, f, func(tx pgx.Tx) (err error) {
		var newest int64
		count, newest, err = access.CountEntries(ctx, tx, f)
		f.Before = newest + 1 // what comes in meanwhile, such as the entry of this sheet, is not on it
		return err
	})
	if err == nil {
		err = s.trail.Record(ctx, s.System, access.Entry{
			Event: "export", Action: access.Audit, Resource: "audit", Address: s.remote(r).String(), Detail: fmt.Sprintf("%d entries, %s", count, r.URL.RawQuery),
		})
	}
	if err != nil { // what leaves without a record does not leave
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="audit.csv"`)
	h.Set("Cache-Control", "no-store")
	if err := s.writeAudit(ctx, &patient{w, http.NewResponseController(w)}, f); err != nil {
		if ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "audit sheet broken off", "err", err)
		}
		panic(http.ErrAbortHandler) // half a sheet must not look like a whole one
	}
}

// auditPart is how many entries of a sheet are in memory at once.
const auditPart = 5000

func (s *server) writeAudit(ctx context.Context, w io.Writer, f access.AuditFilter) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // by which spreadsheets know UTF-8
		return err
	}
	sheet := csv.NewWriter(w)
	_ = sheet.Write([]string{ // the writer keeps its error for the end
		"seq", "at", "at_jalali", "event", "outcome", "person_id", "key_id", "name", "agency", "action", "resource", "territory", "tracking", "address", "detail", "told_fa", "told_en",
	})
	f.Limit = auditPart
	for {
		var entries []access.Entry
		err := s.inTrail(ctx, f, func(tx pgx.Tx) (err error) {
			entries, err = access.Entries(ctx, tx, f)
			return err
		})
		if err != nil {
			return err
		}
		for _, e := range entries {
			told := auditTold(e.Event, e.Detail)
			row := []string{
				strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(time.RFC3339Nano), access.Jalali(e.At), e.Event, e.Outcome(), strconv.FormatInt(e.PersonID, 10),
				strconv.FormatInt(e.KeyID, 10), e.Name, e.Agency, string(e.Action), e.Resource, e.Territory, string(e.Tracking), e.Address, e.Detail, told.FA, told.EN,
			}
			for i := range row {
				row[i] = cell(row[i])
			}
			_ = sheet.Write(row)
		}
		sheet.Flush()
		if err := sheet.Error(); err != nil || len(entries) < auditPart {
			return err
		}
		f.Before = entries[len(entries)-1].Seq
	}
}

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
