package search

import "encoding/binary"

// Kinds of names.
const (
	nameOwn = iota
	nameOfficial
	nameFormer
	nameColloquial
	nameLatin
	nameMisspelling
	nameOther
)

func nameKind(kind string) byte {
	switch kind {
	case "official":
		return nameOfficial
	case "former":
		return nameFormer
	case "colloquial":
		return nameColloquial
	case "latin":
		return nameLatin
	case "misspelling":
		return nameMisspelling
	}
	return nameOther
}

const (
	waySize  = 60
	areaSize = 64
)

// way is a record of a street, under the way before it: کوچه 5 of خیابان کاشانی and کوچه 5 of خیابان فرخی are two. A square or a crossing that was delivered as a node
// is one too, without numbers.
type way struct {
	id            uint64 // gnaf.way_id, or of a node its own
	area          uint32 // the settlement
	name, before  uint32 // texts
	names         uint32 // place in the section of names
	block, blocks uint32 // the first, and how many
	telling       byte   // how many words tell its name, the shortest of its names
	lon, lat      int32  // of its middle
	box           box
	units         uint32 // how many addresses it has; the highest bit marks a node
}

const (
	nodeBit = 1 << 31
	// mostBlocks is how many blocks a way can have; the byte above them tells the words of its name.
	mostBlocks = 1<<24 - 1
	// Where that byte is in the records of ways and of areas.
	tellingAt     = 31
	unitsAt       = 56
	areaTellingAt = 2
)

func (w *way) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, w.id)
	for _, v := range []uint32{w.area, w.name, w.before, w.names, w.block, min(w.blocks, mostBlocks) | uint32(w.telling)<<24, uint32(w.lon), uint32(w.lat)} {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	return binary.LittleEndian.AppendUint32(w.box.append(dst), w.units)
}

func readWay(p []byte) way {
	n := func(i int) uint32 { return binary.LittleEndian.Uint32(p[8+4*i:]) }
	return way{
		binary.LittleEndian.Uint64(p), n(0), n(1), n(2), n(3), n(4), n(5) & mostBlocks, p[tellingAt], int32(n(6)), int32(n(7)), readBox(p[40:]), binary.LittleEndian.Uint32(p[56:]),
	}
}

// area is a record of an administrative unit, a settlement, a neighbourhood or another place with a name.
type area struct {
	level    Level
	telling  byte   // as of a way
	source   byte   // where it is known from: the order of authority
	id       uint32 // texts
	fa, en   uint32
	key      uint32 // folded name
	kind     uint32 // the level as it was delivered
	parent   uint32 // an area and one; 0: none
	names    uint32
	lon, lat int32
	box      box
	way      uint32 // the first way of a settlement
	ways     uint32
}

// Sources of areas.
const (
	fromUnits = iota
	fromPlaces
	fromAddresses
)

func (a *area) append(dst []byte) []byte {
	dst = append(dst, byte(a.level), a.source, a.telling, 0)
	for _, v := range []uint32{a.id, a.fa, a.en, a.key, a.kind, a.parent, a.names, uint32(a.lon), uint32(a.lat)} {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	dst = a.box.append(dst)
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(dst, a.way), a.ways)
}

func readArea(p []byte) area {
	n := func(i int) uint32 { return binary.LittleEndian.Uint32(p[4+4*i:]) }
	return area{
		Level(p[0]), p[2], p[1], n(0), n(1), n(2), n(3), n(4), n(5), n(6), int32(n(7)), int32(n(8)), readBox(p[40:]), n(13), n(14),
	}
}

// name is one name of a way or an area, as terms.
type name struct {
	kind  byte
	text  uint32
	terms []uint32
}

// names is what the section of names has of a way or an area.
type names struct {
	own            []name
	before         []uint32   // terms of the way before it, under all names
	above          [][]uint32 // of what may be the way before that one, the nearest first
	neighbourhoods []uint32   // areas
}

func (n *names) append(dst []byte, renumbered []uint32) []byte {
	list := func(terms []uint32, through []uint32) {
		dst = binary.AppendUvarint(dst, uint64(len(terms)))
		for _, t := range terms {
			if through != nil {
				t = through[t]
			}
			dst = binary.AppendUvarint(dst, uint64(t))
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(n.own)))
	for _, o := range n.own {
		dst = binary.AppendUvarint(append(dst, o.kind), uint64(o.text))
		list(o.terms, renumbered)
	}
	list(n.before, renumbered)
	dst = binary.AppendUvarint(dst, uint64(len(n.above)))
	for _, terms := range n.above {
		list(terms, renumbered)
	}
	list(n.neighbourhoods, nil)
	return dst
}

// read decodes into n, whose memory is used again.
func (n *names) read(p []byte, memory []uint32) []uint32 {
	number := func() uint32 {
		v, size := binary.Uvarint(p)
		p = p[size:]
		return uint32(v)
	}
	list := func() []uint32 {
		from := len(memory)
		for k := number(); k > 0; k-- {
			memory = append(memory, number())
		}
		return memory[from:len(memory):len(memory)]
	}
	n.own = n.own[:0]
	for k := number(); k > 0; k-- {
		o := name{kind: p[0]}
		p = p[1:]
		o.text = number()
		o.terms = list()
		n.own = append(n.own, o)
	}
	n.before, n.above = list(), n.above[:0]
	for k := number(); k > 0; k-- {
		n.above = append(n.above, list())
	}
	n.neighbourhoods = list()
	return memory
}
