package coverage

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// parcel makes a delivered one.
func parcel(key string, geometry []byte) Parcel {
	return Parcel{Key: key, Delivered: true, Geometry: geometry}
}

// The fixture of the rule catalogue: 2 has a 1 cm bulge into 1, 3 overlaps 2 by 0.3 m over 30 m, 4 leaves a gap of 0.2 m to 3, four more enclose a hole.
func TestFixture(t *testing.T) {
	t.Parallel()
	at := around{51.4, 35.7}
	town := &town{parcels: []Parcel{
		parcel("1", at.polygon(rectangle(0, 0, 20, 30))),
		parcel("2", at.polygon([]Point{{20, 0}, {40, 0}, {40, 30}, {20, 30}, {19.99, 15}})),
		parcel("3", at.polygon(rectangle(39.7, 0, 60, 30))),
		parcel("4", at.polygon(rectangle(60.2, 0, 80, 30))),
		parcel("n", at.polygon(rectangle(200, 30, 240, 40))),
		parcel("s", at.polygon(rectangle(200, 0, 240, 10))),
		parcel("w", at.polygon(rectangle(200, 10, 210, 30))),
		parcel("e", at.polygon(rectangle(230, 10, 240, 30))),
	}}
	var overlaps, corners []string
	gap, length, holes := 0.0, 0.0, []Hole{}
	err := Run(t.Context(), town, everything(100), func(f *Found) error {
		for _, p := range f.Overlaps {
			overlaps = append(overlaps, p[0].Key+p[1].Key)
		}
		for _, p := range f.Gaps {
			require.Equal(t, "34", p.A.Key+p.B.Key)
			gap, length = gap+p.Area, length+p.Length
		}
		for _, c := range f.Corners {
			corners = append(corners, c.Lacks.Key+c.Has.Key)
		}
		holes = append(holes, f.Holes...)
		return nil
	})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"12", "23"}, overlaps)
	require.InDelta(t, 6, gap, 0.02, "0.2 m over 30 m")
	require.InDelta(t, 30, length, 0.1)
	require.ElementsMatch(t, []string{"12", "23", "23", "32", "32", "nw", "ne", "sw", "se"}, corners,
		"the bulge, where the boundaries of 2 and 3 cross the other's, and the four vertices of the hole at which the long parcels have none")
	require.Len(t, holes, 1)
	require.InDelta(t, 400, holes[0].Area, 1)
	require.InDelta(t, 10, holes[0].Width, 0.1)
	require.Len(t, holes[0].Around, 4)
}

// drawTown makes streets of parcels with every kind of defect, on a border between zones or not.
func drawTown(t *rapid.T) *town {
	at := around{rapid.SampledFrom([]float64{51.4, 53.9995, 47.9998}).Draw(t, "lon"), rapid.Float64Range(25, 39).Draw(t, "lat")}
	columns, rows := rapid.IntRange(1, 8).Draw(t, "columns"), rapid.IntRange(1, 6).Draw(t, "rows")
	jitter := rapid.SampledFrom([]float64{0, 3}).Draw(t, "jitter")
	small := rapid.Float64Range(-1, 1)
	vertices := make([][]Point, columns+1)
	for x := range vertices {
		for y := range rows + 1 {
			vertices[x] = append(vertices[x], Point{float64(x)*15 + jitter*small.Draw(t, "x"), float64(y)*20 + jitter*small.Draw(t, "y")})
		}
	}
	town := &town{}
	for x := range columns {
		for y := range rows {
			ring := []Point{vertices[x][y], vertices[x+1][y], vertices[x+1][y+1], vertices[x][y+1]}
			switch rapid.IntRange(0, 12).Draw(t, "defect") {
			case 0: // a hole
				continue
			case 1: // over a neighbour
				ring[1].X += rapid.Float64Range(0.05, 5).Draw(t, "over")
			case 2: // a gap
				ring[1].X -= rapid.Float64Range(0.01, 1).Draw(t, "off")
				ring[2].X -= rapid.Float64Range(0.01, 1).Draw(t, "off")
			case 3: // a vertex that the neighbour does not have
				ring = append(ring[:1], append([]Point{{(ring[0].X + ring[1].X) / 2, (ring[0].Y+ring[1].Y)/2 + 0.01*small.Draw(t, "bulge")}}, ring[1:]...)...)
			case 4: // another one in the same place
				town.parcels = append(town.parcels, parcel(fmt.Sprintf("%d/%d twice", x, y), at.polygon(ring)))
			}
			p := parcel(fmt.Sprintf("%d/%d", x, y), at.polygon(ring))
			p.Delivered = rapid.IntRange(0, 3).Draw(t, "delivered") > 0
			town.parcels = append(town.parcels, p)
		}
	}
	if rapid.Bool().Draw(t, "large") { // a parcel over everything
		town.parcels = append(town.parcels, parcel("large", at.polygon(rectangle(-5, -5, 70, 45))))
	}
	return town
}

// What is found does not depend on the size of the blocks, nor on the order of the parcels.
func TestAnyBlocks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		town := drawTown(rt)
		whole, err := town.signature(t.Context(), everything(1<<30))
		require.NoError(rt, err)
		for i := 1; i < len(whole); i++ {
			require.NotEqual(rt, whole[i-1], whole[i], "found twice")
		}
		town.parcels = rapid.Permutation(town.parcels).Draw(rt, "order")
		some, err := town.signature(t.Context(), everything(rapid.IntRange(1, 20).Draw(rt, "size")))
		require.NoError(rt, err)
		require.Equal(rt, whole, some)
	})
}

// A crowd of parcels in one place cannot be divided into blocks; the check ends by its time, or by what it has found.
func TestBounded(t *testing.T) {
	t.Parallel()
	at := around{51.4, 35.7}
	town := &town{}
	for i := range 300 {
		town.parcels = append(town.parcels, parcel(fmt.Sprint(i), at.polygon(rectangle(0, 0, 20, 20))))
	}
	many := everything(10)
	many.Most = 100
	_, err := town.signature(t.Context(), many)
	require.ErrorIs(t, err, ErrMany)
	late := everything(10)
	late.Until = time.Now().Add(-time.Second)
	_, err = town.signature(t.Context(), late)
	require.ErrorIs(t, err, ErrTime)
	all, err := town.signature(t.Context(), everything(10))
	require.NoError(t, err)
	require.Len(t, all, 300+300*299/2, "each, and each pair")
}
