package persian

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const nonJoiner = '\u200C'

// Display cleans s for showing: Persian forms of ي and ك, no tatweel, no bidi controls or other invisible
// characters, single spaces. Marks, digits, punctuation and non-joiners between letters stay as delivered.
func Display(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	var b strings.Builder
	b.Grow(len(s))
	pending := rune(0) // a space or a non-joiner that waits for what comes after it
	for _, r := range s {
		switch {
		case r == 'ي' || r == 'ى':
			r = 'ی'
		case r == 'ك':
			r = 'ک'
		}
		switch {
		case r == nonJoiner:
			if pending == 0 {
				pending = nonJoiner
			}
			continue
		case unicode.IsSpace(r), unicode.IsControl(r):
			pending = ' '
			continue
		case r == 'ـ', unicode.Is(unicode.Cf, r):
			continue
		}
		if pending != 0 && b.Len() > 0 {
			b.WriteRune(pending)
		}
		pending = 0
		b.WriteRune(r)
	}
	// Dropping a character can bring a letter and its mark together.
	return norm.NFC.String(b.String())
}

// StripHarakat takes the vowel marks U+064B–U+0652 out of s: map labels are drawn with a stretch where they stand.
func StripHarakat(s string) string {
	return strings.Map(func(r rune) rune {
		if 0x064B <= r && r <= 0x0652 {
			return -1
		}
		return r
	}, s)
}
