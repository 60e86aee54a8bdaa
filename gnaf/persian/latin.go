package persian

import (
	"cmp"
	"slices"
	"strings"
)

// Latin writes the key of s in Latin letters, as far as the script tells: short vowels are not written in Persian, so
// what it puts in for them is a guess, and the same text has other romanisations. Words of the lexicon have theirs. For
// finding, compare Skeletons; for showing, prefer a name that somebody delivered.
func Latin(s string) string {
	l := Words()
	words := Tokens(s)
	for i, word := range words {
		if known, ok := l.latin[word]; ok {
			words[i] = known
			continue
		}
		words[i] = latinWord([]rune(word))
	}
	return strings.Join(words, " ")
}

// consonant is the Latin spelling of a letter that is no vowel.
func consonant(r rune) string {
	switch r {
	case 'ب':
		return "b"
	case 'پ':
		return "p"
	case 'ت', 'ط':
		return "t"
	case 'ث', 'س', 'ص':
		return "s"
	case 'ج':
		return "j"
	case 'چ':
		return "ch"
	case 'ح', 'ه':
		return "h"
	case 'خ':
		return "kh"
	case 'د':
		return "d"
	case 'ذ', 'ز', 'ض', 'ظ':
		return "z"
	case 'ر':
		return "r"
	case 'ژ':
		return "zh"
	case 'ش':
		return "sh"
	case 'غ', 'ق':
		return "gh"
	case 'ف':
		return "f"
	case 'ک':
		return "k"
	case 'گ':
		return "g"
	case 'ل':
		return "l"
	case 'م':
		return "m"
	case 'ن':
		return "n"
	}
	return ""
}

func latinWord(word []rune) string {
	var b strings.Builder
	at := func(i int) rune {
		if i < 0 || i >= len(word) {
			return 0
		}
		return word[i]
	}
	vowel := func(r rune) bool { return r == 'ا' || r == 'و' || r == 'ی' }
	bare := 0 // consonants written since the last vowel
	for i, r := range word {
		switch {
		case r == 'ا':
			if i == 0 && (at(1) == 'ی' || at(1) == 'و') && !vowel(at(2)) {
				continue // it bears the vowel that follows
			}
			b.WriteString("a")
			bare = 0
		case r == 'ع':
			bare = 0
			if !vowel(at(i+1)) || i == 0 && at(1) != 'ا' && vowel(at(2)) { // عیار is ayar: its ی is not the first
				b.WriteString("a")
			}
		case r == 'و' && (i == 0 || vowel(at(i+1))):
			b.WriteString("v")
			bare = 1
		case r == 'و':
			b.WriteString("u")
			bare = 0
		case r == 'ی' && (i == 0 || vowel(at(i+1))):
			b.WriteString("y")
			bare = 1
		case r == 'ی':
			b.WriteString("i")
			bare = 0
		case r == 'ه' && i == len(word)-1 && i > 0 && !vowel(at(i-1)):
			b.WriteString("eh")
		case consonant(r) != "":
			// Between s and h a vowel has to stand, or they would read as sh; so with k, z and g.
			if bare == 1 || consonant(r) == "h" && endsInOneOf(b.String(), "skzg") {
				b.WriteString("a")
				bare = -1
			}
			b.WriteString(consonant(r))
			bare++
		default:
			b.WriteRune(r) // digits, and letters of other scripts
			bare = 0
		}
	}
	return b.String()
}

func endsInOneOf(s, letters string) bool { return s != "" && strings.Contains(letters, s[len(s)-1:]) }

// Skeleton is what is left of a text in either script when all that romanisations differ by is gone: ولیعصر, "valiasr"
// and "Vali-e Asr" are "vlsr" once the spaces go too. Vowels are dropped, و and ی but at the beginning of a word, ه at
// its end; letters of one sound are one; double letters are one. Texts with the same skeleton need not be the same name.
func Skeleton(s string) string { return string(AppendSkeleton(make([]byte, 0, len(s)), s)) }

// AppendSkeleton appends the skeleton of s to dst, words divided by single spaces.
func AppendSkeleton(dst []byte, s string) []byte {
	start := len(dst)
	key := Fold(s)
	for word := range strings.FieldsSeq(key) {
		if word == "ye" || word == "y" || word == "ی" {
			continue // an ezafe: Shohada-ye Kan
		}
		mark := len(dst)
		if mark > start {
			dst = append(dst, ' ')
		}
		before := len(dst)
		if word[0] >= 0x80 {
			dst = appendPersianSkeleton(dst, before, word)
		} else {
			dst = appendLatinSkeleton(dst, before, word)
		}
		if len(dst) == before {
			dst = dst[:mark] // nothing but vowels
		}
	}
	return dst
}

func appendPersianSkeleton(dst []byte, start int, word string) []byte {
	for i, r := range word {
		first, last := i == 0, i+len(string(r)) == len(word)
		switch {
		case r == 'ا' || r == 'ع':
		case r == 'و' && first:
			dst = append(dst, 'v')
		case r == 'ی' && first:
			dst = append(dst, 'y')
		case r == 'و' || r == 'ی' || (r == 'ه' || r == 'ح') && last && !first:
		case consonant(r) != "":
			dst = appendOnce(dst, start, latinSound(consonant(r)))
		default:
			dst = append(dst, string(r)...)
		}
	}
	return dst
}

func appendLatinSkeleton(dst []byte, start int, word string) []byte {
	for i := 0; i < len(word); {
		first := i == 0
		grapheme := latinGrapheme(word[i:])
		i += len(grapheme)
		switch {
		case strings.ContainsAny(grapheme[:1], "aeiou"):
		case grapheme == "w" || grapheme == "v":
			if first {
				dst = append(dst, 'v')
			}
		case grapheme == "y":
			if first {
				dst = append(dst, 'y')
			}
		case grapheme == "h" && i == len(word) && !first:
		case grapheme[0] < 0x80 && 'a' <= grapheme[0] && grapheme[0] <= 'z':
			dst = appendOnce(dst, start, latinSound(grapheme))
		default:
			dst = append(dst, grapheme...)
		}
	}
	return dst
}

func appendOnce(dst []byte, start int, c byte) []byte {
	if len(dst) > start && dst[len(dst)-1] == c {
		return dst
	}
	return append(dst, c)
}

// latinSound is the letter of the skeleton for a Latin spelling of a consonant: w stands for sh, c for ch, x for kh.
func latinSound(grapheme string) byte {
	switch grapheme {
	case "sh":
		return 'w'
	case "ch":
		return 'c'
	case "kh":
		return 'x'
	case "zh":
		return 'j'
	case "gh":
		return 'q'
	case "c":
		return 'k'
	}
	return grapheme[0]
}

// latinGrapheme is the letter, or the letters that are written for one, with which s begins.
func latinGrapheme(s string) string {
	for _, g := range []string{"kh", "sh", "ch", "zh", "gh", "oo", "ou", "ee", "aa", "ei", "ey", "ai"} {
		if strings.HasPrefix(s, g) {
			return g
		}
	}
	return s[:1]
}

// spelling is one way to write a Latin sound in Persian, and how unusual it is.
type spelling struct {
	text string
	cost float64
}

// FromLatin lists Persian spellings of a word in Latin letters, the usual first, limit of them at most. Which of them is a
// name, the caller's data says: each has the skeleton of the word.
func FromLatin(word string, limit int) []string {
	word = Joined(word)
	paths := []spelling{{}}
	for i := 0; i < len(word); {
		grapheme := latinGrapheme(word[i:])
		options := spellings(grapheme, i == 0, i+len(grapheme) == len(word))
		i += len(grapheme)
		doubled := i < len(word) && len(grapheme) == 1 && word[i] == grapheme[0] && !strings.Contains("aeiou", grapheme)
		if doubled {
			continue // a double letter is written once
		}
		next := make([]spelling, 0, len(paths)*len(options))
		for _, p := range paths {
			for _, o := range options {
				next = append(next, spelling{p.text + o.text, p.cost + o.cost})
			}
		}
		slices.SortStableFunc(next, func(a, b spelling) int { return cmp.Compare(a.cost, b.cost) })
		paths = next[:min(len(next), 4*limit)]
	}
	skeleton := Skeleton(word)
	var found []string
	for _, p := range paths {
		if Skeleton(p.text) != skeleton {
			continue // a silent letter came to stand at the end
		}
		if p.text != "" && !slices.Contains(found, p.text) && len(found) < limit {
			found = append(found, p.text)
		}
	}
	return found
}

func spellings(grapheme string, first, last bool) []spelling {
	one := func(pairs ...any) []spelling {
		list := make([]spelling, 0, len(pairs)/2)
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, spelling{pairs[i].(string), pairs[i+1].(float64)})
		}
		return list
	}
	switch grapheme {
	case "a":
		switch {
		case first:
			return one("ا", 0.0, "ع", 0.8)
		case last:
			return one("ا", 0.0, "ه", 0.4)
		}
		return one("ا", 0.3, "", 0.4, "ع", 1.0, "عا", 1.2)
	case "aa":
		return one("ا", 0.0, "عا", 0.8)
	case "e":
		switch {
		case first:
			return one("ا", 0.0, "ع", 0.8)
		case last:
			return one("ه", 0.0, "", 0.5)
		}
		return one("", 0.0, "ع", 1.0)
	case "i", "ee":
		switch {
		case first:
			return one("ای", 0.0, "ا", 0.6, "عی", 1.0)
		case last:
			return one("ی", 0.0)
		}
		return one("ی", 0.0, "", 0.8, "عی", 1.2)
	case "o":
		if first {
			return one("ا", 0.0, "او", 0.4, "ع", 0.8)
		}
		return one("", 0.2, "و", 0.2)
	case "u", "oo", "ou":
		if first {
			return one("او", 0.0, "ا", 0.6, "عو", 1.0)
		}
		return one("و", 0.0, "", 0.8)
	case "ei", "ey", "ai":
		if first {
			return one("ای", 0.0, "عی", 0.6)
		}
		return one("ی", 0.0, "ای", 0.4)
	case "t":
		return one("ت", 0.0, "ط", 1.0)
	case "s":
		return one("س", 0.0, "ص", 0.8, "ث", 1.6)
	case "z":
		return one("ز", 0.0, "ض", 0.9, "ذ", 1.1, "ظ", 1.4)
	case "h":
		return one("ه", 0.0, "ح", 0.4)
	case "gh", "q":
		return one("ق", 0.0, "غ", 0.4)
	case "v", "w":
		return one("و", 0.0)
	case "y":
		return one("ی", 0.0)
	case "c":
		return one("ک", 0.0)
	case "x":
		return one("خ", 0.0)
	}
	for _, r := range "بپجچخدرژشفکگلمن" {
		if consonant(r) == grapheme {
			return one(string(r), 0.0)
		}
	}
	return one(grapheme, 0.0)
}
