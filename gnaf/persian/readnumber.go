package persian

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// mostDigits is of a house number and of the end of a range. What is longer is a code or a telephone number.
const mostDigits = 6

// ReadHouseNumber reads a text that is a house number and nothing else: "12/1" and 12.1 are 12 with the suffix /1, "12الف" has the suffix الف, "12-14" reaches to 14, 19.0 is
// how programs write 19, and some registers have negative ones. What String makes of the answer is read as the same.
func ReadHouseNumber(s string) (n HouseNumber, ok bool) {
	s = strings.TrimSpace(ASCIIDigits(s))
	sign := 1
	if separator, rest := cutSeparator(s); separator == '-' {
		s, sign = rest, -1
	}
	if n.Value, s, ok = leadingNumber(s); !ok {
		return HouseNumber{}, false
	}
	n.Value *= sign
	separator, behind := cutSeparator(s)
	second, more, isNumber := leadingNumber(behind)
	if separator == '-' && isNumber { // the end of a range, behind which a suffix may stand
		if next, _ := cutSeparator(more); more == "" || more[0] == ' ' || next == '/' {
			n.To = second
			separator, behind = cutSeparator(more)
			second, more, isNumber = leadingNumber(behind)
		}
	}
	switch {
	case separator == '/' || separator == '.':
		if !isNumber || more != "" {
			return HouseNumber{}, false
		}
		if separator == '/' || second != 0 {
			n.Suffix = "/" + strconv.Itoa(second)
		}
		return n, true
	}
	for n.Suffix = strings.TrimSpace(behind); ; n.Suffix = behind {
		if separator, behind = cutSeparator(n.Suffix); separator == 0 {
			return n, true
		}
		if separator != '-' {
			return HouseNumber{}, false
		}
	}
}

// cutSeparator takes a sign that divides numbers off the front, in any of the ways in which it is written: '/', '.' or '-', or 0 where there is none.
func cutSeparator(s string) (separator rune, rest string) {
	trimmed := strings.TrimSpace(s)
	r, size := utf8.DecodeRuneInString(trimmed)
	switch r {
	case '/', '⁄', '∕', '\\':
		separator = '/'
	case '.', '٫':
		separator = '.'
	case '-', '−', '–', '—', 'ـ':
		separator = '-'
	default:
		return 0, trimmed
	}
	return separator, strings.TrimSpace(trimmed[size:])
}

// leadingNumber takes a number off the front.
func leadingNumber(s string) (n int, rest string, ok bool) {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end == 0 || end > mostDigits {
		return 0, s, false
	}
	n, err := strconv.Atoi(s[:end])
	return n, s[end:], err == nil
}
