package geo

import (
	"encoding/binary"
	"math"
)

// XY is one coordinate.
type XY [2]float64

// JoinRings joins pieces of boundary end to end to closed rings, turning pieces round where needed. A piece is used once; a piece that is closed by itself
// is a ring. What cannot be closed is returned as open.
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
		ring := append([]XY(nil), p...)
		for ring[0] != ring[len(ring)-1] {
			next := -1
			for _, j := range ends[ring[len(ring)-1]] {
				if !used[j] {
					next = j
					break
				}
			}
			if next < 0 {
				break
			}
			used[next] = true
			ring = extend(ring, pieces[next])
		}
		if ring[0] == ring[len(ring)-1] && len(ring) >= 4 {
			rings = append(rings, ring)
		} else {
			open = append(open, ring)
		}
	}
	return rings, open
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

// EncodeMultiPolygon writes outer rings, each with the inner rings that lie in it, as little-endian WKB. An inner ring that lies in no outer ring is left out
// and counted.
func EncodeMultiPolygon(outers, inners [][]XY) (wkb []byte, stray int) {
	holes := make([][][]XY, len(outers))
	for _, in := range inners {
		home := -1
		for i, out := range outers {
			if inRing(in[0], out) {
				home = i
				break
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

// inRing answers whether a point lies inside a ring, by counting crossings of a ray to the east.
func inRing(p XY, ring []XY) bool {
	inside := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
			inside = !inside
		}
	}
	return inside
}
