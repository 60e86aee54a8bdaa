package search

import (
	"cmp"
	"container/heap"
	"encoding/binary"
	"slices"
)

// The tree is a packed R-tree over blocks: blocks in the order of a Hilbert curve, then boxes of treeWidth of them, boxes of as many boxes, and so on up to one. A
// way's numbers follow each other, so the boxes of blocks are small, and the sites in them need no place of their own in the tree.
const treeWidth = 16

// buildTree writes the tree of some boxes.
func buildTree(boxes []box) []byte {
	order := make([]uint32, len(boxes))
	keys := make([]uint64, len(boxes))
	for i, b := range boxes {
		order[i] = uint32(i)
		keys[i] = hilbert(uint32(b.west/2+b.east/2)^1<<31, uint32(b.south/2+b.north/2)^1<<31)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(a, b)) })
	data := binary.LittleEndian.AppendUint32(nil, uint32(len(boxes)))
	below := make([]box, len(order))
	for i, n := range order {
		data = binary.LittleEndian.AppendUint32(data, n)
		below[i] = boxes[n]
	}
	for len(below) > 1 {
		above := make([]box, 0, len(below)/treeWidth+1)
		for part := range slices.Chunk(below, treeWidth) {
			whole := emptyBox()
			for _, b := range part {
				whole.join(b)
			}
			above = append(above, whole)
			data = whole.append(data)
		}
		below = above
	}
	return data
}

// hilbert is the place of a point on the Hilbert curve of order 32.
func hilbert(x, y uint32) uint64 {
	d := uint64(0)
	for s := uint32(1 << 31); s > 0; s /= 2 {
		rx, ry := uint64(0), uint64(0)
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d += uint64(s) * uint64(s) * ((3 * rx) ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return d
}

// tree reads what buildTree wrote.
type tree struct {
	order  []byte
	levels [][]byte // boxes, the lowest level first
}

func readTree(data []byte) tree {
	n := int(binary.LittleEndian.Uint32(data))
	t := tree{order: data[4 : 4+4*n]}
	data = data[4+4*n:]
	for n > 1 {
		n = (n + treeWidth - 1) / treeWidth
		t.levels = append(t.levels, data[:16*n])
		data = data[16*n:]
	}
	return t
}

// node is a box of the tree, or a block where the level is −1, as far as least from the point that is asked for.
type node struct {
	least float64
	level int
	at    int
}

type nodes []node

func (n nodes) Len() int           { return len(n) }
func (n nodes) Less(i, j int) bool { return n[i].least < n[j].least }
func (n nodes) Swap(i, j int)      { n[i], n[j] = n[j], n[i] }
func (n *nodes) Push(x any)        { *n = append(*n, x.(node)) }
func (n *nodes) Pop() any {
	last := (*n)[len(*n)-1]
	*n = (*n)[:len(*n)-1]
	return last
}

// nearest gives blocks to visit in the order of the least distance that a site of theirs can have, until visit, which gets that distance, wants no more.
func (t *tree) nearest(lon, lat float64, boxOf func(block uint32) box, visit func(block uint32, least float64) bool) {
	blocks := len(t.order) / 4
	if blocks == 0 {
		return
	}
	queue := nodes{{0, len(t.levels) - 1, 0}}
	for len(queue) > 0 {
		n := heap.Pop(&queue).(node)
		if n.level < 0 {
			if !visit(binary.LittleEndian.Uint32(t.order[4*n.at:]), n.least) {
				return
			}
			continue
		}
		count := blocks
		if n.level > 0 {
			count = len(t.levels[n.level-1]) / 16
		}
		for at := n.at * treeWidth; at < min((n.at+1)*treeWidth, count); at++ {
			var b box
			if n.level == 0 {
				b = boxOf(binary.LittleEndian.Uint32(t.order[4*at:]))
			} else {
				b = readBox(t.levels[n.level-1][16*at:])
			}
			heap.Push(&queue, node{b.metresTo(lon, lat), n.level - 1, at})
		}
	}
}
