package search

import "nsdi/gnaf/persian"

// nameTowns gives settlements the other names that were delivered of them. All areas are there by now.
func (b *builder) nameTowns() {
	for _, t := range b.given.towns {
		for _, n := range b.townsNamed(t.name) {
			if t.province == "" || b.mayLieIn(n, persian.UnitName("province", t.province)) {
				b.nameArea(n, t.other.kind, t.other.text)
			}
		}
	}
}

// townsNamed answers the settlements of a name, with the word of their kind or without.
func (b *builder) townsNamed(name string) []uint32 {
	city, village := persian.UnitName("city", name), persian.UnitName("village", name)
	found := b.byKey[LevelCity.Code()+city]
	if village != city {
		found = append(found[:len(found):len(found)], b.byKey[LevelCity.Code()+village]...)
	}
	return found
}

// mayLieIn reports whether an area lies in a province, or in none that is known.
func (b *builder) mayLieIn(n uint32, province string) bool {
	for up := b.areas[n].parent; up != 0; up = b.areas[up-1].parent {
		if b.areas[up-1].level == LevelProvince {
			return b.keyOf(up-1) == province
		}
	}
	return true
}
