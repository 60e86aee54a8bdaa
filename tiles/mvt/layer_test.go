package mvt_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/internal/mvtcheck"
	"nsdi/tiles/mvt"
)

type xy [2]float64

// The tests draw in the tile 14/0/0: a cell is so many metres, from the north-western corner of the map.
const (
	corner = 20037508.342789244
	side   = 2 * corner / (1 << 14) / mvt.Extent
)

// at is the place of a cell in Web Mercator.
func at(x, y float64) xy { return xy{-corner + x*side, corner - y*side} }

func head(kind, n uint32) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32([]byte{1}, kind), n)
}

func path(b []byte, cells ...xy) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(cells)))
	return places(b, cells...)
}

func places(b []byte, cells ...xy) []byte {
	for _, c := range cells {
		p := at(c[0], c[1])
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
	}
	return b
}

func point(x, y float64) []byte { return places([]byte{1, 1, 0, 0, 0}, xy{x, y}) }
func line(cells ...xy) []byte   { return path([]byte{1, 2, 0, 0, 0}, cells...) }

// polygon closes its rings.
func polygon(rings ...[]xy) []byte {
	b := head(3, uint32(len(rings)))
	for _, r := range rings {
		b = path(b, append(r[:len(r):len(r)], r[0])...)
	}
	return b
}

func many(kind uint32, parts ...[]byte) []byte {
	b := head(kind, uint32(len(parts)))
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// drawn answers the one feature of a tile with the geometry.
func drawn(t require.TestingT, ewkb []byte) (mvt.Outcome, mvtcheck.Feature) {
	var l mvt.Layer
	l.Begin(14, 0, 0, nil)
	outcome, err := l.Add(7, ewkb, nil)
	require.NoError(t, err)
	layers, err := mvtcheck.Decode(l.Append(nil, "layer"))
	require.NoError(t, err)
	if outcome != mvt.Drawn {
		require.Empty(t, layers)
		return outcome, mvtcheck.Feature{}
	}
	require.Len(t, layers, 1)
	require.Len(t, layers[0].Features, 1)
	return outcome, layers[0].Features[0]
}

func TestGeometriesOnTheGrid(t *testing.T) {
	t.Parallel()
	square := []xy{{10, 10}, {20, 10}, {20, 20}, {10, 20}}
	for name, c := range map[string]struct {
		ewkb  []byte
		want  mvt.Outcome
		kind  uint32
		paths [][][2]int32
	}{
		"a point":                            {point(5.4, 6.6), mvt.Drawn, 1, [][][2]int32{{{5, 7}}}},
		"a point in the buffer":              {point(-63.9, 4159.9), mvt.Drawn, 1, [][][2]int32{{{-64, 4160}}}},
		"a point outside":                    {point(-64.6, 0), mvt.Absent, 0, nil},
		"points":                             {many(4, point(1, 1), point(9000, 1), point(2, 3)), mvt.Drawn, 1, [][][2]int32{{{1, 1}, {2, 3}}}},
		"a line without its straight corner": {line(xy{0, 0}, xy{5, 0}, xy{9, 0}, xy{9, 4}), mvt.Drawn, 2, [][][2]int32{{{0, 0}, {9, 0}, {9, 4}}}},
		"a line that turns back":             {line(xy{0, 0}, xy{9, 0}, xy{4, 0}), mvt.Drawn, 2, [][][2]int32{{{0, 0}, {9, 0}, {4, 0}}}},
		"a line that leaves and comes back":  {line(xy{4000, 0}, xy{4200, 0}, xy{4200, 50}, xy{4000, 50}), mvt.Drawn, 2, [][][2]int32{{{4000, 0}, {4160, 0}}, {{4160, 50}, {4000, 50}}}},
		"a line through":                     {line(xy{-200, 10}, xy{9000, 10}), mvt.Drawn, 2, [][][2]int32{{{-64, 10}, {4160, 10}}}},
		"a line past a corner":               {line(xy{-100, -50}, xy{-50, -100}), mvt.Absent, 0, nil},
		"a line shorter than a cell":         {line(xy{1, 1}, xy{1.2, 1.2}), mvt.Absent, 0, nil},
		"a polygon":                          {polygon(square), mvt.Drawn, 3, [][][2]int32{{{10, 10}, {20, 10}, {20, 20}, {10, 20}}}},
		"a polygon the other way round":      {polygon([]xy{{10, 10}, {10, 20}, {20, 20}, {20, 10}}), mvt.Drawn, 3, [][][2]int32{{{20, 10}, {20, 20}, {10, 20}, {10, 10}}}},
		"a polygon with a spike":             {polygon([]xy{{10, 10}, {20, 10}, {40, 10}, {20, 10}, {20, 20}, {10, 20}}), mvt.Drawn, 3, [][][2]int32{{{10, 10}, {20, 10}, {20, 20}, {10, 20}}}},
		"a polygon with a hole":              {polygon(square, []xy{{12, 12}, {14, 12}, {14, 14}, {12, 14}}), mvt.Drawn, 3, [][][2]int32{{{10, 10}, {20, 10}, {20, 20}, {10, 20}}, {{12, 14}, {14, 14}, {14, 12}, {12, 12}}}},
		"a hole smaller than a cell":         {polygon(square, []xy{{12, 12}, {12.3, 12}, {12.3, 12.3}}), mvt.Drawn, 3, [][][2]int32{{{10, 10}, {20, 10}, {20, 20}, {10, 20}}}},
		"polygons":                           {many(6, polygon(square), polygon([]xy{{30, 30}, {31, 30}, {31, 31}})), mvt.Drawn, 3, [][][2]int32{{{10, 10}, {20, 10}, {20, 20}, {10, 20}}, {{30, 30}, {31, 30}, {31, 31}}}},
		"a polygon that covers the tile":     {polygon([]xy{{-9000, -9000}, {9000, -9000}, {9000, 9000}, {-9000, 9000}}), mvt.Drawn, 3, [][][2]int32{{{-64, 4160}, {-64, -64}, {4160, -64}, {4160, 4160}}}},
		"a polygon around the tile":          {polygon([]xy{{-9000, -9000}, {9000, -9000}, {9000, 9000}, {-9000, 9000}}, []xy{{-8000, -8000}, {8000, -8000}, {8000, 8000}, {-8000, 8000}}), mvt.Broken, 0, nil},
		"a polygon outside":                  {polygon([]xy{{5000, 0}, {5010, 0}, {5010, 9}}), mvt.Absent, 0, nil},
		"a polygon smaller than a cell":      {polygon([]xy{{100, 100}, {100.2, 100}, {100.2, 100.2}}), mvt.Drawn, 3, [][][2]int32{{{99, 99}, {101, 99}, {101, 101}, {99, 101}}}},
		"a polygon that crosses itself":      {polygon([]xy{{10, 10}, {20, 20}, {20, 10}, {10, 20}}), mvt.Broken, 0, nil},
		"a polygon that the grid pinches":    {polygon([]xy{{0, 0}, {20, 0}, {20, 10}, {10, 0.2}, {0, 10}}), mvt.Broken, 0, nil},
		"a collection":                       {many(7, point(1, 1), polygon(square), line(xy{0, 0}, xy{9, 9})), mvt.Drawn, 3, [][][2]int32{{{10, 10}, {20, 10}, {20, 20}, {10, 20}}}},
		"nothing":                            {many(7), mvt.Absent, 0, nil},
		"an empty polygon":                   {polygon(), mvt.Absent, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outcome, f := drawn(t, c.ewkb)
			require.Equal(t, c.want, outcome)
			require.Equal(t, c.kind, f.Kind)
			require.Equal(t, c.paths, f.Paths)
		})
	}
}

func TestHeightsAndReferenceSystemsArePassedOver(t *testing.T) {
	t.Parallel()
	plain, p := point(5, 6), at(5, 6)
	big := []byte{0, 0xa0, 0, 0, 1, 0, 0, 0x0f, 0x11} // with a height and a number of a system, the other way round
	for _, v := range []float64{p[0], p[1], 1200} {
		big = binary.BigEndian.AppendUint64(big, math.Float64bits(v))
	}
	_, a := drawn(t, plain)
	_, b := drawn(t, big)
	require.Equal(t, a.Paths, b.Paths)
}

func TestValuesKeepTheirTypes(t *testing.T) {
	t.Parallel()
	var l mvt.Layer
	fields := []mvt.Field{
		{Name: "name", Kind: mvt.Text, Clean: func(raw []byte) []byte { return bytes.TrimRight(raw, "!") }},
		{Name: "unused", Kind: mvt.Text},
		{Name: "floors", Kind: mvt.Int4},
		{Name: "code", Kind: mvt.Int8},
		{Name: "area", Kind: mvt.Float8},
		{Name: "open", Kind: mvt.Bool},
		{Name: "width", Kind: mvt.Float4},
		{Name: "lanes", Kind: mvt.Int2},
	}
	value := func(v any) []byte {
		b, err := binary.Append(nil, binary.BigEndian, v)
		require.NoError(t, err)
		return b
	}
	for range 2 { // a layer is used again
		l.Begin(14, 0, 0, fields)
		_, err := l.Add(1, point(1, 1), [][]byte{[]byte("خیابان"), nil, value(int32(-3)), value(int64(5)), value(12.5), {1}, value(float32(0.5)), value(int16(5))})
		require.NoError(t, err)
		_, err = l.Add(2, point(2, 2), [][]byte{[]byte("خیابان!"), nil, nil, nil, nil, {0}, nil, nil})
		require.NoError(t, err)
		layers, err := mvtcheck.Decode(l.Append(nil, "road"))
		require.NoError(t, err)
		require.Equal(t, "road", layers[0].Name)
		require.EqualValues(t, 4096, layers[0].Extent)
		require.Equal(t, map[string]any{"name": "خیابان", "floors": int64(-3), "code": int64(5), "area": 12.5, "open": true, "width": 0.5, "lanes": int64(5)}, layers[0].Features[0].Values)
		require.Equal(t, map[string]any{"name": "خیابان", "open": false}, layers[0].Features[1].Values)
	}
	l.Begin(14, 0, 0, fields)
	require.Empty(t, l.Append(nil, "road"), "a layer without features is none")
}

// Whatever the geometry, a tile keeps the rules, and what is drawn of a polygon is simple by another test than ours.
func TestTilesKeepTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Custom(func(t *rapid.T) xy {
			return xy{rapid.Float64Range(-300, 4500).Draw(t, "x"), rapid.Float64Range(-300, 4500).Draw(t, "y")}
		})
		if rapid.Bool().Draw(t, "small") {
			at = rapid.Custom(func(t *rapid.T) xy {
				return xy{float64(rapid.IntRange(0, 8).Draw(t, "x")), float64(rapid.IntRange(0, 8).Draw(t, "y"))}
			})
		}
		ring := func() []xy { return rapid.SliceOfN(at, 3, 30).Draw(t, "ring") }
		var ewkb []byte
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			ewkb = line(ring()...)
		case 1:
			ewkb = polygon(ring())
		case 2:
			ewkb = polygon(ring(), ring())
		default:
			ewkb = many(6, polygon(ring()), polygon(ring()))
		}
		outcome, f := drawn(t, ewkb)
		if outcome != mvt.Drawn {
			return
		}
		for _, p := range f.Paths {
			for _, c := range p {
				require.True(t, c[0] >= -65 && c[0] <= 4161 && c[1] >= -65 && c[1] <= 4161, "what is drawn as a square may reach one cell further")
			}
		}
		if f.Kind != 3 {
			return
		}
		for _, rings := range polygons(f.Paths) {
			require.True(t, mvtcheck.Simple(rings), "%v", rings)
		}
	})
}

// polygons divides rings where an outer one begins.
func polygons(rings [][][2]int32) (all [][][][2]int32) {
	for _, r := range rings {
		if mvtcheck.Area2(r) > 0 {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], r)
	}
	return all
}

func FuzzAdd(f *testing.F) {
	f.Add(point(1, 2))
	f.Add(line(xy{0, 0}, xy{9, 9000}))
	f.Add(polygon([]xy{{10, 10}, {20, 10}, {20, 20}}, []xy{{1, 1}, {2, 1}, {2, 2}}))
	f.Add(many(7, point(1, 1), many(4, point(2, 2))))
	f.Fuzz(func(t *testing.T, ewkb []byte) {
		var l mvt.Layer
		l.Begin(14, 0, 0, nil)
		outcome, err := l.Add(1, ewkb, nil)
		tile := l.Append(nil, "layer")
		layers, decoded := mvtcheck.Decode(tile)
		require.NoError(t, decoded)
		require.Equal(t, err == nil && outcome == mvt.Drawn, len(layers) == 1)
	})
}
