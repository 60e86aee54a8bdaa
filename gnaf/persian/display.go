package persian

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const nonJoiner = '\u200C'

// Display cleans s for showing: Persian forms of ي and ك, no tatweel, no bidi controls or other invisible
// characters, single spaces. Marks, digits, punctuation and non-joiners between letters stay as delivered.
func Display(s string) string { return string(AppendDisplay(make([]byte, 0, len(s)), s)) }

// AppendDisplay appends what Display shows of s to dst. As AppendKey, it allocates nothing but what dst needs to grow,
// where s has no combining marks and no rare characters.
func AppendDisplay(dst []byte, s string) []byte {
	start := len(dst)
	dst, ok := appendShown(dst, s, false)
	if ok {
		return dst
	}
	dst, _ = appendShown(dst[:start], norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD")), true)
	// Dropping a character can bring a letter and its mark together.
	if shown := dst[start:]; !norm.NFC.IsNormal(shown) {
		return append(dst[:start], norm.NFC.Bytes(shown)...)
	}
	return dst
}

// appendShown stops with false, unless the text is composed, at the first rune that composing may change.
func appendShown(dst []byte, s string, composed bool) ([]byte, bool) {
	start := len(dst)
	pending := rune(0) // a space or a non-joiner that waits for what comes after it
	for _, r := range s {
		switch {
		case isPlainLetter(r), ' ' < r && r < 0x7F:
		case !composed && !composes(r):
			return dst, false
		case r == 'ي' || r == 'ى':
			r = 'ی'
		case r == 'ك':
			r = 'ک'
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
		if pending != 0 && len(dst) > start {
			dst = utf8.AppendRune(dst, pending)
		}
		pending = 0
		dst = utf8.AppendRune(dst, r)
	}
	return dst, true
}

// composes reports runes that stay as they are in the composed form, whatever other such runes stand beside them.
func composes(r rune) bool {
	return r < utf8.RuneSelf || 0x0600 <= r && r <= 0x06FF && !isMark(r) || r == nonJoiner || 0x200E <= r && r <= 0x2027 ||
		0x202A <= r && r <= 0x202F || r == '\u00A0' || r == '«' || r == '»'
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
