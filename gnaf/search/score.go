package search

import (
	"math"

	"nsdi/gnaf/persian"
)

// candidate is a way, or an area, that may be the answer, with what of the question it explains.
type candidate struct {
	x      *index
	m      *matches
	way    uint32
	area   uint32
	isArea bool
	record way

	used     used
	gain     float64 // of the question explained
	doubt    float64 // what of the gain is in doubt
	loss     float64 // of the name of the way not said
	variant  byte    // which kind of its names was said
	spoken   uint32  // that name
	chained  bool    // the way before it was said
	named    uint64  // words of the question that its name explains
	ways     uint64  // and those that the ways explain that it lies on
	lies     Level   // how it lies to what the question refers to; 0: it is the place itself
	beside   uint32  // then the name of the other of the two ways, and what told it
	relation *persian.Relation
	inCity   bool    // its settlement was said, or something in it
	sure     bool    // its settlement itself was said: names of neighbourhoods recur
	around   bool    // an area that it lies in was said
	plainly  bool    // one of these without a slip
	astray   bool    // none was, but one that it does not lie in
	noKind   bool    // the word of its kind was not said
	exact    bool    // every word of the name is written as it is
	bonus    float64 // for number and unit, beside what names explain
	place    house
	distance float64 // from the focus, in metres

	byCode, swapped bool    // it bears the postal code of the question; with its halves exchanged
	settled         bool    // the number was looked for
	points          float64 // the score, when it was ordered last
	confidence      float64
	alone           float64 // the confidence, if it were the only one of its score
}

// score orders candidates: what of the question their names explain, less what their names have besides.
func (c *candidate) score() float64 {
	s := c.gain - 0.6*c.loss + c.bonus
	if c.astray { // the place that was named is a better answer than a place elsewhere
		s -= 0.8
	}
	if c.sure {
		s += 0.05
	}
	if c.distance > 0 {
		far := min(1, math.Log1p(c.distance/2000)/6)
		if c.sure {
			s -= 0.02 * far
		} else {
			s -= 0.6 * far
		}
	}
	return s
}

// inward is what speaks for the last of several ways: less than what makes answers unequal.
const inward = 0.02

// fits reports that enough of a name is in the question: all that tells it, but for one word of several.
func (a *aligned) fits() bool {
	return a.found > 0 && !a.dangling() && (a.have >= 0.99*a.want-0.75 && a.found == a.telling || a.telling > 2 && a.found >= a.telling-1)
}

// consider scores a way: its name under the best of its variants, then the way before it, then the areas above.
func (m *matches) consider(n uint32, s *scratch) *candidate {
	m.work.Candidates++
	w := m.x.way(n)
	s.memory = s.names.read(m.x.parts[nameSection][w.names:], s.memory[:0])
	var best aligned
	c := &candidate{x: m.x, m: m, way: n, record: w, area: w.area}
	for _, own := range s.names.own {
		a := m.align(own.terms, used{}, false)
		if a.fits() && (best.found == 0 || a.gain-a.loss+0.02*float64(a.order) > best.gain-best.loss+0.02*float64(best.order)) {
			best, c.variant, c.spoken = a, own.kind, own.text
		}
	}
	if best.found == 0 {
		return nil
	}
	c.used, c.gain, c.loss, c.doubt = best.used, best.gain+0.05*float64(best.order), best.loss, best.doubt
	c.named = best.used.whole | best.used.half
	c.noKind = c.loss >= kind.weight()
	c.exact = best.have >= 0.95*best.want
	own := c.used.whole
	if len(s.names.before) > 0 {
		if a := m.align(s.names.before, c.used, false); a.found > 0 && a.have > 0 {
			c.used, c.chained = a.used, true
			c.gain += a.gain + 0.05*float64(a.order)
			c.doubt += a.doubt
		}
	}
	for i, above := range s.names.above {
		if a := m.align(above, c.used, false); a.found > 0 && a.have > 0 {
			c.used, c.chained = a.used, true
			c.gain += a.gain - 0.04*float64(i)
			c.doubt += a.doubt
			break
		}
	}
	before := c.used.whole &^ own
	c.ways = c.used.whole | c.used.half
	m.around(c, s)
	c.gain += m.r.beyond(c, before)
	if c.named&m.r.inner != 0 {
		c.gain += inward
	}
	return c
}

// around explains words by the settlement, the regions and the neighbourhoods of a way, which may be called like the settlement.
func (m *matches) around(c *candidate, s *scratch) {
	for n := c.area + 1; n != 0; n = m.x.area(n - 1).parent {
		if a := m.alignArea(n-1, c.used, s); a.whole() {
			c.used = a.used
			c.gain += a.gain
			c.doubt += a.doubt
			c.around, c.plainly = true, c.plainly || a.doubt == 0
			c.sure = c.sure || n == c.area+1
			c.inCity = c.inCity || c.sure
		}
	}
	best, at := aligned{}, -1
	for i, n := range s.names.neighbourhoods {
		if a := m.alignArea(n, c.used, s); a.whole() && a.gain > best.gain {
			best, at = a, i
		}
	}
	if at >= 0 {
		c.used = best.used
		c.gain += best.gain
		c.doubt += best.doubt
		c.inCity, c.around, c.plainly = true, true, c.plainly || best.doubt == 0
	}
}

func (m *matches) alignArea(n uint32, taken used, s *scratch) aligned {
	s.areaMemory = s.areaNames.read(m.x.parts[nameSection][m.x.area(n).names:], s.areaMemory[:0])
	var best aligned
	for _, own := range s.areaNames.own {
		if a := m.align(own.terms, taken, true); a.whole() && a.gain > best.gain {
			best = a
		}
	}
	return best
}

// scratch is memory that candidates share.
type scratch struct {
	names, areaNames   names
	memory, areaMemory []uint32
	site               site
	table              table
}

// left lists the words of the question that nothing explains.
func (c *candidate) left() []int {
	var list []int
	for i := range c.m.r.tokens {
		if c.used.whole&(1<<i) == 0 {
			list = append(list, i)
		}
	}
	return list
}

// unexplained is what these words count.
func (c *candidate) unexplained() float64 {
	sum := 0.0
	for _, i := range c.left() {
		sum += c.m.r.tokens[i].weight()
	}
	return sum
}
