package gnaf

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"nsdi/internal/errs"
)

// Codes of what the check of a postal code finds.
const (
	PostcodeLength         = "POSTCODE_LENGTH"
	PostcodePrefixDigit    = "POSTCODE_PREFIX_DIGIT"
	PostcodePlaceholder    = "POSTCODE_PLACEHOLDER"
	PostcodePOBox          = "POSTCODE_LOOKS_LIKE_PO_BOX"
	PostcodeRepeatedPrefix = "POSTCODE_REPEATED_PREFIX"
	PostcodeUnusualDigit   = "POSTCODE_UNUSUAL_DIGIT"
	PostcodeNoSeparator    = "POSTCODE_NO_SEPARATOR"
)

// PostalCode is what the format rules say about one postal code. It does not say that the code exists.
type PostalCode struct {
	// Digits is the code in ASCII digits without separators: ten of them when Valid, else whatever was found.
	Digits string
	// Errors are breaches of the official rules; with one of them the code is refused.
	Errors []PostalFinding
	// Warnings are oddities that real codes show too; they never refuse a code.
	Warnings []PostalFinding
	// Swapped is the code with its halves exchanged, where "A-B" breaks the rules and "B-A" keeps them: text
	// direction often turns codes round. Empty otherwise.
	Swapped string
	// Turned is the same where both keep them: only a register can tell which of the two was meant.
	Turned string
}

// PostalFinding is one rule that a postal code breaks.
type PostalFinding struct {
	Code    string
	Message errs.Text
}

// Valid reports whether no hard rule is broken.
func (c PostalCode) Valid() bool { return len(c.Errors) == 0 }

// Readings lists the codes that may have been meant and can be looked up, the likeliest first.
func (c PostalCode) Readings() []string {
	var codes []string
	if c.Valid() {
		codes = append(codes, c.Digits)
	}
	for _, other := range []string{c.Swapped, c.Turned} {
		if other != "" {
			codes = append(codes, other)
		}
	}
	return codes
}

// CheckPostalCode checks a postal code as people write it: Persian digits, a dash, spaces, bidi controls. The rules
// are those that Iran Post states (ten digits, neither 0 nor 2 in the first five) and no others: the expression that
// programs copy from one another also refuses every code with a 2 in its last five digits, and such codes are in use.
func CheckPostalCode(s string) PostalCode {
	digits, split := postalDigits(s)
	c := PostalCode{Digits: digits}
	c.Errors = hardRules(digits)
	if c.Valid() {
		c.Warnings = softRules(digits)
	}
	if !split || len(digits) != 10 {
		return c
	}
	other := digits[5:] + digits[:5]
	switch {
	case other == digits || len(hardRules(other)) > 0:
	case c.Valid():
		c.Turned = other
	default:
		c.Swapped = other
	}
	return c
}

// postalDigits folds digits and drops separators. The second answer tells that there was one separator, in the middle.
func postalDigits(s string) (string, bool) {
	if len(s) > 256 { // no code is that long; do not work on what cannot be right
		return s[:0], false
	}
	var b strings.Builder
	separators, at := 0, -1
	gap := false
	for _, r := range norm.NFKC.String(strings.ToValidUTF8(s, "?")) {
		r = errs.ASCIIDigit(r)
		switch {
		case 0x200B <= r && r <= 0x200F, 0x202A <= r && r <= 0x202E, 0x2066 <= r && r <= 0x2069, r == 0xFEFF:
			continue
		case strings.ContainsRune(" \t-_/.‐‑‒–—−", r):
			gap = b.Len() > 0
			continue
		}
		if gap {
			separators, at, gap = separators+1, b.Len(), false
		}
		b.WriteRune(r)
	}
	return b.String(), separators == 1 && at == 5
}

func hardRules(digits string) []PostalFinding {
	if len(digits) != 10 || strings.Trim(digits, "0123456789") != "" {
		return []PostalFinding{{PostcodeLength, errs.T("کد پستی باید ده رقم باشد.", "A postal code has exactly ten digits.")}}
	}
	var found []PostalFinding
	if strings.ContainsAny(digits[:5], "02") {
		found = append(found, PostalFinding{
			PostcodePrefixDigit,
			errs.T("در پنج رقم اول کد پستی رقم ۰ و ۲ به کار نمی‌رود.", "The first five digits of a postal code never hold 0 or 2."),
		})
	}
	if isPlaceholder(digits) {
		found = append(found, PostalFinding{
			PostcodePlaceholder,
			errs.T("این رشته جای خالی کد پستی را پر کرده است و کد واقعی نیست.", "This fills an empty field and is not a real postal code."),
		})
	}
	return found
}

func isPlaceholder(digits string) bool {
	switch digits {
	case "1234567890", "0123456789", "9876543210", "0987654321":
		return true
	}
	return strings.Count(digits, digits[:1]) == 10
}

func softRules(digits string) []PostalFinding {
	var found []PostalFinding
	add := func(code, fa, en string) { found = append(found, PostalFinding{code, errs.T(fa, en)}) }
	if digits[4] == '5' {
		add(PostcodePOBox, "رقم پنجم ۵ است؛ صندوق‌های پستی چنین‌اند.", "The fifth digit is 5, as in numbers of post-office boxes.")
	}
	if strings.Count(digits[:4], digits[:1]) == 4 {
		add(PostcodeRepeatedPrefix, "چهار رقم اول یکسان است.", "The first four digits are the same.")
	}
	if strings.Contains(digits[5:], "2") {
		add(PostcodeUnusualDigit, "در پنج رقم دوم رقم ۲ آمده که کمیاب است.", "The last five digits hold a 2, which is rare.")
	}
	if digits[0] != '1' && !strings.Contains(digits[1:5], "1") {
		add(PostcodeNoSeparator, "رقم جداکننده ۱ در رقم‌های دوم تا پنجم نیست.", "The separator digit 1 is missing in digits two to five.")
	}
	return found
}
