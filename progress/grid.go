package progress

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/uber/h3-go/v4"
)

// box is a rectangle in degrees.
type box struct{ west, south, east, north float64 }

// cell is one of the H3 grid, with its outline as WKB.
type cell struct {
	id  int64
	wkb []byte
}

// mostCells of one box: a square degree has some ten thousand at the finest resolution that is used, and the largest country fewer than this at the coarsest.
const mostCells = 4_000_000

// cellsOver answers all cells of a resolution that have something in common with a box.
//
// H3 asks for a polygon on the sphere, whose edges bend away from the parallels: the box is widened by more than that, and by a cell.
func cellsOver(b box, resolution int, seen map[int64]bool) ([]cell, error) {
	wide := 0.02 + (b.east-b.west)*(b.east-b.west)/400
	b = box{max(b.west-0.02, -179.9), max(b.south-wide, -89), min(b.east+0.02, 179.9), min(b.north+wide, 89)}
	loop := h3.GeoLoop{{Lat: b.south, Lng: b.west}, {Lat: b.south, Lng: b.east}, {Lat: b.north, Lng: b.east}, {Lat: b.north, Lng: b.west}}
	ids, err := h3.PolygonToCellsExperimental(h3.GeoPolygon{GeoLoop: loop}, resolution, h3.ContainmentOverlapping, mostCells)
	if err != nil {
		return nil, fmt.Errorf("cells over %v: %w", b, err)
	}
	var out []cell
	for _, id := range ids {
		if seen[int64(id)] {
			continue
		}
		seen[int64(id)] = true
		corners, err := id.Boundary()
		if err != nil {
			return nil, fmt.Errorf("outline of cell %v: %w", id, err)
		}
		out = append(out, cell{int64(id), outline(corners)})
	}
	return out, nil
}

// outline is a polygon of little-endian WKB.
func outline(corners []h3.LatLng) []byte {
	b := binary.LittleEndian.AppendUint32([]byte{1}, 3)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(corners)+1))
	for i := range len(corners) + 1 {
		c := corners[i%len(corners)]
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.Lng))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.Lat))
	}
	return b
}
