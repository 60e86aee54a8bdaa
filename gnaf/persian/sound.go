package persian

import (
	"strings"
	"unicode/utf8"
)

// AppendSound appends what the key of s sounds like: letters of one sound are one, double letters too, and a word's
// last ه or ا is dropped. Texts that were taken down by ear meet in it; it is coarser than a key.
func AppendSound(dst []byte, s string) []byte {
	start := len(dst)
	for word := range strings.FieldsSeq(Fold(s)) {
		if len(dst) > start {
			dst = append(dst, ' ')
		}
		last := rune(0)
		for i, r := range word {
			if r = soundOf(r); i > 0 && (r == last || (r == 'ه' || r == 'ا') && i+utf8.RuneLen(r) == len(word)) {
				continue
			}
			last = r
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// Sound is AppendSound as a string.
func Sound(s string) string { return string(AppendSound(make([]byte, 0, len(s)), s)) }

func soundOf(r rune) rune {
	switch r {
	case 'ذ', 'ض', 'ظ':
		return 'ز'
	case 'ص', 'ث':
		return 'س'
	case 'ط':
		return 'ت'
	case 'ح':
		return 'ه'
	case 'غ':
		return 'ق'
	case 'ع':
		return 'ا'
	}
	return r
}
