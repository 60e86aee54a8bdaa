package search

import (
	"maps"
	"strings"
	"sync"

	"nsdi/gnaf/persian"
)

// romanNumbers are the words of small numbers by what is left of them in Latin letters.
var romanNumbers = sync.OnceValue(func() map[string][]romanised {
	table := map[string][]romanised{}
	for n := 1; n <= 100; n++ {
		for _, text := range []string{persian.NumberWords(n), persian.OrdinalWords(n), persian.OrdinalWords(n) + "ین"} {
			if strings.Contains(text, " ") {
				continue
			}
			skeleton := string(joinedSkeleton(text))
			table[skeleton] = append(table[skeleton], romanised{persian.Latin(text), n})
		}
	}
	// What is said otherwise than it is written.
	for text, n := range map[string]int{"avval": 1, "dovvom": 2, "sevvom": 3} {
		skeleton := string(joinedSkeleton(text))
		table[skeleton] = append(table[skeleton], romanised{text, n})
	}
	return table
})

// numberWords are the numbers up to a hundred in words, each written as one.
var numberWords = sync.OnceValue(func() map[string]int {
	table := map[string]int{}
	for n := 1; n <= 100; n++ {
		for _, text := range []string{persian.NumberWords(n), persian.OrdinalWords(n)} {
			table[strings.ReplaceAll(persian.Fold(text), " ", "")] = n
		}
	}
	return table
})

// latinDirections are the directions in Latin letters. Names have them by their Persian keys, so that a misspelt one is like no term.
var latinDirections = sync.OnceValue(func() map[string]string { return maps.Collect(persian.Words().InLatin(persian.ClassDirection)) })

type romanised struct {
	text  string
	value int
}

// romanKey is how spellings in Latin letters are compared: those that people use for one sound are one.
func romanKey(text string) string {
	text = sameSounds().Replace(text)
	key := make([]byte, 0, len(text))
	for i := range len(text) {
		c := text[i]
		if c == 'y' && i > 0 {
			c = 'i'
		}
		if len(key) == 0 || key[len(key)-1] != c {
			key = append(key, c)
		}
	}
	return string(key)
}

var sameSounds = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer(" ", "", "ee", "i", "oo", "u", "ou", "u", "q", "gh", "w", "v")
})

// romanNumber reads a word of a number in Latin letters: hashtom is 8.
func romanNumber(word string) (int, bool) {
	best, least := 0, 0.5*float64(len(word))
	for _, r := range romanNumbers()[string(joinedSkeleton(word))] {
		if d := persian.Distance(word, r.text, least); d < least {
			best, least = r.value, d
		}
	}
	return best, best > 0
}
