package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"nsdi/access"
	"nsdi/internal/errs"
)

const (
	downloadPath = "/v1/downloads/"
	// downloadTime is what one file may take; a reader who takes nothing for writeTime is cut off before.
	downloadTime = 30 * time.Minute
	// downloadSlots is how many files are written at once: each holds a connection of the pool for as long as its reader takes.
	downloadSlots = 4
	downloadQueue = 16
)

type offerInput struct {
	ID  int64 `path:"id" minimum:"1" doc:"Id of the dataset"`
	Seq int   `path:"seq" minimum:"1" doc:"The version: the last one of the dataset"`

	Format string `query:"format" enum:"geojson,csv,gpkg,flatgeobuf,shapefile,gml,dxf,openaddresses,gnaf" default:"geojson" doc:"Of the file; the address works for the others as well, with another format, and with crs and encoding"`
}

type offer struct {
	URL     string    `json:"url" doc:"Where the file is; it works for the caller only, and until expires_at. Relative to this server where its own address is not set"`
	Expires time.Time `json:"expires_at"`
}

// offerDownload answers POST /v1/datasets/{id}/versions/{seq}/downloads.
func (s *server) offerDownload(ctx context.Context, in *offerInput) (*offer, error) {
	token, expires, err := s.downloads.Offer(ctx, access.SubjectFrom(ctx), in.ID, in.Seq)
	if err != nil {
		return nil, err
	}
	url := s.PublicURL + downloadPath + token
	if in.Format != "geojson" {
		url += "?format=" + in.Format
	}
	return &offer{URL: url, Expires: expires.UTC()}, nil
}

// download answers GET /v1/downloads/{token} with a GeoJSON file that is made while it is sent, or with one of another format. The use is on record before the first byte leaves: what cannot be recorded is not handed out.
func (s *server) download(w http.ResponseWriter, r *http.Request) {
	dl, err := s.downloads.Redeem(r.Context(), access.SubjectFrom(r.Context()), s.remote(r), chi.URLParam(r, "token"))
	if err != nil {
		s.refuseDownload(w, r, err)
		return
	}
	query := r.URL.Query()
	if format := cmp.Or(query.Get("format"), "geojson"); format != "geojson" || query.Has("unit") || query.Has("sheets") || query.Has("clip") {
		s.privateFile(w, r, dl, format)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/geo+json")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s-%d-v%d.geojson"`, dl.Theme, dl.Agency, dl.DatasetID, dl.Seq))
	h.Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return
	}
	if dl.Who.Public() && !s.redemptions.admit(s.Now()) { // so that a stranger does not fill the audit trail
		s.refuseDownload(w, r, busy())
		return
	}
	use, err := s.recordDownload(r, dl)
	if err != nil {
		s.refuseDownload(w, r, err)
		return
	}
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Time{}) // else the server would take the request for broken off when the time for reading it is over
	extend := func() error { return c.SetWriteDeadline(time.Now().Add(writeTime)) }
	_ = extend()
	out := &counter{Writer: w}
	rows, err := s.downloads.Write(r.Context(), dl, out, extend)
	if use != 0 {
		if err := s.uses.End(context.WithoutCancel(r.Context()), use, err == nil, rows, out.bytes); err != nil {
			s.Log.ErrorContext(r.Context(), "record of a download", "err", err)
		}
	}
	if err == nil {
		return
	}
	if out.bytes == 0 {
		h.Del("Content-Disposition")
		s.refuseDownload(w, r, err)
		return
	}
	if !errors.Is(err, context.Canceled) {
		s.Log.ErrorContext(r.Context(), "download broken off", "dataset", dl.DatasetID, "err", err)
	}
	panic(http.ErrAbortHandler) // half a file must not look like a whole one
}

// recordDownload enters a redemption in the audit trail, and as a use of the grant that allows it, whose number it answers.
func (s *server) recordDownload(r *http.Request, dl *access.Download) (use int64, err error) {
	what := fmt.Sprintf("dataset:%d version:%d", dl.DatasetID, dl.Seq)
	for _, name := range []string{"format", "unit", "sheets", "clip"} {
		if value := r.URL.Query().Get(name); value != "" {
			what += " " + name + ":" + value[:min(len(value), 100)]
		}
	}
	if part := r.Header.Get("Range"); part != "" {
		what += " " + part[:min(len(part), 100)]
	}
	e := access.Entry{
		Event: "export", PersonID: dl.Who.PersonID, KeyID: dl.Who.KeyID, Name: dl.Who.Name, Agency: dl.Agency, Action: access.Export, Resource: what, Territory: dl.Territory,
		Address: s.remote(r).String(), Detail: fmt.Sprintf("%s of %s, %d features in the dataset", dl.Theme, dl.Agency, dl.Features),
	}
	if dl.Grant != nil {
		e.Tracking = dl.Grant.Tracking
		if use, err = s.uses.Begin(r.Context(), dl.Grant.ID, dl.Who, access.Export, what); err != nil {
			return 0, err
		}
	}
	return use, s.trail.Record(r.Context(), s.System, e)
}

// refuseDownload answers an error. The token is not written down anywhere: until it ends it is worth a file.
func (s *server) refuseDownload(w http.ResponseWriter, r *http.Request, err error) {
	if e, ok := errs.As(err); ok && e.Status == http.StatusForbidden && s.refusals.admit(s.Now()) {
		s.record(r, access.Entry{Event: "refusal", Refused: true, Action: access.Export, Resource: r.Method + " " + pathOf(r), Detail: e.Code})
	}
	if p := s.told(r.Context(), downloadPath, err); p != nil {
		write(w, p)
	}
}

// counter counts the bytes that are written.
type counter struct {
	io.Writer
	bytes int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.bytes += int64(n)
	return n, err
}
