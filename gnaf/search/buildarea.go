package search

import (
	"strings"

	"nsdi/gnaf/persian"
)

// place is an area that is known before any address: an administrative unit, or a delivered place.
type place struct {
	id, kind, fa, en string
	parent           string // identifier
	source           byte
	lon, lat         float64
	box              box
}

// LevelOf says which level a kind of place has.
func LevelOf(kind string) Level {
	switch kind {
	case "country":
		return LevelNone
	case "province":
		return LevelProvince
	case "county":
		return LevelCounty
	case "city", "village", "town", "district", "rural-district":
		return LevelCity
	}
	return LevelNeighbourhood
}

func (b *builder) place(p place) {
	a := b.newArea(LevelOf(p.kind), p.source, p.id, p.fa, p.kind)
	area := &b.areas[a]
	if p.en != "" {
		area.en = b.texts.put(p.en)
		b.nameArea(a, nameLatin, p.en)
	}
	area.lon, area.lat, area.box = toFixed(p.lon), toFixed(p.lat), p.box
	if list := b.byKey["id "+p.parent]; p.parent != "" && len(list) > 0 {
		area.parent = list[0] + 1
	}
	b.byKey["id "+p.id] = append(b.byKey["id "+p.id], a)
}

// newArea adds an area by its name, to which the word of its level need not belong.
func (b *builder) newArea(level Level, source byte, id, name, kind string) uint32 {
	n := uint32(len(b.areas))
	key := persian.UnitName(kind, name)
	b.areas = append(b.areas, buildArea{area: area{
		level: level, source: source, id: b.texts.put(id), fa: b.texts.put(name), key: b.texts.put(key), kind: b.texts.put(kind), box: emptyBox(),
	}})
	b.nameArea(n, nameOwn, key)
	at := level.Code() + key
	b.byKey[at] = append(b.byKey[at], n)
	return n
}

// hoodBit marks the postings of neighbourhoods, which are many and are read when no larger area will do: they stand behind the others.
const hoodBit = 1 << 31

func (b *builder) nameArea(n uint32, kind byte, text string) {
	name := b.nameOf(kind, text)
	b.areas[n].names.own = append(b.areas[n].names.own, name)
	b.areas[n].telling = b.words.telling(b.areas[n].names.own)
	posting := n
	if b.areas[n].level == LevelNeighbourhood {
		posting |= hoodBit
	}
	for _, term := range name.terms {
		b.words.terms[term].areas = posted(b.words.terms[term].areas, posting)
	}
}

// within answers the area of a level and a name that lies in another one; without parent, anywhere.
func (b *builder) within(level Level, key string, parent uint32) (uint32, bool) {
	for _, n := range b.byKey[level.Code()+key] {
		if parent == 0 || b.areas[n].parent == parent || b.areas[n].parent != 0 && b.areas[b.areas[n].parent-1].parent == parent {
			return n, true
		}
	}
	return 0, false
}

// region answers the province or county of an address, which is made where no unit is known under the name.
func (b *builder) region(level Level, kind, name string, parent uint32) uint32 {
	if name == "" {
		return parent
	}
	key := persian.UnitName(kind, name)
	if n, ok := b.within(level, key, parent); ok {
		return n + 1
	}
	id := kind + "/" + key
	if parent != 0 {
		id = kind + "/" + b.keyOf(parent-1) + "." + key
	}
	n := b.newArea(level, fromAddresses, id, name, kind)
	b.areas[n].parent = parent
	return n + 1
}

func (b *builder) keyOf(n uint32) string { return textAt(b.texts.data, b.areas[n].key) }

// beginSettlement starts the settlement of addresses. A city that is an administrative unit is that; the addresses of a city that the database keeps apart,
// because they spell its province otherwise, make another one of the same name.
func (b *builder) beginSettlement(cityKey, city, province, county string) {
	above := b.region(LevelCounty, "county", county, b.region(LevelProvince, "province", province, 0))
	n, ok := b.within(LevelCity, persian.UnitName("city", city), above)
	if !ok || b.areas[n].ways > 0 || above == 0 {
		var keys []string
		for at := above; at != 0; at = b.areas[at-1].parent {
			if b.areas[at-1].level >= LevelProvince {
				keys = append([]string{b.keyOf(at - 1)}, keys...)
			}
		}
		n = b.newArea(LevelCity, fromAddresses, "city/"+strings.Join(append(keys, cityKey), "."), city, "city")
		b.areas[n].parent = above
	}
	b.areas[n].way = uint32(len(b.names))
	b.areas[n].cityKey = cityKey
	b.areas[n].neighbours = map[string]uint32{}
	b.settlement = settlement{true, cityKey, province, county, n}
}

// neighbourhood answers the neighbourhood of the settlement by its name, and one.
func (b *builder) neighbourhood(name string) uint32 {
	key := persian.UnitName("neighbourhood", name)
	if key == "" {
		return 0
	}
	city := b.settlement.area
	n, ok := b.areas[city].neighbours[key]
	if !ok {
		_, of, _ := strings.Cut(textAt(b.texts.data, b.areas[city].id), "/")
		n = b.newArea(LevelNeighbourhood, fromAddresses, "neighbourhood/"+of+"."+key, name, "neighbourhood")
		b.areas[n].parent = city + 1
		b.areas[city].neighbours[key] = n
	}
	return n + 1
}

// at counts a position for the middles of an area and of those above it.
func (b *builder) at(n uint32, lon, lat int32) {
	a := &b.areas[n]
	a.sum[0] += int64(lon)
	a.sum[1] += int64(lat)
	a.count++
	if a.source == fromAddresses {
		a.box.add(lon, lat)
	}
}

// middleAreas puts the areas that only addresses tell of in the middle of these.
func (b *builder) middleAreas() {
	for i := len(b.areas) - 1; i >= 0; i-- {
		a := &b.areas[i]
		if a.count == 0 {
			continue
		}
		if a.source == fromAddresses || a.box.empty() && a.lon == 0 && a.lat == 0 {
			a.lon, a.lat = int32(a.sum[0]/a.count), int32(a.sum[1]/a.count)
		}
		if a.parent != 0 && a.level != LevelNeighbourhood { // those of neighbourhoods are counted for their city
			above := &b.areas[a.parent-1]
			above.sum[0] += a.sum[0]
			above.sum[1] += a.sum[1]
			above.count += a.count
			if above.source == fromAddresses {
				above.box.join(a.box)
			}
		}
	}
}
