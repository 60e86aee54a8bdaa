package upload

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"
	"golang.org/x/exp/slog"

	"nsdi/internal/errs"
)

// Front is what the server answers for the protocol: who asks, whether they may, and how errors are told.
type Front struct {
	Path string // of the collection, such as /v1/uploads
	Who  func(context.Context) Creator
	// Permit answers nil when whoever asks may hand over for the agency, in a theme and place if these are not empty.
	Permit func(ctx context.Context, agency, theme, territory string) error
	Fail   func(http.ResponseWriter, *http.Request, error)
}

// Handler speaks tus 1.0 with the extensions creation, creation-with-upload, termination, expiration and checksum.
type Handler struct {
	*Uploads
	front Front
	tus   *handler.UnroutedHandler
}

// exchange is one request and its answer.
type exchange struct {
	who    Creator
	state  *State // of the upload that is asked about, or that is begun
	typed  string // tracking identifier that a new upload asks to join
	digest *digest
	err    error // what the answer is to say
	end    func()
	ending ending
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange { return ctx.Value(exchangeKey{}).(*exchange) }

// Handler answers the protocol below a path.
func (u *Uploads) Handler(f Front) (*Handler, error) {
	h := &Handler{Uploads: u, front: f}
	s := newStore(u)
	composer := handler.NewStoreComposer()
	composer.UseCore(s)
	composer.UseTerminater(s)
	composer.UseLocker(u.locks)
	var err error
	h.tus, err = handler.NewUnroutedHandler(handler.Config{
		StoreComposer: composer, BasePath: f.Path, MaxSize: u.Limits.MaxBytes,
		DisableDownload: true, DisableConcatenation: true, Cors: &handler.CorsConfig{Disable: true},
		PreUploadCreateCallback: h.create,
		AcquireLockTimeout:      lockWait, NetworkTimeout: stall,
		// Work that has to go on after the sender went has a time of its own: see aside.
		GracefulRequestCompletionTimeout: 100 * time.Millisecond,
		Logger:                           slog.New(slog.NewTextHandler(io.Discard, nil)), // the server logs what failed
	})
	if err != nil {
		return nil, fmt.Errorf("tus: %w", err)
	}
	return h, nil
}

// Collection answers POST, which begins an upload, and OPTIONS.
func (h *Handler) Collection(w http.ResponseWriter, r *http.Request) {
	r.Header.Del("X-HTTP-Method-Override") // of which the collection has no use
	h.serve(w, r, &exchange{who: h.front.Who(r.Context())}, h.tus.PostFile)
}

// One answers HEAD, PATCH and DELETE of an upload, and POST with X-HTTP-Method-Override for networks that let neither pass.
func (h *Handler) One(w http.ResponseWriter, r *http.Request, id string) {
	method := r.Method
	if method == http.MethodPost {
		method = r.Header.Get("X-HTTP-Method-Override")
	}
	var answer http.HandlerFunc
	switch {
	case r.Method == http.MethodHead:
		answer = h.tus.HeadFile
	case method == http.MethodPatch:
		answer = h.tus.PatchFile
	case method == http.MethodDelete:
		answer = h.tus.DelFile
	default:
		w.Header().Set("Allow", "HEAD, PATCH, DELETE")
		h.front.Fail(w, r, &errs.Error{
			Code: "method-not-allowed", Status: http.StatusMethodNotAllowed, Op: "upload", Location: "header.X-HTTP-Method-Override", Value: method,
			Title:  errs.T("این روش برای این نشانی نیست", "The address does not have this method"),
			Detail: errs.T("POST تنها با X-HTTP-Method-Override پذیرفته می‌شود.", "POST is only accepted with X-HTTP-Method-Override."),
			Next:   errs.T("روش PATCH یا DELETE را در آن سرایند بفرستید.", "Send PATCH or DELETE in that header field."),
		})
		return
	}
	x := &exchange{who: h.front.Who(r.Context())}
	h.serve(w, r, x, func(w http.ResponseWriter, r *http.Request) {
		if x.err = h.ask(r.Context(), x, id); x.err != nil {
			w.WriteHeader(errs.Status(x.err))
			return
		}
		if method == http.MethodPatch {
			if x.end, x.err = h.busy.begin(x.state.AgencyID, h.Limits.Parallel); x.err != nil {
				w.WriteHeader(errs.Status(x.err))
				return
			}
		}
		r.URL.Path = id
		answer(w, r)
	})
}

// serve runs one exchange through tusd. A transfer outlasts the time of other requests; that its client went, it learns from the body.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, x *exchange, answer http.HandlerFunc) {
	ctx, cancel := context.WithCancelCause(context.WithValue(context.WithoutCancel(r.Context()), exchangeKey{}, x))
	defer cancel(nil)
	if r.Method == http.MethodHead || r.Method == http.MethodDelete {
		x.ending.begin()
	}
	defer context.AfterFunc(h.closing, func() { x.ending.end(func() { cancel(context.Cause(h.closing)) }) })()
	defer func() {
		if x.end != nil {
			x.end()
		}
	}()
	p := &reply{ResponseWriter: w, h: h, x: x}
	asked := r.Clone(ctx)
	asked.Body = &paced{ReadCloser: r.Body, now: h.Now, begin: x.ending.begin}
	if x.digest, x.err = parseDigest(r.Header.Get("Upload-Checksum")); x.err != nil {
		p.WriteHeader(errs.Status(x.err))
	} else {
		h.tus.Middleware(answer).ServeHTTP(p, asked)
	}
	if p.refused != 0 {
		h.front.Fail(w, r, h.told(p))
	}
}

// ask finds the upload, and asks whether its creator still may.
func (h *Handler) ask(ctx context.Context, x *exchange, id string) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	if x.who == (Creator{}) {
		return h.front.Permit(ctx, "", "", "") // which says that one has to sign in
	}
	s, err := h.own(ctx, id, x.who)
	if err != nil {
		return err
	}
	if err := h.front.Permit(ctx, s.Agency, s.Theme, s.Territory); err != nil {
		return err
	}
	if err := s.there(h.Now()); err != nil {
		return err
	}
	x.state = s
	return nil
}

// create looks at what is announced before anything is made of it.
func (h *Handler) create(event handler.HookEvent) (handler.HTTPResponse, handler.FileInfoChanges, error) {
	x := exchangeOf(event.Context)
	ctx, cancel := aside(event.Context)
	defer cancel()
	m, err := h.announced(ctx, x, &event)
	if err != nil {
		return handler.HTTPResponse{}, handler.FileInfoChanges{}, x.failed(err)
	}
	return handler.HTTPResponse{}, handler.FileInfoChanges{ID: x.state.ID, MetaData: m.encode()}, nil
}

func (h *Handler) announced(ctx context.Context, x *exchange, event *handler.HookEvent) (Metadata, error) {
	if x.who == (Creator{}) { // before what is sent is judged
		return Metadata{}, h.front.Permit(ctx, "", "", "")
	}
	m, err := ParseMetadata(strings.Join(event.HTTPRequest.Header.Values("Upload-Metadata"), ","))
	if err != nil {
		return m, err
	}
	if err := h.front.Permit(ctx, m.Agency, m.Theme, m.Territory); err != nil {
		return m, err
	}
	if event.Upload.Size == 0 {
		return m, &errs.Error{
			Code: "upload-empty", Status: http.StatusUnprocessableEntity, Op: "upload", Location: "header.Upload-Length",
			Title:  errs.T("پرونده خالی است", "The file is empty"),
			Detail: errs.T("پرونده‌ای با صفر بایت تحویلی نیست.", "A file of no bytes is no delivery."),
			Next:   errs.T("پرونده درست را برگزینید.", "Choose the right file."),
		}
	}
	if left, err := free(h.Dir); err != nil {
		return m, err
	} else if left-event.Upload.Size < max(h.Limits.Reserve, 0) {
		return m, noRoom(fmt.Errorf("%d bytes are free, %d are announced", left, event.Upload.Size))
	}
	now := h.Now()
	x.typed = m.Tracking
	x.state = &State{
		ID: newID(), Agency: m.Agency, Theme: m.Theme, Territory: m.Territory, Creator: x.who, Name: m.Name, Bytes: event.Upload.Size, Checksum: m.Checksum,
		CreatedAt: now, ExpiresAt: now.Add(h.Limits.Lifetime),
	}
	if x.state.AgencyID, err = h.agencyID(ctx, m.Agency); err != nil {
		return m, err
	}
	if event.HTTPRequest.Header.Get("Content-Type") == "application/offset+octet-stream" {
		x.end, err = h.busy.begin(x.state.AgencyID, h.Limits.Parallel)
	}
	return m, err
}

// Close has transfers under way stop. What they brought is kept, and they can be resumed.
func (u *Uploads) Close() { u.stop(handler.ErrServerShutdown) }
