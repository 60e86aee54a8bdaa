package server

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/pg"
	"nsdi/layers"
)

// corrected answers GET /v1/submissions/{tracking}/corrected.gpkg, .csv and .geojson: the rows as they stand after the accepted corrections, to those for whom the
// submission is. The file is made whole on the disk before it leaves, so that an error is an answer of its own and a slow reader holds no transaction.
func (s *server) corrected(format string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rows := r.URL.Query().Get("rows")
		if rows != "" && rows != "accepted" && rows != "all" {
			s.fail(w, r, invalid("query.rows", rows))
			return
		}
		ctx := r.Context()
		if err := s.makesGeoPackages(); err != nil {
			s.fail(w, r, err)
			return
		}
		found, err := s.submissionFor(ctx, chi.URLParam(r, "tracking"), access.ReadRestricted)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		c := http.NewResponseController(w)
		_ = c.SetReadDeadline(time.Time{}) // else the server would take the request for broken off when the time for reading it is over
		_ = c.SetWriteDeadline(time.Now().Add(downloadTime))
		var file *layers.CorrectedFile
		snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
		err = pg.InScope(ctx, s.Pool, pg.Agencies(found.AgencyID), snapshot, func(tx pgx.Tx) error {
			now, err := layers.FindSubmission(ctx, tx, found.Tracking)
			if err != nil {
				return err
			}
			file, err = s.Importer.Corrected(ctx, tx, now, format, rows == "all")
			return err
		})
		if err != nil {
			s.fail(w, r, err)
			return
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if r.Method != http.MethodHead {
			if err := s.recordFile(r, found, fmt.Sprintf("corrected.%s, %d rows, %d bytes", format, file.Rows, info.Size())); err != nil {
				s.fail(w, r, err)
				return
			}
		}
		h := w.Header()
		h.Set("Content-Type", file.ContentType)
		h.Set("Content-Disposition", `attachment; filename="`+found.Tracking+`-corrected.`+format+`"`)
		h.Set("Content-Length", fmt.Sprint(info.Size()))
		h.Set("Cache-Control", "no-store")
		_, _ = io.Copy(&patient{w, c}, file) // the client went away: nobody is left to tell
	}
}
