package persian

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxNumber is the largest number that is read from words or written in them.
const MaxNumber = 999_999

// NumberReading is a number at the beginning of some words.
type NumberReading struct {
	Value   int
	Words   int  // how many words it takes
	Ordinal bool // "دوازدهم", not "دوازده"
}

// NumbersAt lists the numbers with which words of a key begin, the shortest first: "بیست و سه" is 20 and 23. Every one
// of them is only a reading; the words can be a name as well ("هفت تیر").
func (l *Lexicon) NumbersAt(words []string) []NumberReading {
	var found []NumberReading
	if len(words) == 0 {
		return nil
	}
	if n, ok := digitsValue(words[0]); ok {
		found = append(found, NumberReading{Value: n, Words: 1})
		if len(words) > 1 && isOrdinalEnding(words[1]) {
			found = append(found, NumberReading{Value: n, Words: 2, Ordinal: true})
		}
		return found
	}
	sum := numberSum{room: MaxNumber}
	for i := 0; i < len(words); i++ {
		word := words[i]
		if rest, joined := strings.CutPrefix(word, "و"); joined && i > 0 { // "و" by itself, or in one with what it joins
			if word = rest; word == "" {
				if i++; i == len(words) {
					break
				}
				word = words[i]
			}
		}
		parts, ordinal, ok := l.wordValues(word)
		if ok = ok && sum.add(parts); !ok {
			break
		}
		found = append(found, NumberReading{Value: sum.value(), Words: i + 1, Ordinal: ordinal})
		if ordinal {
			break
		}
		if i+1 < len(words) && words[i+1] == "ام" { // سی ام
			found = append(found, NumberReading{Value: sum.value(), Words: i + 2, Ordinal: true})
		}
	}
	return found
}

// mayCount reports, quickly, whether a word can begin a number: all that do begin as a cardinal or an ordinal does.
func (l *Lexicon) mayCount(word string) bool {
	r, size := utf8.DecodeRuneInString(word)
	second, _ := utf8.DecodeRuneInString(word[size:])
	return l.numeral[[2]rune{r, second}]
}

// Number reads a text that is one number and nothing else, in digits or words, as a cardinal or an ordinal:
// "۲۳ام" and "بیست و سوم" are 23.
func Number(s string) (NumberReading, bool) {
	words := Tokens(s)
	for _, n := range Words().NumbersAt(words) {
		if n.Words == len(words) {
			return n, true
		}
	}
	return NumberReading{}, false
}

// numberSum adds the words of a number up: each must be of a smaller order than those before it.
type numberSum struct {
	thousands, rest int
	room            int // the largest word that may follow
}

func (s *numberSum) value() int { return s.thousands + s.rest }

func (s *numberSum) add(parts []int) bool {
	for _, v := range parts {
		switch {
		case v == 1000:
			if s.thousands > 0 {
				return false
			}
			s.thousands, s.rest, s.room = max(1, s.rest)*1000, 0, 900
			continue
		case v == 0:
			if s.room != MaxNumber {
				return false
			}
			s.room = -1
		case v > s.room || s.room == 9 && v > 9:
			return false
		case v >= 100:
			s.room = 90
		case v >= 20:
			s.room = 9
		default:
			s.room = 0
		}
		s.rest += v
	}
	return true
}

// wordValues reads one word: a cardinal, an ordinal, or several that are written as one ("بیستوسوم").
func (l *Lexicon) wordValues(word string) (parts []int, ordinal, ok bool) {
	if n, ok := l.cards[word]; ok {
		return []int{n}, false, true
	}
	if n, ok := l.ords[word]; ok {
		return []int{n}, true, true
	}
	for _, ending := range []string{"امین", "مین", "ام", "م", "ین"} {
		stem, ok := strings.CutSuffix(word, ending)
		if !ok {
			continue
		}
		n, known := l.cards[stem]
		if ending == "ین" {
			n, known = l.ords[stem]
		}
		if known && n > 0 {
			return []int{n}, true, true
		}
		if n, known = l.ords[stem]; known { // سومین
			return []int{n}, true, true
		}
	}
	for at := 0; ; {
		i := strings.Index(word[at:], "و")
		if i < 0 {
			return nil, false, false
		}
		if n := l.cards[word[:at+i]]; n >= 20 {
			if rest, ordinal, ok := l.wordValues(word[at+i+len("و"):]); ok {
				return append([]int{n}, rest...), ordinal, true
			}
		}
		at += i + len("و")
	}
}

func digitsValue(word string) (int, bool) {
	if word == "" || len(word) > 6 || strings.Trim(word, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(word)
	return n, err == nil
}

func isOrdinalEnding(word string) bool {
	return slices.Contains([]string{"ام", "م", "امین", "مین"}, word)
}

// NumberWords writes n, from 0 to MaxNumber, in words: "بیست و سه". Any other number stays in digits.
func NumberWords(n int) string {
	ones := []string{
		"صفر", "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده", "یازده", "دوازده", "سیزده", "چهارده", "پانزده", "شانزده", "هفده", "هجده", "نوزده",
	}
	tens := []string{"", "", "بیست", "سی", "چهل", "پنجاه", "شصت", "هفتاد", "هشتاد", "نود"}
	hundreds := []string{"", "صد", "دویست", "سیصد", "چهارصد", "پانصد", "ششصد", "هفتصد", "هشتصد", "نهصد"}
	var words []string
	switch {
	case n < 0 || n > MaxNumber:
		return strconv.Itoa(n)
	case n == 0:
		return ones[0]
	case n >= 2000:
		words = append(words, NumberWords(n/1000)+" هزار")
	case n >= 1000:
		words = append(words, "هزار")
	}
	if n %= 1000; n >= 100 {
		words = append(words, hundreds[n/100])
	}
	if n %= 100; n >= 20 {
		words = append(words, tens[n/10])
		n %= 10
	}
	if n > 0 {
		words = append(words, ones[n])
	}
	return strings.Join(words, " و ")
}

// OrdinalWords writes the n-th, from 1 to MaxNumber: "بیست و سوم", "سی‌ام". Any other number stays in digits.
func OrdinalWords(n int) string {
	if n < 1 || n > MaxNumber {
		return strconv.Itoa(n)
	}
	if n == 1 {
		return "اول"
	}
	words := NumberWords(n)
	switch {
	case strings.HasSuffix(words, "سه"):
		return strings.TrimSuffix(words, "سه") + "سوم"
	case strings.HasSuffix(words, "ی"):
		return words + string(nonJoiner) + "ام"
	}
	return words + "م"
}
