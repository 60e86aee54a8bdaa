package search

import (
	"slices"
	"unicode/utf8"
)

// used marks words of the question that something explains already; half marks those that are explained in part, as one word can be two terms, and most those of three
// terms of which two are.
type used struct{ whole, half, most uint64 }

func (u used) free(m *match) bool {
	span := spanOf(m)
	if u.whole&span != 0 {
		return false
	}
	return m.share == 1 && u.half&span == 0 || m.share < 1
}

func (u *used) take(m *match) {
	span := spanOf(m)
	switch {
	case m.share < 1 && u.half&span != span:
		u.half |= span
		return
	case m.share < 0.5 && u.most&span != span:
		u.most |= span
		return
	}
	u.whole |= span
}

func spanOf(m *match) uint64 { return (1<<(m.to-m.from) - 1) << m.from }

// aligned is how a name and the question agree.
type aligned struct {
	gain    float64 // what the words of the question count that the name explains
	have    float64 // what the telling words of the name count that are in the question, in their quality
	want    float64 // what all of them count
	loss    float64 // what the words of the name count that are not
	doubt   float64 // what of that is in doubt, as the words are not quite those of the name
	order   int     // words that follow each other in both
	at      int     // the word of the question at which the name begins; −1
	used    used
	telling int
	found   int
}

// partOf reports that a term is a part of a word that is several.
func (m *matches) partOf(term uint32, span uint64) bool {
	list := m.of(term)
	for i := range list {
		if list[i].share < 1 && spanOf(&list[i]) == span {
			return true
		}
	}
	return false
}

// at reports that a word of the question can be a term.
func (m *matches) at(term uint32, word uint8) bool {
	return slices.ContainsFunc(m.of(term), func(k match) bool { return k.from == word })
}

// alike is the quality from which a word is the very word, written otherwise.
const alike = 0.95

// dangling reports that half a word has been found and nothing of its other half: "خیابان" is no "ابان".
func (a *aligned) dangling() bool { return a.used.half&^a.used.whole != 0 }

// whole reports that every telling word of the name is in the question.
func (a *aligned) whole() bool { return a.found > 0 && a.found == a.telling }

// align finds the words of a name, of an area or of a way, in the question, among those that nothing explains yet.
func (m *matches) align(terms []uint32, taken used, area bool) aligned {
	a := aligned{used: taken, at: -1}
	after := -1
	seenTitle := false
	for n, term := range terms {
		c := m.x.terms.record(term).class
		w := c.weight()
		var best *match
		bestScore := 0.0
		list := m.of(term)
		for i := range list {
			k := &list[i]
			if !a.used.free(k) || !area && m.r.tokens[k.from].zone {
				continue
			}
			score := float64(k.quality)
			switch span := spanOf(k); {
			case k.share == 1 && int(k.from) == after, k.share < 1 && a.used.half&span == span:
				score += 0.3 // what follows, or the other half
			case k.share < 1 && k.to-k.from == 1 && m.r.tokens[k.from].text[0] >= utf8.RuneSelf && n+1 < len(terms) && m.partOf(terms[n+1], span):
				score += 0.3 // so is what follows in the name
			case k.share < 1:
				score -= 0.05
			case len(list) > 1 && after < 0 && n+1 < len(terms) && m.at(terms[n+1], k.to): // of two خیابان the one before the name
				score += 0.1
			}
			if best == nil || score > bestScore {
				best, bestScore = k, score
			}
		}
		tells := c.telling()
		if best == nil && m.r.prefix && after == len(m.r.tokens) {
			a.loss += 0.05 * w // what follows is not typed yet
			continue
		}
		if tells {
			a.telling++
			a.want += w
		}
		if best == nil {
			a.loss += w
			if c == number {
				a.loss += 0.5
			}
			continue
		}
		if int(best.from) == after || best.share < 1 && int(best.to) == after {
			a.order++
		}
		if a.at < 0 {
			a.at = int(best.from)
		}
		after = int(best.to)
		a.used.take(best)
		said := 0.0
		for at := best.from; at < best.to; at++ {
			said += m.r.tokens[at].weight()
		}
		full := max(said*float64(best.share), w)
		a.gain += full * float64(best.quality)
		if best.quality < alike {
			a.doubt += full * (1 - float64(best.quality))
		}
		if tells {
			a.found++
			a.have += w * float64(best.quality)
		} else if c == title || c == direction || c == kind && m.r.prefix {
			seenTitle = true
		}
	}
	// A name of titles or directions only, such as خیابان شهدا, is told by them; one that is being typed, by its kind.
	if a.telling == 0 && seenTitle {
		a.telling, a.found, a.want, a.have = 1, 1, 1, 1
	}
	return a
}
