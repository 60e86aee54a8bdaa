package inquiry

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
	"nsdi/internal/together"
)

// Records keeps inquiries. Nothing in it is changed or removed. Those that come at once are written by one statement, and each is answered when that is committed.
type Records struct {
	system *pgxpool.Pool // sees everything
	now    func() time.Time
	group  *together.Group[Inquiry, outcome]
}

// outcome is what became of one inquiry's record.
type outcome struct {
	recorded Recorded
	err      error
}

const (
	writers     = 2   // one batch is on its way while the database syncs another
	mostAtOnce  = 500 // inquiries of a batch
	retriedOnly = 1   // a batch of one that fails is not tried again
)

// ErrPassed is what Write answers when something was published after the answer was made: nothing is recorded, and the answer has to be made again.
var ErrPassed = errors.New("inquiry: the change log has gone on since the answer was made")

// NewRecords makes the keeper of inquiries. system sees everything.
func NewRecords(system *pgxpool.Pool, now func() time.Time) *Records {
	r := &Records{system: system, now: now}
	r.group = together.New(writers, mostAtOnce, r.writeAll)
	return r
}

// Write records an inquiry before its answer is given. Errors are *errs.Error: request-identifier-used (409) for another question under the same identifier within
// 24 hours, inquiry-not-recorded (503) when it cannot be written, and then there must be no answer; or ErrPassed.
func (r *Records) Write(ctx context.Context, i Inquiry) (*Recorded, error) {
	out, err := r.group.Ask(ctx, i)
	if err == nil {
		err = out.err
	}
	if err != nil {
		if _, ours := errs.As(err); !ours && !errors.Is(err, ErrPassed) {
			err = notRecorded(err)
		}
		return nil, err
	}
	return &out.recorded, nil
}

func (r *Records) writeAll(ctx context.Context, all []Inquiry) ([]outcome, error) {
	out, err := r.write(ctx, all)
	if err == nil || len(all) == retriedOnly || ctx.Err() != nil {
		return out, err
	}
	// One of them is not taken, such as that of an agency that is gone: the others are not to wait for it.
	out = make([]outcome, len(all))
	for n := range all {
		one, err := r.write(ctx, all[n:n+1])
		if err != nil {
			out[n].err = err
			continue
		}
		out[n] = one[0]
	}
	return out, nil
}

// write records all, by one statement. An identifier that is used again within 24 hours is found instead; on two processes at once the unique key finds it, and
// then the second look answers.
func (r *Records) write(ctx context.Context, all []Inquiry) ([]outcome, error) {
	at := r.now()
	var c columns
	for n := range all {
		c.add(&all[n])
	}
	out := make([]outcome, len(all))
	missing := len(all)
	for range 2 {
		rows, err := r.system.Query(ctx, `select n, id, first, question, fresh from access.record_inquiries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
			c.caller, c.agency, c.person, c.key, c.service, c.kind, c.purpose, c.request, c.question, c.endUser, c.answers, c.code, c.position, at, Kept)
		if err != nil {
			return nil, err
		}
		var n, id int64
		var first time.Time
		var question []byte
		var fresh bool
		written := map[int64]bool{} // ids that this statement gave to one of them
		_, err = pgx.ForEachRow(rows, []any{&n, &id, &first, &question, &fresh}, func() error {
			i, o := &all[n-1], &out[n-1]
			if o.recorded.ID != 0 || o.err != nil {
				return nil
			}
			missing--
			if id == 0 {
				o.err = ErrPassed
				return nil
			}
			if !bytes.Equal(question, c.question[n-1]) {
				o.err = used(i.Request)
				return nil
			}
			o.recorded = Recorded{ID: id, Request: i.Request, At: first, Repeated: !fresh || written[id]}
			written[id] = true
			return nil
		})
		if err != nil {
			return nil, err
		}
		if missing == 0 {
			return out, nil
		}
	}
	for n := range out {
		if out[n].recorded.ID == 0 && out[n].err == nil {
			out[n].err = notRecorded(nil)
		}
	}
	return out, nil
}

// columns are inquiries by column, as one statement takes them.
type columns struct {
	caller, service, kind, purpose, request []string
	agency, person, key, position           []int64
	question, endUser                       [][]byte
	answers, code                           []int32
}

func (c *columns) add(i *Inquiry) {
	c.caller, c.service, c.kind = append(c.caller, i.Caller), append(c.service, i.Service), append(c.kind, i.Kind)
	c.purpose, c.request = append(c.purpose, i.Purpose), append(c.request, i.Request)
	c.agency, c.person, c.key = append(c.agency, i.AgencyID), append(c.person, i.Person), append(c.key, i.Key)
	var endUser []byte
	if i.EndUser != "" {
		endUser = i.hash("end user\x00" + i.EndUser)
	}
	c.question, c.endUser = append(c.question, i.hash(i.Question)), append(c.endUser, endUser)
	c.answers, c.code, c.position = append(c.answers, int32(i.Answers)), append(c.code, int32(i.Code)), append(c.position, i.Position)
}

func used(request string) *errs.Error {
	return &errs.Error{
		Code: "request-identifier-used", Status: http.StatusConflict, Op: "inquiry.Records", Location: "request", Value: request,
		Title:  errs.T("این شناسه درخواست پیش‌تر به کار رفته است", "This request identifier was used before"),
		Detail: errs.T("در ۲۴ ساعت گذشته زیر همین شناسه پرسش دیگری ثبت شده است.", "Another question was recorded under it in the last 24 hours."),
		Next:   errs.T("برای هر پرسش شناسه‌ای تازه بدهید.", "Give each question an identifier of its own."),
	}
}

func notRecorded(cause error) *errs.Error {
	return &errs.Error{
		Code: "inquiry-not-recorded", Status: http.StatusServiceUnavailable, Op: "inquiry.Records", Err: cause,
		Title:  errs.T("استعلام ثبت نشد و پاسخ داده نمی‌شود", "The inquiry could not be recorded, and is not answered"),
		Detail: errs.T("هیچ استعلامی بی ثبت رد و بدل پاسخ نمی‌گیرد (ماده ۳۱).", "No inquiry is answered without a record of the traffic (Article 31)."),
		Next:   errs.T("کمی بعد با همان شناسه دوباره بپرسید.", "Ask again a little later, under the same identifier."),
	}
}
