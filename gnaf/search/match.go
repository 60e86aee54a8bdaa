package search

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"nsdi/gnaf/persian"
)

// match says that words of the question may be a term: with what quality, 1 for the very word, and what share of it, where one word is two terms.
type match struct {
	term           uint32
	from, to       uint8 // words of the question
	share, quality float32
}

// matches are all that the words of a question can be in one index, ordered by term.
type matches struct {
	list []match
	x    *index
	r    *reading
	effort
	two   int // words for which the dictionary may still be walked
	work  *Work
	exact [maxTokens]bool // words that are terms as they stand
	// unknown tells that a word is no term as it stands.
	unknown bool
	// named are the ways of the settlements that the words name as they stand.
	named []chained
}

// effort is how far the words of a question are read otherwise than they stand.
type effort int

const (
	quickly effort = iota // not at all
	usually               // divided otherwise, in Latin letters, and with a slip where a word is no term
	loosely               // with slips in words that are right as they stand too, and two of them in one word
)

const (
	mostNear   = 8    // terms that a misspelt word is taken for at most, and as many that stand in the settlements that were named
	mostLooked = 2000 // terms that are looked for there
	mostWalk   = 64   // terms that one walk through the dictionary gives
	mostRead   = 96   // terms that the beginning of a word stands for at most
)

// matchesOf finds the terms of a question.
func matchesOf(x *index, r *reading, e effort, named []chained, work *Work) *matches {
	m := &matches{x: x, r: r, effort: e, two: 2, named: named, work: work}
	for i := range r.tokens {
		m.word(i)
	}
	slices.SortFunc(m.list, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.term, b.term), cmp.Compare(a.from, b.from), cmp.Compare(b.quality, a.quality))
	})
	work.Terms += len(m.list)
	return m
}

func (m *matches) add(term uint32, from, to int, share, quality float64) bool {
	if term == noTerm {
		return false
	}
	m.list = append(m.list, match{term, uint8(from), uint8(to), float32(share), float32(quality)})
	return true
}

func (m *matches) word(i int) {
	t := m.r.tokens[i]
	terms := m.x.terms
	last := i == len(m.r.tokens)-1 && m.r.prefix
	found := m.add(terms.find(t.text), i, i+1, 1, 1)
	if text := bare(t.text); text != t.text {
		found = m.add(terms.find(text), i, i+1, 1, 1) || found
	} else if t.class == title || t.class == direction {
		found = m.add(terms.find(promoted+text), i, i+1, 1, 1) || found
	}
	m.exact[i] = found
	if m.effort == quickly {
		m.unknown = m.unknown || !found && t.class == plain
		return
	}
	if last {
		found = m.beginning(i) || found
	}
	if t.class == noise || t.class == number || t.class == level && found {
		return
	}
	// Written as one, or divided otherwise than in the name.
	joined := t.text
	for n := i + 1; n < min(i+3, len(m.r.tokens)) && m.r.tokens[n].segment == t.segment && m.r.tokens[n].class != number; n++ {
		joined += m.r.tokens[n].text
		if m.add(terms.find(strings.ReplaceAll(joined, " ", "")), i, n+1, 1, 0.98) {
			found = true
			for k := i; k <= n; k++ {
				m.exact[k] = true
			}
		}
	}
	if t.class == plain && terms.splits(t.text, func(parts ...uint32) {
		for _, term := range parts {
			m.add(term, i, i+1, 1/float64(len(parts)), 0.98)
		}
	}) {
		found = true
	}
	if bare(t.text)[0] < utf8.RuneSelf {
		m.latin(i)
		if n, ok := romanNumber(bare(t.text)); ok {
			m.add(terms.find(strconv.Itoa(n)), i, i+1, 1, 0.95)
		}
	}
	if (!found && !m.exact[i] || m.effort == loosely) && t.class != number {
		m.slips(i)
	}
}

// beginning takes the last word for the beginning of terms.
func (m *matches) beginning(i int) bool {
	text := m.r.last
	from, to := m.x.terms.prefixed(text)
	for n := from; n < min(to, from+mostRead); n++ {
		if l := int(m.x.terms.record(n).length); l > len(text) {
			m.add(n, i, i+1, 1, 0.97-0.1*float64(l-len(text))/float64(l))
		}
	}
	found := to > from
	if utf8.RuneCountInString(text) > 1 {
		for word, n := range numberWords() {
			if len(word) > len(text) && strings.HasPrefix(word, text) {
				found = m.add(m.x.terms.find(strconv.Itoa(n)), i, i+1, 1, 0.9) || found
			}
		}
	}
	return found
}

// near is a term and how far a word is from it.
type near struct {
	term     uint32
	distance float64
}

// slips adds the terms that a word may be with a slip of the hand or the ear.
func (m *matches) slips(i int) {
	text, terms := bare(m.r.tokens[i].text), m.x.terms
	letters := utf8.RuneCountInString(text)
	limit := 1.0
	if letters >= 6 {
		limit = 2
	}
	var list []near
	check := func(n uint32) {
		term := bare(string(terms.text(n)))
		if letters < shortestSlip && utf8.RuneCountInString(term) <= letters {
			return // of two letters nothing is left when one is wrong
		}
		if d := persian.Distance(text, term, limit); d > 0 && d <= limit {
			list = append(list, near{n, d})
		}
	}
	terms.near(text, check)
	if letters > shortestSlip {
		for word, n := range numberWords() {
			if abs(int64(len(word)-len(text))) <= 2 && strings.HasPrefix(word, text[:2]) && persian.Distance(text, word, 1) <= 1 {
				list = append(list, near{terms.find(strconv.Itoa(n)), 1})
			}
		}
	}
	if text[0] < utf8.RuneSelf && letters >= shortestSlip {
		for word, key := range latinDirections() {
			if d := persian.Distance(text, word, 1); len(word) > shortestSlip && d <= 1 {
				list = append(list, near{terms.find(key), d}, near{terms.find(promoted + key), d})
			}
		}
	}
	if len(list) == 0 && m.effort == loosely && m.two > 0 && letters >= shortestTwo && !m.exact[i] {
		m.two--
		limit = 2
		terms.farther(text, mostWalk, check)
	}
	if len(list) == 0 {
		m.slipInTwo(i)
	}
	m.nearest(i, i+1, list, func(d float64) float64 { return 1 - 0.7*d/float64(max(letters, 4)) })
}

// slipInTwo looks for a word that is two terms written as one, with a slip in one of them.
func (m *matches) slipInTwo(i int) {
	text, terms := m.r.tokens[i].text, m.x.terms
	for at := range text {
		if at < 4 || len(text)-at < 4 { // two letters at least on both sides
			continue
		}
		for _, part := range []struct{ whole, slip string }{{text[:at], text[at:]}, {text[at:], text[:at]}} {
			whole := terms.find(part.whole)
			if whole == noTerm {
				continue
			}
			terms.near(part.slip, func(n uint32) {
				if d := persian.Distance(part.slip, string(terms.text(n)), 1); d <= 1 {
					m.add(whole, i, i+1, 0.5, 0.9)
					m.add(n, i, i+1, 0.5, 0.9-0.3*d)
				}
			})
		}
	}
}

// nearest adds the best of a list.
func (m *matches) nearest(from, to int, list []near, quality func(distance float64) float64) {
	slices.SortFunc(list, func(a, b near) int { return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.term, b.term)) })
	list = slices.CompactFunc(list, func(a, b near) bool { return a.term == b.term })
	here := 0
	for i, n := range list[:min(len(list), mostLooked)] {
		if n.term == noTerm { // a word that no name has
			continue
		}
		if i >= mostNear {
			if here == mostNear || !m.stands(n.term) {
				continue
			}
			here++
		}
		m.add(n.term, from, to, 1, quality(n.distance))
	}
}

// stands reports whether a way of the settlements that were named bears a term.
func (m *matches) stands(term uint32) bool {
	list, ok := m.x.waysOf(term)
	return ok && slices.ContainsFunc(m.named, func(s chained) bool {
		l := list
		l.seek(s.from << 1)
		return l.ok && l.value < s.to<<1
	})
}

// latin adds the Persian terms that words in Latin letters, one or up to three together, may be.
func (m *matches) latin(i int) {
	text := ""
	for n := i; n < min(i+3, len(m.r.tokens)) && m.r.tokens[n].segment == m.r.tokens[i].segment && m.r.tokens[n].text[0] < utf8.RuneSelf && m.r.tokens[n].class != number; n++ {
		text += m.r.tokens[n].text
		skeleton := joinedSkeleton(text)
		if len(skeleton) == 0 || len(skeleton) == 1 && len(text) < 4 {
			continue
		}
		var list []near
		key := romanKey(text)
		m.x.terms.likeLatin(skeleton, func(a, b uint32) {
			roman := persian.Latin(string(m.x.terms.text(a)))
			if b != noTerm {
				roman += persian.Latin(string(m.x.terms.text(b)))
			}
			roman = romanKey(roman)
			d := persian.Distance(key, roman, 6) / float64(max(len(key), len(roman)))
			if b == noTerm {
				list = append(list, near{a, d})
				return
			}
			m.add(a, i, n+1, 0.5, 0.97-0.4*d)
			m.add(b, i, n+1, 0.5, 0.97-0.4*d)
		})
		m.nearest(i, n+1, list, func(d float64) float64 { return 0.97 - 0.4*d })
	}
}

// of answers the matches of a term.
func (m *matches) of(term uint32) []match {
	from, ok := slices.BinarySearchFunc(m.list, term, func(a match, t uint32) int { return cmp.Compare(a.term, t) })
	if !ok {
		return nil
	}
	to := from + 1
	for to < len(m.list) && m.list[to].term == term {
		to++
	}
	return m.list[from:to]
}
