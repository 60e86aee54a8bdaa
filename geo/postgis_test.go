package geo_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/geo"
	"nsdi/internal/pgtest"
)

// Whatever Normalize accepts, PostGIS accepts: geometries are made of random parts, with faults, so that about half of them are refused.
func TestWhatIsAcceptedPostGISAccepts(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	accepted, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		fresh := rapid.SampledFrom([]func() *builder{little, big}).Draw(t, "order")
		w := fresh()
		drawGeometry(t, w, 0, geo.Kind(0))
		b := w.b
		if rapid.IntRange(0, 3).Draw(t, "damage") == 0 && len(b) > 0 {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= byte(1 << rapid.IntRange(0, 7).Draw(t, "bit"))
		}
		out, shape, err := geo.Normalize(b, plenty)
		if err != nil {
			refused++
			return
		}
		accepted++
		var kind string
		var vertices int
		var box [4]*float64
		err = pool.QueryRow(context.Background(), `
			select geometrytype(g), st_npoints(g), st_xmin(g), st_ymin(g), st_xmax(g), st_ymax(g)
			from (select st_geomfromewkb($1)) t(g)`, out).Scan(&kind, &vertices, &box[0], &box[1], &box[2], &box[3])
		if err != nil {
			t.Fatalf("PostGIS refuses %x: %v", out, err)
		}
		if kind != upper(shape.Kind) || vertices != shape.Vertices {
			t.Fatalf("%x: PostGIS sees %s with %d vertices, Normalize %v", out, kind, vertices, shape)
		}
		// PostGIS takes the box of a polygon from its outer ring alone; ours holds a ring that lies outside of it too.
		if !shape.Empty && (*box[0] < shape.Box.MinX || *box[1] < shape.Box.MinY || *box[2] > shape.Box.MaxX || *box[3] > shape.Box.MaxY) {
			t.Fatalf("%x: box %v", out, shape.Box)
		}
	})
	require.Positive(t, accepted)
	require.Positive(t, refused)
}

func upper(k geo.Kind) string {
	return map[geo.Kind]string{
		geo.Point: "POINT", geo.LineString: "LINESTRING", geo.Polygon: "POLYGON", geo.MultiPoint: "MULTIPOINT", geo.MultiLineString: "MULTILINESTRING",
		geo.MultiPolygon: "MULTIPOLYGON", geo.GeometryCollection: "GEOMETRYCOLLECTION",
	}[k]
}

// drawGeometry writes a geometry of the kind, or of any when it is 0.
func drawGeometry(t *rapid.T, w *builder, depth int, kind geo.Kind) {
	if kind == 0 {
		most := 7
		if depth > 2 {
			most = 3
		}
		kind = geo.Kind(rapid.IntRange(1, most).Draw(t, "kind"))
	}
	w.kind(kind)
	switch kind {
	case geo.Point:
		w.xy(drawNumber(t), drawNumber(t))
	case geo.LineString:
		drawLine(t, w, false)
	case geo.Polygon:
		n := rapid.IntRange(0, 2).Draw(t, "rings")
		w.n(uint32(n))
		for range n {
			drawLine(t, w, true)
		}
	default:
		part := map[geo.Kind]geo.Kind{geo.MultiPoint: geo.Point, geo.MultiLineString: geo.LineString, geo.MultiPolygon: geo.Polygon}[kind]
		n := rapid.IntRange(0, 3).Draw(t, "parts")
		w.n(uint32(n))
		for range n {
			drawGeometry(t, w, depth+1, part)
		}
	}
}

func drawLine(t *rapid.T, w *builder, ring bool) {
	n := rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5}).Draw(t, "points")
	w.n(uint32(n))
	var first [2]float64
	for i := range n {
		p := [2]float64{drawNumber(t), drawNumber(t)}
		if i == 0 {
			first = p
		}
		if ring && i == n-1 && rapid.IntRange(0, 9).Draw(t, "open") > 0 {
			p = first
		}
		w.xy(p[0], p[1])
	}
}

func drawNumber(t *rapid.T) float64 {
	if rapid.IntRange(0, 30).Draw(t, "odd") == 0 {
		return rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64}).Draw(t, "number")
	}
	return rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, -1, 51.25, 35.5, 1e6}).Draw(t, "number")
}

// Whatever PostGIS writes is accepted, with the kind, vertices and box that PostGIS itself sees.
func TestWhatPostGISWritesIsAccepted(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 300 {
		text := drawText(random)
		order := []string{"NDR", "XDR"}[i%2]
		srid := []int{0, 4326, 32639}[i%3]
		var wkb []byte
		var kind string
		var vertices int
		var empty bool
		var box [4]*float64
		err := pool.QueryRow(t.Context(), `
			select st_asewkb(g, $3), geometrytype(g), st_npoints(g), st_isempty(g), st_xmin(g), st_ymin(g), st_xmax(g), st_ymax(g)
			from (select st_geomfromtext($1, $2)) t(g)`, text, srid, order).Scan(&wkb, &kind, &vertices, &empty, &box[0], &box[1], &box[2], &box[3])
		require.NoError(t, err, text)
		out, shape, err := geo.Normalize(wkb, plenty)
		require.NoError(t, err, text)
		require.Equal(t, kind, upper(shape.Kind), text)
		require.Equal(t, vertices, shape.Vertices, text)
		require.Equal(t, empty, shape.Empty, text)
		if !empty {
			require.Equal(t, geo.Box{MinX: *box[0], MinY: *box[1], MaxX: *box[2], MaxY: *box[3]}, shape.Box, text)
		}
		var same bool
		require.NoError(t, pool.QueryRow(t.Context(), `select st_geomfromewkb($1)::bytea = st_geomfromtext($2)::bytea`, out, text).Scan(&same))
		require.True(t, same, text)
	}
}

// drawText gives a valid geometry as text.
func drawText(r *rand.Rand) string {
	x, y := func() float64 { return math.Round(r.Float64()*1e7) / 1e5 }, func() float64 { return math.Round(r.Float64()*1e7) / 1e5 }
	point := func() string { return fmt.Sprintf("%v %v", x(), y()) }
	ring := func() string {
		a, b, s := x(), y(), 1+math.Round(r.Float64()*100)
		return fmt.Sprintf("((%[1]v %[2]v, %[3]v %[2]v, %[3]v %[4]v, %[1]v %[4]v, %[1]v %[2]v), (%[5]v %[6]v, %[7]v %[6]v, %[7]v %[8]v, %[5]v %[6]v))",
			a, b, a+s, b+s, a+s/4, b+s/4, a+s/2, b+s/2)
	}
	switch r.IntN(9) {
	case 0:
		return "POINT(" + point() + ")"
	case 1:
		return "LINESTRING(" + point() + "," + point() + "," + point() + ")"
	case 2:
		return "POLYGON" + ring()
	case 3:
		return "MULTIPOINT((" + point() + "),(" + point() + "))"
	case 4:
		return "MULTILINESTRING((" + point() + "," + point() + "),(" + point() + "," + point() + "))"
	case 5:
		return "MULTIPOLYGON(" + ring() + ")"
	case 6:
		return "GEOMETRYCOLLECTION(POINT(" + point() + "), POLYGON" + ring() + ", GEOMETRYCOLLECTION(POINT(" + point() + ")))"
	case 7:
		return []string{"POINT EMPTY", "LINESTRING EMPTY", "POLYGON EMPTY", "GEOMETRYCOLLECTION EMPTY", "MULTIPOLYGON EMPTY"}[r.IntN(5)]
	default:
		return "MULTIPOINT((" + point() + "), EMPTY)"
	}
}
