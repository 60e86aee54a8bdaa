package persian

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold makes the search key of s.
//
// Decomposing first turns presentation forms, ligatures and letters with a hamza or a madda into a base letter and
// marks, so that dropping the marks folds them: the letter table only has to know what Unicode does not decompose.
func Fold(s string) string {
	if isKey(s) {
		return s
	}
	s = norm.NFKD.String(strings.ToValidUTF8(s, "\uFFFD"))
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		r = foldRune(r)
		switch r {
		case dropped:
			continue
		case ' ':
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	// What is left may compose: kana with its voicing mark, Hangul, scripts that we do not fold.
	return norm.NFC.String(b.String())
}

// Tokens gives the words of the key of s, in order.
func Tokens(s string) []string {
	return strings.Fields(Fold(s))
}

// isKey reports whether s is an ASCII text that Fold would not change: most keys that are folded twice.
func isKey(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		case c == ' ' && i > 0 && s[i-1] != ' ' && i < len(s)-1:
		default:
			return false
		}
	}
	return true
}

// dropped stands for "this rune leaves no trace in the key".
const dropped = utf8.RuneError + 1<<16

// foldRune answers the rune that stands for r in a key: itself, another one, a space or dropped.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return ' '
	}
	if to, ok := letter(r); ok {
		return to
	}
	switch {
	case r == '\u200C': // the non-joiner divides: می‌رود and می رود are one key
		return ' '
	case isMark(r), unicode.Is(unicode.Cf, r):
		return dropped
	case unicode.IsLetter(r):
		return unicode.ToLower(r)
	case unicode.IsNumber(r), unicode.IsMark(r):
		return r
	}
	return ' '
}

// letter is the table of what decomposition does not fold.
func letter(r rune) (rune, bool) {
	switch r {
	case 'ي', 'ى', 'ې', 'ۍ', 'ے', 'ێ', 'ؠ', 'ٸ', 'ۑ':
		return 'ی', true
	case 'ك', 'ڪ', 'ګ', 'ڬ', 'ڭ', 'ڮ':
		return 'ک', true
	case 'ة', 'ۃ', 'ھ', 'ہ', 'ە', 'ۀ', 'ۂ':
		return 'ه', true
	case 'ٱ', 'ٲ', 'ٳ', 'ٵ', 'أ', 'إ', 'آ':
		return 'ا', true
	case 'ؤ', 'ۆ', 'ۇ', 'ۈ', 'ۋ', 'ٶ', 'ٷ':
		return 'و', true
	case 'ئ':
		return 'ی', true
	case 'ء', 'ٴ', 'ـ', 'ۥ', 'ۦ': // hamza alone, tatweel, small letters of Quranic writing
		return dropped, true
	}
	switch {
	case '٠' <= r && r <= '٩':
		return r - '٠' + '0', true
	case '۰' <= r && r <= '۹':
		return r - '۰' + '0', true
	}
	return 0, false
}

// isMark reports marks that no Persian, Arabic or Latin name differs by. Marks of other scripts carry vowels and stay.
func isMark(r rune) bool {
	switch {
	case 0x0300 <= r && r <= 0x036F, // Latin accents; also hamza and madda are in the Arabic range below
		0x0610 <= r && r <= 0x061A,
		0x064B <= r && r <= 0x065F,
		r == 0x0670,
		0x06D6 <= r && r <= 0x06DC, 0x06DF <= r && r <= 0x06E8, 0x06EA <= r && r <= 0x06ED,
		0x0898 <= r && r <= 0x089F, 0x08CA <= r && r <= 0x08FF,
		0xFE00 <= r && r <= 0xFE0F, 0xE0100 <= r && r <= 0xE01EF: // variation selectors
		return true
	}
	return false
}
