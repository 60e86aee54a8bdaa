// Package inquiry is what all inquiry services have in common: the identifier and the purpose of a question, its record without content, and the defence against
// whoever goes through codes one by one.
package inquiry

import (
	"crypto/sha256"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"nsdi/internal/errs"
)

// Inquiry is one question as it is recorded (Article 31): traffic, and no content.
type Inquiry struct {
	Caller      string // unique for whoever asks: "person:7", "key:7", or a hash of the network address
	AgencyID    int64  // 0: the public
	Person, Key int64  // 0: none
	EndUser     string // for whom an agency asks, as the agency names him; only its hash is kept. Empty: not said
	Service     string
	Kind        string // plate, code, batch and so on
	Purpose     string
	Request     string // identifier that the caller gave; asking again under it is the same inquiry
	Question    string // what was asked, in one way of writing; only its hash is kept
	Answers     int
	Code        int   // HTTP status
	Position    int64 // of the change log, where the answer was made from memory and nothing may have been published since; 0: it was made of what is published
}

// hash salts what it keeps, so that a record proves what was asked, and does not tell it to whoever tries all plates.
func (i *Inquiry) hash(what string) []byte {
	sum := sha256.Sum256([]byte(i.Caller + "\x00" + i.Request + "\x00" + i.Kind + "\x00" + what))
	return sum[:]
}

// Recorded is what an answer says of its record.
type Recorded struct {
	ID       int64     `json:"-"`
	Request  string    `json:"request"`
	At       time.Time `json:"at" doc:"When it was first asked under this identifier"`
	Repeated bool      `json:"repeated" doc:"It was asked within the last 24 hours; this is the answer of now, and it is recorded once"`
}

// Kept is how long an identifier stands for one question.
const Kept = 24 * time.Hour

const (
	mostPurpose = 200 // characters
	mostEndUser = 200
)

var identifier = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)

// Check answers the purpose as it is recorded, and refuses an inquiry without one or without an identifier. Each field is refused at the place where it was given.
// The error is *errs.Error inquiry-incomplete (422).
func Check(purpose, purposeAt, request, requestAt, endUser string) (string, error) {
	purpose = strings.TrimSpace(purpose)
	switch {
	case purpose == "", !utf8.ValidString(purpose), len([]rune(purpose)) > mostPurpose, strings.ContainsFunc(purpose, unicode.IsControl):
		return "", incomplete(purposeAt, purpose)
	case !identifier.MatchString(request):
		return "", incomplete(requestAt, request)
	case len([]rune(endUser)) > mostEndUser:
		return "", incomplete("header.X-End-User", "")
	}
	return purpose, nil
}

func incomplete(location, value string) *errs.Error {
	return &errs.Error{
		Code: "inquiry-incomplete", Status: http.StatusUnprocessableEntity, Op: "inquiry.Check", Location: location, Value: value,
		Title: errs.T("استعلام هدف و شناسه می‌خواهد", "An inquiry has a purpose and an identifier"),
		Detail: errs.T("هدف تا ۲۰۰ نویسه است؛ شناسه درخواست تا ۶۴ حرف لاتین، رقم و نشانه‌های . _ : -.",
			"The purpose has up to 200 characters; the identifier of the request up to 64 Latin letters, digits and the signs . _ : -."),
		Next: errs.T("purpose و request را بفرستید، یا سرایندهای X-Purpose و X-Request-Id را.", "Send purpose and request, or the header fields X-Purpose and X-Request-Id."),
	}
}
