package gnaf

import (
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

// mostSuffix is in letters of its key; what is longer is a name.
const mostSuffix = 10

// readHouseNumber reads what people write for a house number that is more than one.
func readHouseNumber(s string) (number int64, suffix string, last int64, ok bool) {
	n, ok := persian.ReadHouseNumber(s)
	if key := []rune(persian.Fold(n.Suffix)); n.Suffix != "" && (len(key) == 0 || len(key) > mostSuffix) {
		return 0, "", 0, false
	}
	return int64(n.Value), n.Suffix, int64(n.To), ok
}
