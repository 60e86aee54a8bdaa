package search

import (
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// part is a way, or a name that can be one, of the question.
type part struct {
	words, telling uint64 // of the question
	line           bool   // it is a way by its kind, and no square
}

// part is made of the words from one on.
func (r *reading) part(from int, line bool) part {
	p := part{line: line}
	for i := from; i < len(r.tokens); i++ {
		p.words |= 1 << i
		if r.tokens[i].class.telling() {
			p.telling |= 1 << i
		}
	}
	return p
}

// outwards orders parts from the house to what it lies in: the number stands beside the way that it is of, which is the last in "خیابان بهار، کوچه لاله، پلاک 3" and the
// first in "پلاک 3، کوچه لاله، خیابان بهار".
func outwards(parts []part, ahead int) []part {
	if ahead == 0 {
		return parts
	}
	parts = slices.Clone(parts[:ahead])
	slices.Reverse(parts)
	return parts
}

// words are some words of the question, as they are compared.
func (r *reading) words(of uint64) string {
	var list []string
	for i := range r.tokens {
		if of&(1<<i) != 0 {
			list = append(list, bare(r.tokens[i].text))
		}
	}
	return strings.Join(list, " ")
}

// innermost are the words of the last of several ways in Persian, which go from large to small where no number tells otherwise; none where there are not several.
func (r *reading) innermost() uint64 {
	if r.number != nil {
		return 0
	}
	ways, last := 0, uint64(0)
	for _, p := range r.parts {
		if p.line && p.telling != 0 {
			ways, last = ways+1, p.telling
		}
	}
	if ways < 2 || bare(r.tokens[bits.TrailingZeros64(last)].text)[0] < utf8.RuneSelf {
		return 0
	}
	return last
}

// beyondShare is what counts of a way that is not known to lie before the one before.
const beyondShare = 0.9

// beyond is what speaks for a way of which the question names the way before, too: what that one branches off is not known of every way, so that it may be right
// although nothing explains it. before are the words of the way before.
func (r *reading) beyond(c *candidate, before uint64) (gain float64) {
	if len(r.outward) < 3 || r.outward[0].telling&c.named == 0 || r.outward[1].telling&before == 0 {
		return 0
	}
	for i := range r.tokens {
		if r.outward[2].words&^c.used.whole&(1<<i) != 0 {
			gain += beyondShare * r.tokens[i].weight()
		}
	}
	return gain
}

// elsewhere reports that the house number is of another way, of which nothing was found: "خیابان بهار، کوچه ناپیدا، پلاک 3" is not number 3 of خیابان بهار.
func (c *candidate) elsewhere() bool {
	r := c.m.r
	if len(r.outward) == 0 || r.bare {
		return false
	}
	own := &r.outward[0]
	return own.line && own.telling != 0 && own.telling&(c.used.whole|c.used.half) == 0
}
