package server

import (
	"archive/zip"
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/gnaf"
	"nsdi/internal/errs"
	"nsdi/internal/paper"
	"nsdi/layers"
)

const (
	certificateOrdersPath = postalPath + "/certificate-orders"
	certificateErrand     = "certificates"
	// certificatesInTurn is after how many it is kept how far an order is.
	certificatesInTurn = 25
)

type orderBody struct {
	ID       string     `json:"id"`
	State    string     `json:"state" enum:"waiting,making,ready,failed"`
	Total    int        `json:"total" doc:"Codes that were asked about"`
	Done     int        `json:"done" doc:"Codes that were worked on"`
	Asked    time.Time  `json:"asked_at"`
	Finished *time.Time `json:"finished_at"`
	File     string     `json:"file,omitempty" doc:"Where the ZIP is, when they are ready: a PDF of each, and list.csv with what became of each code"`
	Problem  *Problem   `json:"problem,omitempty" doc:"Why it failed. Those that were made before count"`
}

func tellOrder(o *gnaf.CertificateOrder) *orderBody {
	b := &orderBody{ID: o.ID, State: o.State, Total: o.Total, Done: o.Done, Asked: o.Asked.UTC(), Finished: o.Finished}
	switch o.State {
	case "ready":
		b.File = certificateOrdersPath + "/" + o.ID + "/file"
	case "failed":
		b.Problem = problem(orderFailed())
	}
	return b
}

func orderFailed() *errs.Error {
	return &errs.Error{
		Code: "certificates-failed", Status: http.StatusServiceUnavailable, Op: "server.makeCertificates",
		Title:  errs.T("ساختن گواهی‌ها ناتمام ماند", "The certificates could not all be made"),
		Detail: errs.T("چند بار کوشش شد و هر بار خطایی در سامانه رخ داد.", "It was tried several times, and each time something went wrong in the server."),
		Next:   errs.T("با شناسه درخواست تازه دوباره بخواهید؛ اگر ماند، به سرپرست سامانه بگویید.", "Ask again under another identifier; if it stays, tell the operator."),
	}
}

// orderCertificates has the certificates of what was found made in the background.
func (s *server) orderCertificates(ctx context.Context, inquiry, agency int64, territories []string, base string, found []codeAnswer) (*gnaf.CertificateOrder, error) {
	random := make([]byte, 16)
	rand.Read(random) // never fails: see crypto/rand
	answers := make([]issuedCertificate, len(found))
	for i := range found {
		answers[i] = issuedOf(&found[i])
	}
	text, err := json.Marshal(answers)
	if err != nil {
		return nil, fmt.Errorf("order of certificates: %w", err)
	}
	o := &gnaf.CertificateOrder{
		ID: hex.EncodeToString(random), Inquiry: inquiry, Agency: agency, Territories: territories, Base: base, Answers: text, Total: len(found), Asked: s.Now().UTC().Truncate(time.Microsecond),
	}
	return o, pgx.BeginFunc(ctx, s.System, func(tx pgx.Tx) error {
		fresh, err := o.Place(ctx, tx)
		if err != nil || !fresh {
			return err
		}
		return s.Jobs.Send(ctx, tx, certificateErrand, o.ID)
	})
}

// certificatesErrand is how orders are worked on in the background.
func (s *server) certificatesErrand() layers.Errand {
	return layers.Errand{
		Kind: certificateErrand,
		Open: func(ctx context.Context) ([]string, error) { return gnaf.OpenCertificateOrders(ctx, s.System) },
		Work: func(ctx context.Context, id string, last bool) error {
			o, err := gnaf.FindCertificateOrder(ctx, s.System, id)
			if status(err) == http.StatusNotFound || err == nil && o.Finished != nil {
				return nil
			}
			if err == nil {
				err = s.makeCertificates(ctx, o)
			}
			if err == nil || !last || ctx.Err() != nil {
				return err
			}
			s.Log.ErrorContext(ctx, "certificates", "order", id, "err", err)
			return o.Went(ctx, s.System, o.Done, "failed", s.Now())
		},
	}
}

// makeCertificates goes on with an order from where it stands. A unit that has its certificate by the order keeps it.
func (s *server) makeCertificates(ctx context.Context, o *gnaf.CertificateOrder) error {
	var answers []issuedCertificate
	if err := json.Unmarshal(o.Answers, &answers); err != nil {
		return fmt.Errorf("order of certificates: %w", err)
	}
	for o.Done < o.Total {
		end := min(o.Done+certificatesInTurn, o.Total)
		var written []string
		for _, a := range answers[o.Done:end] {
			if a.Status == "found" {
				written = append(written, a.Code)
			}
		}
		found, _, err := s.certifiable(ctx, written, o.Territories)
		if err != nil {
			return err
		}
		for i := range found {
			if found[i].Status != "found" { // it was withdrawn meanwhile
				continue
			}
			if _, err := s.certificateOf(ctx, o.Inquiry, o.Agency, found[i].Units[0], o.Base); err != nil {
				return err
			}
		}
		if err := o.Went(ctx, s.System, end, "making", s.Now()); err != nil {
			return err
		}
	}
	return o.Went(ctx, s.System, o.Total, "ready", s.Now().UTC().Truncate(time.Microsecond))
}

// ownOrder finds an order for members of the agency that asked, and for the Post. For everybody else it is not there.
func (s *server) ownOrder(ctx context.Context, id string) (*gnaf.CertificateOrder, error) {
	if _, err := hex.DecodeString(id); err != nil {
		return nil, gnaf.CertificateOrderUnknown()
	}
	o, err := gnaf.FindCertificateOrder(ctx, s.System, id)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(access.SubjectFrom(ctx).Memberships, func(m access.Membership) bool { return m.AgencyID == o.Agency || m.Agency == "post" }) {
		return nil, gnaf.CertificateOrderUnknown()
	}
	return o, nil
}

type orderInput struct {
	ID string `path:"id" maxLength:"64" doc:"As Location told it"`
}

// certificateOrder answers GET /v1/postal-codes/certificate-orders/{id}.
func (s *server) certificateOrder(ctx context.Context, in *orderInput) (*orderBody, error) {
	o, err := s.ownOrder(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return tellOrder(o), nil
}

// certificatesFile answers GET /v1/postal-codes/certificate-orders/{id}/file with the certificates of an order, which are rendered while they are sent: of what they
// say each is made again to the byte.
func (s *server) certificatesFile(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	o, err := s.ownOrder(ctx, chi.URLParam(r, "id"))
	if err == nil && o.State != "ready" {
		err = notReady(o)
	}
	var answers []issuedCertificate
	if err == nil {
		err = json.Unmarshal(o.Answers, &answers)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(downloadTime))
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="certificates-`+o.ID[:8]+`.zip"`)
	h.Set("Cache-Control", "no-store")
	z := zip.NewWriter(w)
	made := map[string]issuedCertificate{}
	err = gnaf.EachCertificate(ctx, s.System, o.Inquiry, func(c *gnaf.Certificate) error {
		var one issuedCertificate
		one.is(c)
		one.Signed = "" // it is in the file
		if made[c.Code] = one; c.Revoked != nil {
			return nil
		}
		var content certificateContent
		if err := json.Unmarshal([]byte(c.Content), &content); err != nil {
			return err
		}
		file, err := paper.Render(content.Paper)
		if err != nil {
			return err
		}
		out, err := z.CreateHeader(&zip.FileHeader{Name: c.Number + ".pdf", Method: zip.Store, Modified: c.Issued}) // a PDF is compressed
		if err != nil {
			return err
		}
		_, err = out.Write(file)
		return err
	})
	if err == nil {
		err = listCertificates(z, answers, made)
	}
	if err != nil {
		if ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "certificates", "order", o.ID, "err", err)
		}
		panic(http.ErrAbortHandler) // so that nobody takes a part for the whole, which it would be with an end
	}
	_ = z.Close() // what fails here is the connection
}

// listCertificates writes what became of each code, in the order in which they were asked.
func listCertificates(z *zip.Writer, answers []issuedCertificate, made map[string]issuedCertificate) error {
	out, err := z.Create("list.csv")
	if err != nil {
		return err
	}
	if _, err := out.Write([]byte("\ufeff")); err != nil { // by which spreadsheets know UTF-8
		return err
	}
	w := csv.NewWriter(out)
	_ = w.Write([]string{"written", "postal_code", "status", "reason_fa", "reason_en", "number", "issued", "expires", "file", "sha256"}) // an error is kept until Flush
	for _, a := range answers {
		cells := []string{layers.SafeCell(a.Written), a.Code, a.Status, "", "", "", "", "", "", ""}
		if a.Reason != nil {
			cells[3], cells[4] = a.Reason.FA, a.Reason.EN
		}
		if c, there := made[a.Code]; there {
			cells[2], cells[5], cells[6], cells[7], cells[9] = c.Status, c.Number, c.Issued.At.Format(time.RFC3339), c.Expires.At.Format(time.RFC3339), c.SHA256
			if c.File != "" {
				cells[8] = c.Number + ".pdf"
			}
		} else if a.Status == "found" {
			cells[2] = "unknown"
		}
		_ = w.Write(cells)
	}
	w.Flush()
	return w.Error()
}

func notReady(o *gnaf.CertificateOrder) *errs.Error {
	if o.State == "failed" {
		return orderFailed()
	}
	return &errs.Error{
		Code: "certificates-not-ready", Status: http.StatusConflict, Op: "server.certificatesFile", Location: "path.id", Value: o.ID,
		Title:  errs.T("گواهی‌ها هنوز آماده نیست", "The certificates are not ready yet"),
		Detail: errs.Tf("%d از %d کد انجام شد.", "Codes done: %d of %d.", o.Done, o.Total),
		Next:   errs.T("وضعیت را در نشانی سفارش بپرسید: "+strings.TrimSuffix(certificateOrdersPath, "/")+"/"+o.ID, "Ask for the state at the address of the order: "+certificateOrdersPath+"/"+o.ID),
	}
}
