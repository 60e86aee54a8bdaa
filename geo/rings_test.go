package geo_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/peterstace/simplefeatures/geom"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/geo"
)

// circle gives a closed ring of n corners, none of which repeats.
func circle(x, y, radius float64, n int) []geo.XY {
	var ring []geo.XY
	for i := range n {
		a := 2 * math.Pi * float64(i) / float64(n)
		ring = append(ring, geo.XY{x + radius*math.Cos(a), y + radius*math.Sin(a)})
	}
	return append(ring, ring[0])
}

// cut divides a closed ring at the corners into pieces that share their ends.
func cut(ring []geo.XY, corners []int) [][]geo.XY {
	slices.Sort(corners)
	corners = slices.Compact(corners)
	var pieces [][]geo.XY
	for i, from := range corners {
		to := corners[(i+1)%len(corners)]
		piece := []geo.XY{ring[from]}
		for k := from; ; {
			k = (k + 1) % (len(ring) - 1)
			piece = append(piece, ring[k])
			if k == to {
				break
			}
		}
		pieces = append(pieces, piece)
	}
	return pieces
}

// shuffle mixes the pieces and turns some of them round.
func shuffle(r *rand.Rand, pieces [][]geo.XY) [][]geo.XY {
	r.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	for i := range pieces {
		if r.IntN(2) == 0 {
			slices.Reverse(pieces[i])
		}
	}
	return pieces
}

// canonical starts a ring at its smallest corner and goes on to the smaller of its neighbours.
func canonical(ring []geo.XY) []geo.XY {
	open := slices.Clone(ring[:len(ring)-1])
	at := 0
	for i := range open {
		if less(open[i], open[at]) {
			at = i
		}
	}
	open = append(open[at:], open[:at]...)
	if less(open[len(open)-1], open[1]) {
		slices.Reverse(open[1:])
	}
	return open
}

func less(a, b geo.XY) bool { return a[0] < b[0] || a[0] == b[0] && a[1] < b[1] }

func TestRingsCutToPiecesComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var want [][]geo.XY
		var pieces [][]geo.XY
		for i := range rapid.IntRange(1, 5).Draw(t, "rings") {
			corners := rapid.IntRange(3, 40).Draw(t, "corners")
			ring := circle(float64(i)*10, 0, 3, corners)
			want = append(want, canonical(ring))
			at := rapid.SliceOfN(rapid.IntRange(0, corners-1), 1, 10).Draw(t, "cuts")
			pieces = append(pieces, cut(ring, at)...)
		}
		rings, open := geo.JoinRings(shuffle(r, pieces))
		require.Empty(t, open)
		var got [][]geo.XY
		for _, ring := range rings {
			require.Equal(t, ring[0], ring[len(ring)-1])
			got = append(got, canonical(ring))
		}
		require.ElementsMatch(t, want, got)
	})
}

func TestRingsThatTouchStayApart(t *testing.T) {
	t.Parallel()
	// Two triangles share the corner 0 0, and all pieces end there or at the other cuts.
	a := []geo.XY{{0, 0}, {-4, 1}, {-4, -1}, {0, 0}}
	b := []geo.XY{{0, 0}, {4, 1}, {4, -1}, {0, 0}}
	for seed := range uint64(50) {
		pieces := shuffle(rand.New(rand.NewPCG(seed, 3)), append(cut(a, []int{0, 1, 2}), cut(b, []int{0, 1})...))
		rings, open := geo.JoinRings(pieces)
		require.Empty(t, open)
		require.Len(t, rings, 2, "seed %d", seed)
		require.ElementsMatch(t, [][]geo.XY{canonical(a), canonical(b)}, [][]geo.XY{canonical(rings[0]), canonical(rings[1])})
	}
}

func TestOpenPiecesAreTold(t *testing.T) {
	t.Parallel()
	rings, open := geo.JoinRings([][]geo.XY{
		{{0, 0}, {1, 0}, {1, 1}},
		{{1, 1}, {0, 1}}, // does not come back to its start
		circle(9, 9, 1, 5),
		{{5, 5}},
		nil, // no lines at all
	})
	require.Len(t, rings, 1)
	require.Equal(t, [][]geo.XY{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}, open)

	_, open = geo.JoinRings([][]geo.XY{{{0, 0}, {1, 1}}, {{1, 1}, {0, 0}}})
	require.Len(t, open, 1, "there and back is not a ring")
}

func TestHolesGoToTheInnermostRing(t *testing.T) {
	t.Parallel()
	lake, island, pond := circle(0, 0, 8, 30), circle(0, 0, 4, 20), circle(0, 0, 2, 10)
	land, other := circle(0, 0, 10, 40), circle(100, 0, 5, 12)
	for _, outers := range [][][]geo.XY{{land, island, other}, {island, other, land}, {other, land, island}} {
		wkb, stray := geo.EncodeMultiPolygon(outers, [][]geo.XY{pond, lake})
		require.Zero(t, stray)
		area := areaOf(t, wkb)
		require.InDelta(t, ringArea(land)-ringArea(lake)+ringArea(island)-ringArea(pond)+ringArea(other), area, 1e-9)
	}
}

func TestAHoleMayTouchItsRing(t *testing.T) {
	t.Parallel()
	outer := []geo.XY{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}
	for name, hole := range map[string][]geo.XY{
		"at a corner":             {{0, 0}, {5, 2}, {2, 5}, {0, 0}},
		"at an edge on the left":  {{0, 5}, {2, 4}, {2, 6}, {0, 5}},
		"at an edge on the right": {{10, 5}, {8, 6}, {8, 4}, {10, 5}},
		"at the top":              {{5, 10}, {4, 8}, {6, 8}, {5, 10}},
		"at three edges":          {{5, 0}, {10, 5}, {5, 10}, {5, 0}},
	} {
		wkb, stray := geo.EncodeMultiPolygon([][]geo.XY{outer}, [][]geo.XY{hole})
		require.Zero(t, stray, name)
		g, err := geom.UnmarshalWKB(wkb, geom.NoValidate{})
		require.NoError(t, err, name)
		require.InDelta(t, 100-ringArea(hole), g.Area(), 1e-9, name)
	}
}

func TestAHoleOutsideIsStray(t *testing.T) {
	t.Parallel()
	wkb, stray := geo.EncodeMultiPolygon([][]geo.XY{circle(0, 0, 5, 12)}, [][]geo.XY{circle(20, 0, 1, 6)})
	require.Equal(t, 1, stray)
	require.InDelta(t, ringArea(circle(0, 0, 5, 12)), areaOf(t, wkb), 1e-9)
}

func TestEncodedIsAccepted(t *testing.T) {
	t.Parallel()
	wkb, _ := geo.EncodeMultiPolygon([][]geo.XY{circle(0, 0, 5, 12)}, [][]geo.XY{circle(0, 0, 1, 6)})
	_, shape, err := geo.Normalize(wkb, plenty)
	require.NoError(t, err)
	require.Equal(t, geo.MultiPolygon, shape.Kind)
	require.Equal(t, 13+7, shape.Vertices)
}

func ringArea(ring []geo.XY) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		sum += ring[i-1][0]*ring[i][1] - ring[i][0]*ring[i-1][1]
	}
	return math.Abs(sum) / 2
}

// areaOf reads the geometry with another decoder, which refuses what is not valid.
func areaOf(t *testing.T, wkb []byte) float64 {
	t.Helper()
	g, err := geom.UnmarshalWKB(wkb)
	require.NoError(t, err)
	return g.Area()
}
