package persian

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Gazetteer tells what names of areas are known: for a key, the levels at which it is one ("province", "county", "city",
// "village", "neighbourhood"). Parse knows the provinces and their capitals by itself.
type Gazetteer func(key string) []string

// MaxText is how many characters Parse reads; what is longer is no address, and the rest is left as it is.
const MaxText = 1000

// Parse takes an address apart, in whatever order its parts come. gazetteer may be nil.
func Parse(s string, gazetteer Gazetteer) *Address { return parse(s, gazetteer).address }

func parse(s string, gazetteer Gazetteer) *parser {
	p := &parser{lexicon: Words(), gazetteer: gazetteer, address: &Address{}}
	rest := ""
	if runeLen(s) > MaxText {
		runes := []rune(s)
		s, rest = string(runes[:MaxText]), Display(string(runes[MaxText:]))
	}
	p.clean, p.words = divide(s)
	p.dropTitles()
	p.takePostalCode()
	p.takePlate()
	for i := 0; i < len(p.words); {
		if p.words[i].placed || p.words[i].placedAsTag {
			p.place(i, i+1)
			i++
			continue
		}
		i = max(i+1, p.part(i))
	}
	p.placeCities()
	if len(p.address.Ways) == 0 {
		if repaired, ok := RepairKeyboard(s, nil); ok {
			p.doubt(DoubtKeyboard, repaired)
		}
	}
	if rest != "" {
		p.address.Unplaced = append(p.address.Unplaced, rest)
	}
	return p
}

type parser struct {
	lexicon   *Lexicon
	gazetteer Gazetteer
	clean     string
	words     []word
	address   *Address
	cities    []string // names that can be a province or a city
}

func (p *parser) key(i int) string {
	if i < 0 || i >= len(p.words) {
		return ""
	}
	return p.words[i].key
}

func (p *parser) is(i int, key string) bool { return p.key(i) == key && !p.words[i].placed }

func (p *parser) sep(i int) byte {
	if i >= len(p.words) {
		return sepStrong
	}
	return p.words[i].sep
}

// bounded reports whether something more than a space stands before word i, or nothing can be joined to it.
func (p *parser) bounded(i int) bool {
	return i <= 0 || i >= len(p.words) || p.words[i].placed || p.words[i].opens || p.words[i-1].closes && !p.words[i-1].placedAsTag ||
		p.words[i].sep == sepWeak || p.words[i].sep == sepStrong
}

func (p *parser) keys(from, to int) []string {
	var keys []string
	for i := from; i < min(to, len(p.words)) && !p.words[i].placed && (i == from || !p.bounded(i)); i++ {
		keys = append(keys, p.words[i].key)
	}
	return keys
}

// text is the words as they are written, without honorifics in brackets.
func (p *parser) text(from, to int) string {
	to = min(to, len(p.words))
	var parts []string
	for start := from; start < to; {
		end := start
		for end < to && !p.words[end].placedAsTag {
			end++
		}
		if end > start {
			parts = append(parts, p.clean[p.words[start].start:p.words[end-1].end])
		}
		start = end + 1
	}
	return strings.Join(parts, " ")
}

func (p *parser) place(from, to int) {
	for i := from; i < min(to, len(p.words)); i++ {
		p.words[i].placed = true
	}
}

func (p *parser) doubt(code, text string) {
	p.address.Doubts = append(p.address.Doubts, Doubt{Code: code, Text: text})
}

// dropTitles takes honorifics in brackets out of names: "میدان امام حسین (ع)". What follows them joins the name before.
func (p *parser) dropTitles() {
	kept := p.words[:0]
	for i := 0; i < len(p.words); i++ {
		w := p.words[i]
		readings := p.lexicon.Readings(w.key)
		if w.opens && w.closes && len(kept) > 0 && len(readings) == 1 && readings[0].After {
			w.opens, w.closes, w.placedAsTag = false, false, true
			w.sep = sepSpace
		}
		kept = append(kept, w)
	}
	p.words = kept
}

// takePostalCode finds ten digits, in one piece or two halves, with or without the words before them.
func (p *parser) takePostalCode() {
	for i, w := range p.words {
		last := i
		switch {
		case !w.number || w.placed:
			continue
		case len(w.key) == 10:
		case len(w.key) == 5 && len(p.key(i+1)) == 5 && p.words[i+1].number:
			last = i + 1
		default:
			continue
		}
		first := i
		for first > 0 && slices.Contains([]string{"کد", "کدپستی", "پستی", "ده", "رقمی", "postal", "code", "postcode", "zip"}, p.key(first-1)) {
			first--
		}
		if first == i && last > i && p.sep(last) != sepRange && p.sep(last) != sepSpace {
			continue // two numbers, not two halves
		}
		if p.address.PostalCode != "" {
			p.doubt(DoubtSecond, p.text(i, last+1))
			continue
		}
		p.address.PostalCode = p.text(i, last+1)
		p.place(first, last+1)
	}
}

// part reads the part of the address that begins at word i and answers the word after it.
func (p *parser) part(i int) int {
	if next, ok := p.metric(i); ok {
		return next
	}
	r, n := p.begins(i, Reading{})
	switch r.Class {
	case ClassWay:
		return p.way(i, n, r)
	case ClassArea:
		return p.area(i, n, r)
	case ClassLocator:
		return p.locator(i, n, r)
	case ClassRelation, ClassDirection:
		return p.relation(i, n, r)
	case ClassLandmark:
		end := i + 1
		if !p.bounded(end) {
			end = p.nameEnd(end, r)
		}
		p.address.Landmarks = append(p.address.Landmarks, p.text(i, end))
		p.place(i, end)
		return end
	}
	if p.words[i].opens && len(p.address.Ways) > 0 && p.address.Ways[len(p.address.Ways)-1].Also == "" && p.namesLastWay(i) {
		if end := p.nameEnd(i, Reading{Class: ClassName}); p.words[end-1].closes {
			p.address.Ways[len(p.address.Ways)-1].Also = p.text(i, end)
			p.place(i, end)
			return end
		}
	}
	return p.plain(i)
}

// namesLastWay reports whether the word before i ended the last way.
func (p *parser) namesLastWay(i int) bool {
	name := p.address.Ways[len(p.address.Ways)-1].Name
	return i > 0 && name != "" && strings.HasSuffix(name, p.text(i-1, i)) && p.text(i-1, i) != ""
}

// nameEnd is where a name ends that begins at i: before a comma, a dash, a bracket, or a word that begins another part.
func (p *parser) nameEnd(i int, in Reading) int {
	end := i + 1
	for end < len(p.words) && !p.bounded(end) {
		if p.words[end].placedAsTag {
			end++
			continue
		}
		if _, n := p.begins(end, in); n > 0 {
			break
		}
		end++
	}
	return min(end, len(p.words))
}

func (p *parser) unplaced(from, to int) {
	p.address.Unplaced = append(p.address.Unplaced, p.text(from, to))
	p.place(from, to)
}

func runeLen(s string) int { return utf8.RuneCountInString(s) }
