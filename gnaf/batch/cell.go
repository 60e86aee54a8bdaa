package batch

import (
	"strings"
	"unicode/utf8"
)

// safe keeps a spreadsheet from taking a cell for a formula: what begins like one gets an apostrophe in front. Numbers begin so too and stay as they are.
func safe(cell string) string {
	if cell == "" {
		return cell
	}
	switch first, _ := utf8.DecodeRuneInString(cell); first {
	case '=', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return "'" + cell
	case '+', '-':
		if !isNumber(cell[1:]) {
			return "'" + cell
		}
	}
	return cell
}

// isNumber: digits with at most one point, and an exponent.
func isNumber(s string) bool {
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(s), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := func(s string) bool { return strings.Trim(s, "0123456789") == "" }
	if whole+fraction == "" || !digits(whole) || !digits(fraction) {
		return false
	}
	exponent = strings.TrimLeft(exponent, "+-")
	return !scientific || exponent != "" && len(exponent) < 4 && digits(exponent)
}
