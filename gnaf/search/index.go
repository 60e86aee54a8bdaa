package search

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sort"
)

// index reads a generation, whether it is a file in memory or was made there.
type index struct {
	parts  [sections][]byte
	meta   meta
	terms  *terms
	tree   tree
	ways   uint32
	areas  uint32
	blocks uint32
}

// openIndex checks every byte of a generation.
func openIndex(data []byte) (*index, error) {
	parts, err := divide(data)
	if err != nil {
		return nil, fmt.Errorf("opening an index: %w", err)
	}
	x := &index{
		parts: parts, tree: readTree(parts[treeSection]),
		ways: uint32(len(parts[waySection]) / waySize), areas: uint32(len(parts[areaSection]) / areaSize), blocks: uint32(len(parts[blockSection]) / blockSize),
	}
	if err := json.Unmarshal(parts[metaSection], &x.meta); err != nil {
		return nil, fmt.Errorf("opening an index: %w", err)
	}
	if x.terms, err = openTerms(&parts); err != nil {
		return nil, fmt.Errorf("opening an index: %w", err)
	}
	return x, nil
}

func (x *index) text(at uint32) string {
	if at == 0 {
		return ""
	}
	return textAt(x.parts[textSection], at)
}

func (x *index) way(n uint32) way     { return readWay(x.parts[waySection][waySize*n:]) }
func (x *index) area(n uint32) area   { return readArea(x.parts[areaSection][areaSize*n:]) }
func (x *index) block(n uint32) block { return readBlock(x.parts[blockSection][blockSize*n:]) }

// ofWay answers the ways, under all the ways before them, of an identifier.
func (x *index) ofWay(id uint64) []uint32 {
	table := x.parts[identifiers]
	at := func(i int) uint64 { return binary.LittleEndian.Uint64(table[12*i:]) }
	var found []uint32
	for i := sort.Search(len(table)/12, func(i int) bool { return at(i) >= id }); i < len(table)/12 && at(i) == id; i++ {
		found = append(found, binary.LittleEndian.Uint32(table[12*i+8:]))
	}
	return found
}

// sites gives the sites of a block to visit, with the number of the first unit of each, until it wants no more. The site is used again for the next one.
func (x *index) sites(b *block, s *site, visit func(s *site, unit uint32) bool) {
	p, h, unit := x.parts[houseSection][b.offset:], houses{}, b.unit
	for range b.sites {
		p = h.read(p, s)
		if !visit(s, unit) {
			return
		}
		unit += uint32(len(s.units))
	}
}

// ofUnit answers the block that has a unit.
func (x *index) ofUnit(unit uint32) block {
	n := sort.Search(int(x.blocks), func(i int) bool { return binary.LittleEndian.Uint32(x.parts[blockSection][blockSize*i+12:]) > unit })
	return x.block(uint32(n - 1))
}

// waysOf answers the postings of a term in names of ways.
func (x *index) waysOf(n uint32) (postings, bool) {
	at := x.terms.record(n).ways
	if at == 0 {
		return postings{}, false
	}
	return readPostings(x.parts[postingSection][at-1:]), true
}

func (x *index) areasOf(n uint32) (postings, bool) {
	at := x.terms.record(n).areas
	if at == 0 {
		return postings{}, false
	}
	return readPostings(x.parts[postingSection][at-1:]), true
}
