package search

import (
	"cmp"
	"slices"
)

const (
	mostAreaPostings = 3000
	mostAreas        = 400 // areas whose names are read
	mostHoods        = 250 // neighbourhoods of them: their names recur, and must not crowd the settlements out
	mostPlaces       = 24  // areas that are looked into
	mostLarge        = 64  // areas of a word that very many have
)

// foundArea is an area that the question names.
type foundArea struct {
	n      uint32
	parent uint32 // an area and one
	level  Level
	chain  float64 // what it explains together with the areas above it
	said   uint64  // the words of the question that these explain
	aligned
}

// areas answers the areas all of whose telling words are in the question, those first that explain the most together with what they lie in; with neighbourhoods, or
// without.
func (m *matches) areas(hoods bool, t *table) []foundArea {
	m.areaHits(hoods, t)
	hits := slices.DeleteFunc(t.hits, func(h hit) bool { return !m.r.prefix && h.own < m.x.parts[areaSection][areaSize*h.n+areaTellingAt] })
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.n, b.n)) })
	found := make([]foundArea, 0, min(len(hits), mostPlaces))
	var n names
	var memory []uint32
	at := map[uint32]int{}
	read, readHoods := 0, 0
	for _, h := range hits {
		hood := m.x.isHood(h.n)
		if read == mostAreas {
			break
		}
		if hood && readHoods == mostHoods {
			continue
		}
		read++
		if hood {
			readHoods++
		}
		a := m.x.area(h.n)
		memory = n.read(m.x.parts[nameSection][a.names:], memory[:0])
		best := foundArea{n: h.n, parent: a.parent, level: a.level}
		for _, own := range n.own {
			if got := m.align(own.terms, used{}, true); (got.whole() || got.telling == 0 && got.loss == 0) && got.gain > best.gain {
				best.aligned = got
			}
		}
		if best.gain > 0 {
			at[h.n] = len(found)
			found = append(found, best)
		}
	}
	for i := range found {
		a := &found[i]
		a.chain = a.gain
		words := a.used.whole
		for up := a.parent; up != 0; {
			k, ok := at[up-1]
			if !ok {
				up = m.x.area(up - 1).parent
				continue
			}
			if above := &found[k]; above.used.whole&words == 0 {
				words |= above.used.whole
				a.chain += above.gain
			}
			up = found[k].parent
		}
		a.said = words
	}
	slices.SortStableFunc(found, func(a, b foundArea) int {
		return cmp.Or(cmp.Compare(b.chain, a.chain), cmp.Compare(b.gain, a.gain), cmp.Compare(a.level, b.level))
	})
	return found[:min(len(found), mostPlaces)]
}

// areaHits gathers the areas that have words of the question, by the rarest words first. A word of very many areas says nothing by itself: it is looked up for those
// that are found by then, and the largest of its areas are read.
func (m *matches) areaHits(hoods bool, t *table) {
	leads := make([]lead, 0, len(m.list))
	for _, k := range m.list {
		list, ok := m.x.areasOf(k.term)
		if !ok || !m.x.terms.record(k.term).class.telling() && list.count > mostAreas/8 {
			continue
		}
		leads = append(leads, lead{k, list, list.count})
	}
	slices.SortStableFunc(leads, func(a, b lead) int { return cmp.Compare(a.count, b.count) })
	t.clear()
	budget := mostAreaPostings
	for i := range leads {
		l := &leads[i]
		most := budget
		if l.count > budget && len(t.hits) > 0 {
			m.seekAreas(*l, t)
			most = mostLarge
		}
		for ; l.list.ok && most > 0 && (hoods || l.list.value < hoodBit); l.list.next() {
			m.work.Postings++
			budget--
			most--
			t.add(l.list.value&^hoodBit, &l.match, true)
		}
	}
}

func (x *index) isHood(area uint32) bool {
	return Level(x.parts[areaSection][areaSize*area]) == LevelNeighbourhood
}

// seekAreas looks a word up for the areas that are found already.
func (m *matches) seekAreas(l lead, t *table) {
	order := make([]uint32, len(t.hits))
	for i, h := range t.hits {
		order[i] = h.n
		if m.x.isHood(h.n) {
			order[i] |= hoodBit
		}
	}
	slices.Sort(order)
	for _, n := range order {
		m.work.Postings++
		if l.list.seek(n); l.list.ok && l.list.value == n {
			t.add(n&^hoodBit, &l.match, true)
		}
	}
}
