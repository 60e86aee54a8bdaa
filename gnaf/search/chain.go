package search

import (
	"cmp"
	"slices"
)

// link is a way of the settlement that is being built, for finding what the way before it branches off.
type link struct {
	street, before string // keys
	lon, lat       int32
}

// What may be the way before the one before: no more than mostAbove, and none that is alongside metres farther than the nearest.
const (
	mostAbove = 3
	alongside = 60
)

// chain notes for the ways of a settlement, from the first one on, the way before the one before: an address names بن بست لاله and کوچه سرو, and people write
// خیابان رودکی in front. Where there are several کوچه سرو, it is the nearest; those that are almost as near may be it.
func (b *builder) chain(first uint32) {
	byName := map[string][]int{}
	for i, l := range b.chained {
		if l.before != "" {
			byName[l.street] = append(byName[l.street], i)
		}
	}
	for i, l := range b.chained {
		var list []near
		for _, n := range byName[l.before] {
			o := &b.chained[n]
			list = append(list, near{uint32(n), metres(toDegrees(l.lon), toDegrees(l.lat), toDegrees(o.lon), toDegrees(o.lat))})
		}
		slices.SortFunc(list, func(a, b near) int { return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.term, b.term)) })
		for _, n := range list[:min(mostAbove, len(list))] {
			if n.distance > list[0].distance+alongside {
				break
			}
			b.names[int(first)+i].above = append(b.names[int(first)+i].above, b.names[first+n.term].before)
		}
	}
	b.chained = b.chained[:0]
}
