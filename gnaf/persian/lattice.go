package persian

import "strings"

// MaxEdges bounds a lattice: an address has far fewer.
const MaxEdges = 64

// Edge is one reading of the words from From up to To.
type Edge struct {
	From, To int
	Reading
}

// Lattice is a text with all that its words can be. Every word can be a part of a name besides; that reading has no edge.
type Lattice struct {
	Tokens []string // the words of the key
	Edges  []Edge   // by their beginnings; longer ones first
	// Truncated tells that there were more edges than MaxEdges.
	Truncated bool
}

// NewLattice reads a text: kinds, locators, relations, honorifics and names of the lexicon in all their readings, numbers in
// words in all their lengths, names of several words that are written as one, and the other way round. Whoever searches
// decides by the data.
func (l *Lexicon) NewLattice(s string) Lattice {
	lattice := Lattice{Tokens: Tokens(s)}
	add := func(from, to int, r Reading) {
		if len(lattice.Edges) == MaxEdges {
			lattice.Truncated = true
			return
		}
		lattice.Edges = append(lattice.Edges, Edge{from, to, r})
	}
	for i := range lattice.Tokens {
		for n := min(4, len(lattice.Tokens)-i); n > 0; n-- {
			words := lattice.Tokens[i : i+n]
			readings := l.Readings(strings.Join(words, " "))
			if len(readings) == 0 { // divided otherwise than in the lexicon: "بیستودو بهمن"
				readings = l.Readings(l.joined[strings.Join(words, "")])
			}
			for _, r := range readings {
				add(i, i+n, r)
			}
		}
		numbers := l.NumbersAt(lattice.Tokens[i:])
		for k := len(numbers) - 1; k >= 0; k-- {
			n := numbers[k]
			words := strings.Join(lattice.Tokens[i:i+n.Words], " ")
			if !(n.Words == 1 && l.hasNumber(words)) { // those of ambiguous words are among the readings
				add(i, i+n.Words, Reading{Class: ClassNumber, Name: words, Key: words, Value: float64(n.Value), HasValue: true})
			}
		}
	}
	return lattice
}

func (l *Lexicon) hasNumber(key string) bool {
	for _, r := range l.readings[key] {
		if r.Class == ClassNumber {
			return true
		}
	}
	return false
}

// CoreKey is the key of a name without the honorifics that people leave out: "شهید دکتر بهشتی" and "بهشتی" are one.
// A name of honorifics only keeps them ("شهدا").
func CoreKey(name string) string {
	words := Tokens(name)
	kept := words
	for len(kept) > 0 {
		n := honorificWords(kept)
		if n == 0 {
			break
		}
		kept = kept[n:]
	}
	for len(kept) > 1 && isAfter(kept[len(kept)-1]) {
		kept = kept[:len(kept)-1]
	}
	if len(kept) == 0 {
		kept = words
	}
	return strings.Join(kept, " ")
}

// honorificWords is how many words of an honorific a name begins with. Abbreviations have other readings and stay.
func honorificWords(words []string) int {
	for n := min(3, len(words)); n > 0; n-- {
		for _, r := range Words().Readings(strings.Join(words[:n], " ")) {
			if r.Class == ClassHonorific && !r.Short && !r.After && !r.Latin {
				return n
			}
		}
	}
	return 0
}

func isAfter(word string) bool {
	for _, r := range Words().Readings(word) {
		if r.After {
			return true
		}
	}
	return false
}
