package persian

import (
	"slices"
	"strings"
)

// WayTokens gives the words of the key of s as ways are compared: the abbreviations of way types written out where
// only one reading is possible ("خ" and "ک" before another word; "بل", "م" and "ش" have several and stay), and a
// number that is glued to the word of its type set apart ("کوچه12"). Streets and queries both go through this
// function, so that equal names always meet.
func WayTokens(s string) []string {
	var tokens []string
	for _, token := range Tokens(s) {
		tokens = append(tokens, SplitNumber(token, "خ", "ک", "خیابان", "کوچه", "بلوار", "میدان", "میلان", "گذر")...)
	}
	for i, token := range tokens {
		if i == len(tokens)-1 {
			break // nothing follows: a letter on its own
		}
		switch token {
		case "خ", "خیا":
			tokens[i] = "خیابان"
		case "ک":
			tokens[i] = "کوچه"
		}
	}
	return tokens
}

// SplitNumber sets the number apart that is glued to one of the words ("پلاک12"); any other token stays one.
func SplitNumber(token string, words ...string) []string {
	for _, word := range words {
		rest, ok := strings.CutPrefix(token, word)
		if ok && rest != "" && '0' <= rest[0] && rest[0] <= '9' {
			return []string{word, rest}
		}
	}
	return []string{token}
}

// IsWayType reports whether a folded word names a kind of way, which people leave out.
func IsWayType(token string) bool { return slices.Contains(WayTypes(), token) }

// WayTypes lists the words that IsWayType knows.
func WayTypes() []string {
	return []string{"خیابان", "کوچه", "بلوار", "میدان", "بزرگراه", "ازادراه", "اتوبان", "جاده", "کوی", "گذر", "معبر", "میلان"}
}
