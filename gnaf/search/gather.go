package search

import (
	"cmp"
	"slices"
)

// Bounds of the work of one question.
const (
	mostPostings   = 20_000
	mostCandidates = 200
	mostAreas      = 400 // postings of areas
	mostPlaces     = 24  // areas that are looked into
)

// span is a range of ways: those of a settlement, or all.
type span struct{ from, to uint32 }

// hit is a way that some words of the question lead to.
type hit struct {
	way    uint32
	weight float32
	own    bool   // a name of the way itself has one of them
	words  uint64 // of the question
}

// lead is a word of the question with the lists of its terms.
type lead struct {
	match
	list  postings
	count int
}

// gather answers ways of a range that have the most words of the question, the best first. It reads the rarest words first; those that come when the bound is reached
// are looked up for the ways that are found by then only.
func (m *matches) gather(where span, budget *int) (found []hit, cut bool) {
	byWord := m.leads(where, func(c class) bool { return c.telling() })
	if len(byWord) == 0 {
		byWord = m.leads(where, func(c class) bool { return c == title || c == direction })
	}
	var all []hit
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
		for _, l := range leads {
			l.list.seek(where.from << 1)
			for ; l.list.ok && l.list.value < where.to<<1; l.list.next() {
				m.work.Postings++
				*budget--
				all = append(all, hitOf(&l))
			}
		}
		if len(all) > 4*mostCandidates {
			all = merge(all)
		}
	}
	all = merge(all)
	if len(all) == 0 && len(later) > 0 { // every word is too common: the beginning of the rarest list
		cut = true
		for _, l := range later[0] {
			l.list.seek(where.from << 1)
			for ; l.list.ok && l.list.value < where.to<<1 && *budget > 0; l.list.next() {
				m.work.Postings++
				*budget--
				all = append(all, hitOf(&l))
			}
		}
		all, later = merge(all), later[1:]
	}
	for _, leads := range later {
		for _, l := range leads {
			for i := range all {
				m.work.Postings++
				l.list.seek(all[i].way << 1)
				if l.list.ok && l.list.value>>1 == all[i].way {
					all[i].join(hitOf(&l))
				}
			}
		}
	}
	all = slices.DeleteFunc(all, func(h hit) bool { return !h.own })
	slices.SortStableFunc(all, func(a, b hit) int { return cmp.Compare(b.weight, a.weight) })
	if len(all) > mostCandidates {
		all, cut = all[:mostCandidates], true
	}
	return all, cut
}

// leads answers the words of some classes, the rarest in the range first.
func (m *matches) leads(where span, of func(class) bool) [][]lead {
	words := make([][]lead, len(m.r.tokens))
	for _, k := range m.list {
		if !of(m.x.terms.record(k.term).class) {
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
		for _, l := range w {
			n += l.count
		}
		return n
	}
	slices.SortStableFunc(words, func(a, b []lead) int { return cmp.Compare(total(a), total(b)) })
	return words
}

func hitOf(l *lead) hit {
	h := hit{way: l.list.value >> 1, own: l.list.value&1 == 0, weight: l.quality * l.share * float32(l.to-l.from), words: spanOf(&l.match)}
	if !h.own {
		h.weight *= 0.8
	}
	return h
}

// join adds a hit of the same way. A word counts once, whichever of its readings are in the way.
func (h *hit) join(o hit) {
	h.own = h.own || o.own
	if h.words&o.words == o.words && o.words != 0 {
		return
	}
	h.words |= o.words
	h.weight += o.weight
}

// merge makes one of all hits of a way.
func merge(all []hit) []hit {
	slices.SortFunc(all, func(a, b hit) int { return cmp.Or(cmp.Compare(a.way, b.way), cmp.Compare(b.weight, a.weight)) })
	kept := all[:0]
	for _, h := range all {
		if n := len(kept); n > 0 && kept[n-1].way == h.way {
			kept[n-1].join(h)
			continue
		}
		kept = append(kept, h)
	}
	return kept
}

// found is an area that the question names.
type foundArea struct {
	n     uint32
	level Level
	aligned
}

// areas answers the areas all of whose telling words are in the question, the best first.
func (m *matches) areas() []foundArea {
	var hits []hit
	for _, k := range m.list {
		list, ok := m.x.areasOf(k.term)
		if !ok || !m.x.terms.record(k.term).class.telling() && list.count > mostAreas/8 {
			continue
		}
		for ; list.ok && len(hits) < 16*mostAreas; list.next() {
			m.work.Postings++
			hits = append(hits, hit{way: list.value, weight: k.quality * k.share, words: spanOf(&k)})
		}
	}
	hits = merge(hits)
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.weight, a.weight) })
	var found []foundArea
	var n names
	var memory []uint32
	for _, h := range hits[:min(len(hits), mostAreas)] {
		a := m.x.area(h.way)
		memory = n.read(m.x.parts[nameSection][a.names:], memory[:0])
		best := foundArea{n: h.way, level: a.level}
		for _, own := range n.own {
			if got := m.align(own.terms, used{}); (got.whole() || got.telling == 0 && got.loss == 0) && got.gain > best.gain {
				best.aligned = got
			}
		}
		if best.gain > 0 {
			found = append(found, best)
		}
	}
	slices.SortStableFunc(found, func(a, b foundArea) int { return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.level, b.level)) })
	return found[:min(len(found), mostPlaces)]
}
