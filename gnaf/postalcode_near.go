package gnaf

import (
	"cmp"
	"iter"
	"slices"
)

// How a suggested code differs from what was written.
const (
	NearSwappedHalves = "swapped-halves" // "B-A" for "A-B"
	NearTransposed    = "transposed"     // two neighbouring digits exchanged
	NearOneDigit      = "one-digit"      // one digit is another
	NearMissing       = "missing-digit"  // nine digits were written
	NearExtra         = "extra-digit"    // eleven were
)

// NearCodes gives every code that keeps the rules and is one slip away from what was written: its halves turned
// round, two neighbours exchanged, one digit wrong, missing or too many. Each comes once, without the code itself,
// with the slip that leads to it; there are at most 100 of ten digits, 91 of nine and 11 of eleven. Which of them exist,
// only a register can say.
func (c PostalCode) NearCodes() iter.Seq2[string, string] {
	return func(yield func(code, slip string) bool) {
		seen := map[string]bool{c.Digits: true}
		offer := func(code, slip string) bool {
			if seen[code] || len(hardRules(code)) > 0 {
				return true
			}
			seen[code] = true
			return yield(code, slip)
		}
		for _, other := range []string{c.Swapped, c.Turned} {
			if other != "" && !offer(other, NearSwappedHalves) {
				return
			}
		}
		if !isDigits(c.Digits) {
			return
		}
		switch d := []byte(c.Digits); len(d) {
		case 10:
			for i := range 9 {
				if !offer(string(slices.Concat(d[:i], []byte{d[i+1], d[i]}, d[i+2:])), NearTransposed) {
					return
				}
			}
			for i := range d {
				for digit := byte('0'); digit <= '9'; digit++ {
					if !offer(string(slices.Concat(d[:i], []byte{digit}, d[i+1:])), NearOneDigit) {
						return
					}
				}
			}
		case 9:
			for i := range 10 {
				for digit := byte('0'); digit <= '9'; digit++ {
					if !offer(string(slices.Concat(d[:i], []byte{digit}, d[i:])), NearMissing) {
						return
					}
				}
			}
		case 11:
			for i := range d {
				if !offer(string(slices.Concat(d[:i], d[i+1:])), NearExtra) {
					return
				}
			}
		}
	}
}

// PostalSuggestion is a code that exists and may have been meant.
type PostalSuggestion struct {
	Code string
	// Slip is how it differs from what was written: one of the constants Near….
	Slip string
	City string
	// SameCity tells that it belongs to the city that the question states.
	SameCity bool
}

// rankSuggestions puts codes of the stated city first, then the slips that happen most.
func rankSuggestions(found []PostalSuggestion) {
	likely := []string{NearSwappedHalves, NearTransposed, NearOneDigit, NearMissing, NearExtra}
	slices.SortFunc(found, func(a, b PostalSuggestion) int {
		if a.SameCity != b.SameCity {
			if a.SameCity {
				return -1
			}
			return 1
		}
		return cmp.Or(slices.Index(likely, a.Slip)-slices.Index(likely, b.Slip), cmp.Compare(a.Code, b.Code))
	})
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
