package search

import (
	"maps"
	"slices"

	"nsdi/gnaf/persian"
)

// given is what is known before the addresses: places, other names of ways, and ways and nodes that were delivered by themselves.
type given struct {
	places []place
	other  map[string][]otherName // city and street → names
	towns  []otherTown
	ways   map[string][]declared // by city
	used   map[string]bool       // city and street
}

type otherName struct {
	kind             byte
	text             string
	province, county string // in which it holds; "" in any
}

// otherTown is another name of a settlement.
type otherTown struct {
	name, province string // of the settlement
	other          otherName
}

// declared is a delivered way or node.
type declared struct {
	id                          uint64
	node                        bool
	city, key                   string
	name, parent, neighbourhood string
	lon, lat                    int32
	box                         box
}

func newGiven() *given {
	return &given{other: map[string][]otherName{}, ways: map[string][]declared{}, used: map[string]bool{}}
}

// others answers the other names of a way that hold in a settlement.
func (g *given) others(s *settlement, streetKey string) (list []otherName) {
	known := g.other[s.cityKey+"\x01"+streetKey]
	if len(known) == 0 {
		return nil
	}
	differ := func(level, told, name string) bool {
		return told != "" && name != "" && told != persian.UnitName(level, name)
	}
	for _, o := range known {
		if !differ("province", o.province, s.province) && !differ("county", o.county, s.county) {
			list = append(list, o)
		}
	}
	return list
}

// taken notes that a declared way has addresses, so that it needs no record of its own.
func (g *given) taken(cityKey, streetKey string) {
	if len(g.ways[cityKey]) > 0 {
		g.used[cityKey+"\x01"+streetKey] = true
	}
}

// untaken answers the ways and nodes of a city that no address names, and forgets them.
func (g *given) untaken(cityKey string) []declared {
	list := slices.DeleteFunc(g.ways[cityKey], func(d declared) bool { return g.used[cityKey+"\x01"+d.key] })
	delete(g.ways, cityKey)
	return list
}

// rest lists the cities that have delivered ways and no address.
func (g *given) rest() []string { return slices.Sorted(maps.Keys(g.ways)) }

// alias notes another name of a way. Addresses that use it are found by the name that it is another one of, too.
func (g *given) alias(cityKey, of string, other otherName) {
	add := func(street string, o otherName) {
		key := cityKey + "\x01" + streetKey(street)
		g.other[key] = append(g.other[key], o)
	}
	other.province, other.county = persian.UnitName("province", other.province), persian.UnitName("county", other.county)
	add(of, other)
	name := other.text
	other.kind, other.text = nameOfficial, of
	add(name, other)
}

// town notes another name of a settlement; of one in a province, where that is told. Addresses that use it are found by the name that it is another one of, too.
func (g *given) town(name, province, other string, kind byte) {
	g.towns = append(g.towns, otherTown{name, province, otherName{kind: kind, text: other}}, otherTown{other, province, otherName{kind: nameOfficial, text: name}})
}
