package sample

import "math"

// The sample coast, in degrees: a strip of the Caspian before the first county.
const (
	coastWest = 52.05
	coastEast = 53.45
	coastStep = 0.05
)

// provinceOfCoast is Mazandaran, whose first county is the sample's main one.
const provinceOfCoast = "IR-02"

// coastLatitude is the shore line, a gentle wave.
func coastLatitude(lon float64) float64 {
	return math.Round((36.72+0.012*math.Sin(9*lon))*1e6) / 1e6
}

// seaLimit is the outer edge of the sea areas: just inside the outline, which is straight between its vertices.
func seaLimit(lon float64) float64 {
	lat := 36.9 + (lon-52.3)/7
	if lon < 52.3 {
		lat = 36.9 - (lon-52.3)/16
	}
	if lon > 53 {
		lat = 37 + (lon-53)*2/7
	}
	return math.Round((lat-0.01)*1e6) / 1e6
}

// coastBox is the first county: from the hills to just behind the shore.
func coastBox() box { return box{52.35, 36.32, 52.8, 36.70} }

// seaArea returns the sea between two longitudes, from the shore to the limit, with a vertex every coastStep. Areas
// side by side share their vertices.
func seaArea(from, to float64) []xy {
	n := int(math.Round((to - from) / coastStep))
	ring := make([]xy, 0, 2*n+2)
	at := func(i int) float64 { return math.Round((from+float64(i)*coastStep)*1e6) / 1e6 }
	for i := range n + 1 {
		ring = append(ring, xy{at(i), coastLatitude(at(i))})
	}
	for i := n; i >= 0; i-- {
		ring = append(ring, xy{at(i), seaLimit(at(i))})
	}
	return ring
}
