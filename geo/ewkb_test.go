package geo_test

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/geo"
)

const plenty = 1000

func TestNormalizeAcceptsEveryKindInBothByteOrders(t *testing.T) {
	t.Parallel()
	for name, fresh := range map[string]func() *builder{"little-endian": little, "big-endian": big} {
		for _, tc := range []struct {
			name  string
			b     *builder
			shape geo.Shape
		}{
			{"point", fresh().kind(geo.Point).xy(51.4, 35.7), geo.Shape{Kind: geo.Point, Vertices: 1, Box: geo.Box{MinX: 51.4, MinY: 35.7, MaxX: 51.4, MaxY: 35.7}}},
			{"line", fresh().kind(geo.LineString).n(2).xy(1, 2, -3, 4), geo.Shape{Kind: geo.LineString, Vertices: 2, Box: geo.Box{MinX: -3, MinY: 2, MaxX: 1, MaxY: 4}}},
			{"polygon with a hole", fresh().kind(geo.Polygon).n(2).square(0, 0, 10).square(2, 2, 3), geo.Shape{Kind: geo.Polygon, Vertices: 10, Box: geo.Box{MaxX: 10, MaxY: 10}}},
			{"multipoint", fresh().kind(geo.MultiPoint).n(2).kind(geo.Point).xy(1, 1).kind(geo.Point).xy(2, 2), geo.Shape{Kind: geo.MultiPoint, Vertices: 2, Box: geo.Box{MinX: 1, MinY: 1, MaxX: 2, MaxY: 2}}},
			{"multiline", fresh().kind(geo.MultiLineString).n(1).kind(geo.LineString).n(2).xy(0, 0, 1, 1), geo.Shape{Kind: geo.MultiLineString, Vertices: 2, Box: geo.Box{MaxX: 1, MaxY: 1}}},
			{"multipolygon", fresh().kind(geo.MultiPolygon).n(1).kind(geo.Polygon).n(1).square(0, 0, 1), geo.Shape{Kind: geo.MultiPolygon, Vertices: 5, Box: geo.Box{MaxX: 1, MaxY: 1}}},
			{"collection", fresh().kind(geo.GeometryCollection).n(1).kind(geo.Point).xy(1, 1), geo.Shape{Kind: geo.GeometryCollection, Vertices: 1, Box: geo.Box{MinX: 1, MinY: 1, MaxX: 1, MaxY: 1}}},
		} {
			t.Run(name+" "+tc.name, func(t *testing.T) {
				t.Parallel()
				out, shape, err := geo.Normalize(tc.b.b, plenty)
				require.NoError(t, err)
				require.Equal(t, tc.shape, shape)
				require.Equal(t, tc.b.b, out)
			})
		}
	}
}

func TestSingleTakesTheOnePartOutOfAMultiGeometry(t *testing.T) {
	t.Parallel()
	for name, fresh := range map[string]func() *builder{"little-endian": little, "big-endian": big} {
		single := func(b *builder) ([]byte, geo.Kind) {
			out, shape, err := geo.Normalize(b.b, plenty)
			require.NoError(t, err, name)
			out, shape = geo.Single(out, shape)
			return out, shape.Kind
		}
		out, kind := single(fresh().kind(geo.MultiPolygon).n(1).kind(geo.Polygon).n(1).square(0, 0, 1))
		require.Equal(t, geo.Polygon, kind, name)
		require.Equal(t, fresh().kind(geo.Polygon).n(1).square(0, 0, 1).b, out, name)
		out, kind = single(fresh().kind(geo.MultiPoint).n(1).kind(geo.Point).xy(1, 2))
		require.Equal(t, geo.Point, kind, name)
		require.Equal(t, fresh().kind(geo.Point).xy(1, 2).b, out, name)
		for _, same := range []*builder{
			fresh().kind(geo.MultiPoint).n(2).kind(geo.Point).xy(1, 1).kind(geo.Point).xy(2, 2), fresh().kind(geo.MultiLineString).n(0), fresh().kind(geo.Point).xy(1, 2),
			fresh().kind(geo.GeometryCollection).n(1).kind(geo.Point).xy(1, 1),
		} {
			out, _ = single(same)
			require.Equal(t, same.b, out, name)
		}
	}
}

func TestNormalizeTakesEmptyGeometries(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"point":      little().kind(geo.Point).xy(math.NaN(), math.NaN()).b,
		"line":       little().kind(geo.LineString).n(0).b,
		"polygon":    little().kind(geo.Polygon).n(0).b,
		"collection": little().kind(geo.GeometryCollection).n(0).b,
		"parts":      little().kind(geo.MultiPolygon).n(1).kind(geo.Polygon).n(0).b,
	} {
		_, shape, err := geo.Normalize(b, plenty)
		require.NoError(t, err, name)
		require.True(t, shape.Empty, name)
	}
}

func TestNormalizeRemovesTheSRIDAndLeavesItsInput(t *testing.T) {
	t.Parallel()
	for name, fresh := range map[string]func() *builder{"little-endian": little, "big-endian": big} {
		with := fresh().head(uint32(geo.Point)|0x20000000).n(32639).xy(1, 2).b
		before := string(with)
		out, _, err := geo.Normalize(with, plenty)
		require.NoError(t, err, name)
		require.Equal(t, fresh().kind(geo.Point).xy(1, 2).b, out, name)
		require.Equal(t, before, string(with), name)
	}
}

func TestNormalizeRefuses(t *testing.T) {
	t.Parallel()
	nested := little()
	for range 20 {
		nested.kind(geo.GeometryCollection).n(1)
	}
	for _, tc := range []struct {
		name   string
		b      []byte
		reason string
	}{
		{"nothing", nil, "malformed"},
		{"unknown byte order", []byte{2, 1, 0, 0, 0}, "malformed"},
		{"srid without its number", little().head(uint32(geo.Point) | 0x20000000).b, "malformed"},
		{"srid in a part", little().kind(geo.MultiPoint).n(1).head(uint32(geo.Point)|0x20000000).n(4326).xy(1, 1).b, "malformed"},
		{"bytes behind the end", append(little().kind(geo.Point).xy(1, 1).b, 0), "malformed"},
		{"more points than bytes", little().kind(geo.LineString).n(math.MaxUint32).xy(1, 1).b, "malformed"},
		{"more rings than bytes", little().kind(geo.Polygon).n(math.MaxUint32).b, "malformed"},
		{"line in a multipoint", little().kind(geo.MultiPoint).n(1).kind(geo.LineString).n(2).xy(0, 0, 1, 1).b, "malformed"},
		{"too deep", nested.b, "malformed"},
		{"three dimensions", little().head(0x80000001).xy(1, 2, 3).b, "unsupported-type"},
		{"ISO three dimensions", little().head(1001).xy(1, 2, 3).b, "unsupported-type"},
		{"curve", little().head(8).n(2).xy(0, 0, 1, 1).b, "unsupported-type"},
		{"infinity", little().kind(geo.Point).xy(math.Inf(1), 0).b, "not-finite"},
		{"half a NaN", little().kind(geo.Point).xy(math.NaN(), 0).b, "not-finite"},
		{"NaN in a line", little().kind(geo.LineString).n(2).xy(0, 0, math.NaN(), math.NaN()).b, "not-finite"},
		{"line of one point", little().kind(geo.LineString).n(1).xy(0, 0).b, "too-few-points"},
		{"ring of three points", little().kind(geo.Polygon).n(1).n(3).xy(0, 0, 1, 1, 0, 0).b, "too-few-points"},
		{"ring of no points", little().kind(geo.Polygon).n(1).n(0).b, "too-few-points"},
		{"hole of no points", little().kind(geo.Polygon).n(2).square(0, 0, 1).n(0).b, "too-few-points"},
		{"open ring", little().kind(geo.Polygon).n(1).n(4).xy(0, 0, 1, 0, 1, 1, 0, 1).b, "ring-open"},
		{"ring that ends at minus zero", little().kind(geo.Polygon).n(1).n(4).xy(0, 0, 1, 0, 1, 1, math.Copysign(0, -1), 0).b, "ring-open"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			out, _, err := geo.Normalize(tc.b, plenty)
			require.Error(t, err)
			require.Equal(t, tc.reason, geo.Reason(err))
			require.Nil(t, out)
		})
	}
	require.Empty(t, geo.Reason(errors.New("another")))
}

func TestNormalizeSaysWhere(t *testing.T) {
	t.Parallel()
	_, _, err := geo.Normalize(little().kind(geo.Polygon).n(1).n(4).xy(0, 0, 1, 0, 1, 1, 7, 9).b, plenty)
	var fault *geo.StructureError
	require.ErrorAs(t, err, &fault)
	require.True(t, fault.Placed)
	require.Equal(t, [2]float64{7, 9}, [2]float64{fault.X, fault.Y})
	require.EqualError(t, err, "geometry: ring-open near 7 9")
}

func TestNormalizeCountsVertices(t *testing.T) {
	t.Parallel()
	square := little().kind(geo.Polygon).n(1).square(0, 0, 1).b
	_, _, err := geo.Normalize(square, 5)
	require.NoError(t, err)
	_, _, err = geo.Normalize(square, 4)
	require.Equal(t, "too-many-vertices", geo.Reason(err))
}

// A geometry that ends anywhere but at its end is malformed.
func TestNormalizeTruncated(t *testing.T) {
	t.Parallel()
	for _, fresh := range []func() *builder{little, big} {
		whole := fresh().head(uint32(geo.GeometryCollection)|0x20000000).n(4326).n(3).
			kind(geo.Point).xy(1, 1).
			kind(geo.MultiLineString).n(1).kind(geo.LineString).n(2).xy(0, 0, 1, 1).
			kind(geo.MultiPolygon).n(1).kind(geo.Polygon).n(2).square(0, 0, 9).square(1, 1, 2).b
		for n := range whole {
			_, _, err := geo.Normalize(whole[:n], plenty)
			require.Equal(t, "malformed", geo.Reason(err), "cut at %d", n)
		}
		_, shape, err := geo.Normalize(whole, plenty)
		require.NoError(t, err)
		require.Equal(t, 13, shape.Vertices)
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for kind, want := range map[geo.Kind]int{
		geo.Point: 0, geo.MultiPoint: 0, geo.LineString: 1, geo.MultiLineString: 1, geo.Polygon: 2, geo.MultiPolygon: 2, geo.GeometryCollection: -1,
	} {
		require.Equal(t, want, kind.Dimension(), kind)
	}
	require.Equal(t, "MultiPolygon", geo.MultiPolygon.String())
	require.Equal(t, "geometry type 17", geo.Kind(17).String())
	require.Equal(t, "geometry type 0", geo.Kind(0).String())
}

// What is accepted stays accepted and unchanged, within the vertices that were allowed, in a box of finite numbers.
func FuzzNormalize(f *testing.F) {
	for _, fresh := range []func() *builder{little, big} {
		f.Add(fresh().kind(geo.Point).xy(51.4, 35.7).b)
		f.Add(fresh().head(uint32(geo.Polygon)|0x20000000).n(4326).n(2).square(0, 0, 9).square(1, 1, 2).b)
		f.Add(fresh().kind(geo.GeometryCollection).n(2).kind(geo.LineString).n(2).xy(0, 0, 1, 1).kind(geo.MultiPoint).n(1).kind(geo.Point).xy(1, 1).b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		out, shape, err := geo.Normalize(b, plenty)
		if err != nil {
			var fault *geo.StructureError
			require.ErrorAs(t, err, &fault)
			return
		}
		again, shape2, err := geo.Normalize(out, plenty)
		require.NoError(t, err)
		require.Equal(t, out, again)
		require.Equal(t, shape, shape2)
		require.LessOrEqual(t, shape.Vertices, plenty)
		require.LessOrEqual(t, shape.Vertices*16, len(out))
		require.Equal(t, shape.Vertices == 0, shape.Empty)
		if !shape.Empty {
			require.LessOrEqual(t, shape.Box.MinX, shape.Box.MaxX)
			require.LessOrEqual(t, shape.Box.MinY, shape.Box.MaxY)
			require.False(t, math.IsInf(shape.Box.MinX, 0) || math.IsInf(shape.Box.MaxY, 0))
		}
	})
}
