package server

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/layers"
)

// exportPath ends the addresses of files of versions.
const exportPath = "/download"

// export answers GET /v1/datasets/{id}/download with a file of a version, whole or in the ranges that are asked for. Restricted data leaves by signed
// addresses only, where each use is recorded.
func (s *server) export(w http.ResponseWriter, r *http.Request) {
	id, err := number(r, "id")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	query := r.URL.Query()
	seq := 0
	if text := query.Get("version"); text != "" {
		if seq, err = strconv.Atoi(text); err != nil || seq < 1 || seq > 1<<31-1 {
			s.fail(w, r, invalid("query.version", text))
			return
		}
	}
	s.deliverFile(w, r, func(f func(pgx.Tx, *layers.Order) error) error {
		return s.readSet(r.Context(), id, func(tx pgx.Tx, set *layers.Set) error {
			if set.Restricted {
				return onlyDownloads(id)
			}
			v, err := set.Version(r.Context(), tx, seq)
			if err != nil {
				return err
			}
			tracking, err := s.trackingOf(r.Context(), set, v)
			if err != nil {
				return err
			}
			o := layers.OrderOf(set, v, query.Get("format"), s.sheet(set, v, tracking))
			if err := o.In(query.Get("crs"), query.Get("encoding")); err != nil {
				return err
			}
			return f(tx, o)
		})
	})
}

// deliverFile answers with the file of an order, which is found in a transaction that may read what it is of.
func (s *server) deliverFile(w http.ResponseWriter, r *http.Request, find func(func(pgx.Tx, *layers.Order) error) error) {
	if s.Exports == nil {
		s.fail(w, r, downloadsOff())
		return
	}
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Time{}) // else the server would take the request for broken off when the time for reading it is over
	_ = c.SetWriteDeadline(time.Now().Add(downloadTime))
	var file *layers.Download
	var later *layers.Order
	err := find(func(tx pgx.Tx, o *layers.Order) (err error) {
		if file, err = s.Exports.Kept(o); err != nil || file != nil {
			return err
		}
		if err = s.Exports.Within(o); err != nil {
			return err
		}
		if s.Exports.InBackground(o) {
			later = o
			return nil
		}
		file, err = s.Exports.File(r.Context(), tx, o, nil)
		return err
	})
	if err == nil && later != nil {
		err = s.later(w, r, later, access.Subject{})
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if later != nil {
		return
	}
	s.handOut(w, r, file, "no-cache")
}

func downloadsOff() error {
	return &errs.Error{
		Code: "downloads-off", Status: http.StatusServiceUnavailable, Op: "server.export",
		Title:  errs.T("بارگیری پرونده آماده نیست", "Downloads of files are not set up"),
		Detail: errs.T("این کارگزار پوشه‌ای برای پرونده‌ها ندارد.", "This server has no folder for files."),
		Next:   errs.T("داده را از features بخوانید.", "Read the data from features."),
	}
}

// handOut sends a file, whole or in ranges.
func (s *server) handOut(w http.ResponseWriter, r *http.Request, file *layers.Download, cache string) {
	f, err := os.Open(file.Path)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", file.ContentType)
	h.Set("Content-Disposition", `attachment; filename="`+file.Name+`"`)
	h.Set("Cache-Control", cache)
	h.Set("ETag", file.ETag)
	http.ServeContent(&patient{w, http.NewResponseController(w)}, r, "", time.Time{}, f)
}

// sheet is the provenance of a version. The file is the same for everybody, so it says that anybody may have it, and not who does.
func (s *server) sheet(set *layers.Set, v layers.Version, tracking string) []layers.Line {
	territory := ""
	if set.Territory != nil {
		territory = *set.Territory
	}
	return []layers.Line{
		{Code: "dataset", FA: "شماره مجموعه‌داده", EN: "Number of the dataset", Value: strconv.FormatInt(set.ID, 10)},
		{Code: "theme", FA: "موضوع", EN: "Theme", Value: set.Theme},
		{Code: "agency", FA: "دستگاه متولی", EN: "Agency whose it is", Value: set.Agency},
		{Code: "territory", FA: "قلمرو", EN: "Territory", Value: territory},
		{Code: "version", FA: "نسخه", EN: "Version", Value: strconv.Itoa(v.Seq)},
		{Code: "features", FA: "شمار عارضه‌ها", EN: "Number of features", Value: strconv.Itoa(v.Features)},
		{Code: "published", FA: "زمان انتشار", EN: "Published", Value: access.Stamp(v.PublishedAt)},
		{Code: "tracking", FA: "شناسه پیگیری", EN: "Tracking identifier", Value: tracking},
		{Code: "crs", FA: "سامانه مختصات", EN: "Reference system", Value: "EPSG:4326"},
		{Code: "downloaded-by", FA: "گیرنده", EN: "Downloaded by", Value: thePublic},
		s.terms(),
	}
}

const thePublic = "همگان / the public"

// terms is the line of the sheet that says what is asked of whoever has the file.
func (s *server) terms() layers.Line {
	return layers.Line{
		Code: "terms", FA: "ضوابط", EN: "Terms",
		Value: "هنگام بازنشر نام دستگاه متولی آورده شود. / Who publishes the data again names the agency. " + s.PublicURL + "/v1/services/nsdi-download",
	}
}

// trackingOf answers the identifier under which a version came about: of the decision, or of the delivery, whose row only its agency sees.
func (s *server) trackingOf(ctx context.Context, set *layers.Set, v layers.Version) (tracking string, err error) {
	err = pg.InScope(ctx, s.Pool, pg.Agencies(set.AgencyID), pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `
			select coalesce(v.tracking, s.tracking, '')
			from layers.version v
			left join layers.submission s on s.id = v.submission_id
			where v.dataset_id = $1
			  and v.seq = $2`, set.ID, v.Seq).Scan(&tracking)
	})
	if err != nil {
		return "", fmt.Errorf("tracking identifier of a version: %w", err)
	}
	return tracking, nil
}
