package persian

// WayTokens gives the words of the key of s with the abbreviations of way types written out, where only one reading
// is possible: "خ" and "ک" before another word. "بل" (بلوار, بلوک), "م" (میدان, منطقه) and "ش" have several and stay.
// Streets and queries go through this one function, so that both are written out or neither.
func WayTokens(s string) []string {
	tokens := Tokens(s)
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

// IsWayType reports whether a folded word names a kind of way, which people leave out.
func IsWayType(token string) bool {
	switch token {
	case "خیابان", "کوچه", "بلوار", "میدان", "بزرگراه", "ازادراه", "اتوبان", "جاده", "کوی", "گذر", "معبر", "میلان":
		return true
	}
	return false
}

// WayTypes lists the words that IsWayType knows.
func WayTypes() []string {
	return []string{"خیابان", "کوچه", "بلوار", "میدان", "بزرگراه", "ازادراه", "اتوبان", "جاده", "کوی", "گذر", "معبر", "میلان"}
}
