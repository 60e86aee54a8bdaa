package persian

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// HouseNumber is the number of a place on its way.
type HouseNumber struct {
	Value int
	// Suffix is what tells places of one number apart: "الف", "مکرر", "/1".
	Suffix string
	// To is the last number of a range, 0 where it is none.
	To int
}

func (n HouseNumber) String() string {
	s := strconv.Itoa(n.Value)
	if n.To > 0 {
		s += "-" + strconv.Itoa(n.To)
	}
	switch {
	case n.Suffix == "":
		return s
	case n.Suffix[0] == '/':
		return s + n.Suffix
	}
	return s + " " + n.Suffix
}

// houseNumber reads a number at word i: "12", "12 الف", "12/1", "12-14", "12 و 14", "12 تا 14", "12+1" (customary for 13), "صفر", "سه ب". It
// answers how many words it takes. old tells that it is said to be the one of before.
func (p *parser) houseNumber(i int) (number HouseNumber, words int, old bool) {
	if i >= len(p.words) || p.words[i].placed {
		return number, 0, false
	}
	if p.words[i].number {
		number, words = p.numberInDigits(i)
	} else {
		number, words = p.numberInWords(i)
	}
	at := i + words
	if words == 0 || at >= len(p.words) || p.words[at].placed || p.bounded(at) {
		return number, words, false
	}
	switch key := p.key(at); {
	case key == "قدیم" || key == "سابق":
		return number, words + 1, true
	case key == "جدید":
		return number, words + 1, false
	case key == "مکرر" || key == "الف" || key == "alef" || key == "alf" || key == "bis" || isSuffixLetter(key) && !p.startsLocator(at):
		number.Suffix = strings.TrimPrefix(number.Suffix+" "+p.text(at, at+1), " ")
		words++
	}
	return number, words, false
}

func (p *parser) numberInWords(i int) (number HouseNumber, words int) {
	readings := p.numbers(i)
	if len(readings) == 0 {
		return number, 0
	}
	longest := readings[len(readings)-1]
	if number.Value = longest.Value; number.Value == 0 {
		p.doubt(DoubtNumber, p.text(i, i+longest.Words))
	}
	words = longest.Words
	at := i + words
	if _, ok := p.integer(at); ok && !p.words[at].placed && strings.TrimSpace(p.clean[p.words[at-1].end:p.words[at].start]) == "/" { // "بیست و هفت /1"
		number.Suffix = "/" + p.key(at)
		words++
	}
	return number, words
}

func (p *parser) numberInDigits(i int) (number HouseNumber, words int) {
	n, ok := p.integer(i)
	if !ok || n > 999_999 {
		return number, 0
	}
	number.Value, words = n, 1
	next, isNumber := p.integer(i + 1)
	switch sep := p.sep(i + 1); {
	case !isNumber:
	case sep == sepPlus:
		number.Value, words = n+next, 2
	case sep == sepSlash:
		number.Suffix, words = "/"+p.key(i+1), 2
	case sep == sepPoint:
		words = 2
		if next != 0 {
			number.Suffix = "." + p.key(i+1)
		}
		p.doubt(DoubtNumber, p.text(i, i+2))
	case sep == sepRange && next > n:
		number.To, words = next, 2
	case sep == sepRange:
		number.Suffix, words = "-"+p.key(i+1), 2
	}
	if to, ok := p.integer(i + 2); words == 1 && ok && to > n && (p.is(i+1, "و") || p.is(i+1, "تا") || p.is(i+1, "الی") || p.is(i+1, "to")) && p.sep(i+1) == sepSpace && p.sep(i+2) == sepSpace {
		number.To, words = to, 3
	}
	if number.Value == 0 && p.sep(i+1) != sepPoint {
		p.doubt(DoubtNumber, p.text(i, i+words))
	}
	return number, words
}

func isSuffixLetter(key string) bool {
	return utf8.RuneCountInString(key) == 1 && (slices.Contains([]string{"ا", "ب", "پ", "ت", "ث", "ج", "چ", "د", "ه"}, key) || 'a' <= key[0] && key[0] <= 'z')
}

// startsLocator reports whether a letter claims the number behind it: "12 پ 5".
func (p *parser) startsLocator(i int) bool {
	return i+1 < len(p.words) && p.words[i+1].number && !p.bounded(i+1)
}
