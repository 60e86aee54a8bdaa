package sample

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"sort"
	"strconv"
	"strings"

	"nsdi/internal/errs"
)

//go:embed words/streets.txt
var streetWords string

//go:embed words/alleys.txt
var alleyWords string

//go:embed words/surnames.txt
var surnameWords string

//go:embed words/neighbourhoods.txt
var neighbourhoodWords string

// lexicon holds the word lists. A list is in order of use: the first word is the commonest.
type lexicon struct {
	streets, alleys  zipf
	surnames         []string
	neighbourhoodSet []string
}

func newLexicon() *lexicon {
	return &lexicon{
		streets:          newZipf(lines(streetWords)),
		alleys:           newZipf(lines(alleyWords)),
		surnames:         lines(surnameWords),
		neighbourhoodSet: lines(neighbourhoodWords),
	}
}

// zipf draws words with a probability that falls as 1/rank, as street names do in every country.
type zipf struct {
	words      []string
	cumulative []float64
}

func newZipf(words []string) zipf {
	z := zipf{words: words, cumulative: make([]float64, len(words))}
	sum := 0.0
	for i := range words {
		sum += 1 / float64(i+1)
		z.cumulative[i] = sum
	}
	return z
}

func (z zipf) draw(r *rand.Rand) string {
	x := r.Float64() * z.cumulative[len(z.cumulative)-1]
	return z.words[sort.SearchFloat64s(z.cumulative, x)]
}

// unused draws a word that is not yet in taken and puts it there. When the common ones are gone it makes a name from
// an everyday family name, and in the end numbers it.
func (l *lexicon) unused(r *rand.Rand, z zipf, taken map[string]bool) string {
	for range 12 {
		if w := z.draw(r); !taken[w] {
			taken[w] = true
			return w
		}
	}
	for n := 1; ; n++ {
		w := "شهید " + l.surnames[r.IntN(len(l.surnames))]
		if n > 12 {
			w = fmt.Sprintf("%s %s", w, persian(n))
		}
		if !taken[w] {
			taken[w] = true
			return w
		}
	}
}

// neighbourhood names the i-th superblock of a city; names return with a number when the list is used up.
func (l *lexicon) neighbourhood(i, offset int) string {
	n := len(l.neighbourhoodSet)
	name := l.neighbourhoodSet[(i+offset)%n]
	if i >= n {
		name += " " + persian(i/n+1)
	}
	return name
}

func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }

// persian writes a number in Persian digits.
func persian(n int) string {
	return errs.Digits(strconv.Itoa(n))
}
