package persian

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The keys of an English keyboard and what they write on the two Persian layouts in use: that of the national
// standard (ISIRI 9147) and the older one of Windows, which differ in a few keys.
const (
	latinKeys    = `qwertyuiop[]asdfghjkl;'zxcvbn,HC`
	persianKeys  = `ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدوآژ`
	standardKeys = "m\\" // پ \
	standardText = `پ\`
	windowsKeys  = "m\\" // ئ پ
	windowsText  = `ئپ`
)

// KeyboardReadings lists what s would have been on the other layout: Persian for what was typed with English keys
// ("ogdfhk" for خیابان), English for what was typed with Persian ones. The layouts of the national standard comes
// first. Digits, spaces and what neither layout has stay. None of them is more than a reading: see RepairKeyboard.
func KeyboardReadings(s string) []string {
	from, to := [2]string{latinKeys + standardKeys, persianKeys + standardText}, [2]string{latinKeys + windowsKeys, persianKeys + windowsText}
	if !isMostlyLatin(s) {
		from, to = [2]string{from[1], from[0]}, [2]string{to[1], to[0]}
		s = Display(s)
	}
	readings := []string{retype(s, from[0], from[1])}
	if other := retype(s, to[0], to[1]); other != readings[0] {
		readings = append(readings, other)
	}
	return slices.DeleteFunc(readings, func(r string) bool { return r == s })
}

// retype replaces each rune of s that from has by the one at its place in to.
func retype(s, from, to string) string {
	keys, text := []rune(from), []rune(to)
	return strings.Map(func(r rune) rune {
		i := slices.Index(keys, r)
		if i < 0 && 'A' <= r && r <= 'Z' {
			i = slices.Index(keys, r+'a'-'A')
		}
		if i < 0 {
			return r
		}
		return text[i]
	}, s)
}

func isMostlyLatin(s string) bool {
	latin, persian := 0, 0
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
			latin++
		case isPlainLetter(foldRune(r)):
			persian++
		}
	}
	return latin > persian
}

// RepairKeyboard answers what s would have been on the other keyboard layout, when that makes sense and s does not: at
// least half of its words are of the lexicon or known to the caller, and of the words of s at most a fourth is, as chance
// has it ("d,st" is یوسف, and "st" a word of addresses). known is asked with keys of single words and may be nil.
func RepairKeyboard(s string, known func(word string) bool) (string, bool) {
	l := Words()
	// sense counts the words that are known; of a text of which one in enough is, no more than that.
	sense := func(text string, enough int) (hits, words int) {
		tokens := Tokens(text)
		for _, word := range tokens {
			if enough*hits > len(tokens) {
				break // more words change nothing
			}
			if utf8.RuneCountInString(word) < 2 || strings.Trim(word, "0123456789") == "" {
				continue
			}
			words++
			if l.readings[word] != nil || l.cards[word] > 0 || l.province[word] != "" || l.capital[word] != "" || known != nil && known(word) {
				hits++
			}
		}
		return hits, words
	}
	chance, words := sense(s, 4)
	if 4*chance > words {
		return "", false
	}
	best, most := "", 2*chance
	for _, reading := range KeyboardReadings(s) {
		if strings.Contains(reading, `\`) {
			continue // no address has one: it is the key of the other layout that writes پ
		}
		if hits, words := sense(reading, 0); hits > most && 2*hits >= words {
			best, most = reading, hits
		}
	}
	return best, best != ""
}
