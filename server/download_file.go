package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/layers"
)

// privateFile answers a signed address with a file that is made for its holder alone, and for this address: what somebody else may have, or the holder may have
// tomorrow, is another file. Each use, also of a part, is on record before the first byte leaves.
func (s *server) privateFile(w http.ResponseWriter, r *http.Request, dl *access.Download, format string) {
	if s.Exports == nil {
		s.refuseDownload(w, r, downloadsOff())
		return
	}
	o := s.privateOrder(dl, format)
	if err := s.narrow(r, o); err != nil {
		s.refuseDownload(w, r, err)
		return
	}
	if err := o.In(r.URL.Query().Get("crs"), r.URL.Query().Get("encoding")); err != nil {
		s.refuseDownload(w, r, err)
		return
	}
	later := s.Exports.InBackground(o)
	if !later {
		token := sha256.Sum256([]byte(chi.URLParam(r, "token")))
		o.For += " address " + hex.EncodeToString(token[:])
	}
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Time{}) // else the server would take the request for broken off when the time for reading it is over
	_ = c.SetWriteDeadline(time.Now().Add(downloadTime))
	if r.Method == http.MethodHead {
		w.Header().Set("Cache-Control", "no-store")
		return
	}
	file, err := s.Exports.Kept(o)
	if err == nil && file == nil {
		if later {
			if err := s.later(w, r, o, dl.Who); err != nil {
				s.refuseDownload(w, r, err)
			}
			return
		}
		file, err = s.Exports.File(r.Context(), s.Pool, o, s.privateRows(dl, o))
	}
	if err != nil {
		s.refuseDownload(w, r, err)
		return
	}
	s.handOutPrivate(w, r, dl, file)
}

// handOutPrivate records the use and sends the file.
func (s *server) handOutPrivate(w http.ResponseWriter, r *http.Request, dl *access.Download, file *layers.Download) {
	if dl.Who.Public() && !s.redemptions.admit(s.Now()) { // so that a stranger does not fill the audit trail
		s.refuseDownload(w, r, busy())
		return
	}
	use, err := s.recordDownload(r, dl)
	if err != nil {
		s.refuseDownload(w, r, err)
		return
	}
	out := &tally{ResponseWriter: w}
	s.handOut(out, r, file, "no-store")
	if use == 0 {
		return
	}
	whole := out.status == http.StatusOK && strconv.FormatInt(out.bytes, 10) == w.Header().Get("Content-Length")
	rows := int64(0) // a part has no whole number of features
	if whole {
		rows = file.Rows
	}
	if err := s.uses.End(context.WithoutCancel(r.Context()), use, whole, rows, out.bytes); err != nil {
		s.Log.ErrorContext(r.Context(), "record of a download", "err", err)
	}
}

// tally counts what is written, and remembers the status.
type tally struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (c *tally) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *tally) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}

// Unwrap lets deadlines through.
func (c *tally) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// privateOrder is the order of a download as one subject may have it by one right.
func (s *server) privateOrder(dl *access.Download, format string) *layers.Order {
	grant, by := "", dl.Who.Name
	if dl.Grant != nil {
		grant = string(dl.Grant.Tracking)
	}
	if dl.Who.Public() {
		by = thePublic
	}
	for _, m := range dl.Who.Memberships {
		by += " · " + m.Agency
	}
	right, _ := json.Marshal([]any{dl.Who.PersonID, dl.Who.KeyID, grant, dl.Territory, dl.Attributes}) // numbers and texts
	return &layers.Order{
		Theme: dl.Theme, Format: format, Name: fmt.Sprintf("%s-%s-%d-v%d", dl.Theme, dl.Agency, dl.DatasetID, dl.Seq), Attributes: dl.Attributes, For: string(right), Rows: dl.Features,
		Parts: []layers.Part{{Dataset: dl.DatasetID, Agency: dl.Agency, Seq: dl.Seq, PublishedAt: dl.PublishedAt.UTC(), Version: dl.VersionID}},
		Sheet: []layers.Line{
			{Code: "dataset", FA: "شماره مجموعه‌داده", EN: "Number of the dataset", Value: strconv.FormatInt(dl.DatasetID, 10)},
			{Code: "theme", FA: "موضوع", EN: "Theme", Value: dl.Theme},
			{Code: "agency", FA: "دستگاه متولی", EN: "Agency whose it is", Value: dl.Agency},
			{Code: "territory", FA: "قلمرو", EN: "Territory", Value: dl.Place},
			{Code: "version", FA: "نسخه", EN: "Version", Value: strconv.Itoa(dl.Seq)},
			{Code: "published", FA: "زمان انتشار", EN: "Published", Value: access.Stamp(dl.PublishedAt)},
			{Code: "tracking", FA: "شناسه پیگیری", EN: "Tracking identifier", Value: string(dl.Tracking)},
			{Code: "crs", FA: "سامانه مختصات", EN: "Reference system", Value: "EPSG:4326"},
			{Code: "restricted", FA: "محدود", EN: "Restricted", Value: strconv.FormatBool(dl.Restricted)},
			{Code: "downloaded-by", FA: "گیرنده", EN: "Downloaded by", Value: by},
			{Code: "grant", FA: "شناسه مجوز", EN: "Grant", Value: grant},
			{Code: "granted-territory", FA: "واحد مجاز", EN: "Granted territory", Value: dl.Territory},
			{Code: "granted-attributes", FA: "ویژگی‌های مجاز", EN: "Granted attributes", Value: strings.Join(dl.Attributes, ", ")},
			s.terms(),
		},
	}
}

// narrow bounds an order by the area that the query names.
func (s *server) narrow(r *http.Request, o *layers.Order) error {
	c, err := clipping(r)
	if err != nil {
		return err
	}
	if !c.AsOf.IsZero() { // past states do not leave as files
		return invalid("query.as_of", r.URL.Query().Get("as_of")+r.URL.Query().Get("asof"))
	}
	return s.read(r.Context(), func(tx pgx.Tx) error {
		if err := s.place(r, tx, c, nil); err != nil {
			return err
		}
		return c.Narrow(r.Context(), tx, o)
	})
}

// privateRows reads what the order has, as whoever it is for may see it.
func (s *server) privateRows(dl *access.Download, o *layers.Order) layers.Rows {
	if dl.Cut = o.Cut; o.Area != nil {
		dl.Area = o.Area.WKB
	}
	return func(ctx context.Context, yield func(*layers.Feature) error) error {
		return s.downloads.Features(ctx, dl, func(id int64, properties, geometry json.RawMessage) error {
			return yield(&layers.Feature{Dataset: dl.DatasetID, ID: id, Properties: properties, Geometry: geometry})
		})
	}
}
