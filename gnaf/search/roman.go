package search

import (
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
	return table
})

type romanised struct {
	text  string
	value int
}

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
