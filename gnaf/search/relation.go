package search

import (
	"context"
	"math"

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

// corner answers the place where a way of the question meets what its relation refers to: "نبش کوچه نور", "نرسیده به خیابان جناح". among are the ways that the question
// names before the relation.
func (f *finder) corner(ctx context.Context, among []*candidate) *candidate {
	relation := f.r.relations[0]
	if len(relation.Of) == 0 {
		return nil
	}
	both := *f.r
	both.tokens = append([]token(nil), f.r.tokens...)
	from := len(both.tokens)
	both.add(relation.Of[0])
	if len(both.tokens) == from {
		return nil
	}
	referred := uint64(math.MaxUint64) << from
	other := *f
	other.r = &both
	var best *candidate
	least := math.Inf(1)
	for _, b := range first(other.find(ctx), 12) {
		if b.isArea || b.named&referred == 0 {
			continue
		}
		for _, a := range first(among, 6) {
			if a.isArea || a.area != b.area || a.way == b.way {
				continue
			}
			lon, lat, apart := f.meet(&a.record, &b.record)
			if rank := apart/mostApart - b.score() - a.score(); apart < mostApart && rank < least {
				placed := *b
				best, least = &placed, rank
				best.place = house{unit: -1, lon: lon, lat: lat, radius: max(besides, apart)}
				best.lies = LevelLandmark
				if relation.Kind == "corner" || relation.Kind == "intersection" || relation.Crossing {
					best.lies, best.place.radius = LevelIntersection, max(15, apart)
				}
			}
		}
	}
	f.cut = f.cut || other.cut
	if best != nil {
		best.bonus += 1
	}
	return best
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

// lieReason tells how the place lies to what the question refers to.
func (c *candidate) lieReason(r persian.Relation) errs.Text {
	if c.lies == LevelIntersection {
		return errs.T("جایی است که دو معبر به هم می‌رسند.", "It is where the two ways meet.")
	}
	return errs.Tf("نزدیک جایی است که دو معبر به هم می‌رسند («%s»).", "It is near where the two ways meet (“%s”).", r.Word)
}
