package server

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/layers/upload"
)

const uploadsPath = "/v1/uploads"

// uploads is where files are handed over. The protocol sees to its own time: a transfer takes as long as it moves.
func (s *server) uploads(r chi.Router) {
	collection := func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, takesNothing()) }
	one := collection
	if s.Uploads != nil {
		tus, err := s.Uploads.Handler(upload.Front{Path: uploadsPath, Who: creator, Permit: s.mayUpload, Fail: s.failUpload})
		if err != nil {
			panic("server: " + err.Error()) // options above
		}
		collection = tus.Collection
		one = func(w http.ResponseWriter, r *http.Request) { tus.One(w, r, chi.URLParam(r, "id")) }
	}
	r.Options(uploadsPath, collection)
	r.Post(uploadsPath, collection)
	r.Head(uploadsPath+"/{id}", one)
	r.Patch(uploadsPath+"/{id}", one)
	r.Delete(uploadsPath+"/{id}", one)
	r.Post(uploadsPath+"/{id}", one)
}

func takesNothing() error {
	return &errs.Error{
		Code: "uploads-closed", Status: http.StatusServiceUnavailable, Op: "server.uploads",
		Title:  errs.T("این سرور پرونده نمی‌گیرد", "This server takes no files"),
		Detail: errs.T("این سرور بی‌پوشه بارگذاری به کار افتاده است.", "The server runs without a folder of uploads."),
		Next:   errs.T("سرپرست سامانه را خبر کنید.", "Tell the operator."),
	}
}

func creator(ctx context.Context) upload.Creator {
	who := access.SubjectFrom(ctx)
	if who.KeyID != 0 { // a key is somebody of its own, whoever made it
		return upload.Creator{Key: who.KeyID}
	}
	return upload.Creator{Person: who.PersonID}
}

// mayUpload answers whether who asks may hand over for the agency. Without a theme it is enough that there is one in which they may: before a submission is
// made of the file, the theme is asked for.
func (s *server) mayUpload(ctx context.Context, agency, theme, territory string) error {
	who := access.SubjectFrom(ctx)
	if theme != "" || who.Public() {
		return s.Permissions.Can(ctx, who, access.Upload, access.Resource{Theme: theme, Agency: agency}, territory)
	}
	rows, err := s.System.Query(ctx, `
		select t.code
		from layers.theme t
		join access.agency a on a.code = $1
		where access.delivers(a.id, t.code)
		order by t.position, t.code`, agency)
	if err != nil {
		return fmt.Errorf("themes of %s: %w", agency, err)
	}
	themes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("themes of %s: %w", agency, err)
	}
	for _, theme := range append(themes, "") { // the last one is refused for want of a theme
		if err = s.Permissions.Can(ctx, who, access.Upload, access.Resource{Theme: theme, Agency: agency}, territory); err == nil || errs.Code(err) != "not-permitted" {
			return err
		}
	}
	return err
}

func (s *server) failUpload(w http.ResponseWriter, r *http.Request, err error) {
	if errs.Status(err) == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "60")
	}
	s.refusal(r, access.Upload, err)
	s.fail(w, r, err)
}

type uploadsBody struct {
	Uploads []uploadState `json:"uploads" doc:"Newest first"`
}

type uploadState struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Agency      string     `json:"agency"`
	Theme       string     `json:"theme,omitempty"`
	Territory   string     `json:"territory,omitempty"`
	Tracking    string     `json:"tracking"`
	Bytes       int64      `json:"bytes"`
	Received    int64      `json:"received" doc:"As of the last answer; HEAD of the upload tells the true offset"`
	SHA256      string     `json:"sha256,omitempty" doc:"When it is complete"`
	CreatedAt   time.Time  `json:"created_at"`
	ExpiresAt   time.Time  `json:"expires_at"`
	CompletedAt *time.Time `json:"completed_at"`
}

// listUploads answers GET /v1/uploads: one's own uploads that no submission has taken.
func (s *server) listUploads(ctx context.Context, _ *struct{}) (*uploadsBody, error) {
	who := access.SubjectFrom(ctx)
	if who.Public() {
		return nil, s.mayUpload(ctx, "", "", "")
	}
	if s.Uploads == nil {
		return nil, takesNothing()
	}
	states, err := s.Uploads.Pending(ctx, creator(ctx))
	if err != nil {
		return nil, err
	}
	body := &uploadsBody{Uploads: []uploadState{}}
	for _, u := range states {
		body.Uploads = append(body.Uploads, uploadState{
			ID: u.ID, Name: u.Name, Agency: u.Agency, Theme: u.Theme, Territory: u.Territory, Tracking: u.Tracking, Bytes: u.Bytes, Received: u.Received,
			SHA256: hex.EncodeToString(u.SHA256), CreatedAt: u.CreatedAt, ExpiresAt: u.ExpiresAt, CompletedAt: u.CompletedAt,
		})
	}
	return body, nil
}

// UploadTracker joins uploads to the tracking identifiers, of which they know nothing themselves.
type UploadTracker struct {
	Now func() time.Time // Defaults to time.Now.
}

// Opened opens the identifier of a delivery.
func (t UploadTracker) Opened(ctx context.Context, tx pgx.Tx, agency string, note errs.Text) (string, error) {
	id, err := (&access.Tracking{Now: t.Now}).Open(ctx, tx, "submission", agency, access.Step{State: upload.Uploading, Note: note})
	return string(id), err
}

// Moved appends an event.
func (t UploadTracker) Moved(ctx context.Context, tx pgx.Tx, id, state string, note errs.Text) error {
	return (&access.Tracking{Now: t.Now}).Move(ctx, tx, access.Identifier(id), access.Step{State: state, Note: note})
}

// Parse reads what a person typed.
func (UploadTracker) Parse(typed string) (string, error) {
	id, err := access.ParseIdentifier(typed)
	if err != nil {
		return "", errors.Join(errors.New("not an identifier"), err)
	}
	return string(id), nil
}
