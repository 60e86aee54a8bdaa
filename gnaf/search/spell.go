package search

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"nsdi/gnaf/persian"
)

// locators are the words before numbers that people shorten in any way that comes to their mind.
func locators() []string {
	return []string{"پلاک", "واحد", "طبقه", "بلوک", "شماره"}
}

// slashed is a house number whose suffix stands apart.
var slashed = regexp.MustCompile(`(\d) ?/ ?(\d)`)

// shortUnit is a unit behind a floor: "ط ۲ و ۳".
var shortUnit = regexp.MustCompile(`((?:^|[ ،,.])(?:ط|طبقه)[ .]*[0-9۰-۹٠-٩]+)[ .،,-]+و[ .]*([0-9۰-۹٠-٩])`)

// spell writes words out that stand before a number and can be nothing but the beginning of a locator, whatever is on the lists of abbreviations: "واح. 3" is واحد 3.
func spell(text string) string {
	text = persian.Display(text)
	if strings.Contains(text, "/") { // the patterns are dear
		text = slashed.ReplaceAllString(text, "$1/$2")
	}
	if mayShortenUnit(text) {
		text = shortUnit.ReplaceAllString(text, "$1 واحد $2")
	}
	var b strings.Builder
	copied, last := 0, ""
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !isLetter(r) {
			at += size
			continue
		}
		end := at
		for end < len(text) {
			r, size := utf8.DecodeRuneInString(text[end:])
			if !isLetter(r) && !unicode.IsMark(r) {
				break
			}
			end += size
		}
		word := persian.Fold(text[at:end])
		if word == "زنگ" { // which bell to ring is no part of the address
			b.WriteString(text[copied:at])
			copied = end + bell(text[end:])
			at, last = max(end, copied), ""
			continue
		}
		digits, weak := beforeDigit(text[end:])
		if full := ""; digits {
			if full = locator(word, weak, text[end:]); full == "" {
				at, last = end, word
				continue
			}
			if full == "شماره" && last == "پلاک" { // "پلاک شماره 12"
				full = ""
			}
			b.WriteString(text[copied:at] + full + " ")
			copied = end + len(text[end:]) - len(strings.TrimLeftFunc(text[end:], func(r rune) bool { return !unicode.IsNumber(r) }))
		}
		at, last = end, word
	}
	if copied == 0 {
		return text
	}
	return b.String() + text[copied:]
}

// mayShortenUnit reports a "و" with a number behind it, beside a floor: the pattern is dear, and few addresses have one.
func mayShortenUnit(text string) bool {
	if !strings.Contains(text, "ط") {
		return false
	}
	for _, rest := range strings.Split(text, "و")[1:] {
		if digits, _ := beforeDigit(rest); digits {
			return true
		}
	}
	return false
}

// bell is how long the number of a bell is.
func bell(rest string) int {
	trimmed := strings.TrimLeft(rest, " :.")
	word, _, _ := strings.Cut(trimmed, " ")
	word, _, _ = strings.Cut(word, "،")
	if _, ok := persian.Number(word); !ok {
		return 0
	}
	return len(rest) - len(trimmed) + len(word)
}

// isLetter is unicode.IsLetter, the sooner for those of Persian.
func isLetter(r rune) bool {
	return 'ء' <= r && r <= 'ي' || 'ٱ' <= r && r <= 'ۓ' || unicode.IsLetter(r)
}

// beforeDigit reports whether a number follows, with nothing but a space, a dot, a colon or a dash between; weak tells that it is a dash.
func beforeDigit(rest string) (digits, weak bool) {
	for i, r := range rest {
		switch {
		case unicode.IsNumber(r):
			return true, weak
		case strings.ContainsRune("-–—_ـ", r):
			weak = true
		case r == ' ' || r == '.' || r == ':' || r == '\u200c':
		default:
			return false, weak
		}
		if i > 8 {
			break
		}
	}
	return false, weak
}

// locator answers what a word before a number stands for, or nothing.
func locator(word string, weak bool, rest string) string {
	switch {
	case word == "شماره", word == "پ" && weak:
		if word == "پ" {
			return "پلاک"
		}
		return word
	case word == "پل" && rest[0] == '.': // no bridge
		return "پلاک"
	case word == "کو" || word == "کوچ":
		return "کوچه"
	case utf8.RuneCountInString(word) > 2 && strings.HasPrefix("خیابان", word):
		return "خیابان"
	case word == "بلو": // a بلوار has a name
		return "بلوک"
	case utf8.RuneCountInString(word) < 2 || len(persian.Words().Readings(word)) > 0:
		return ""
	}
	for _, full := range locators() {
		if strings.HasPrefix(full, word) || utf8.RuneCountInString(word) >= 3 && persian.Distance(word, full, 1) <= 1 {
			return full
		}
	}
	return ""
}
