package search

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// Bounds of the work of one question.
const (
	mostPostings   = 20_000
	mostCandidates = 200
)

// span is a range of ways: those of a settlement, or all.
type span struct{ from, to uint32 }

// hit is a way, or an area, that some words of the question lead to.
type hit struct {
	n      uint32
	weight float32
	own    uint8  // terms of a name of the way itself, not of the way before it
	words  uint64 // of the question
}

// lead is a word of the question with the lists of its terms.
type lead struct {
	match
	list  postings
	count int
}

// gather answers ways of a range that have the most words of the question, the best first. It reads the rarest words first; those that come when the bound is reached
// are looked up for the ways that are found by then only. said are the words that the settlement of the range explains, may the condition of the question, nil without one.
func (m *matches) gather(where span, said uint64, may func(way uint32) bool, budget *int, t *table) (found []hit, cut bool) {
	byWord := m.leads(where, func(c class) bool { return c.telling() })
	if len(byWord) == 0 {
		typed := m.typesKind()
		byWord = m.leads(where, func(c class) bool { return c == title || c == direction || c == kind && typed })
	}
	t.clear()
	var later [][]lead
	for _, leads := range byWord {
		total := 0
		for _, l := range leads {
			total += l.count
		}
		if total > *budget/4 {
			later = append(later, leads)
			continue
		}
		for i := range leads {
			m.readLead(&leads[i], where, budget, t)
		}
	}
	if len(t.hits) == 0 && len(later) > 0 { // every word is too common: the rarest list, as far as it may be read
		for i := range later[0] {
			m.readLead(&later[0][i], where, budget, t)
		}
		cut = *budget <= 0
		later = later[1:]
	}
	if len(later) > 0 {
		slices.SortFunc(t.hits, func(a, b hit) int { return cmp.Compare(a.n, b.n) })
	}
	for _, leads := range later {
		for _, l := range leads {
			for i := range t.hits {
				m.work.Postings++
				l.list.seek(t.hits[i].n << 1)
				if l.list.ok && l.list.value>>1 == t.hits[i].n {
					t.hits[i].join(&l.match, l.list.value&1 == 0)
				}
			}
		}
	}
	all := slices.DeleteFunc(t.hits, func(h hit) bool {
		return h.own == 0 || !m.r.prefix && h.own < m.x.leastOwn(h.n) || may != nil && !may(h.n)
	})
	if len(all) > mostCandidates {
		cut = true
		m.tellApart(all, where, said)
	}
	slices.SortFunc(all, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(m.x.addresses(b.n), m.x.addresses(a.n)), cmp.Compare(a.n, b.n))
	})
	return all[:min(len(all), mostCandidates)], cut
}

// typesKind reports that what is being typed is the word of a kind of way: whoever types it sees ways of the kind.
func (m *matches) typesKind() bool {
	last := len(m.r.tokens) - 1
	return m.r.prefix && slices.ContainsFunc(m.list, func(k match) bool { return int(k.from) == last && m.x.terms.record(k.term).class == kind })
}

// addresses is how many a way has.
func (x *index) addresses(way uint32) uint32 {
	return binary.LittleEndian.Uint32(x.parts[waySection][waySize*way+unitsAt:]) &^ nodeBit
}

// tellApart weighs the words that are left out of names, such as the kind of a way, for ways that are too many to be looked at: the one بلوار of a name is among the
// first, whatever number of alleys of a large city are called so. Words that the settlement explains say little of its ways.
func (m *matches) tellApart(all []hit, where span, said uint64) {
	for k := range all {
		all[k].weight -= 0.7 * float32(bits.OnesCount64(all[k].words&said))
	}
	slices.SortFunc(all, func(a, b hit) int { return cmp.Compare(a.n, b.n) })
	for _, leads := range m.leads(where, func(c class) bool { return c == kind || c == title || c == direction }) {
		for i := range leads {
			l := &leads[i]
			weight := float32(m.x.terms.record(l.term).class.weight()) * l.quality * l.share
			for k := range all {
				m.work.Postings++
				if l.list.seek(all[k].n << 1); l.list.ok && l.list.value == all[k].n<<1 {
					all[k].weight += weight
				}
			}
		}
	}
}

func (m *matches) readLead(l *lead, where span, budget *int, t *table) {
	l.list.seek(where.from << 1)
	for ; l.list.ok && l.list.value < where.to<<1 && *budget > 0; l.list.next() {
		m.work.Postings++
		*budget--
		t.add(l.list.value>>1, &l.match, l.list.value&1 == 0)
	}
}

// leastOwn is how many words of its name a way must have in the question to be considered: all, but for one of several.
func (x *index) leastOwn(way uint32) uint8 { return fewer(x.parts[waySection][waySize*way+tellingAt]) }

func fewer(telling byte) uint8 {
	if telling > 2 {
		return telling - 1
	}
	return telling
}

// leads answers the words of some classes, the rarest in the range first.
func (m *matches) leads(where span, of func(class) bool) [][]lead {
	words := make([][]lead, len(m.r.tokens))
	for _, k := range m.list {
		if m.r.tokens[k.from].zone || !of(m.x.terms.record(k.term).class) {
			continue
		}
		if list, ok := m.x.waysOf(k.term); ok {
			if n := list.within(where.from<<1, where.to<<1); n > 0 {
				words[k.from] = append(words[k.from], lead{k, list, n})
			}
		}
	}
	words = slices.DeleteFunc(words, func(w []lead) bool { return len(w) == 0 })
	total := func(w []lead) (n int) {
		for i := range w {
			n += w[i].count
		}
		return n
	}
	slices.SortStableFunc(words, func(a, b []lead) int { return cmp.Compare(total(a), total(b)) })
	return words
}

// join adds a word that leads to the same way. A word counts once, whichever of its readings are in the way.
func (h *hit) join(k *match, own bool) {
	if own {
		h.own++
	}
	words := spanOf(k)
	if h.words&words == words {
		return
	}
	h.words |= words
	weight := k.quality * k.share * float32(k.to-k.from)
	if !own {
		weight *= 0.8
	}
	h.weight += weight
}

// table gathers hits by number. Its memory is used again: a slot is free unless it was filled in the present round.
type table struct {
	slots []slot
	round uint32
	hits  []hit
}

type slot struct{ round, hit uint32 }

const tableSize = 1 << 16 // more than twice mostPostings

func (t *table) clear() {
	if t.slots == nil {
		t.slots = make([]slot, tableSize)
	}
	t.round++
	if t.round == 0 {
		clear(t.slots)
		t.round = 1
	}
	t.hits = t.hits[:0]
}

func (t *table) add(n uint32, k *match, own bool) {
	at := n * 2654435769 >> 16 // Fibonacci hashing
	for t.slots[at].round == t.round {
		if h := &t.hits[t.slots[at].hit]; h.n == n {
			h.join(k, own)
			return
		}
		at = (at + 1) % tableSize
	}
	t.slots[at] = slot{t.round, uint32(len(t.hits))}
	t.hits = append(t.hits, hit{n: n})
	t.hits[len(t.hits)-1].join(k, own)
}
