package persian

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Version numbers the definition of the keys of this package. Whoever stores keys stores it beside them: when it moves,
// the stored keys are made again.
const Version = 2

// Fold makes the key of s; see AppendKey.
func Fold(s string) string {
	if isKey(s) || isWord(s) {
		return s
	}
	return string(AppendKey(make([]byte, 0, len(s)+8), s))
}

// IsBlank reports whether the key of s is empty.
func IsBlank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return isPlainLetter(r) || '0' <= r && r <= '9' }) && Fold(s) == ""
}

// AppendKey appends the key of s to dst: letters, digits and single spaces between words, the same for all that a
// reader takes for the same text. It allocates nothing but what dst needs to grow, as long as s has Arabic script,
// ASCII and general punctuation only; other scripts and presentation forms take a slower way to the same end.
//
// The steps: marks, joiners and other invisible characters go; Arabic forms of letters become the Persian ones, and
// letters with hamza or madda their base; digits become ASCII; whatever is neither letter nor digit divides words, and
// so does the border of a letter and a digit ("پ12" is two words); the ی of an ezafe that stands by itself behind a word
// in ه goes ("خانه‌ی ما" is خانه ما).
func AppendKey(dst []byte, s string) []byte {
	k := keyer{out: dst, start: len(dst)}
	for _, r := range s {
		if !k.put(r) {
			return appendDecomposed(dst, s)
		}
	}
	return k.out
}

// AppendJoined appends the key of s without its spaces: texts that differ only by where words are divided have the same.
func AppendJoined(dst []byte, s string) []byte {
	start := len(dst)
	dst = AppendKey(dst, s)
	kept, composes := dst[:start], false
	for _, c := range dst[start:] {
		if c != ' ' {
			kept = append(kept, c)
			composes = composes || c > 0xDB // beyond ASCII and the letters of the Arabic block
		}
	}
	// A mark or a vowel of another script may have come to what it belongs to.
	if composes && !norm.NFC.IsNormal(kept[start:]) {
		return append(kept[:start], norm.NFC.Bytes(kept[start:])...)
	}
	return kept
}

// Joined is AppendJoined as a string.
func Joined(s string) string { return string(AppendJoined(make([]byte, 0, len(s)+8), s)) }

// Tokens gives the words of the key of s, in order.
func Tokens(s string) []string { return strings.Fields(Fold(s)) }

// appendDecomposed is AppendKey for any text. Decomposing first turns presentation forms, ligatures and letters with
// a hamza or a madda into a base letter and marks, so that dropping the marks folds them.
func appendDecomposed(dst []byte, s string) []byte {
	k := keyer{out: dst, start: len(dst), decomposed: true}
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, "\uFFFD")) {
		k.put(r)
	}
	// What is left may compose: kana with its voicing mark, Hangul, scripts that we do not fold.
	if written := k.out[k.start:]; !norm.NFC.IsNormal(written) {
		return append(dst, norm.NFC.Bytes(written)...)
	}
	return k.out
}

// keyer writes a key rune by rune.
type keyer struct {
	out        []byte
	start      int
	space      bool // one waits for the next word
	digit      bool // the last rune written is an ASCII digit
	decomposed bool
}

// put adds one rune. It answers false, and has done nothing, for a rune that must be decomposed first.
func (k *keyer) put(r rune) bool {
	if !isPlainLetter(r) {
		if !k.decomposed && !isSimple(r) {
			return false
		}
		r = foldRune(r)
		switch r {
		case dropped:
			return true
		case ' ':
			k.space = true
			return true
		}
	}
	digit := '0' <= r && r <= '9'
	if len(k.out) > k.start && (k.space || digit != k.digit) {
		k.endWord()
		k.out = append(k.out, ' ')
	}
	k.space, k.digit = false, digit
	if r < utf8.RuneSelf {
		k.out = append(k.out, byte(r))
	} else {
		k.out = utf8.AppendRune(k.out, r)
	}
	return true
}

const (
	ezafe = " ی"
	heh   = "ه"
)

// endWord takes an ezafe back, now that another word follows it.
func (k *keyer) endWord() {
	at := len(k.out) - len(ezafe)
	before := at - len(heh)
	if before <= k.start || string(k.out[at:]) != ezafe || string(k.out[before:at]) != heh || k.out[before-1] == ' ' {
		return
	}
	k.out = k.out[:at]
}

// isPlainLetter reports the letters of Persian that stand for themselves, and the small ones of ASCII.
func isPlainLetter(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return 'a' <= r && r <= 'z'
	case r < 'ا' || r > 'ی':
		return false
	}
	return r <= 'ب' || 'ت' <= r && r <= 'غ' || r == 'ف' || r == 'ق' || 'ل' <= r && r <= 'و' ||
		r == 'پ' || r == 'چ' || r == 'ژ' || r == 'ک' || r == 'گ' || r == 'ی'
}

// isSimple reports the runes that foldRune folds as they are, without decomposing, whatever stands beside them.
func isSimple(r rune) bool {
	return r < utf8.RuneSelf || 0x0600 <= r && r <= 0x06FF || 0x2000 <= r && r <= 0x206F ||
		r == '\u00A0' || r == '«' || r == '»' || r == '·' || r == utf8.RuneError || r == '\uFEFF' || r == '\u00AD'
}

// isKey reports whether s is an ASCII text that Fold would not change: most keys that are folded twice.
func isKey(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		digit := '0' <= c && c <= '9'
		switch {
		case 'a' <= c && c <= 'z', digit:
			if i > 0 && s[i-1] != ' ' && digit != ('0' <= s[i-1] && s[i-1] <= '9') {
				return false
			}
		case c == ' ' && i > 0 && s[i-1] != ' ' && i < len(s)-1:
		default:
			return false
		}
	}
	return true
}

// isWord reports whether s is letters only that stand for themselves: most single words.
func isWord(s string) bool {
	for _, r := range s {
		if !isPlainLetter(r) {
			return false
		}
	}
	return true
}

// dropped stands for "this rune leaves no trace in the key".
const dropped = utf8.RuneError + 1<<16

// foldRune answers the rune that stands for r in a key: itself, another one, a space or dropped.
func foldRune(r rune) rune {
	if isPlainLetter(r) {
		return r
	}
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
	case r == nonJoiner: // it divides: می‌رود and می رود are one key
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

// letter is the table of what decomposition does not fold, and of what it would: most texts are not decomposed.
func letter(r rune) (rune, bool) {
	switch r {
	case 'ي', 'ى', 'ې', 'ۍ', 'ے', 'ۓ', 'ێ', 'ؠ', 'ٸ', 'ۑ', 'ئ':
		return 'ی', true
	case 'ك', 'ڪ', 'ګ', 'ڬ', 'ڭ', 'ڮ':
		return 'ک', true
	case 'ة', 'ۃ', 'ھ', 'ہ', 'ە', 'ۀ', 'ۂ':
		return 'ه', true
	case 'ٱ', 'ٲ', 'ٳ', 'ٵ', 'أ', 'إ', 'آ':
		return 'ا', true
	case 'ؤ', 'ۆ', 'ۇ', 'ۈ', 'ۋ', 'ٶ', 'ٷ':
		return 'و', true
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
