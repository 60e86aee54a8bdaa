package server

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/gnaf"
	"nsdi/internal/errs"
	"nsdi/internal/paper"
)

// certificateFile answers GET /v1/postal-codes/certificates/{number}.pdf, to the agency that asked for it and to the Post.
func (s *server) certificateFile(w http.ResponseWriter, r *http.Request) {
	c, err := s.ownCertificate(r.Context(), chi.URLParam(r, "number"), access.Roles()...)
	var body []byte
	if err == nil && c.Revoked != nil {
		err = certificateRevoked(c)
	}
	if err == nil {
		var content certificateContent
		if err = json.Unmarshal([]byte(c.Content), &content); err == nil {
			body, err = paper.Render(content.Paper)
		}
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `inline; filename="`+c.Number+`.pdf"`)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // the client went away: nobody is left to tell
}

// certificateRevoked refuses the file of a certificate that counts no more: whoever has the number learns that it was revoked, and nobody gets paper that looks as if it counted.
func certificateRevoked(c *gnaf.Certificate) error {
	day := access.DayText(c.Revoked.At)
	return &errs.Error{
		Code: "certificate-revoked", Status: http.StatusGone, Op: "server.certificateFile", Location: "path.number", Value: c.Number,
		Title:  errs.T("این گواهی باطل شده است", "The certificate was revoked"),
		Detail: errs.T("گواهی در "+day.FA+" باطل شد و پرونده آن دیگر داده نمی‌شود.", "It was revoked on "+day.EN+", and its file is not given out any more."),
		Next:   errs.T("اگر هنوز لازم است، با شناسه درخواست تازه گواهی دیگری بخواهید.", "If it is still needed, ask for another one under a new request identifier."),
	}
}

// ownCertificate finds a certificate for who has one of the roles in the agency that asked for it, or in the Post. For everybody else it is not there.
func (s *server) ownCertificate(ctx context.Context, typed string, roles ...access.Role) (c *gnaf.Certificate, err error) {
	number, err := access.ParseIdentifier(typed)
	if err != nil {
		number = ""
	}
	err = s.read(ctx, func(tx pgx.Tx) (err error) {
		c, err = gnaf.FindCertificate(ctx, tx, string(number))
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, m := range access.SubjectFrom(ctx).Memberships {
		if (m.AgencyID == c.Agency || m.Agency == "post") && slices.ContainsFunc(roles, func(r access.Role) bool { return slices.Contains(m.Roles, r) }) {
			return c, nil
		}
	}
	_, err = gnaf.FindCertificate(ctx, s.System, "")
	return nil, err
}
