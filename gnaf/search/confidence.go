package search

import (
	"math"

	"nsdi/internal/errs"
)

// raw is how well a candidate answers the question: the share of the question that it explains, less what its name has besides.
func (c *candidate) raw() float64 {
	r := c.m.r
	asked := r.weight()
	switch {
	case c.lies != LevelNone:
		asked += 0.3 // how far along, nobody knows
	case c.byCode:
		asked += 4 // ten digits say more than any name
	case r.code != 0:
		asked += 0.5
	}
	explained := asked - c.unexplained()
	// What is explained by words that are only like those of the name counts less.
	if !c.byCode {
		explained -= 1.5 * c.doubt
	}
	if r.number != nil && !r.bare || c.place.asked && c.place.words == 0 {
		asked++
		switch {
		case c.place.found:
			explained++
		case c.place.between:
			explained += 0.4
		}
	}
	if len(r.relations) > 0 && c.lies == LevelNone && !c.place.found { // where on the way, nobody knows
		asked++
		if c.isArea { // nor on which
			asked += 0.5
		}
	}
	if r.unit != "" || r.floor != nil {
		asked += 0.6
		if c.place.unit >= 0 {
			explained += 0.6
		}
	}
	if asked == 0 {
		return 0
	}
	raw := max(0, explained) / asked
	raw *= 1 - 0.2*min(1, c.loss)
	near := c.byCode || c.distance > 0 && c.distance < nearby
	switch {
	case near || c.isArea:
	case !c.sure: // where, only names say that recur
		raw *= unsaid * (1 - 0.5*min(1, c.doubt))
	case !c.plainly: // in a large country a settlement is like almost any word: what the rest of the question does not bear out was not meant
		raw *= 1 - (1-unsaid)*min(1, c.unexplained())
	}
	if c.swapped {
		raw *= 0.75
	}
	if c.astray && !c.byCode {
		raw *= 0.35
	}
	if c.bareNumber() && c.unexplained() >= 1 {
		raw *= numberAlone
	}
	if !c.isArea && !c.byCode {
		raw *= math.Pow(passedBy, float64(len(c.waysPassedBy())))
	}
	if c.isArea { // a place whose name is only like what was asked for rests on nothing else
		raw *= 1 - min(1, c.doubt)
		if c.wayMissing() {
			raw *= 0.5
		}
	}
	return max(0, min(1, raw))
}

// unsaid is what is left of an answer whose settlement the question does not name.
const unsaid = 0.6

// passedBy is what is left of an answer for each way of the question that it does not lie on: the one that was meant may be misspelt, and this one another of its alleys.
const passedBy = 0.75

// numberAlone is what is left of an answer whose way is a bare number of the question, where a name of the question is not explained: it is likelier the number of another.
const numberAlone = 0.6

// bareNumber reports that nothing tells the way of the answer but a number, without the word of its kind and without the way before it: the سه of "کارته سه" is no کوچه 3.
func (c *candidate) bareNumber() bool {
	if c.isArea || c.byCode || !c.noKind || c.chained || c.named == 0 {
		return false
	}
	for i := range c.m.r.tokens {
		if t := &c.m.r.tokens[i]; c.named&(1<<i) != 0 && t.class != number {
			return false
		}
	}
	return true
}

// waysPassedBy answers the ways of the question, by the words of their kinds, of which the answer explains nothing.
func (c *candidate) waysPassedBy() (list []part) {
	r := c.m.r
	ways := r.outward
	if ways == nil {
		ways = r.parts
	}
	for _, p := range ways {
		if p.line && p.telling != 0 && p.telling&c.ways == 0 {
			list = append(list, p)
		}
	}
	return list
}

// wayMissing reports that an area is the answer to a question about a place in it.
func (c *candidate) wayMissing() bool {
	return c.place.asked || c.unexplained() > 0.9
}

// founded is how much of a question, in words, an answer that is likely to be wrong must explain to be one.
const founded = 2

// baseless reports that an answer is none: it is all but surely wrong, and what it rests on are less than two words of the question.
func (c *candidate) baseless() bool {
	return c.alone < least && !c.byCode && c.m.r.weight()-c.unexplained()-1.5*c.doubt < founded
}

// equal is how far apart the scores of answers may be that are equally good.
const equal = 0.03

// judge gives ordered candidates their confidence. The probability is shared among those that are equally good.
func judge(found []*candidate) (equals int) {
	if len(found) == 0 {
		return 0
	}
	top := found[0].score()
	for _, c := range found {
		if top-c.score() <= equal && c.level() == found[0].level() {
			equals++
		}
	}
	for _, c := range found {
		c.confidence = calibrated(c.raw())
		if len(c.place.missed) > 0 { // a number or unit that is not there may be a slip, and another place be meant
			c.confidence *= 0.95
		}
		c.alone = c.confidence
		switch behind := top - c.score(); {
		case behind <= equal:
			c.confidence /= float64(max(1, equals))
		default:
			c.confidence *= math.Exp(-3 * behind)
			c.alone = c.confidence
		}
	}
	return equals
}

// tellEquals says that there are several, and what would tell them apart.
func tellEquals(results []Result, equals int) {
	if equals < 2 {
		return
	}
	for i := range results[:min(equals, len(results))] {
		results[i].Reasons = append(results[i].Reasons, errs.Tf("%d پاسخ به یک اندازه درست است؛ شهر، محله یا معبر پیش از آن را هم بنویسید.",
			"%d answers are equally good; add the city, the neighbourhood or the street before.", equals))
	}
}

func round3(p float64) float64 { return math.Round(p*1000) / 1000 }

// least is the confidence below which an answer beside another one is none, unless it is only shared by so many that are equally good.
const least = 0.01

// dropSamePlaces keeps one of the areas that have one name and level within about five kilometres: a city often is an administrative unit, an urban boundary and a
// place at once.
func dropSamePlaces(results []Result) []Result {
	kept := results[:0]
next:
	for _, r := range results {
		if len(kept) > 0 && r.Confidence < min(least, kept[0].Confidence) {
			continue
		}
		for _, k := range kept {
			if r.Level < LevelWay && k.Level == r.Level && r.key == k.key && math.Abs(r.Lon-k.Lon) < 0.05 && math.Abs(r.Lat-k.Lat) < 0.05 {
				continue next
			}
		}
		kept = append(kept, r)
	}
	return kept
}
