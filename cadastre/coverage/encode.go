package coverage

import (
	"encoding/binary"
	"math"
)

// The types of EWKB, and the mark that a reference system follows.
const (
	pointType   = 1
	lineType    = 2
	polygonType = 3
	multiType   = 6
	withSRID    = 1 << 29
)

func begin(kind, srid int) []byte {
	out := binary.LittleEndian.AppendUint32([]byte{1}, uint32(kind)|withSRID)
	return binary.LittleEndian.AppendUint32(out, uint32(srid))
}

// EncodePlace is a place in degrees as EWKB.
func EncodePlace(p Point) []byte {
	out := binary.LittleEndian.AppendUint64(begin(pointType, 4326), math.Float64bits(p.X))
	return binary.LittleEndian.AppendUint64(out, math.Float64bits(p.Y))
}

// EncodeLine is a line in degrees as EWKB.
func EncodeLine(points ...Point) []byte { return appendPoints(begin(lineType, 4326), points) }

// EncodeArea is an area in degrees as EWKB: its boundary and what is cut out of it.
func EncodeArea(rings ...[]Point) []byte {
	out := binary.LittleEndian.AppendUint32(begin(polygonType, 4326), uint32(len(rings)))
	for _, r := range rings {
		out = appendPoints(out, r)
	}
	return out
}

// EncodePlaces is the parcel in degrees as EWKB.
func (s *Shape) EncodePlaces() []byte { return s.encode(s.places, 4326) }

// EWKB is the parcel in metres, as PostGIS takes it.
func (s *Shape) EWKB() []byte { return s.encode(s.at, SRID(s.Zone)) }

func (s *Shape) encode(points []Point, srid int) []byte {
	var polygons [][]ring
	for _, r := range s.rings {
		if signedArea(s.at[r.from:r.to+1]) > 0 || len(polygons) == 0 {
			polygons = append(polygons, nil)
		}
		polygons[len(polygons)-1] = append(polygons[len(polygons)-1], r)
	}
	out := binary.LittleEndian.AppendUint32(begin(multiType, srid), uint32(len(polygons)))
	for _, rings := range polygons {
		out = binary.LittleEndian.AppendUint32(append(out, 1), polygonType)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(rings)))
		for _, r := range rings {
			out = appendPoints(out, points[r.from:r.to+1])
		}
	}
	return out
}

func appendPoints(out []byte, points []Point) []byte {
	out = binary.LittleEndian.AppendUint32(out, uint32(len(points)))
	for _, p := range points {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(p.X))
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(p.Y))
	}
	return out
}
