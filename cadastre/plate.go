package cadastre

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// Plate is a registration plate: the number of the main plate, and that of the sub plate within it. It is two numbers and never one string, because "72/1617" is
// read either way round.
type Plate struct {
	Main int // from 1
	Sub  int // from 1; 0: the main plate itself
}

// Marks that keep a phrase together beside text of the other direction (Unicode isolates).
const (
	rightToLeft = "\u2067"
	leftToRight = "\u2066"
	endIsolate  = "\u2069"
)

// Phrase says the plate as it is read aloud: «۱۶۱۷ فرعی از ۷۲ اصلی», in isolates, so that its numbers do not change places beside other text.
func (p Plate) Phrase() errs.Text {
	plain := p.plain()
	return errs.T(rightToLeft+plain.FA+endIsolate, leftToRight+plain.EN+endIsolate)
}

func (p Plate) plain() errs.Text {
	if p.Sub == 0 {
		return errs.T(persianDigits(p.Main)+" اصلی", "main "+strconv.Itoa(p.Main))
	}
	return errs.T(persianDigits(p.Sub)+" فرعی از "+persianDigits(p.Main)+" اصلی", "sub "+strconv.Itoa(p.Sub)+" of main "+strconv.Itoa(p.Main))
}

func persianDigits(n int) string { return errs.Digits(strconv.Itoa(n)) }

// ParsePlate reads a plate in words, such as «پلاک ثبتی شماره ۱۶۱۷ فرعی از ۷۲ اصلی واقع در بخش ۳» or "sub 1617 of main 72", or one number, which is a main plate.
// Two numbers without words are no plate: see ParsePair.
func ParsePlate(text string) (Plate, bool) {
	if n, ok := plateNumber(text); ok && n > 0 { // as most are
		return Plate{Main: n}, true
	}
	tokens := plateTokens(text)
	if len(tokens) == 1 && tokens[0].number > 0 {
		return Plate{Main: tokens[0].number}, true
	}
	var p Plate
	named, before := "", "" // word that waits for its number; number's word order, once it is known
	waiting := -1           // number that waits for its word
	seen := map[string]bool{}
	set := func(word string, n int) bool {
		if seen[word] || word == mainWord && n < 1 {
			return false
		}
		seen[word] = true
		if word == mainWord {
			p.Main = n
		} else {
			p.Sub = n
		}
		return true
	}
	for _, t := range tokens {
		switch {
		case t.word == mainWord || t.word == subWord:
			switch {
			case waiting >= 0 && before != "word":
				if !set(t.word, waiting) {
					return Plate{}, false
				}
				waiting, before = -1, "number"
			case waiting < 0 && named == "" && before != "number":
				named, before = t.word, "word"
			default:
				return Plate{}, false
			}
		case t.number >= 0:
			switch {
			case named != "":
				if !set(named, t.number) {
					return Plate{}, false
				}
				named = ""
			case waiting < 0 && before != "word":
				waiting = t.number
			default:
				return Plate{}, false
			}
		case t.word == endWord:
			return p, seen[mainWord] && named == "" && waiting < 0
		default:
			return Plate{}, false
		}
	}
	return p, seen[mainWord] && named == "" && waiting < 0
}

// ParsePair reads two numbers with a slash between them. Which of them is the main plate the text does not say.
func ParsePair(text string) (left, right int, ok bool) {
	text = withoutMarks(text)
	at := strings.IndexAny(text, "/\\⁄∕／")
	if at < 0 {
		return 0, 0, false
	}
	_, size := utf8.DecodeRuneInString(text[at:])
	left, okLeft := plateNumber(text[:at])
	right, okRight := plateNumber(text[at+size:])
	return left, right, okLeft && okRight && (left > 0 || right > 0)
}

// plates is how the pipeline reads a column that holds both numbers.
func plates() *layers.Plates {
	return &layers.Plates{
		Main: "main_plate", Sub: "sub_plate",
		Names: []string{"plate", "پلاک", "پلاک ثبتی", "شماره پلاک", "شماره پلاک ثبتی", "pelak", "pelak_sabti", "PLATE_NO"},
		Read: func(text string) (layers.PlateText, bool) {
			if p, ok := ParsePlate(text); ok {
				return layers.PlateText{Left: p.Main, Right: p.Sub, Sure: true}, true
			}
			left, right, ok := ParsePair(text)
			return layers.PlateText{Left: left, Right: right}, ok
		},
		Phrase: func(main, sub int) errs.Text { return Plate{main, sub}.Phrase() },
	}
}

const (
	mainWord = "main"
	subWord  = "sub"
	endWord  = "end"
)

type plateToken struct {
	word   string
	number int // -1: a word
}

// plateTokens divides a text into numbers and words. Words that say nothing are left out, and after "situated in" nothing is read.
func plateTokens(text string) []plateToken {
	var out []plateToken
	for _, field := range strings.FieldsFunc(withoutMarks(text), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("،,.:؛;()«»_", r) }) {
		if n, ok := plateNumber(field); ok {
			out = append(out, plateToken{number: n})
			continue
		}
		switch word := strings.ToLower(strings.NewReplacer("ي", "ی", "ى", "ی", "ك", "ک").Replace(field)); word {
		case "از", "پلاک", "ثبتی", "شماره", "دارای", "و", "of", "plate", "no", "number", "registration":
		case "اصلی", mainWord:
			out = append(out, plateToken{mainWord, -1})
		case "فرعی", subWord:
			out = append(out, plateToken{subWord, -1})
		case "واقع", "بخش", "situated", "in", "section":
			return append(out, plateToken{endWord, -1})
		default:
			out = append(out, plateToken{"?", -1})
		}
	}
	return out
}

// plateNumber reads a whole number of at most nine digits of any of the three kinds.
func plateNumber(text string) (int, bool) {
	text = strings.TrimSpace(text)
	n, digits := 0, 0
	for _, r := range text {
		if r = errs.ASCIIDigit(r); r < '0' || r > '9' {
			return 0, false
		}
		if digits++; digits > 9 {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, digits > 0
}

// withoutMarks takes out what is not seen: marks of direction, and the non-joiner, which divides words.
func withoutMarks(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u200c':
			return ' '
		case unicode.Is(unicode.Cf, r), r == 'ـ':
			return -1
		}
		return r
	}, text)
}
