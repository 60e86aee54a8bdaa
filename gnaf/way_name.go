package gnaf

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"nsdi/internal/errs"
)

// Lengths of a way's name, in characters.
const shortestName, longestName = 2, 200

// wrongName says why a text cannot be the name of a way; nothing where it can.
func wrongName(name string) errs.Text {
	switch n := utf8.RuneCountInString(name); {
	case strings.ContainsRune(name, utf8.RuneError):
		return errs.T("نویسه خراب دارد", "has a damaged character")
	case strings.Contains(name, "_"):
		return errs.T("زیرخط دارد", "has an underscore")
	case n < shortestName && !isNumberOrIdeograph(name):
		return errs.Tf("کوتاه‌تر از %d نویسه است", "is shorter than %d characters", shortestName)
	case n > longestName:
		return errs.Tf("بلندتر از %d نویسه است", "is longer than %d characters", longestName)
	}
	return errs.Text{}
}

// isNumberOrIdeograph: way 5 is called so, and one sign of some scripts is a word.
func isNumberOrIdeograph(name string) bool {
	for _, r := range name {
		if !unicode.IsNumber(r) && !unicode.Is(unicode.Ideographic, r) && !unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			return false
		}
	}
	return name != ""
}
