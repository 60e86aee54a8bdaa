package errs

import (
	"fmt"
	"strings"
)

// Text is one message in the two languages that nsdi speaks.
type Text struct {
	FA string `json:"fa"`
	EN string `json:"en"`
}

// T returns the Text made of its Persian and its English form.
func T(fa, en string) Text { return Text{FA: fa, EN: en} }

// Tf formats both forms with the same arguments; use %[n]v where the two
// languages want another order. The Persian one has Persian digits for the
// numbers among the arguments (%d, %.1f, %v) and words for a time.Duration. A
// number that people copy, such as in an address, is given as text (%s).
func Tf(fa, en string, args ...any) Text {
	return Text{FA: fmt.Sprintf(fa, inPersian(args)...), EN: fmt.Sprintf(en, args...)}
}

// Tn is Tf with another English form for one of something, which need not name the number. Persian has none.
func Tn[N int | int64](n N, fa, one, more string, args ...any) Text {
	if n != 1 {
		return Tf(fa, more, args...)
	}
	if !strings.Contains(one, "%") {
		return Text{FA: fmt.Sprintf(fa, inPersian(args)...), EN: one}
	}
	return Tf(fa, one, args...)
}

// In returns the form for a language tag, "fa" or "en", and English for any
// other.
func (t Text) In(lang string) string {
	if lang == "fa" {
		return t.FA
	}
	return t.EN
}

// IsZero reports whether there is no text in either language.
func (t Text) IsZero() bool { return t == Text{} }
