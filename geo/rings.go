package geo

import (
	"encoding/binary"
	"maps"
	"math"
)

// XY is one coordinate.
type XY [2]float64

// JoinRings joins pieces of boundary end to end to closed rings, turning pieces round where needed. A piece is used once; a piece that is closed by itself
// is a ring. Rings that touch where pieces end stay rings of their own. What cannot be closed is returned as open.
func JoinRings(pieces [][]XY) (rings, open [][]XY) {
	ends := make(map[XY][]int) // piece indices by end point
	used := make([]bool, len(pieces))
	for i, p := range pieces {
		if len(p) < 2 {
			used[i] = true
			continue
		}
		ends[p[0]] = append(ends[p[0]], i)
		ends[p[len(p)-1]] = append(ends[p[len(p)-1]], i)
	}
	for i, p := range pieces {
		if used[i] {
			continue
		}
		used[i] = true
		line := append([]XY(nil), p...)
		joints := map[XY]int{p[0]: 0} // where the ends of pieces stand in the line
		for {
			end := line[len(line)-1]
			if from, met := joints[end]; met { // a loop has closed, and leaves the line
				loop := append([]XY(nil), line[from:]...)
				if len(loop) >= 4 {
					rings = append(rings, loop)
				} else {
					open = append(open, loop)
				}
				line = line[:from+1]
				maps.DeleteFunc(joints, func(_ XY, at int) bool { return at > from })
			} else {
				joints[end] = len(line) - 1
			}
			if len(line) == 1 {
				break
			}
			next := unused(ends[end], used)
			if next < 0 {
				open = append(open, line)
				break
			}
			used[next] = true
			line = extend(line, pieces[next])
		}
	}
	return rings, open
}

// unused gives the first piece that is not used, or -1.
func unused(candidates []int, used []bool) int {
	for _, j := range candidates {
		if !used[j] {
			return j
		}
	}
	return -1
}

// extend appends the piece that begins or ends where the ring ends, without the shared vertex.
func extend(ring, piece []XY) []XY {
	if piece[0] == ring[len(ring)-1] {
		return append(ring, piece[1:]...)
	}
	for k := len(piece) - 2; k >= 0; k-- {
		ring = append(ring, piece[k])
	}
	return ring
}

// EncodeMultiPolygon writes outer rings, each with the inner rings that lie in it, as little-endian WKB. An inner ring belongs to the smallest outer ring around
// it, as a pond on an island in a lake does. One that lies in no outer ring is left out and counted.
func EncodeMultiPolygon(outers, inners [][]XY) (wkb []byte, stray int) {
	holes := make([][][]XY, len(outers))
	for _, in := range inners {
		home := -1
		for i, out := range outers {
			if within(in, out) && (home < 0 || within(out, outers[home])) {
				home = i
			}
		}
		if home < 0 {
			stray++
			continue
		}
		holes[home] = append(holes[home], in)
	}
	wkb = head(nil, MultiPolygon, len(outers))
	for i, out := range outers {
		wkb = head(wkb, Polygon, 1+len(holes[i]))
		wkb = appendRing(wkb, out)
		for _, in := range holes[i] {
			wkb = appendRing(wkb, in)
		}
	}
	return wkb, stray
}

// EncodePoint writes a point as little-endian WKB.
func EncodePoint(x, y float64) []byte {
	b := []byte{1}
	b = binary.LittleEndian.AppendUint32(b, uint32(Point))
	return appendXY(b, XY{x, y})
}

func head(b []byte, kind Kind, n int) []byte {
	b = append(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(kind))
	return binary.LittleEndian.AppendUint32(b, uint32(n))
}

func appendRing(b []byte, ring []XY) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(ring)))
	for _, p := range ring {
		b = appendXY(b, p)
	}
	return b
}

func appendXY(b []byte, p XY) []byte {
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
}

// within answers whether a ring lies in another one, which it may touch but not cross.
func within(in, out []XY) bool {
	for _, p := range in {
		if side := sideOf(p, out); side != 0 {
			return side > 0
		}
	}
	for i := 1; i < len(in); i++ { // all corners lie on the other ring
		middle := XY{(in[i-1][0] + in[i][0]) / 2, (in[i-1][1] + in[i][1]) / 2}
		if side := sideOf(middle, out); side != 0 {
			return side > 0
		}
	}
	return false
}

// sideOf answers 1 for a point inside a ring, 0 on it and -1 outside, by counting crossings of a ray to the east.
func sideOf(p XY, ring []XY) int {
	side := -1
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		cross := (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0])
		if cross == 0 && p[0] >= min(a[0], b[0]) && p[0] <= max(a[0], b[0]) && p[1] >= min(a[1], b[1]) && p[1] <= max(a[1], b[1]) {
			return 0
		}
		if (a[1] > p[1]) != (b[1] > p[1]) && (cross > 0) == (b[1] > a[1]) {
			side = -side
		}
	}
	return side
}
