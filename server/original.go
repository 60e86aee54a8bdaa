package server

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/go-chi/chi/v5"

	"nsdi/access"
	"nsdi/layers"
)

// original answers GET /v1/submissions/{tracking}/files/{name} with the file as it was received, whole or in parts, to those for whom the submission is. The use is
// on record before the first byte leaves.
func (s *server) original(w http.ResponseWriter, r *http.Request) {
	name := chi.URLParam(r, "name")
	if r.URL.RawPath != "" { // then the router has matched what is still escaped
		unescaped, err := url.PathUnescape(name)
		if err != nil {
			s.fail(w, r, invalid("path.name", name))
			return
		}
		name = unescaped
	}
	found, err := s.submissionFor(r.Context(), chi.URLParam(r, "tracking"), access.ReadRestricted)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	f, kept, err := s.Importer.Original(found, name)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	defer f.Close()
	h := w.Header()
	h.Set("ETag", `"`+kept.SHA256+`"`)
	if r.Method != http.MethodHead && r.Header.Get("If-None-Match") != h.Get("ETag") {
		detail := fmt.Sprintf("%s, %d bytes, sha256 %s", kept.Name, kept.Bytes, kept.SHA256)
		if err := s.recordFile(r, found, detail); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	h.Set("Content-Type", "application/octet-stream") // whatever it claims to be, no browser shall show it as a page of ours
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Cache-Control", "private, no-cache")
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Time{}) // else the server would take the request for broken off when the time for reading it is over
	http.ServeContent(&patient{w, c}, r, "", time.Time{}, f)
}

// recordFile enters in the audit trail that a file of a submission, or the part of it that is asked for, was handed out.
func (s *server) recordFile(r *http.Request, found *layers.Submission, detail string) error {
	who := access.SubjectFrom(r.Context())
	if part := r.Header.Get("Range"); part != "" {
		detail += ", " + part[:min(len(part), 100)]
	}
	return s.trail.Record(r.Context(), s.System, access.Entry{
		Event: "export", PersonID: who.PersonID, KeyID: who.KeyID, Name: who.Name, Agency: found.Agency, Action: access.ReadRestricted,
		Resource: fmt.Sprintf("theme:%s submission:%d", found.Theme, found.ID), Territory: found.Territory, Address: s.remote(r).String(),
		Tracking: access.Identifier(found.Tracking), Detail: detail,
	})
}

// patient puts the end of the connection off with each write, so that a slow reader gets the whole file and one who takes nothing is cut off.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (p *patient) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(writeTime)) // a writer that has no deadline needs none put off
	return p.ResponseWriter.Write(b)
}
