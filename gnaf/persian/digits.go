package persian

import "strings"

// ASCIIDigits writes Persian and Arabic digits as ASCII, and leaves the rest.
func ASCIIDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if digit, ok := letter(r); ok && '0' <= digit && digit <= '9' {
			return digit
		}
		return r
	}, s)
}
