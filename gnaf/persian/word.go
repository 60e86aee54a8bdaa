package persian

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What stands before a word.
const (
	sepNone   = 0   // the border of a letter and a digit
	sepSpace  = ' ' // white space or a non-joiner
	sepWeak   = '-' // a dash or slash, which also stands inside of names
	sepStrong = ',' // comma, line end, bracket
	sepRange  = '~' // a dash between two digits: 12-14
	sepSlash  = '/' // a slash between two digits: 12/1
	sepPlus   = '+'
	sepPoint  = '.'
)

// word is one word of a text, as keys divide it.
type word struct {
	key         string
	start, end  int // in the cleaned text
	sep         byte
	opens       bool // a bracket opens before it
	closes      bool // and closes after it
	number      bool // ASCII digits
	placed      bool
	placedAsTag bool // an honorific in brackets, which is no part of the name
}

// divide cleans a text and divides it into the words of its key. Unlike the key it keeps what stands between them.
func divide(s string) (string, []word) {
	if strings.ContainsFunc(s, func(r rune) bool { return !isStable(r) }) {
		s = norm.NFKC.String(s)
	}
	s = strings.ReplaceAll(s, " ـ ", " - ") // a tatweel by itself stands for a dash
	text := Display(s)
	words := make([]word, 0, 24) // as many as most addresses have
	open := -1
	gap := gapReader{text: text}
	put := func(i int, digit bool) {
		w := word{start: i, number: digit}
		w.sep, w.opens = gap.read(i, digit && len(words) > 0 && words[len(words)-1].number)
		words = append(words, w)
		open = len(words) - 1
	}
	for i, r := range text {
		size := utf8.RuneLen(r)
		switch c := foldRune(r); {
		case c == dropped:
			if open >= 0 {
				words[open].end = i + size
				gap.from = i + size
			}
			continue
		case c == ' ':
			if r == ')' || r == ']' {
				if len(words) > 0 {
					words[len(words)-1].closes = true
				}
			}
			open = -1
			continue
		default:
			digit := '0' <= c && c <= '9'
			if open < 0 || words[open].number != digit {
				put(i, digit)
			}
		}
		words[open].end = i + size
		gap.from = i + size
	}
	kept := words[:0]
	for _, w := range words {
		w.key = Fold(text[w.start:w.end])
		if w.key == "" {
			continue
		}
		// The ی of an ezafe, as in keys.
		if n := len(kept); n > 1 && kept[n-1].key == "ی" && isEzafeOf(kept[n-2].key) {
			kept = kept[:n-1]
		}
		kept = append(kept, w)
	}
	return text, kept
}

// isStable reports runes that NFKC leaves as they are, whatever such runes stand beside them: what most addresses are written with.
func isStable(r rune) bool {
	return r < utf8.RuneSelf || isPlainLetter(r) || r == nonJoiner || r == '،' || '۰' <= r && r <= '۹' || r == 'آ' || r == 'ي' || r == 'ك'
}

func isEzafeOf(key string) bool {
	return strings.HasSuffix(key, heh) && len(key) > len(heh)
}

// gapReader tells what stands between two words.
type gapReader struct {
	text string
	from int
}

func (g *gapReader) read(to int, digits bool) (sep byte, opens bool) {
	between := g.text[g.from:to]
	sep = sepNone
	if g.from == to {
		return sepNone, false
	}
	if digits {
		switch between {
		case "-", "–", "−", "‑", "‐":
			return sepRange, false
		case "/", " /": // as suffixes are kept apart: number 12, suffix "/1"
			return sepSlash, false
		case "+":
			return sepPlus, false
		case ".", "٫":
			return sepPoint, false
		}
	}
	for _, r := range between {
		switch {
		case strings.ContainsRune("،,؛;\n|«»\"•", r):
			sep = sepStrong
		case r == '(' || r == '[':
			opens = true
		case r == ')' || r == ']':
		case strings.ContainsRune("-–—_/\\−‐‑", r) && sep != sepStrong:
			sep = sepWeak
		case sep == sepNone:
			sep = sepSpace // also the dot of an abbreviation and the colon of "پلاک: 12"
		}
	}
	if sep == sepNone {
		sep = sepSpace
	}
	return sep, opens
}
