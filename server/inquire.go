package server

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/access/inquiry"
)

// InquiryInput is what each inquiry carries, in the query or, as clients of other registers are used to, in header fields. It is exported, because only then are the
// fields of an embedded struct read.
type InquiryInput struct {
	Purpose string `query:"purpose" maxLength:"200" doc:"What the answer is for; it is recorded. Here, or in X-Purpose"`
	Request string `query:"request" maxLength:"64" pattern:"^[A-Za-z0-9._:-]*$" doc:"Identifier that the caller gives the inquiry; asking again under it within 24 hours is the same inquiry. Here, or in X-Request-Id"`
	InquiryHeader
}

// InquiryHeader is the same in header fields.
type InquiryHeader struct {
	XPurpose string `header:"X-Purpose" doc:"What the answer is for, if it is not in the query or the body"`
	XRequest string `header:"X-Request-Id" doc:"Identifier of the inquiry, if it is not in the query or the body"`
	EndUser  string `header:"X-End-User" doc:"For whom an agency asks, as it names him; a hash of it is kept, and it gives no rights"`
	Signed   bool   `query:"signed" doc:"The answer has signed: a JWS (Ed25519) of iat, iss, the request's identifier req and the answer itself, by a key of /v1/verification-keys"`
}

// asked is one inquiry of a handler.
type asked struct {
	InquiryInput
	service  string
	kind     string
	question any
	in       string // where purpose and request are if not in header fields: body, or query by default

	// What the defence against enumeration counts: how many things are named, how many of them are not there, and their codes as numbers. A handler whose question
	// names one thing leaves missed to inquire.
	named, missed int
	codes         []uint64

	// position is that of inquiry.Inquiry: find sets it when it answers from memory without asking where the change log ends.
	position int64
}

// inquire runs an inquiry whose answer is read from the database. See answer.
func (s *server) inquire(ctx context.Context, a *asked, read func(pgx.Tx) (int, error)) (*inquiry.Recorded, error) {
	return s.answer(ctx, a, func() (answers int, answered error) {
		err := s.read(ctx, func(tx pgx.Tx) error {
			answers, answered = read(tx)
			if status(answered) == http.StatusNotFound {
				return nil
			}
			return answered
		})
		if err != nil {
			return 0, err
		}
		return answers, answered
	})
}

// answer makes an answer, records the inquiry, and only then lets the answer out. find tells how many things the answer has. What the caller did wrong is no inquiry;
// that something is not there is one. A find that answers from memory says at which position, and is called a second time when something was published since.
func (s *server) answer(ctx context.Context, a *asked, find func() (int, error)) (*inquiry.Recorded, error) {
	where := a.in
	if where == "" {
		where = "query"
	}
	i := inquiry.Inquiry{Service: a.service, Kind: a.kind, Request: a.Request, EndUser: a.EndUser}
	purpose, purposeAt, requestAt := a.Purpose, where+".purpose", where+".request"
	if purpose == "" && a.XPurpose != "" {
		purpose, purposeAt = a.XPurpose, "header.X-Purpose"
	}
	if i.Request == "" && a.XRequest != "" {
		i.Request, requestAt = a.XRequest, "header.X-Request-Id"
	}
	var err error
	if i.Purpose, err = inquiry.Check(purpose, purposeAt, i.Request, requestAt, a.EndUser); err != nil {
		return nil, err
	}
	question, err := json.Marshal(a.question)
	if err != nil {
		return nil, fmt.Errorf("inquiry: %w", err)
	}
	i.Question = string(question)
	who := access.SubjectFrom(ctx)
	i.Caller, i.Key = callerOf(ctx), who.KeyID
	if who.KeyID == 0 {
		i.Person = who.PersonID
	}
	i.AgencyID = inquirersAgency(who)
	if a.named > 0 {
		if err := s.watch.Allow(i.Caller, !who.Public()); err != nil {
			return nil, err
		}
	}
	recorded, answered, err := s.answerOnce(ctx, a, &i, find)
	if errors.Is(err, inquiry.ErrPassed) {
		recorded, answered, err = s.answerOnce(ctx, a, &i, find)
	}
	if err != nil {
		return nil, err
	}
	if a.named > 0 && !recorded.Repeated {
		if a.named == 1 && i.Answers == 0 {
			a.missed = 1
		}
		s.watch.Note(i.Caller, a.named, a.missed, a.codes...)
	}
	return recorded, answered
}

// answerOnce makes an answer and records it. answered tells that something is not there.
func (s *server) answerOnce(ctx context.Context, a *asked, i *inquiry.Inquiry, find func() (int, error)) (recorded *inquiry.Recorded, answered, err error) {
	i.Answers, answered = find()
	i.Code, i.Position = http.StatusOK, a.position
	switch {
	case status(answered) == http.StatusNotFound:
		i.Code = http.StatusNotFound
	case answered != nil:
		return nil, nil, answered
	}
	recorded, err = s.inquiries.Write(ctx, *i)
	return recorded, answered, err
}

// right is what somebody uses a service by.
type right struct {
	trackings   []string // of the grants; none: as the agency in charge
	territories []string // of the grants; none: everywhere
}

// granted runs ask under the grants by which the caller uses a service, which are recorded with the number of things that it answered, or as an inquirer of the agency
// in charge. It answers the grants' tracking identifiers.
func (s *server) granted(ctx context.Context, service string, ask func(right) (int, error)) ([]string, error) {
	who := access.SubjectFrom(ctx)
	grants, err := s.Permissions.MayInquire(ctx, who, service)
	if err != nil {
		return nil, err
	}
	r := right{trackings: []string{}}
	uses := make([]int64, len(grants))
	for i, g := range grants {
		r.trackings = append(r.trackings, string(g.Tracking))
		if g.Territory != "" {
			r.territories = append(r.territories, g.Territory)
		}
		if uses[i], err = s.uses.Begin(ctx, g.ID, who, access.Inquire, "service:"+service); err != nil {
			return nil, err
		}
	}
	answers, err := ask(r)
	for _, use := range uses {
		if ended := s.uses.End(context.WithoutCancel(ctx), use, err == nil, int64(answers), 0); err == nil {
			err = ended
		}
	}
	return r.trackings, err
}

// inquirersAgency is the agency for which somebody asks: the first in which he or she is an inquirer, or the first.
func inquirersAgency(who access.Subject) (agency int64) {
	for _, m := range who.Memberships {
		if slices.Contains(m.Roles, access.Inquirer) {
			return m.AgencyID
		}
		if agency == 0 {
			agency = m.AgencyID
		}
	}
	return agency
}

// requestKept is the time after which an identifier stood for the inquiry that it stands for now.
func (s *server) requestKept() time.Time { return s.Now().Add(-inquiry.Kept) }

// callerOf is what inquiries are told apart by: who asks, or a hash of where somebody who did not sign in asks from.
func callerOf(ctx context.Context) string {
	who := access.SubjectFrom(ctx)
	switch {
	case who.KeyID != 0:
		return fmt.Sprintf("key:%d", who.KeyID)
	case who.PersonID != 0:
		return fmt.Sprintf("person:%d", who.PersonID)
	default:
		sum := sha256.Sum256([]byte("nsdi inquiry " + access.AddressFrom(ctx)))
		return fmt.Sprintf("public:%x", sum[:12])
	}
}
