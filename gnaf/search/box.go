package search

import (
	"encoding/binary"
	"math"
)

// box is a rectangle; positions are in units of 1e-7 degrees, about a centimetre.
type box struct{ west, south, east, north int32 }

const perDegree = 1e7

func emptyBox() box { return box{math.MaxInt32, math.MaxInt32, math.MinInt32, math.MinInt32} }

func (b *box) add(lon, lat int32) {
	b.west, b.east = min(b.west, lon), max(b.east, lon)
	b.south, b.north = min(b.south, lat), max(b.north, lat)
}

func (b *box) join(o box) {
	b.west, b.east = min(b.west, o.west), max(b.east, o.east)
	b.south, b.north = min(b.south, o.south), max(b.north, o.north)
}

func (b *box) empty() bool { return b.west > b.east }

func (b *box) has(lon, lat int32) bool {
	return lon >= b.west && lon <= b.east && lat >= b.south && lat <= b.north
}

func (b *box) meets(o box) bool {
	return b.west <= o.east && b.east >= o.west && b.south <= o.north && b.north >= o.south
}

func (b *box) append(dst []byte) []byte {
	for _, v := range []int32{b.west, b.south, b.east, b.north} {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(v))
	}
	return dst
}

func readBox(p []byte) box {
	return box{
		int32(binary.LittleEndian.Uint32(p)), int32(binary.LittleEndian.Uint32(p[4:])),
		int32(binary.LittleEndian.Uint32(p[8:])), int32(binary.LittleEndian.Uint32(p[12:])),
	}
}

// toFixed and toDegrees convert between degrees and the units of a box.
func toFixed(degrees float64) int32 {
	return int32(math.Round(max(-180, min(180, degrees)) * perDegree))
}
func toDegrees(fixed int32) float64 { return float64(fixed) / perDegree }

// Radii of the ellipsoid WGS 84.
const (
	equator   = 6378137.0
	flattened = 1 / 298.257223563
)

// metres is the distance of two positions. It takes the ellipsoid for flat at the latitude in their middle, which over the few kilometres that are asked for is right
// to a millionth.
func metres(lon1, lat1, lon2, lat2 float64) float64 {
	middle := (lat1 + lat2) / 2 * math.Pi / 180
	sin, cos := math.Sincos(middle)
	e2 := flattened * (2 - flattened)
	w := 1 - e2*sin*sin
	across := equator / math.Sqrt(w) * cos
	along := equator * (1 - e2) / (w * math.Sqrt(w))
	dx := lon2 - lon1
	if dx > 180 {
		dx -= 360
	} else if dx < -180 {
		dx += 360
	}
	x, y := dx*math.Pi/180*across, (lat2-lat1)*math.Pi/180*along
	return math.Hypot(x, y)
}

// metresTo is no more than the distance of a position from the nearest point of a box.
func (b *box) metresTo(lon, lat float64) float64 {
	x := max(toDegrees(b.west), min(toDegrees(b.east), lon))
	y := max(toDegrees(b.south), min(toDegrees(b.north), lat))
	// The box's nearest point on the plane may not be the one on the ellipsoid: a little less is surely no more.
	return 0.995 * metres(lon, lat, x, y)
}
