package search

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"nsdi/gnaf/persian"
)

// class is what a word is in the name of a way or an area. It decides how much the word weighs.
type class uint8

const (
	plain     class = iota
	kind            // of a way: خیابان
	title           // people leave it out: شهید
	direction       // شمالی
	number          // in digits
	level           // of an area: شهر
	noise           // joins others
)

// weight is what a word counts. Words that people leave out or exchange count little; how rare a word is counts nothing, as within one city every name is as good
// as any other.
func (c class) weight() float64 {
	switch c {
	case kind:
		return 0.25
	case title:
		return 0.08
	case direction:
		return 0.5
	case level:
		return 0.05
	case noise:
		return 0.03
	}
	return 1
}

// telling words are those by which names are found.
func (c class) telling() bool { return c == plain || c == number }

// joins reports words that people write as one with their neighbour.
func (c class) joins() bool { return c == plain || c == title || c == direction || c == level }

// word is a word of a name or a question, as both are compared: folded, numbers in digits, kinds of ways in one spelling.
type word struct {
	text  string
	class class
}

// analyse makes the words of a text. Names and questions both go through it, so that equal texts always meet: "کوچه دوازدهم", "کوچه 12" and "koche 12" are one.
func analyse(s string) []word {
	tokens := persian.WayTokens(s)
	words := make([]word, 0, len(tokens))
	lexicon := persian.Words()
	for i := 0; i < len(tokens); {
		n, w := several(lexicon, tokens[i:])
		if n == 0 {
			n, w = counted(lexicon, tokens[i:])
		}
		if n == 0 {
			n, w = 1, single(lexicon, tokens[i])
		}
		words = append(words, w)
		i += n
	}
	promote(words, len(tokens) > 0 && tokens[0][0] < utf8.RuneSelf)
	return words
}

// promoted marks the title, the direction or the kind that is all that a name is told by: the شهدا of خیابان شهدا is no title.
const promoted = "="

func promote(words []word, latin bool) {
	last := -1
	for i, w := range words {
		if w.class.telling() {
			return
		}
		if w.class == title || w.class == direction {
			last = i
		}
	}
	if n := len(words); last < 0 && !latin && n > 1 && words[n-1].class == kind && words[n-2].class == kind { // خیابان زیرگذر; of "BRIDGE ST" the first tells it
		last = n - 1
	}
	if last >= 0 {
		words[last] = word{promoted + words[last].text, plain}
	}
}

// bare is a word without the mark.
func bare(text string) string { return strings.TrimPrefix(text, promoted) }

// several reads words of the lexicon that are written in more than one: بن بست.
func several(l *persian.Lexicon, tokens []string) (int, word) {
	for n := min(3, len(tokens)); n > 1; n-- {
		text := strings.Join(tokens[:n], " ")
		if c, key, ok := known(l, text); ok && (c == kind || c == title) {
			return n, word{key, c}
		}
	}
	return 0, word{}
}

// counted reads a number in words or digits, the longest.
func counted(l *persian.Lexicon, tokens []string) (int, word) {
	first := tokens[0]
	if digits := strings.TrimLeft(first, "0"); first[0] <= '9' && strings.Trim(first, "0123456789") == "" {
		if digits == "" {
			digits = "0"
		}
		n := 1
		if len(tokens) > 1 && (tokens[1] == "ام" || tokens[1] == "م" || tokens[1] == "امین") {
			n = 2
		}
		return n, word{digits, number}
	}
	found := l.NumbersAt(tokens[:min(8, len(tokens))])
	if len(found) == 0 {
		return 0, word{}
	}
	longest := found[len(found)-1]
	return longest.Words, word{strconv.Itoa(longest.Value), number}
}

func single(l *persian.Lexicon, token string) word {
	switch token {
	case "و", "از", "به", "در", "با", "e", "ye", "of", "the", "and":
		return word{token, noise}
	}
	c, key, _ := known(l, token)
	if c == plain {
		key = token
	}
	return word{key, c}
}

// known answers the class of a word that has one reading in the lexicon, and the spelling that stands for all of them.
func known(l *persian.Lexicon, text string) (class, string, bool) {
	readings := l.Readings(text)
	if len(readings) == 0 {
		return plain, text, false
	}
	r := readings[0]
	if len(readings) > 1 || r.Short {
		if persian.IsWayType(text) {
			return kind, text, true
		}
		return plain, text, false
	}
	key := text
	if r.Latin && !strings.Contains(r.Key, " ") {
		key = r.Key
	}
	switch r.Class {
	case persian.ClassWay:
		if r.Plain {
			return plain, text, false
		}
		return kind, r.Key, true
	case persian.ClassHonorific:
		return title, key, true
	case persian.ClassDirection:
		return direction, r.Key, true
	case persian.ClassArea:
		return level, key, true
	}
	return plain, text, false
}
