package search

import (
	"cmp"
	"context"
	"slices"

	"nsdi/internal/errs"
)

// Reach is how far an address may be from the point that asks for it, in metres. Farther away it says nothing.
const Reach = 1000

// Nearest answers the sites nearest to a point, the nearest first.
func (e *Engine) Nearest(ctx context.Context, p Point, limit int) (Answer, error) {
	s, err := e.enter(ctx)
	if err != nil {
		return Answer{}, err
	}
	defer s.base.leave()
	answer := Answer{Position: s.position}
	answer.Results = e.nearest(s, p, min(max(1, limit), MaxLimit), &answer.Work)
	return answer, nil
}

func (e *Engine) nearest(s *state, p Point, limit int, work *Work) []Result {
	found := nearestSites(s.base.index, s.hidden, p, limit, work)
	if s.delta != nil {
		found = append(found, nearestSites(s.delta, nil, p, limit, work)...)
		sortNear(found)
	}
	results := make([]Result, 0, limit)
	for i := range found[:min(limit, len(found))] {
		results = append(results, found[i].result())
	}
	return results
}

// nearSite is a site and how far it is.
type nearSite struct {
	x      *index
	way    uint32
	site   site
	metres float64
}

func sortNear(list []nearSite) {
	slices.SortStableFunc(list, func(a, b nearSite) int {
		return cmp.Or(cmp.Compare(a.metres, b.metres), cmp.Compare(a.site.units[0].id, b.site.units[0].id))
	})
}

// nearestSites walks the tree until no block can have a nearer site than those that are found.
func nearestSites(x *index, hidden map[uint64]struct{}, p Point, limit int, work *Work) []nearSite {
	var best []nearSite
	var s site
	worst := float64(Reach)
	x.tree.nearest(p.Lon, p.Lat, func(n uint32) box { return x.block(n).box }, func(n uint32, least float64) bool {
		if least > worst {
			return false
		}
		b := x.block(n)
		if len(hidden) > 0 {
			if _, gone := hidden[x.way(b.way).id]; gone {
				return true
			}
		}
		work.Sites += int(b.sites)
		x.sites(&b, &s, func(s *site, _ uint32) bool {
			if d := metres(p.Lon, p.Lat, toDegrees(s.lon), toDegrees(s.lat)); d <= worst {
				near := nearSite{x, b.way, *s, d}
				near.site.units = slices.Clone(s.units)
				best = append(best, near)
			}
			return true
		})
		if len(best) >= limit {
			sortNear(best)
			best = best[:limit]
			worst = best[limit-1].metres
		}
		return true
	})
	sortNear(best)
	return best
}

func (n *nearSite) result() Result {
	w := n.x.way(n.way)
	c := candidate{x: n.x, way: n.way, area: w.area, record: w, place: house{found: true, unit: -1, site: n.site, lon: n.site.lon, lat: n.site.lat}}
	r := Result{Level: LevelSite, Lon: toDegrees(n.site.lon), Lat: toDegrees(n.site.lat), Metres: n.metres, Confidence: round3(1 - n.metres/Reach)}
	switch {
	case n.site.number == noNumber:
		r.Level = LevelWay
	case len(n.site.units) == 1 && (n.site.units[0].unit != 0 || n.site.units[0].code != 0):
		r.Level = LevelUnit
	}
	c.ofWay(&r)
	r.Reasons = []errs.Text{errs.Tf("فاصله %.1f متر است.", "The distance is %.1f metres.", n.metres)}
	return r
}
