package search

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"nsdi/gnaf/persian"
)

const (
	mostSpans   = 8   // settlements that are looked into
	mostSettled = 60  // ways on which the number is looked for
	mostBehind  = 2.2 // how far behind the best, before the number, an answer may be
)

// finder looks for one question in one index.
type finder struct {
	x      *index
	q      *Query
	r      *reading
	hidden map[uint64]struct{} // ways that another index has anew
	work   *Work
	budget int
	cut    bool
	named  []chained // the ways of the settlements that the words name as they stand
	*scratch
}

// find answers candidates, the best first. Most questions are answered by their words as they stand, in the settlement that they name. Where that is not all of the
// answer, words are read in every way they can be, and where even that explains too little, slips are looked for in all of them.
func (f *finder) find(ctx context.Context) []*candidate {
	if f.r.prefix { // who types wants to see what else there is
		f.named = f.spans(matchesOf(f.x, f.r, quickly, nil, f.work).areas(false, &f.table), quickly)
	} else if found := f.try(ctx, quickly); len(found) > 0 && f.complete(found[0]) {
		return found
	}
	found := f.try(ctx, usually)
	if len(found) == 0 || !f.good(found[0]) && found[0].unexplained() >= 0.9 && hasSlip(found[0]) {
		if f.late(ctx, len(found)) {
			f.cut = true
			return found
		}
		if again := f.try(ctx, loosely); len(again) > 0 && (len(found) == 0 || again[0].points > found[0].points) {
			return again
		}
	}
	return found
}

// hasSlip reports whether a word that is left can be a misspelt one.
func hasSlip(c *candidate) bool {
	return slices.ContainsFunc(c.left(), func(i int) bool { return c.m.r.tokens[i].class == plain || c.m.r.tokens[i].class == kind })
}

// good reports that a candidate is a way under its very name in the settlement that was named, or around whoever asks, with all of the number that was asked for.
func (f *finder) good(c *candidate) bool {
	here := c.sure || f.q.Focus != nil && c.distance < nearby
	return here && !c.isArea && c.exact && (!c.place.asked || c.place.found) && c.unexplained() < 0.5*f.r.weight() && (f.r.unit == "" && f.r.floor == nil || c.place.unit >= 0)
}

// complete reports that nothing better can be found.
func (f *finder) complete(c *candidate) bool { return f.good(c) && c.unexplained() < 0.5 }

func (f *finder) try(ctx context.Context, e effort) []*candidate {
	f.budget = mostPostings
	m := matchesOf(f.x, f.r, e, f.named, f.work)
	areas := m.areas(e != quickly, &f.table)
	spans := f.spans(areas, e)
	if e == quickly {
		if f.named = spans; m.unknown {
			return nil
		}
	}
	var found []*candidate
	seen := map[uint32]bool{}
	add := func(where span, said uint64) {
		if f.late(ctx, len(found)) || f.budget <= 0 {
			f.cut = true
			return
		}
		hits, cut := m.gather(where, said, f.conditions(), &f.budget, &f.table)
		f.cut = f.cut || cut
		for _, h := range hits {
			if seen[h.n] {
				continue
			}
			seen[h.n] = true
			if c := m.consider(h.n, f.scratch); c != nil && f.allowed(c) {
				found = append(found, c)
			}
		}
		found = f.settle(found)
	}
	for i, s := range spans {
		if i > 0 && s.chain < spans[i-1].chain-0.5 && len(found) > 0 && f.complete(found[0]) {
			break
		}
		add(s.span, s.said)
	}
	if e == quickly {
		return found
	}
	if len(found) == 0 || found[0].unexplained() > 0.5 && !f.unexplainedNumber(found[0]) && !f.good(found[0]) {
		add(span{0, f.x.ways}, 0)
	}
	for _, c := range found {
		c.astray = !c.around && slices.ContainsFunc(areas, func(a foundArea) bool {
			return a.level <= LevelCity && a.used.whole != 0 && a.used.whole&c.used.whole == 0
		})
	}
	for i := range areas {
		if c := f.areaCandidate(m, &areas[i]); c != nil {
			found = append(found, c)
		}
	}
	order(found)
	return found
}

// late reports that the time of the question is over. What it costs is bounded by counts of work, so that it goes on until it has found something, however busy the machine is;
// for nobody, who has gone away, it does not.
func (f *finder) late(ctx context.Context, found int) bool {
	return ctx.Err() != nil && (found > 0 || !errors.Is(ctx.Err(), context.DeadlineExceeded))
}

// unexplainedNumber reports that nothing but a number is left, which is the house's.
func (f *finder) unexplainedNumber(c *candidate) bool {
	return !slices.ContainsFunc(c.left(), func(i int) bool { return c.m.r.tokens[i].class == plain })
}

// chained is a settlement's ways, with what of the question its name and those of the areas above it explain.
type chained struct {
	span
	chain float64
	said  uint64
}

// spans answers the ways of the settlements that the question names, or that lie around its focus.
func (f *finder) spans(areas []foundArea, e effort) []chained {
	var list []chained
	add := func(n uint32, chain float64, said uint64) {
		a := f.x.area(n)
		if a.level == LevelNeighbourhood && a.parent != 0 && a.ways == 0 {
			a = f.x.area(a.parent - 1)
		}
		s := span{a.way, a.way + a.ways}
		if a.ways > 0 && len(list) < mostSpans && !slices.ContainsFunc(list, func(c chained) bool { return c.span == s }) {
			list = append(list, chained{s, chain, said})
		}
	}
	// A word that names a settlement somewhere may name a street here.
	if at := f.q.where(); at != nil && (e != quickly || len(areas) == 0) {
		for _, n := range f.around(*at) {
			add(n, math.Inf(1), 0)
		}
	}
	for _, a := range areas {
		add(a.n, a.chain, a.said)
	}
	return list
}

const (
	farthest = 30_000 // how far from a point a settlement may be to be looked into for it, in metres
	nearby   = 10_000 // how far from whoever asks a place may be that needs no name of its settlement
)

// around answers the settlements whose addresses surround a point, and those near it, the nearest first.
func (f *finder) around(p Point) []uint32 {
	var list []near
	for n := range f.x.areas {
		a := f.x.area(n)
		if a.ways == 0 {
			continue
		}
		distance := metres(p.Lon, p.Lat, toDegrees(a.lon), toDegrees(a.lat))
		if a.box.has(toFixed(p.Lon), toFixed(p.Lat)) {
			distance /= 10
		}
		if distance < farthest {
			list = append(list, near{n, distance})
		}
	}
	slices.SortFunc(list, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	var ns []uint32
	for _, n := range list[:min(len(list), mostSpans/2)] {
		ns = append(ns, n.term)
	}
	return ns
}

// allowed reports whether a way may be an answer: it is not hidden, and meets the conditions of the question.
func (f *finder) allowed(c *candidate) bool {
	if _, hidden := f.hidden[c.record.id]; hidden {
		return false
	}
	if !f.inBox(&c.record) {
		return false
	}
	if p := f.q.Focus; p != nil {
		c.distance = metres(p.Lon, p.Lat, toDegrees(c.record.lon), toDegrees(c.record.lat))
	}
	return f.inPlace(c.area)
}

// conditions answers what a way must meet to be gathered; nil: nothing.
func (f *finder) conditions() func(way uint32) bool {
	if f.q.Box == nil && strings.TrimSpace(f.q.City) == "" && strings.TrimSpace(f.q.Province) == "" {
		return nil
	}
	area, in := uint32(math.MaxUint32), false // ways of a settlement follow each other
	return func(n uint32) bool {
		w := f.x.way(n)
		if w.area != area {
			area, in = w.area, f.inPlace(w.area)
		}
		return in && f.inBox(&w)
	}
}

func (f *finder) inBox(w *way) bool {
	b := f.q.Box
	if b == nil {
		return true
	}
	around := box{toFixed(b.West), toFixed(b.South), toFixed(b.East), toFixed(b.North)}
	return around.meets(w.box) || around.has(w.lon, w.lat)
}

func (f *finder) inPlace(area uint32) bool {
	return f.lies(area+1, LevelCity, f.q.City) && f.lies(area+1, LevelProvince, f.q.Province)
}

// lies reports whether an area, or one above it, has the level and the name.
func (f *finder) lies(area uint32, level Level, name string) bool {
	if strings.TrimSpace(name) == "" {
		return true
	}
	key := persian.Fold(name)
	for area != 0 {
		a := f.x.area(area - 1)
		if a.level == level && (f.x.text(a.key) == key || persian.UnitName(f.x.text(a.kind), name) == f.x.text(a.key)) {
			return true
		}
		area = a.parent
	}
	return false
}

func (f *finder) areaCandidate(m *matches, a *foundArea) *candidate {
	record := f.x.area(a.n)
	if record.box.empty() && record.lon == 0 && record.lat == 0 {
		return nil // nobody knows where it is
	}
	m.work.Candidates++
	c := &candidate{x: f.x, m: m, area: a.n, isArea: true, used: a.used, gain: a.gain, doubt: a.doubt, inCity: true, sure: a.level != LevelNeighbourhood, exact: a.have >= 0.95*a.want, record: way{lon: record.lon, lat: record.lat, box: record.box}}
	c.bonus = m.levelSaid(a.at, f.x.text(record.kind))
	for n := record.parent; n != 0; n = f.x.area(n - 1).parent {
		if above := m.alignArea(n-1, c.used, f.scratch); above.whole() {
			c.used = above.used
			c.gain += above.gain
			c.doubt += above.doubt
		}
	}
	c.place = house{unit: -1, lon: record.lon, lat: record.lat}
	if f.r.number != nil {
		c.place.asked, c.place.number, c.place.suffix = true, int32(f.r.number.Value), f.r.number.Suffix
	}
	c.miss()
	if !f.allowed(c) || f.q.Least > record.level {
		return nil
	}
	return c
}

// levelSaid is what the word before a name says for or against an area of a kind: "استان یزد" is not the city.
func (m *matches) levelSaid(at int, kind string) float64 {
	if at < 1 || m.r.tokens[at-1].class != level || m.r.tokens[at-1].segment != m.r.tokens[at].segment {
		return 0
	}
	for _, r := range persian.Words().Readings(m.r.tokens[at-1].text) {
		if r.Class == persian.ClassArea && (r.Sense == kind || r.Sense == "municipal-district" && kind == "neighbourhood") {
			return 0.3
		}
	}
	return -0.3
}

// settle orders candidates, leaves those out that can be no answer beside the best, and looks for the number on the others.
func (f *finder) settle(found []*candidate) []*candidate {
	order(found)
	for i, c := range found {
		if i == mostSettled || c.points < found[0].points-mostBehind {
			found = found[:i]
			break
		}
	}
	for _, c := range found {
		if !c.isArea && !c.settled {
			c.settle(f.scratch)
		}
	}
	order(found)
	return found
}

func order(found []*candidate) {
	for _, c := range found {
		c.points = c.score()
	}
	slices.SortStableFunc(found, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(b.points, a.points), cmp.Compare(b.level(), a.level()), cmp.Compare(b.record.units&^nodeBit, a.record.units&^nodeBit), cmp.Compare(a.source(), b.source()))
	})
}
