package gnaf

import (
	"strconv"
	"strings"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// A house number lies between these. Registers write 0 and 99999 where there is none.
const leastNumber, mostNumber = 1, 99_998

// checkNumber finds what is wrong with the house number. One that cannot be a number is taken out. A negative one, a decimal one and one with its suffix is taken, and
// said: registers have them.
func checkNumber(attributes map[string]any) (breaches []layers.Breach) {
	odd := func(value, taken string) {
		breaches = append(breaches, layers.Breach{Rule: "number-odd", Field: "number", Value: value, Found: errs.T(taken, taken)})
	}
	outside := func(value string) {
		breaches = append(breaches, layers.Breach{Rule: "number-range", Field: "number", Value: value})
		delete(attributes, "number")
	}
	within := func(n int64) bool { return n >= leastNumber && n <= mostNumber || n < 0 && n >= -mostNumber }
	switch n := attributes["number"].(type) {
	case int64:
		if !within(n) {
			outside(text(n))
		} else if n < 0 {
			odd(text(n), text(n))
		}
	case string: // what is no whole number
		number, suffix, last, ok := readHouseNumber(n)
		if !ok {
			if n = strings.TrimSpace(n); strings.ContainsAny(persian.Fold(n), "0123456789") {
				outside(n)
			}
			delete(attributes, "number")
			break
		}
		if !within(number) {
			outside(n)
			break
		}
		attributes["number"] = number
		if own, given := attributes["number_suffix"].(string); given && suffix != "" && persian.Fold(own) != persian.Fold(suffix) {
			suffix = own + " " + suffix
		} else if given {
			suffix = own
		}
		taken := text(number)
		if suffix != "" {
			attributes["number_suffix"] = suffix
			taken += " " + suffix
		}
		if _, given := attributes["number_to"]; !given && last > number && last <= mostNumber {
			attributes["number_to"] = last
			taken += "–" + text(last)
		}
		odd(n, taken)
	}
	if _, given := attributes["number"]; !given && len(breaches) == 0 {
		breaches = append(breaches, layers.Breach{Rule: "number-missing", Field: "number"})
	}
	return breaches
}

// readHouseNumber reads what people write for a house number that is more than one: "12/1" and 12.1 are 12 with the suffix /1, "12الف" has the suffix الف, "12-14" reaches
// to 14. Seven digits or more are none.
func readHouseNumber(s string) (number int64, suffix string, last int64, ok bool) {
	s = strings.TrimSpace(asciiDigits(s))
	sign := int64(1)
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		s, sign = strings.TrimSpace(rest), -1
	}
	number, s, ok = leadingNumber(s)
	if !ok {
		return 0, "", 0, false
	}
	number *= sign
	rest := strings.TrimSpace(s)
	if rest == "" {
		return number, "", 0, true
	}
	switch separator, behind := rest[:1], strings.TrimSpace(rest[1:]); {
	case strings.Contains("/.", separator):
		second, more, isNumber := leadingNumber(behind)
		if !isNumber || more != "" {
			return 0, "", 0, false
		}
		if separator == "." && strings.Trim(behind, "0") == "" { // 19.0 is how programs write 19
			return number, "", 0, true
		}
		return number, "/" + strconv.FormatInt(second, 10), 0, true
	case separator == "-":
		if second, more, isNumber := leadingNumber(behind); isNumber && more == "" {
			return number, "", second, true
		}
		rest = behind
	}
	suffix = rest
	if n := len([]rune(persian.Fold(suffix))); n == 0 || n > 10 {
		return 0, "", 0, false
	}
	return number, suffix, 0, true
}

// leadingNumber takes up to six digits off the front.
func leadingNumber(s string) (n int64, rest string, ok bool) {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end == 0 || end > 6 {
		return 0, s, false
	}
	n, err := strconv.ParseInt(s[:end], 10, 64)
	return n, s[end:], err == nil
}

// asciiDigits writes Persian and Arabic digits and decimal signs as ASCII.
func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r == '٫':
			return '.'
		case r == '⁄', r == '∕', r == '\\':
			return '/'
		case r == '−', r == '–', r == '—', r == 'ـ':
			return '-'
		}
		return r
	}, s)
}
