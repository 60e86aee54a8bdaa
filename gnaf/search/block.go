package search

import (
	"encoding/binary"
	"math"
)

// A block has up to blockSites sites of one way with their units, ordered by number. Its record has what a search wants to know before it reads the block.
const (
	blockSites = 32
	blockSize  = 44 // of a record
)

// block is a record of the section of blocks.
type block struct {
	offset      uint64 // of its houses
	way         uint32
	unit        uint32 // number of its first unit, of all
	sites       uint32
	box         box
	least, most int32 // house numbers
}

func appendBlock(dst []byte, b *block) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, b.offset)
	dst = binary.LittleEndian.AppendUint32(dst, b.way)
	dst = binary.LittleEndian.AppendUint32(dst, b.unit)
	dst = binary.LittleEndian.AppendUint32(dst, b.sites)
	dst = b.box.append(dst)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(b.least))
	return binary.LittleEndian.AppendUint32(dst, uint32(b.most))
}

func readBlock(p []byte) block {
	return block{
		offset: binary.LittleEndian.Uint64(p), way: binary.LittleEndian.Uint32(p[8:]), unit: binary.LittleEndian.Uint32(p[12:]), sites: binary.LittleEndian.Uint32(p[16:]),
		box: readBox(p[20:]), least: int32(binary.LittleEndian.Uint32(p[36:])), most: int32(binary.LittleEndian.Uint32(p[40:])),
	}
}

// noNumber stands for the number of a site that has none. Such sites come first.
const noNumber = math.MinInt32

// site is a number on a way, with its units. Texts are places in the section of texts.
type site struct {
	number                            int32
	to                                int32 // of a range; 0: none
	suffix, building, block, entrance uint32
	neighbourhood                     uint32 // an area and one; 0: none
	lon, lat                          int32
	units                             []unit
}

type unit struct {
	id       int64
	of       int64 // the principal address that it is another address of; 0: none
	floor    int32
	hasFloor bool
	unit     uint32 // a text
	code     uint64 // 0: none
}

// What a site's first byte tells.
const (
	siteNumber = 1 << iota
	siteTo
	siteSuffix
	siteBuilding
	siteBlock
	siteNeighbourhood // another one than that of the site before
	siteUnits         // more than one
	siteEntrance
)

const (
	unitFloor = 1 << iota
	unitName
	unitCode
	unitNear // the code is near that of the unit before: the difference follows
)

// houses encodes and decodes the sites of a block: every number is written as the difference to the one before where they are of a kind.
type houses struct {
	number, neighbourhood int64
	lon, lat              int64
	id, code              int64
}

func (h *houses) append(dst []byte, s *site) []byte {
	flags := byte(0)
	set := func(bit byte, on bool) {
		if on {
			flags |= bit
		}
	}
	set(siteNumber, s.number != noNumber)
	set(siteTo, s.to != 0)
	set(siteSuffix, s.suffix != 0)
	set(siteBuilding, s.building != 0)
	set(siteBlock, s.block != 0)
	set(siteEntrance, s.entrance != 0)
	set(siteNeighbourhood, int64(s.neighbourhood) != h.neighbourhood)
	set(siteUnits, len(s.units) > 1)
	dst = append(dst, flags)
	if s.number != noNumber {
		dst = binary.AppendVarint(dst, int64(s.number)-h.number)
		h.number = int64(s.number)
	}
	if s.to != 0 {
		dst = binary.AppendVarint(dst, int64(s.to)-h.number)
	}
	for _, text := range []uint32{s.suffix, s.building, s.block, s.entrance} {
		if text != 0 {
			dst = binary.AppendUvarint(dst, uint64(text))
		}
	}
	if int64(s.neighbourhood) != h.neighbourhood {
		dst = binary.AppendVarint(dst, int64(s.neighbourhood)-h.neighbourhood)
		h.neighbourhood = int64(s.neighbourhood)
	}
	dst = binary.AppendVarint(dst, int64(s.lon)-h.lon)
	dst = binary.AppendVarint(dst, int64(s.lat)-h.lat)
	h.lon, h.lat = int64(s.lon), int64(s.lat)
	if len(s.units) > 1 {
		dst = binary.AppendUvarint(dst, uint64(len(s.units)))
	}
	for i := range s.units {
		dst = h.appendUnit(dst, &s.units[i])
	}
	return dst
}

func (h *houses) appendUnit(dst []byte, u *unit) []byte {
	flags := byte(0)
	if u.hasFloor {
		flags |= unitFloor
	}
	if u.unit != 0 {
		flags |= unitName
	}
	near := u.code != 0 && abs(int64(u.code)-h.code) < 1<<27
	if near {
		flags |= unitNear
	} else if u.code != 0 {
		flags |= unitCode
	}
	// Small floors share the byte of the flags.
	if u.hasFloor && u.floor >= -2 && u.floor < 13 {
		flags |= byte(u.floor+3) << 4
	}
	dst = append(dst, flags)
	// The lowest bit tells that the principal address follows.
	if dst = binary.AppendVarint(dst, (u.id-h.id)<<1|int64(min(u.of, 1))); u.of != 0 {
		dst = binary.AppendVarint(dst, u.of-u.id)
	}
	h.id = u.id
	if u.hasFloor && flags>>4 == 0 {
		dst = binary.AppendVarint(dst, int64(u.floor))
	}
	if u.unit != 0 {
		dst = binary.AppendUvarint(dst, uint64(u.unit))
	}
	switch {
	case near:
		dst = binary.AppendVarint(dst, int64(u.code)-h.code)
		h.code = int64(u.code)
	case u.code != 0:
		dst = binary.AppendUvarint(dst, u.code)
		h.code = int64(u.code)
	}
	return dst
}

// read decodes the next site into s, whose units are used again.
func (h *houses) read(p []byte, s *site) []byte {
	flags := p[0]
	p = p[1:]
	signed := func() int64 {
		v, n := binary.Varint(p)
		p = p[n:]
		return v
	}
	unsigned := func() uint64 {
		v, n := binary.Uvarint(p)
		p = p[n:]
		return v
	}
	*s = site{number: noNumber, units: s.units[:0]}
	if flags&siteNumber != 0 {
		h.number += signed()
		s.number = int32(h.number)
	}
	if flags&siteTo != 0 {
		s.to = int32(h.number + signed())
	}
	for _, text := range []struct {
		bit byte
		to  *uint32
	}{{siteSuffix, &s.suffix}, {siteBuilding, &s.building}, {siteBlock, &s.block}, {siteEntrance, &s.entrance}} {
		if flags&text.bit != 0 {
			*text.to = uint32(unsigned())
		}
	}
	if flags&siteNeighbourhood != 0 {
		h.neighbourhood += signed()
	}
	s.neighbourhood = uint32(h.neighbourhood)
	h.lon += signed()
	h.lat += signed()
	s.lon, s.lat = int32(h.lon), int32(h.lat)
	units := uint64(1)
	if flags&siteUnits != 0 {
		units = unsigned()
	}
	for range units {
		var u unit
		flags := p[0]
		p = p[1:]
		id := signed()
		h.id += id >> 1
		u.id = h.id
		if id&1 != 0 {
			u.of = u.id + signed()
		}
		if u.hasFloor = flags&unitFloor != 0; u.hasFloor {
			if flags>>4 != 0 {
				u.floor = int32(flags>>4) - 3
			} else {
				u.floor = int32(signed())
			}
		}
		if flags&unitName != 0 {
			u.unit = uint32(unsigned())
		}
		switch {
		case flags&unitNear != 0:
			h.code += signed()
			u.code = uint64(h.code)
		case flags&unitCode != 0:
			u.code = unsigned()
			h.code = int64(u.code)
		}
		s.units = append(s.units, u)
	}
	return p
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
