package upload

import (
	"net/http"
)

// reply is what tusd writes to. It completes header fields, and holds back what tusd says of errors, in whose place a problem document is sent.
type reply struct {
	http.ResponseWriter
	h       *Handler
	x       *exchange
	refused int    // status of the error, 0: none
	text    []byte // of the error
	begun   bool
}

// TrackingHeader tells the tracking identifier of the delivery that an upload belongs to.
const TrackingHeader = "Sdi-Tracking-Id"

// WriteHeader sends the header of an answer that is no error.
func (p *reply) WriteHeader(status int) {
	if p.begun || p.refused != 0 {
		return
	}
	h := p.Header()
	if h.Get("Tus-Extension") != "" { // the answer to OPTIONS
		h.Set("Tus-Extension", h.Get("Tus-Extension")+",expiration,checksum")
		h.Set("Tus-Checksum-Algorithm", algorithms)
	}
	if status == http.StatusPreconditionFailed {
		h.Set("Tus-Version", "1.0.0")
	}
	if status >= http.StatusBadRequest {
		p.refused = status
		return
	}
	p.begun = true
	h.Set("Cache-Control", "no-store")
	if s := p.x.state; s != nil {
		h.Set(TrackingHeader, s.Tracking)
		if s.CompletedAt == nil {
			h.Set("Upload-Expires", s.ExpiresAt.UTC().Format(http.TimeFormat))
		}
		if h.Get("Location") != "" { // without a host: a proxy may have another
			h.Set("Location", p.h.front.Path+"/"+s.ID)
		}
	}
	p.ResponseWriter.WriteHeader(status)
}

func (p *reply) Write(b []byte) (int, error) {
	if p.refused != 0 {
		p.text = append(p.text, b[:min(len(b), 200-min(len(p.text), 200))]...)
		return len(b), nil
	}
	p.begun = true
	return p.ResponseWriter.Write(b)
}

// Unwrap lets deadlines be set.
func (p *reply) Unwrap() http.ResponseWriter { return p.ResponseWriter }
