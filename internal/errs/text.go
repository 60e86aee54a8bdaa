package errs

import "fmt"

// Text is one message in the two languages that nsdi speaks.
type Text struct {
	FA string `json:"fa"`
	EN string `json:"en"`
}

// T returns the Text made of its Persian and its English form.
func T(fa, en string) Text { return Text{FA: fa, EN: en} }

// Tf formats both forms with the same arguments; use %[n]v where the two
// languages want another order.
func Tf(fa, en string, args ...any) Text {
	return Text{FA: fmt.Sprintf(fa, args...), EN: fmt.Sprintf(en, args...)}
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
