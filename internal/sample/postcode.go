package sample

// A postal code has ten digits. The first five are the routing digits of the region, the digit 1 as a separator and
// the distribution digits; none of them is 0 or 2, and the fifth is not 5, which marks a post-office box. The last
// five are block and serial; 2 is left out, because readers of codes take it for a slip.
const (
	prefixDigits = "346789" // distribution digits, without 1 so that the separator stays unique, and without 5
	serialDigits = "013456789"
	serials      = 9 * 9 * 9 * 9 * 9 // codes under one prefix
)

// prefixes lists the five-digit beginnings that belong to a province, in a fixed order.
func prefixes(leads []string) []string {
	var out []string
	for _, lead := range leads {
		out = extend(out, lead)
	}
	return out
}

func extend(out []string, s string) []string {
	switch {
	case len(s) == 5:
		return append(out, s)
	case len(s) == 4 && s[1] != '1' && s[2] != '1' && s[3] != '1':
		return out // no separator within digits 2–5, and none can follow: the fifth is a distribution digit
	}
	if len(s) < 4 && s[1] != '1' && (len(s) < 3 || s[2] != '1') {
		out = extend(out, s+"1")
	}
	for _, d := range prefixDigits {
		out = extend(out, s+string(d))
	}
	return out
}

// postcode returns code number n (0 ≤ n < serials) under a prefix.
func postcode(prefix string, n int) string {
	b := []byte(prefix + "00000")
	for i := 9; i >= 5; i-- {
		b[i] = serialDigits[n%9]
		n /= 9
	}
	return string(b)
}
