package search

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"nsdi/gnaf/persian"
)

// maxTokens bounds the words of a question; an address has fewer.
const maxTokens = 48

// token is a word of the question that may be of a name.
type token struct {
	word
	segment int  // parts of the text that separators or words of kinds divide
	behind  bool // it stands behind the house number, or nobody knows
	zone    bool // the number of a municipal zone, which is in no name of a way
}

// weight is what the word counts in a question.
func (t *token) weight() float64 {
	if t.zone {
		return 0.3
	}
	return t.class.weight()
}

// reading is a question taken apart as far as that needs no data.
type reading struct {
	tokens    []token
	number    *persian.HouseNumber
	bare      bool // the number has no word before it
	unit      string
	floor     *float64
	block     string
	entrance  string
	building  string
	code      uint64
	plate     *persian.RegistrationPlate
	relations []persian.Relation
	prefix    bool
	last      string // the last word as it stands, where it can be the beginning of one
	kilometre string
	parts     []part // the ways and names of the question, as they stand
	outward   []part // the same from the house outwards; none where it has no number
	inner     uint64 // the words of the way that is likelier meant than the others of the question
}

// read takes a question apart. Whatever is no locator stays a word that can be of any name, in the order of the text.
func read(q *Query, text string) *reading {
	r := &reading{prefix: q.Prefix, tokens: make([]token, 0, maxTokens/2)}
	if strings.TrimSpace(text) != "" {
		text = spell(text)
		r.take(persian.Parse(text, nil), text)
	}
	p := q.Parts
	for _, part := range []struct{ kind, text string }{
		{"استان", p.Province}, {"شهرستان", p.County}, {"", p.City}, {"", p.Neighbourhood}, {"", p.StreetBefore}, {"", p.Street},
	} {
		if part.text != "" {
			r.add(strings.TrimSpace(part.kind + " " + part.text))
		}
	}
	if p.Number != "" {
		if a := persian.Parse("پلاک "+p.Number, nil); a.Number != nil {
			r.number = a.Number
		} else {
			r.add(p.Number)
		}
	}
	if p.Unit != "" {
		r.unit = unitKey(p.Unit)
	}
	if p.PostalCode != "" {
		r.postal(p.PostalCode)
	}
	return r
}

func (r *reading) take(a *persian.Address, text string) {
	inside, relations := throughWays(a)
	for _, part := range []struct{ kind, text string }{
		{"استان", a.Province},
		{"شهرستان", a.County},
		{"بخش", a.District},
		{"دهستان", a.RuralDistrict},
		{"", a.City},
		{"روستا", a.Village},
		{"منطقه", a.Zone},
		{"ناحیه", a.SubZone},
		{"شهرک", a.Township},
		{"فاز", a.Phase},
		{"", a.Neighbourhood},
	} {
		if part.text == "" {
			continue
		}
		from := len(r.tokens)
		r.add(strings.TrimSpace(part.kind + " " + part.text))
		if part.kind == "روستا" && callsItselfVillage(a.Village, text) && len(r.tokens) > from {
			r.tokens[from].text = villageWord
		}
		for i := from; i < len(r.tokens); i++ {
			r.tokens[i].zone = r.tokens[i].class == number && (part.kind == "منطقه" || part.kind == "ناحیه")
		}
	}
	var parts []part
	ahead := 0 // of the parts, those before the house number
	add := func(text string, line, beforeNumber bool) {
		from := len(r.tokens)
		r.add(text)
		for i := from; i < len(r.tokens); i++ {
			r.tokens[i].behind = !beforeNumber
		}
		parts = append(parts, r.part(from, line))
		if beforeNumber {
			ahead = len(parts)
		}
	}
	for i := range len(a.Ways) + 1 {
		for _, n := range a.Names {
			if n.AfterWays == i {
				add(n.Text, false, !n.AfterNumber)
			}
		}
		if i < len(a.Ways) {
			add(a.Ways[i].Full(), a.Ways[i].Kind != "" && !a.Ways[i].IsNode(), i < a.NumberAfterWays)
			r.add(a.Ways[i].Also)
		}
		for _, way := range inside[i] {
			add(way, true, i <= a.NumberAfterWays)
		}
	}
	r.parts = parts
	if a.Number != nil {
		r.outward = outwards(parts, ahead)
	}
	behind := len(r.tokens)
	r.building = a.Building
	r.add(a.Building)
	r.add(a.Lot)
	for _, list := range [][]string{a.Landmarks, a.Unplaced} {
		for _, text := range list {
			r.add(text)
		}
	}
	for i := behind; i < len(r.tokens); i++ {
		r.tokens[i].behind = true
	}
	r.number, r.unit, r.block, r.entrance, r.plate, r.relations, r.kilometre = a.Number, unitKey(a.Unit), unitKey(a.Block), unitKey(a.Entrance), a.Plate, relations, a.Kilometre
	r.bare = slices.ContainsFunc(a.Doubts, func(d persian.Doubt) bool { return d.Code == persian.DoubtBareNumber })
	r.inner = r.innermost()
	if len(a.Floors) == 1 {
		r.floor = &a.Floors[0]
	}
	r.postal(a.PostalCode)
}

func (r *reading) add(text string) {
	if text == "" {
		return
	}
	segment := 0
	if n := len(r.tokens); n > 0 {
		segment = r.tokens[n-1].segment + 1
	}
	for _, w := range analyse(text) {
		if len(r.tokens) == maxTokens {
			return
		}
		r.tokens = append(r.tokens, token{word: w, segment: segment})
	}
	if r.prefix {
		words := persian.WayTokens(text)
		r.last = words[len(words)-1]
	}
}

// postal takes a postal code: ten digits, however they are written.
func (r *reading) postal(text string) {
	digits := strings.ReplaceAll(persian.Fold(text), " ", "")
	if utf8.RuneCountInString(digits) == 10 {
		r.code, _ = strconv.ParseUint(digits, 10, 64)
	}
}

// empty reports that nothing is left that could be looked for.
func (r *reading) empty() bool {
	return len(r.tokens) == 0 && r.code == 0 && r.number == nil && r.plate == nil && len(r.relations) == 0
}

// weight is what all words of the question count.
func (r *reading) weight() float64 {
	sum := 0.0
	for i := range r.tokens {
		sum += r.tokens[i].weight()
	}
	return sum
}
