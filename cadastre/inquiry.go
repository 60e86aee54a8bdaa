package cadastre

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Inquiry is one question about parcels as it is recorded (Article 31): traffic, and no content.
type Inquiry struct {
	Caller      string // unique for whoever asks: "person:7", "key:7", or a hash of the network address
	AgencyID    int64  // 0: the public
	Person, Key int64  // 0: none
	Service     string
	Kind        string // plate, identifier, point, box, parcel, neighbours, history, lineage, addresses, buildings or batch
	Purpose     string
	Request     string // identifier that the caller gave; asking again under it is the same inquiry
	Question    string // what was asked, in one way of writing; only its hash is kept
	Answers     int
	Code        int // HTTP status
}

// hash salts the question, so that a record proves what was asked, and does not tell it to whoever tries all plates.
func (i *Inquiry) hash() []byte {
	sum := sha256.Sum256([]byte(i.Caller + "\x00" + i.Request + "\x00" + i.Kind + "\x00" + i.Question))
	return sum[:]
}

// Recorded is what an answer says of its record.
type Recorded struct {
	Request  string    `json:"request"`
	At       time.Time `json:"at" doc:"When it was first asked under this identifier"`
	Repeated bool      `json:"repeated" doc:"It was asked before; this is the answer of now, and it is recorded once"`
}

// Records keeps inquiries. Nothing in it is changed or removed.
type Records struct {
	System *pgxpool.Pool // sees everything
	Now    func() time.Time
}

// Write records an inquiry before its answer is given. Errors are *errs.Error: request-identifier-used (409) for another question under the same identifier,
// inquiry-not-recorded (503) when it cannot be written, and then there must be no answer.
func (r *Records) Write(ctx context.Context, i Inquiry) (*Recorded, error) {
	out := &Recorded{Request: i.Request, At: r.Now()}
	var id int64
	err := r.System.QueryRow(ctx, `
		insert into cadastre.inquiry (at, caller, agency_id, person_id, key_id, service, kind, purpose, request, question, answers, code)
		values ($1, $2, nullif($3::bigint, 0), $4, $5, $6, $7, $8, $9, $10, $11, $12)
		on conflict (caller, request) do nothing
		returning id`, out.At, i.Caller, i.AgencyID, i.Person, i.Key, i.Service, i.Kind, i.Purpose, i.Request, i.hash(), i.Answers, i.Code).Scan(&id)
	if !errors.Is(err, pgx.ErrNoRows) {
		if err != nil {
			return nil, notRecorded(err)
		}
		return out, nil
	}
	var same bool
	err = r.System.QueryRow(ctx, `select question = $3, at from cadastre.inquiry where caller = $1 and request = $2`, i.Caller, i.Request, i.hash()).Scan(&same, &out.At)
	switch {
	case err != nil:
		return nil, notRecorded(err)
	case !same:
		return nil, &errs.Error{
			Code: "request-identifier-used", Status: http.StatusConflict, Op: "cadastre.Records", Location: "request", Value: i.Request,
			Title:  errs.T("این شناسه درخواست پیش‌تر به کار رفته است", "This request identifier was used before"),
			Detail: errs.T("زیر همین شناسه پرسش دیگری ثبت شده است.", "Another question is recorded under it."),
			Next:   errs.T("برای هر پرسش شناسه‌ای تازه بدهید.", "Give each question an identifier of its own."),
		}
	}
	out.Repeated = true
	return out, nil
}

func notRecorded(cause error) *errs.Error {
	return &errs.Error{
		Code: "inquiry-not-recorded", Status: http.StatusServiceUnavailable, Op: "cadastre.Records", Err: cause,
		Title:  errs.T("استعلام ثبت نشد و پاسخ داده نمی‌شود", "The inquiry could not be recorded, and is not answered"),
		Detail: errs.T("هیچ استعلامی بی ثبت رد و بدل پاسخ نمی‌گیرد (ماده ۳۱).", "No inquiry is answered without a record of the traffic (Article 31)."),
		Next:   errs.T("کمی بعد با همان شناسه دوباره بپرسید.", "Ask again a little later, under the same identifier."),
	}
}
