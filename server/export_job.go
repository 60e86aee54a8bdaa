package server

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/layers"
)

const (
	exportsPath = "/v1/exports"
	// askAgain is how long whoever waits for a file should wait before asking how far it is, in seconds.
	askAgain = 5
)

type exportInput struct {
	ID string `path:"id" maxLength:"64" doc:"As Location told it"`
}

type exportBody struct {
	ID         string     `json:"id"`
	State      string     `json:"state" enum:"waiting,making,ready,failed,expired"`
	Theme      string     `json:"theme"`
	Format     string     `json:"format"`
	Rows       int64      `json:"rows" doc:"Features that it will have, at most"`
	Done       int64      `json:"done" doc:"Features that are written"`
	AskedAt    time.Time  `json:"asked_at"`
	FinishedAt *time.Time `json:"finished_at"`
	ExpiresAt  *time.Time `json:"expires_at" doc:"Until when it is kept, or shorter where there is no room"`
	File       string     `json:"file,omitempty" doc:"Where the file is, when it is ready"`
	Problem    *Problem   `json:"problem,omitempty" doc:"Why it failed, or that it has expired"`
}

type exportOutput struct {
	CacheControl string `header:"Cache-Control"`
	RetryAfter   string `header:"Retry-After"`
	Body         *exportBody
}

// later has a file made in the background, for somebody or for everybody, and answers 202 with where to follow it.
func (s *server) later(w http.ResponseWriter, r *http.Request, o *layers.Order, who access.Subject) error {
	e, err := s.Exports.Ask(r.Context(), o, who.PersonID, who.KeyID)
	if err != nil {
		return err
	}
	out := s.tellExport(e)
	h := w.Header()
	h.Set("Location", exportsPath+"/"+e.ID)
	h.Set("Retry-After", strconv.Itoa(askAgain))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	return json.NewEncoder(w).Encode(out.Body)
}

func (s *server) tellExport(e *layers.Export) *exportOutput {
	out := &exportOutput{CacheControl: "no-store", Body: &exportBody{
		ID: e.ID, State: e.State, Theme: e.Order.Theme, Format: e.Order.Format, Rows: e.Rows, Done: e.Done, AskedAt: e.AskedAt.UTC(), FinishedAt: e.FinishedAt, ExpiresAt: e.ExpiresAt,
	}}
	switch e.State {
	case "ready":
		out.Body.File = exportsPath + "/" + e.ID + "/file"
	case "waiting", "making":
		out.RetryAfter = strconv.Itoa(askAgain)
	default:
		_, err := s.Exports.FileOf(e)
		out.Body.Problem = problem(err)
	}
	return out
}

// exportFor finds an export that the caller may follow. What somebody else asked for is as what nobody did.
func (s *server) exportFor(ctx context.Context, id string) (*layers.Export, error) {
	if s.Exports == nil {
		return nil, downloadsOff()
	}
	e, err := s.Exports.Export(ctx, id)
	if err != nil {
		return nil, err
	}
	if who := access.SubjectFrom(ctx); e.PersonID != 0 && e.PersonID != who.PersonID || e.KeyID != 0 && e.KeyID != who.KeyID {
		return nil, layers.ExportUnknown(id)
	}
	return e, nil
}

// exportState answers GET /v1/exports/{id}.
func (s *server) exportState(ctx context.Context, in *exportInput) (*exportOutput, error) {
	e, err := s.exportFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.tellExport(e), nil
}

// exportFile answers GET /v1/exports/{id}/file, whole or in ranges, once the permission was asked again: what was public may be so no more.
func (s *server) exportFile(w http.ResponseWriter, r *http.Request) {
	e, err := s.exportFor(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Time{}) // else the server would take the request for broken off when the time for reading it is over
	_ = c.SetWriteDeadline(time.Now().Add(downloadTime))
	if e.Order.For != "" {
		dl, err := s.downloads.Again(r.Context(), access.SubjectFrom(r.Context()), e.Order.Parts[0].Version)
		if err == nil {
			err = s.sameRight(dl, e)
		}
		var file *layers.Download
		if err == nil {
			file, err = s.Exports.FileOf(e)
		}
		if err != nil {
			s.refuseDownload(w, r, err)
			return
		}
		if r.Method == http.MethodHead {
			w.Header().Set("Cache-Control", "no-store")
			return
		}
		s.handOutPrivate(w, r, dl, file)
		return
	}
	err = s.read(r.Context(), func(tx pgx.Tx) error {
		_, restricted, err := s.versions.ThemeFeed(r.Context(), tx, e.Order.Theme)
		if err == nil && restricted {
			err = s.onlyDownloadsOf(r, e.Order.Theme)
		}
		return err
	})
	var file *layers.Download
	if err == nil {
		file, err = s.Exports.FileOf(e)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.handOut(w, r, file, "no-cache")
}

// sameRight refuses a file that was made under another right than the one that its holder has now.
func (s *server) sameRight(dl *access.Download, e *layers.Export) error {
	if s.privateOrder(dl, e.Order.Format).For == e.Order.For {
		return nil
	}
	return &errs.Error{
		Code: "grant-changed", Status: http.StatusForbidden, Op: "server.exportFile", Location: "path.id", Value: e.ID,
		Title:  errs.T("مجوز پس از درخواست پرونده دگرگون شده است", "The grant has changed since the file was asked for"),
		Detail: errs.T("پرونده برای مجوز پیشین ساخته شد.", "The file was made for the grant that was in force then."),
		Next:   errs.T("نشانی تازه‌ای برای همین نسخه بخواهید.", "Ask for a new address of the version."),
	}
}

// privateExport reads what an export has that is for somebody, for the job that makes it.
func (s *server) privateExport(ctx context.Context, e *layers.Export) (layers.Rows, error) {
	dl, err := s.downloads.Working(ctx, e.PersonID, e.KeyID, e.Order.Parts[0].Version)
	if err == nil {
		err = s.sameRight(dl, e)
	}
	if err != nil {
		return nil, err
	}
	return s.privateRows(dl, &e.Order), nil
}
