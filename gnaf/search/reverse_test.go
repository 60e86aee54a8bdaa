package search_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/gnaf/search"
)

// The nearest site is the one that PostGIS finds on the ellipsoid, and as far.
func TestNearestIsThatOfPostGIS(t *testing.T) {
	t.Parallel()
	e, pool := openTown(t)
	random := rand.New(rand.NewPCG(1, 2))
	asked := 0
	for range 300 {
		p := search.Point{Lon: 54.355 + 0.02*random.Float64(), Lat: 31.885 + 0.018*random.Float64()}
		var want float64
		require.NoError(t, pool.QueryRow(t.Context(), `
			select min(st_distance(geom::geography, st_setsrid(st_makepoint($1, $2), 4326)::geography)) from gnaf.address`, p.Lon, p.Lat).Scan(&want))
		got, err := e.Nearest(t.Context(), p, 1)
		require.NoError(t, err)
		if want > search.Reach {
			require.Empty(t, got.Results)
			continue
		}
		asked++
		require.Len(t, got.Results, 1)
		require.InDelta(t, want, got.Results[0].Metres, math.Max(0.01, want*1e-5))
	}
	require.Greater(t, asked, 100)
}
