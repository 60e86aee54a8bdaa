package persian

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed lexicon.json
var lexiconFile []byte

// Class is what a word of an address is.
type Class string

const (
	ClassWay       Class = "way"       // a kind of way: خیابان, کوچه
	ClassArea      Class = "area"      // a kind of area; the sense is its level
	ClassLocator   Class = "locator"   // what a number or name within a way is; the sense says which
	ClassRelation  Class = "relation"  // how the place lies to something else
	ClassDirection Class = "direction" // a point of the compass, as a part of names
	ClassHonorific Class = "honorific" // a title that people leave out
	ClassName      Class = "name"      // a name with several spellings
	ClassLandmark  Class = "landmark"  // a kind of place that addresses refer to: بیمارستان
	ClassNumber    Class = "number"    // a number in words
)

// Reading is one thing that a word, or a run of words, can be.
type Reading struct {
	Class Class
	// Name is the word as it is shown, whichever of its spellings was found: خیابان for "خ".
	Name string
	// Key is the key of Name.
	Key string
	// Sense tells kinds of one class apart: the level of an area, what a locator locates, the kind of a relation.
	Sense string
	// Rank orders kinds of ways from motorways (1) to dead ends (6).
	Rank int
	// Node marks kinds of ways that are places, not lines: squares, crossings, bridges.
	Node bool
	// Arity is how many things a relation needs: 2 for "between".
	Arity int
	// After marks honorifics that follow a name.
	After bool
	// Value is what a number in words is worth, and the floor that a word names (همکف is 0) where HasValue is set.
	Value    float64
	HasValue bool
	// Short marks abbreviations: readings only before a name or a number.
	Short bool
	// Plain marks spellings that are everyday words too.
	Plain bool
	// Latin marks spellings in Latin letters.
	Latin bool
}

// id tells readings apart in the list of ambiguous words.
func (r Reading) id() string {
	if r.Class == ClassNumber {
		return fmt.Sprintf("number/%v", r.Value)
	}
	return string(r.Class) + "/" + r.Name
}

// Lexicon is the words of addresses. It is data, lexicon.json in this folder; nothing changes it once it is loaded.
type Lexicon struct {
	readings map[string][]Reading // by key, several words with a space between
	first    map[string]int       // first words of keys, with the number of words of the longest
	joined   map[string]string    // keys of several words, without spaces → with
	kinds    map[string]string    // spellings of kinds of ways that have one reading → the key of the kind
	// kindStarts has the first words of those, with the number of words of the longest.
	kindStarts map[string]int
	wayTypes   []string
	latin      map[string]string // key → its first Latin spelling
	numeral    map[[2]rune]bool  // the first two letters of words of numbers
	cards      map[string]int
	ords       map[string]int
	province   map[string]string // key → shown
	capital    map[string]string // key → shown
}

type lexiconData struct {
	Entries []struct {
		Class              Class
		Name, Sense        string
		Also, Short, Latin []string
		Rank, Arity        int
		Node, After        bool
		Value              *float64
	}
	Landmarks           []string
	Provinces           map[string]string
	Cardinals, Ordinals map[string]int
	Ambiguous           map[string][]string
	Plain               []string
}

// Words answers the lexicon that the program carries.
func Words() *Lexicon { return standard() }

var standard = sync.OnceValue(func() *Lexicon {
	l, err := LoadLexicon(lexiconFile)
	if err != nil {
		panic("gnaf/persian/lexicon.json: " + err.Error()) // the tests load it
	}
	return l
})

// LoadLexicon reads a lexicon from JSON as in lexicon.json. A word with several readings that the list of ambiguous
// words does not have, or one that it has and that has only one, is an error: nothing loses a reading unnoticed.
func LoadLexicon(data []byte) (*Lexicon, error) {
	var d lexiconData
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("reading the lexicon: %w", err)
	}
	l := &Lexicon{
		readings: map[string][]Reading{}, first: map[string]int{}, joined: map[string]string{}, kinds: map[string]string{}, kindStarts: map[string]int{}, latin: map[string]string{}, numeral: map[[2]rune]bool{},
		cards: foldKeys(d.Cardinals), ords: foldKeys(d.Ordinals), province: map[string]string{}, capital: map[string]string{},
	}
	plain := map[string]bool{}
	for _, word := range d.Plain {
		plain[Fold(word)] = true
	}
	add := func(word string, r Reading) {
		key := Fold(word)
		r.Plain = plain[key]
		if !slices.ContainsFunc(l.readings[key], func(o Reading) bool { return o.id() == r.id() }) {
			l.readings[key] = append(l.readings[key], r)
		}
	}
	for _, e := range d.Entries {
		r := Reading{Class: e.Class, Name: Display(e.Name), Key: Fold(e.Name), Sense: e.Sense, Rank: e.Rank, Node: e.Node, Arity: e.Arity, After: e.After}
		if e.Class == ClassRelation {
			r.Arity = max(1, e.Arity)
		}
		if e.Value != nil {
			r.Value, r.HasValue = *e.Value, true
		}
		add(e.Name, r)
		for _, word := range e.Also {
			add(word, r)
		}
		for _, word := range e.Short {
			short := r
			short.Short = true
			add(word, short)
		}
		// The first that is no translation.
		if i := slices.IndexFunc(e.Latin, func(latin string) bool { return Skeleton(latin) == Skeleton(r.Key) }); i >= 0 {
			l.latin[r.Key] = e.Latin[i]
		}
		for _, word := range e.Latin {
			latin := r
			latin.Latin = true
			add(word, latin)
		}
	}
	for _, word := range d.Landmarks {
		add(word, Reading{Class: ClassLandmark, Name: word, Key: Fold(word)})
	}
	for _, numbers := range []map[string]int{l.cards, l.ords} {
		for word, n := range numbers {
			letters := []rune(word)
			l.numeral[[2]rune{letters[0], letters[1]}] = true
			// Most words of numbers have no other reading than that of a name, which every word has.
			if l.readings[word] != nil {
				add(word, Reading{Class: ClassNumber, Name: word, Key: word, Value: float64(n), HasValue: true})
			}
		}
	}
	for province, capital := range d.Provinces {
		l.province[Fold(province)], l.capital[Fold(capital)] = province, capital
	}
	l.index()
	slices.Sort(l.wayTypes)
	return l, l.checkAmbiguous(d.Ambiguous)
}

func (l *Lexicon) index() {
	for key, readings := range l.readings {
		first, _, _ := strings.Cut(key, " ")
		l.first[first] = max(l.first[first], 1+strings.Count(key, " "))
		if strings.Contains(key, " ") && !readings[0].Latin {
			l.joined[strings.ReplaceAll(key, " ", "")] = key
		}
		if r := readings[0]; len(readings) == 1 && r.Class == ClassWay && !r.Plain && !r.Latin && r.Key != key {
			l.kinds[key] = r.Key
			words := strings.Fields(key)
			l.kindStarts[words[0]] = max(l.kindStarts[words[0]], len(words))
		}
		for _, r := range readings {
			if r.Class == ClassWay && r.Key == key && !strings.Contains(key, " ") {
				l.wayTypes = append(l.wayTypes, key)
			}
		}
	}
}

func (l *Lexicon) checkAmbiguous(listed map[string][]string) error {
	var wrong []error
	want := map[string][]string{}
	for word, ids := range listed {
		want[Fold(word)] = ids
	}
	have := l.Ambiguous()
	for _, word := range slices.Sorted(maps.Keys(have)) {
		if !slices.Equal(have[word], slices.Sorted(slices.Values(want[word]))) {
			wrong = append(wrong, fmt.Errorf("the readings of %q are %q, the list of ambiguous words says %q", word, have[word], want[word]))
		}
	}
	for _, word := range slices.Sorted(maps.Keys(want)) {
		if have[word] == nil {
			wrong = append(wrong, fmt.Errorf("%q is listed as ambiguous and has one reading at most", word))
		}
	}
	return errors.Join(wrong...)
}

// Readings lists what a key, of one word or several, can be besides a part of a name, which every word can be. The
// ezafe of a kind in ه may be glued to it: "کوچهی" reads as کوچه.
func (l *Lexicon) Readings(key string) []Reading {
	if readings := l.readings[key]; readings != nil {
		return readings
	}
	stem, glued := strings.CutSuffix(key, "ی")
	if !glued || !strings.HasSuffix(stem, "ه") {
		return nil
	}
	readings := l.readings[stem]
	if !slices.ContainsFunc(readings, func(r Reading) bool { return r.Class != ClassWay && r.Class != ClassArea && r.Class != ClassLocator }) {
		return readings
	}
	return nil
}

// InLatin gives the words of a class in Latin letters, with the key of the word that each stands for: west and غربی.
func (l *Lexicon) InLatin(c Class) iter.Seq2[string, string] {
	return func(yield func(word, key string) bool) {
		for word, readings := range l.readings {
			if r := readings[0]; r.Latin && r.Class == c && !yield(word, r.Key) {
				return
			}
		}
	}
}

// longest is how many words a key can have at most that begins with the word; 0 where none does.
func (l *Lexicon) longest(word string) int {
	if n := l.first[word]; n > 0 {
		return n
	}
	if strings.HasSuffix(word, "هی") {
		return 1 // a glued ezafe
	}
	return 0
}

// Ambiguous lists the keys that have several readings, with what they can be. Such a key is never rewritten.
func (l *Lexicon) Ambiguous() map[string][]string {
	found := map[string][]string{}
	for key, readings := range l.readings {
		if len(readings) < 2 {
			continue
		}
		for _, r := range readings {
			found[key] = append(found[key], r.id())
		}
		slices.Sort(found[key])
	}
	return found
}

func foldKeys(m map[string]int) map[string]int {
	folded := make(map[string]int, len(m))
	for word, n := range m {
		folded[Fold(word)] = n
	}
	return folded
}
