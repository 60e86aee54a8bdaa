package search

import "encoding/binary"

// A list of postings is its length, the first number and the place of every block of postingBlock, and the blocks: numbers as varints of the difference to the one
// before. The lowest bit of a way's posting tells that the word stands in the name of the way before it only.
const postingBlock = 128

// appendPostings writes an ascending list.
func appendPostings(dst []byte, list []uint32) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(list)))
	var body []byte
	var skips []byte
	last := uint32(0)
	for i, n := range list {
		if i%postingBlock == 0 {
			skips = binary.LittleEndian.AppendUint32(skips, n)
			skips = binary.LittleEndian.AppendUint32(skips, uint32(len(body)))
			last = n
			continue
		}
		body = binary.AppendUvarint(body, uint64(n-last))
		last = n
	}
	return append(append(dst, skips...), body...)
}

// postings walks a list.
type postings struct {
	count  int
	skips  []byte
	body   []byte
	block  int // that the next number is of
	at     int // number of the next number
	offset int
	value  uint32
	ok     bool
}

func readPostings(data []byte) postings {
	n, size := binary.Uvarint(data)
	blocks := (int(n) + postingBlock - 1) / postingBlock
	p := postings{count: int(n), skips: data[size : size+8*blocks], body: data[size+8*blocks:], ok: n > 0}
	if p.ok {
		p.value = binary.LittleEndian.Uint32(p.skips)
	}
	return p
}

// next goes on to the next number; ok tells whether there is one.
func (p *postings) next() {
	p.at++
	switch {
	case p.at >= p.count:
		p.ok = false
	case p.at%postingBlock == 0:
		p.block++
		p.value = binary.LittleEndian.Uint32(p.skips[8*p.block:])
	default:
		d, size := binary.Uvarint(p.body[p.offset:])
		p.offset += size
		p.value += uint32(d)
	}
}

// seek goes on to the first number that is not below least.
func (p *postings) seek(least uint32) {
	if !p.ok || p.value >= least {
		return
	}
	low, high := p.block, len(p.skips)/8 // the last block whose first number is not above least
	for high-low > 1 {
		if middle := (low + high) / 2; binary.LittleEndian.Uint32(p.skips[8*middle:]) <= least {
			low = middle
		} else {
			high = middle
		}
	}
	if low > p.block {
		p.block, p.at = low, low*postingBlock
		p.value = binary.LittleEndian.Uint32(p.skips[8*low:])
		p.offset = int(binary.LittleEndian.Uint32(p.skips[8*low+4:]))
	}
	for p.ok && p.value < least {
		p.next()
	}
}

// within estimates how many numbers lie in a range, by blocks.
func (p *postings) within(from, to uint32) int {
	if p.count <= postingBlock {
		n := 0
		for q := *p; q.ok && q.value < to; q.next() {
			if q.value >= from {
				n++
			}
		}
		return n
	}
	first, last := p.blockOf(from), p.blockOf(to)
	return min(p.count, (last-first+1)*postingBlock)
}

func (p *postings) blockOf(n uint32) int {
	low, high := 0, len(p.skips)/8
	for high-low > 1 {
		if middle := (low + high) / 2; binary.LittleEndian.Uint32(p.skips[8*middle:]) <= n {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}
