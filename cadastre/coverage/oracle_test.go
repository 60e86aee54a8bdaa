package coverage

import (
	"testing"

	"github.com/peterstace/simplefeatures/geom"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// polygonIn gives a parcel in metres to the second implementation.
func polygonIn(t require.TestingT, s *Shape) geom.Geometry {
	g, err := geom.UnmarshalWKB(withoutSRID(s.EWKB()))
	require.NoError(t, err)
	return g
}

// withoutSRID takes the reference system out of little-endian EWKB.
func withoutSRID(b []byte) []byte {
	out := append([]byte{}, b[:5]...)
	out[4] &^= withSRID >> 24
	return append(out, b[9:]...)
}

// Overlaps and holes are those that simplefeatures finds by its own overlay.
func TestSameAsSimpleFeatures(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		town := drawTown(rt)
		var shapes []*Shape
		for _, p := range town.parcels {
			s, err := newShape(p, ZoneOf(51.4))
			require.NoError(rt, err)
			shapes = append(shapes, s)
		}
		var cuts []float64
		all := make([]geom.Geometry, len(shapes))
		for i, s := range shapes {
			all[i] = polygonIn(rt, s)
			if all[i].Validate() != nil {
				rt.Skip("a parcel that crosses itself is left out of the check")
			}
		}
		for i, a := range shapes {
			for j, b := range shapes[:i] {
				common, err := geom.Intersection(all[i], all[j])
				require.NoError(rt, err)
				found := overlapping(a, b, &cuts)
				if area := common.Area(); area > 0.02 && 2*area/perimeter(common) > 3*noise {
					require.True(rt, found, "%s and %s share %f m²", a.Key, b.Key, area)
				} else if area == 0 {
					require.False(rt, found, "%s and %s share nothing", a.Key, b.Key)
				}
			}
		}
	})
}

// Holes between parcels that share their vertices are what simplefeatures leaves of the ground around them.
func TestHolesAreThoseOfTheUnion(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		at := around{51.4, 35.7}
		columns, rows := rapid.IntRange(3, 7).Draw(rt, "columns"), rapid.IntRange(3, 7).Draw(rt, "rows")
		var shapes []*Shape
		var all []geom.Geometry
		for x := range columns {
			for y := range rows {
				if rapid.IntRange(0, 3).Draw(rt, "there") == 0 {
					continue
				}
				s, err := newShape(parcel("", at.polygon(rectangle(float64(x)*10, float64(y)*10, float64(x)*10+10, float64(y)*10+10))), 39)
				require.NoError(rt, err)
				shapes = append(shapes, s)
				all = append(all, polygonIn(rt, s))
			}
		}
		union, err := geom.UnionMany(all)
		require.NoError(rt, err)
		// What is left of the ground around them: the piece at the rim is outside, and all others are holes, with what stands in them cut out.
		rim, err := newShape(parcel("", at.polygon(rectangle(-10, -10, 100, 100))), 39)
		require.NoError(rt, err)
		left, err := geom.Difference(polygonIn(rt, rim), union)
		require.NoError(rt, err)
		want, wanted := -1, 0.0
		largest := 0.0
		for _, p := range polygonsOf(left) {
			want, wanted, largest = want+1, wanted+p.Area(), max(largest, geom.NewPolygon([]geom.LineString{p.ExteriorRing()}).Area())
		}
		for _, p := range polygonsOf(left) {
			if geom.NewPolygon([]geom.LineString{p.ExteriorRing()}).Area() == largest {
				wanted -= p.Area()
			}
		}
		got := 0.0
		found := holes(shapes, noise, 1000, func(Point) bool { return true })
		for _, h := range found {
			got += h.Area
		}
		require.InDelta(rt, wanted, got, 0.01)
		require.Len(rt, found, want)
	})
}

func perimeter(g geom.Geometry) float64 { return g.Boundary().Length() }

func polygonsOf(g geom.Geometry) (out []geom.Polygon) {
	for _, p := range g.Dump() {
		if p.IsPolygon() {
			out = append(out, p.MustAsPolygon())
		}
	}
	return out
}

// Metres are those of PROJ 9.1.1, within a zone and in the ones beside it.
func TestProjection(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		zone int
		in   Point
		want Point
	}{
		{39, Point{51.4, 35.7}, Point{536187.189468434, 3950748.61304109}},
		{39, Point{53.99, 25.1}, Point{801563.592494902, 2779360.5607804}},
		{39, Point{48.01, 39.5}, Point{242900.244792194, 4376533.72649802}},
		{38, Point{51.4, 35.7}, Point{1079379.73493292, 3969603.57679097}},
		{40, Point{53.99, 25.1}, Point{196418.067424281, 2779405.43176569}},
		{40, Point{51.4, 35.7}, Point{-6878.27612766286, 3965156.62928567}},
	} {
		got := project(tc.zone, tc.in)
		require.InDelta(t, tc.want.X, got.X, 0.0001)
		require.InDelta(t, tc.want.Y, got.Y, 0.0001)
	}
	// At Tehran the grid is smaller than the ellipsoid by 0.0768 %, at the edge of the zone larger by 0.0996 %.
	for lon, ratio := range map[float64]float64{51.4: 0.999232, 48.05: 1.000996} {
		k := scale(39, Point{lon, 35.7})
		require.InDelta(t, ratio, k*k, 4e-5)
	}
	require.Equal(t, []int{38, 39, 1, 60, 60}, []int{ZoneOf(47.999), ZoneOf(48), ZoneOf(-180), ZoneOf(179.9), ZoneOf(180)})
	require.Equal(t, 32639, SRID(39))
}
