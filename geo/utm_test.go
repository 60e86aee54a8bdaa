package geo_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/geo"
	"nsdi/internal/pgtest"
)

// Every system that files are made in has the coordinates that PostGIS gives, to a hundredth of a millimetre, as far from its middle as anybody writes it.
func TestProjectedAsPostGISDoes(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	rng := rand.New(rand.NewPCG(1, 2))
	var codes []int
	var lons, lats, xs, ys []float64
	for range 4000 {
		lon, lat := rng.Float64()*360-180, rng.Float64()*168-84
		code := 3857
		if rng.IntN(10) > 0 {
			code = geo.UTMCode(lon, lat)
			lon += rng.Float64()*30 - 15
		}
		p, ok := geo.Projected(code)
		require.True(t, ok)
		x, y := p(lon, lat)
		codes, lons, lats, xs, ys = append(codes, code), append(lons, lon), append(lats, lat), append(xs, x), append(ys, y)
	}
	var n int
	var worst, worstUTM float64
	require.NoError(t, pool.QueryRow(t.Context(), `
		select count(*), max(d), max(d) filter (where code > 32600)
		from (
			select code, st_distance(st_transform(st_setsrid(st_makepoint(lon, lat), 4326), code), st_setsrid(st_makepoint(x, y), code)) as d
			from unnest($1::int[], $2::float8[], $3::float8[], $4::float8[], $5::float8[]) p (code, lon, lat, x, y)
			where lon between -180 and 180
		) q`, codes, lons, lats, xs, ys).Scan(&n, &worst, &worstUTM))
	require.Greater(t, n, 3000)
	require.Less(t, worst, 1e-5)
	require.Less(t, worstUTM, 1e-5)
}

func TestSystemsOfFiles(t *testing.T) {
	t.Parallel()
	for _, code := range []int{0, 4258, 32600, 32661, 32700, 32761, 2059} {
		_, ok := geo.Projected(code)
		require.False(t, ok, code)
	}
	p, ok := geo.Projected(4326)
	require.True(t, ok)
	x, y := p(51, 35)
	require.Equal(t, [2]float64{51, 35}, [2]float64{x, y})
	require.Equal(t, []int{32639, 32640, 32738, 32660, 32601}, []int{geo.UTMCode(51.4, 35.7), geo.UTMCode(54, 30), geo.UTMCode(45, -1), geo.UTMCode(180, 1), geo.UTMCode(-180, 0)})
}
