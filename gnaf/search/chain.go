package search

// link is a way of the settlement that is being built, for finding what the way before it branches off.
type link struct {
	street, before string // keys
	lon, lat       int32
}

// chain notes for the ways of a settlement, from the first one on, the way before the one before: an address names بن بست لاله and کوچه سرو, and people write
// خیابان رودکی in front. Where there are several کوچه سرو, it is the nearest.
func (b *builder) chain(first uint32) {
	byName := map[string][]int{}
	for i, l := range b.chained {
		if l.before != "" {
			byName[l.street] = append(byName[l.street], i)
		}
	}
	for i, l := range b.chained {
		nearest, distance := -1, 0.0
		for _, n := range byName[l.before] {
			o := &b.chained[n]
			if d := metres(toDegrees(l.lon), toDegrees(l.lat), toDegrees(o.lon), toDegrees(o.lat)); nearest < 0 || d < distance {
				nearest, distance = n, d
			}
		}
		if nearest >= 0 {
			b.names[int(first)+i].above = b.names[int(first)+nearest].before
		}
	}
	b.chained = b.chained[:0]
}
