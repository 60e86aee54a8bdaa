package errs

import (
	"errors"
	"net/http"
	"strings"
)

// CodeInternal is the code of every error that is not an Error.
const CodeInternal = "internal"

// Error is something that went wrong, told to the person who can act on it.
type Error struct {
	// Code is stable and machine-readable, such as "database-missing-postgis".
	Code string
	// Status is the HTTP status that belongs to the code; 0 means 500.
	Status int
	// Op is what was being done, such as "cluster.Start". For the log only.
	Op string
	// Title says what kind of thing went wrong; the same for each Error of one code.
	Title Text
	// Detail says what was wrong this time, with the values that matter.
	Detail Text
	// Next is what the person can do about it.
	Next Text
	// Location is the field, row or file that was wrong, where there is one.
	Location string
	// Value is the refused value, as delivered, where showing it helps.
	Value string
	// Err is the cause. For the log only.
	Err error
}

// Error returns the English text with the cause, for logs and tests.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(e.Title.EN)
	if e.Title.EN == "" {
		b.WriteString(e.Code)
	}
	if e.Detail.EN != "" {
		b.WriteString(": " + e.Detail.EN)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// As returns the first Error in err's chain.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Code returns the code of the first Error in err's chain, CodeInternal when
// there is none, and "" for nil.
func Code(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := As(err); ok && e.Code != "" {
		return e.Code
	}
	return CodeInternal
}

// Status returns the HTTP status of err: that of the first Error in its chain,
// or 500.
func Status(err error) int {
	if e, ok := As(err); ok && e.Status != 0 {
		return e.Status
	}
	return http.StatusInternalServerError
}
