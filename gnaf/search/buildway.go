package search

import (
	"runtime"
	"slices"

	"nsdi/gnaf/persian"
)

// address is one published address.
type address struct {
	id, of                                                         int64 // of: the principal address that it is another address of, or 0
	province, county, city, cityKey, neighbourhood, before, street string
	way                                                            uint64
	number, to                                                     int32 // noNumber, 0
	suffix, building, block, entrance, unit                        string
	floor                                                          *int32
	code                                                           uint64
	lon, lat                                                       int32
}

// openWay is the way whose addresses come now.
type openWay struct {
	started        bool
	street, before string
	id             uint64
	block          uint32
	sum            [2]int64
	sites          int64
	box            box
	units          uint32
	neighbourhoods []uint32

	site    site
	isOpen  bool // the site
	key     siteKey
	pending []byte // the sites of the block
	houses  houses
	record  block
}

// siteKey is what tells sites of one way apart.
type siteKey struct {
	number                            int32
	suffix, block, entrance, building string
}

// address adds an address. Those of one settlement come one after the other, and within it those of one way and the same way before it, by number.
func (b *builder) address(a *address) error {
	if b.turns++; b.turns%64 == 0 {
		runtime.Gosched() // questions wait for a processor: a goroutine has it for 10 ms otherwise
	}
	if s := &b.settlement; !s.started || s.cityKey != a.cityKey || s.province != a.province || s.county != a.county {
		if err := b.endSettlement(s.started && s.cityKey != a.cityKey); err != nil {
			return err
		}
		b.beginSettlement(a.cityKey, a.city, a.province, a.county)
	}
	if o := &b.open; !o.started || o.id != a.way || o.before != a.before {
		if err := b.endWay(); err != nil {
			return err
		}
		b.open = openWay{started: true, street: a.street, before: a.before, id: a.way, block: uint32(len(b.blocks)), box: emptyBox(), pending: o.pending[:0], site: o.site}
	}
	b.toSite(a)
	return nil
}

func (b *builder) toSite(a *address) {
	o := &b.open
	key := siteKey{a.number, persian.Fold(a.suffix), persian.Fold(a.block), persian.Fold(a.entrance), ""}
	if a.number == noNumber {
		key.building = persian.Fold(a.building)
	}
	if same := o.isOpen && key == o.key && (a.number != noNumber || key.building != ""); !same {
		b.endSite()
		o.key, o.isOpen = key, true
		o.site = site{
			number: a.number, to: a.to, suffix: b.texts.put(a.suffix), block: b.texts.put(a.block), entrance: b.texts.put(a.entrance),
			neighbourhood: b.neighbourhood(a.neighbourhood), lon: a.lon, lat: a.lat, units: o.site.units[:0],
		}
		if n := o.site.neighbourhood; n != 0 && !slices.Contains(o.neighbourhoods, n-1) {
			o.neighbourhoods = append(o.neighbourhoods, n-1)
		}
	}
	if o.site.building == 0 {
		o.site.building = b.texts.put(a.building)
	}
	u := unit{id: a.id, of: a.of, unit: b.texts.put(persian.Fold(a.unit)), code: a.code}
	if a.floor != nil {
		u.floor, u.hasFloor = *a.floor, true
	}
	// What several custodians claim is one unit; it bears the code that one of them tells.
	for i := range o.site.units {
		if k := &o.site.units[i]; k.unit == u.unit && k.floor == u.floor && k.hasFloor == u.hasFloor && (k.code == 0 || u.code == 0 || k.code == u.code) {
			k.code = max(k.code, u.code)
			return
		}
	}
	o.site.units = append(o.site.units, u)
}

// endSite writes the site into its block.
func (b *builder) endSite() {
	o := &b.open
	if !o.isOpen {
		return
	}
	o.isOpen = false
	s := &o.site
	if o.record.sites == 0 {
		o.houses = houses{}
		o.record = block{way: uint32(len(b.names)), unit: uint32(b.meta.Units), box: emptyBox(), least: s.number, most: s.number}
	}
	o.pending = o.houses.append(o.pending, s)
	o.record.sites++
	o.record.box.add(s.lon, s.lat)
	o.record.least, o.record.most = min(o.record.least, s.number), max(o.record.most, s.number, s.to)
	for i := range s.units {
		if code := s.units[i].code; code != 0 && b.codeErr == nil {
			b.codeErr = b.codes.add(code, uint32(b.meta.Units+i))
		}
	}
	b.meta.Sites++
	b.meta.Units += len(s.units)
	o.units += uint32(len(s.units))
	o.sites++
	o.sum[0] += int64(s.lon)
	o.sum[1] += int64(s.lat)
	if s.neighbourhood != 0 {
		b.at(s.neighbourhood-1, s.lon, s.lat)
	}
	b.at(b.settlement.area, s.lon, s.lat)
	if o.record.sites == blockSites {
		b.endBlock()
	}
}

func (b *builder) endBlock() {
	o := &b.open
	if o.record.sites == 0 {
		return
	}
	o.record.offset = b.houseAt
	b.blocks = append(b.blocks, o.record)
	o.box.join(o.record.box)
	_, _ = b.out.Write(o.pending) // the writer keeps the error
	b.houseAt += uint64(len(o.pending))
	o.pending = o.pending[:0]
	o.record = block{}
}

func (b *builder) endWay() error {
	o := &b.open
	if !o.started {
		return b.codeErr
	}
	b.endSite()
	b.endBlock()
	o.started = false
	w := way{
		id: o.id, block: o.block, blocks: uint32(len(b.blocks)) - o.block, lon: int32(o.sum[0] / o.sites), lat: int32(o.sum[1] / o.sites), box: o.box, units: o.units,
	}
	b.given.taken(b.settlement.cityKey, streetKey(o.street))
	b.way(w, o.street, o.before, o.neighbourhoods)
	return b.codeErr
}

// way adds the record of a way of the settlement under all its names.
func (b *builder) way(w way, street, before string, neighbourhoods []uint32) {
	at := uint32(len(b.names))
	w.area, w.name, w.before = b.settlement.area, b.texts.put(street), b.texts.put(before)
	list := names{own: []name{b.nameOf(nameOwn, street)}, neighbourhoods: slices.Clone(neighbourhoods)}
	for _, other := range b.given.others(&b.settlement, streetKey(street)) {
		list.own = append(list.own, b.nameOf(other.kind, other.text))
	}
	for _, n := range list.own {
		for _, term := range n.terms {
			b.words.postWay(term, at, false)
		}
	}
	w.telling = b.words.telling(list.own)
	if before != "" {
		list.before = b.words.all(analyse(before))
		for _, other := range b.given.others(&b.settlement, streetKey(before)) {
			list.before = append(list.before, b.words.all(analyse(other.text))...)
		}
		for _, term := range list.before {
			b.words.postWay(term, at, true)
		}
	}
	b.ways = w.append(b.ways)
	b.names = append(b.names, list)
	b.chained = append(b.chained, link{streetKey(street), streetKey(before), w.lon, w.lat})
	b.wayIDs = append(b.wayIDs, wayID{w.id, at})
}

// endSettlement ends the settlement. With the last addresses of a city, ways and nodes come that were delivered and that no address names.
func (b *builder) endSettlement(lastOfCity bool) error {
	if err := b.endWay(); err != nil {
		return err
	}
	if b.settlement.started {
		if lastOfCity {
			b.declaredWays(b.settlement.cityKey)
		}
		b.chain(b.areas[b.settlement.area].way)
		a := &b.areas[b.settlement.area]
		a.ways = uint32(len(b.names)) - a.way
		a.neighbours = nil
		b.settlement.started = false
	}
	return nil
}

func (b *builder) declaredWays(cityKey string) {
	for _, d := range b.given.untaken(cityKey) {
		w := way{id: d.id, lon: d.lon, lat: d.lat, box: d.box}
		if d.node {
			w.units = nodeBit
		}
		var within []uint32
		if n := b.neighbourhood(d.neighbourhood); n != 0 {
			within = []uint32{n - 1}
		}
		b.way(w, d.name, d.parent, within)
		b.at(b.settlement.area, d.lon, d.lat)
	}
}
