package search

import (
	"cmp"
	"context"
	"math"
	"slices"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
)

const (
	// mostApart is how far two ways may be from each other to meet, in metres.
	mostApart = 400
	// besides is how far from the corner a place lies that is said to be before, after or opposite it, in metres.
	besides = 60
	// mostCorner bounds the blocks of a way in which the corner is looked for.
	mostCorner = 12
)

// mostRelations bounds the relations of a question that are looked into.
const mostRelations = 3

// corner answers the place that a relation of the question tells, the first of them that can be found. among are the ways that the question names beside it.
func (f *finder) corner(ctx context.Context, among []*candidate) *candidate {
	for i := range f.r.relations[:min(mostRelations, len(f.r.relations))] {
		if c := f.related(ctx, &f.r.relations[i], among); c != nil {
			c.relation = &f.r.relations[i]
			return c
		}
	}
	return nil
}

// related answers where a way of the question meets what a relation refers to, "نبش کوچه نور", "نرسیده به خیابان جناح"; where the two ways meet that it refers to,
// "تقاطع بهار و لاله"; or the middle between them, "بین بهار و لاله".
func (f *finder) related(ctx context.Context, relation *persian.Relation, among []*candidate) *candidate {
	if len(relation.Of) == 0 {
		return nil
	}
	lies := LevelLandmark
	if relation.Kind == "corner" || relation.Kind == "intersection" || relation.Crossing {
		lies = LevelIntersection
	}
	one := f.referred(ctx, relation.Of[0])
	if len(relation.Of) == 1 {
		return f.meeting(among, one, lies)
	}
	two := f.referred(ctx, relation.Of[1])
	if relation.Kind != "between" {
		if c := f.meeting(one, two, lies); c != nil {
			return c
		}
		return f.meeting(among, one, lies)
	}
	from, to := f.meeting(among, one, lies), f.meeting(among, two, lies)
	if from == nil || to == nil || from.record.id == to.record.id {
		return cmp.Or(from, to)
	}
	a, b := &from.place, &to.place
	long := metres(toDegrees(a.lon), toDegrees(a.lat), toDegrees(b.lon), toDegrees(b.lat))
	a.lon, a.lat, a.radius = a.lon/2+b.lon/2, a.lat/2+b.lat/2, max(besides, long/2)
	return from
}

// referred answers the ways that what a relation refers to can be, in the place that the question names.
func (f *finder) referred(ctx context.Context, text string) []*candidate {
	with := *f.r
	with.tokens = slices.Clone(f.r.tokens)
	from := len(with.tokens)
	with.add(text)
	if len(with.tokens) == from {
		return nil
	}
	other := *f
	other.r = &with
	found := first(other.find(ctx), 12)
	f.cut = f.cut || other.cut
	words := uint64(math.MaxUint64) << from
	return slices.DeleteFunc(found, func(c *candidate) bool { return c.isArea || c.named&words == 0 })
}

// meeting answers the place where one of some ways meets one of others. What the first is called counts as found.
func (f *finder) meeting(as, bs []*candidate, lies Level) *candidate {
	var best, beside *candidate
	var place house
	least := math.Inf(1)
	for _, b := range bs {
		for _, a := range first(as, 6) {
			if a.isArea || a.area != b.area || a.way == b.way {
				continue
			}
			lon, lat, apart := f.meet(&a.record, &b.record)
			if rank := apart/mostApart - b.score() - a.score(); apart < mostApart && rank < least {
				best, beside, least = b, a, rank
				place = house{unit: -1, lon: lon, lat: lat, radius: max(besides, apart)}
				if lies == LevelIntersection {
					place.radius = max(15, apart)
				}
			}
		}
	}
	if best == nil {
		return nil
	}
	c := *best
	c.place, c.lies, c.beside, c.ways = place, lies, beside.record.name, best.ways|beside.ways
	for i := range f.r.tokens { // the words beside the relation are the same in both
		if bit := uint64(1) << i; beside.used.whole&bit != 0 && c.used.whole&bit == 0 {
			c.used.whole |= bit
			c.gain += f.r.tokens[i].weight()
		}
	}
	if n := f.r.number; n != nil && !f.r.bare {
		c.place.asked, c.place.number, c.place.suffix = true, int32(n.Value), suffixKey(n.Suffix)
		c.miss()
	}
	c.bonus++
	return &c
}

func first(list []*candidate, n int) []*candidate { return list[:min(n, len(list))] }

// meet answers the place of one way that is nearest to the other, and how far apart they are there.
func (f *finder) meet(a, b *way) (lon, lat int32, apart float64) {
	apart = math.Inf(1)
	var on [][2]int32
	f.points(a, func(x, y int32) { on = append(on, [2]int32{x, y}) })
	f.points(b, func(x, y int32) {
		for _, p := range on {
			if d := metres(toDegrees(x), toDegrees(y), toDegrees(p[0]), toDegrees(p[1])); d < apart {
				lon, lat, apart = x/2+p[0]/2, y/2+p[1]/2, d
			}
		}
	})
	return lon, lat, apart
}

// points gives the sites of a way; of one without any, its middle.
func (f *finder) points(w *way, visit func(lon, lat int32)) {
	if w.blocks == 0 {
		visit(w.lon, w.lat)
	}
	for n := range min(w.blocks, mostCorner) {
		b := f.x.block(w.block + n)
		f.work.Sites += int(b.sites)
		f.x.sites(&b, &f.site, func(s *site, _ uint32) bool {
			visit(s.lon, s.lat)
			return true
		})
	}
}

// meets tells of which two ways the place is: it may lie on either.
func (c *candidate) meets() string {
	both := c.x.text(c.beside) + " و " + c.x.text(c.record.name)
	if c.lies == LevelIntersection {
		return "تقاطع " + both
	}
	return "نزدیک تقاطع " + both
}

// lieReason tells how the place lies to what the question refers to.
func (c *candidate) lieReason() errs.Text {
	if c.lies == LevelIntersection {
		return errs.T("جایی است که دو معبر به هم می‌رسند.", "It is where the two ways meet.")
	}
	return errs.Tf("نزدیک جایی است که دو معبر به هم می‌رسند («%s»).", "It is near where the two ways meet (“%s”).", c.relation.Word)
}
