package tiles

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// BenchmarkLowZooms draws a million points and 300,000 parcels together, and then makes every tile below the split zoom that is not empty. It tells how long the cells of a
// theme took, how long the change of one town takes, and of each zoom the number of tiles, the largest one and the slowest ones.
func BenchmarkLowZooms(b *testing.B) {
	pool := publishedCountry(b)
	g := &Generaliser{Pool: pool, Log: slog.New(slog.DiscardHandler)}
	for b.Loop() {
		for _, theme := range []string{"gnaf-address", "cadastre-urban"} {
			_, err := pool.Exec(b.Context(), `delete from layers.generalisation where theme = $1`, theme)
			require.NoError(b, err)
			began := time.Now()
			require.NoError(b, g.follow(b.Context(), pool, theme))
			fmt.Printf("%s: cells of all zooms in %.1f s\n", theme, time.Since(began).Seconds())
		}
		s := New(pool)
		cityChanges(b, pool, g, s)
		for _, theme := range []string{"gnaf-address", "cadastre-urban"} {
			l, err := s.layer(b.Context(), theme)
			require.NoError(b, err)
			for z := 5; z <= l.splitZoom; z++ {
				took, largest, sum := []time.Duration{}, 0, 0
				for _, at := range tilesOf(b, pool, l, z) {
					began := time.Now()
					t, err := s.make(b.Context(), l, at)
					require.NoError(b, err)
					took = append(took, time.Since(began))
					packed, err := t.form(gzipped)
					require.NoError(b, err)
					sum += packed.size
					largest = max(largest, packed.size)
				}
				slices.Sort(took)
				fmt.Printf("%s z%d: %d tiles, mean %.1f KB, largest %.1f KB; median %.1f ms, p99 %.1f ms, slowest %.1f ms\n", theme, z, len(took), float64(sum)/float64(len(took))/1000, float64(largest)/1000,
					took[len(took)/2].Seconds()*1000, took[len(took)*99/100].Seconds()*1000, took[len(took)-1].Seconds()*1000)
			}
		}
	}
}

// cityChanges publishes 2,000 new addresses in one place, and tells how long it takes until a tile of every zoom has them.
func cityChanges(b *testing.B, pool *pgxpool.Pool, g *Generaliser, s *Service) {
	hash := func(z int) string {
		t, err := s.Tile(b.Context(), "gnaf-address", over(24.5005, 57.0005, z))
		require.NoError(b, err)
		return t.hash
	}
	before := map[int]string{}
	for z := 3; z <= 16; z++ {
		before[z] = hash(z)
	}
	publishCity(b, pool)
	began := time.Now()
	_, err := g.Step(b.Context())
	require.NoError(b, err)
	cells := time.Since(began)
	for z := 3; z <= 16; z++ {
		require.NotEqual(b, before[z], hash(z), "zoom %d", z)
	}
	fmt.Printf("2,000 addresses of a city: cells in %.2f s, tiles of zooms 3 to 16 in %.2f s\n", cells.Seconds(), time.Since(began).Seconds())
}

// tilesOf are the tiles of a zoom in which the layer has something; at the split zoom those in which it has most.
func tilesOf(b *testing.B, pool *pgxpool.Pool, l *layer, z int) []Address {
	sql := `select distinct cx >> 6 as x, cy >> 6 as y from layers.generalised where theme = $1 and z = $2`
	if z == l.splitZoom {
		sql = `select cx >> 5 as x, cy >> 5 as y from layers.generalised where theme = $1 and z = $2 - 1 group by 1, 2 order by sum(count) desc limit 50`
	}
	rows, err := pool.Query(b.Context(), sql, l.code, z)
	require.NoError(b, err)
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Address, error) {
		a := Address{Z: z}
		return a, row.Scan(&a.X, &a.Y)
	})
	require.NoError(b, err)
	return all
}
