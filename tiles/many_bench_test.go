package tiles

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// BenchmarkManyPoints makes tiles of a million points, and then of ten million: the same country ten times side by side. What a tile takes is to depend on the tile, so both
// are told by the processor's time a tile, of the program and of the database, and by the largest tile.
func BenchmarkManyPoints(b *testing.B) {
	pool := country(b)
	version := publishFirst(b, pool, "gnaf-address", "post")
	// Tiles use none of these.
	_, err := pool.Exec(b.Context(), `drop index gnaf.address_key, gnaf.address_way, gnaf.address_postal_code, gnaf.address_without_code, gnaf.address_geom_3857`)
	require.NoError(b, err)
	b.Cleanup(func() { // what is not there need not be written before the database goes
		_, err := pool.Exec(context.Background(), `truncate gnaf.address, layers.generalised, access.addresses, access.parcels`)
		require.NoError(b, err)
	})
	g := &Generaliser{Pool: pool, Log: slog.New(slog.DiscardHandler)}
	for b.Loop() {
		for _, copies := range []int{1, 10} {
			began := time.Now()
			addCopies(b, pool, version, copies)
			fmt.Printf("%d million points: there in %.0f s\n", copies, time.Since(began).Seconds())
			_, err := pool.Exec(b.Context(), `delete from layers.generalisation where theme = 'gnaf-address'`)
			require.NoError(b, err)
			began, theirs := time.Now(), databaseTime(b, pool)
			require.NoError(b, g.follow(b.Context(), pool, "gnaf-address"))
			fmt.Printf("cells of all zooms: %.0f s, processor %.0f s\n", time.Since(began).Seconds(), (databaseTime(b, pool) - theirs).Seconds())
			costOfTiles(b, pool)
		}
	}
}

// addCopies brings the country to so many copies, those beyond the first to the west and the south of it.
func addCopies(b *testing.B, pool *pgxpool.Pool, version int64, copies int) {
	_, err := pool.Exec(b.Context(), `drop index if exists gnaf.address_geom_3857`)
	require.NoError(b, err)
	for i := range copies {
		_, err := pool.Exec(b.Context(), `
			insert into gnaf.address (theme, dataset_id, version_id, key, hash, city, street, postal_code, way_id, attributes, geom, geom_3857, valid_from)
			select 'gnaf-address', v.dataset_id, v.id, $2 || '-' || a.id, '', a.municipality, a.street, null, 0, jsonb_build_object('use', (array['مسکونی', 'تجاری'])[1 + (a.id % 7) / 6], 'address_id', a.address_code),
			  st_transform(g, 4326), g, now()
			from access.addresses a
			cross join lateral (select st_translate(a.geom, $3, $4) as g) t
			join layers.version v on v.id = $1
			where not exists (select from gnaf.address where key = $2 || '-1')`, version, fmt.Sprint(i), -float64(i%5)*600_000, -float64(i/5)*500_000)
		require.NoError(b, err)
	}
	_, err = pool.Exec(b.Context(), `create index address_geom_3857 on gnaf.address using spgist (geom_3857)`)
	require.NoError(b, err)
	_, err = pool.Exec(b.Context(), `vacuum analyze gnaf.address`)
	require.NoError(b, err)
}

// costOfTiles makes at most 300 tiles of each zoom: those over one in 2,503 addresses of the first country, evenly. They are the same tiles however many countries there are.
func costOfTiles(b *testing.B, pool *pgxpool.Pool) {
	s := New(pool)
	l, err := s.layer(b.Context(), "gnaf-address")
	require.NoError(b, err)
	for z := 5; z <= 16; z++ {
		const places = `
			select distinct floor((st_x(geom) / ` + earth + ` + 0.5) * (1 << $1::int))::int as x, floor((0.5 - st_y(geom) / ` + earth + `) * (1 << $1::int))::int as y
			from access.addresses
			where id % 2503 = 0`
		rows, err := pool.Query(b.Context(), `
			select x, y
			from (select *, row_number() over (order by x, y) as i, count(*) over () as n from (`+places+`) t) t
			where i % ((n + 299) / 300) = 0`, z)
		require.NoError(b, err)
		all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Address, error) {
			a := Address{Z: z}
			return a, row.Scan(&a.X, &a.Y)
		})
		require.NoError(b, err)
		var sizes []int
		var took []time.Duration
		own, theirs := processTime(b), databaseTime(b, pool)
		for _, at := range all {
			began := time.Now()
			t, err := s.make(b.Context(), l, at)
			require.NoError(b, err)
			packed, err := t.form(gzipped)
			require.NoError(b, err)
			took, sizes = append(took, time.Since(began)), append(sizes, len(packed.bytes))
		}
		n := time.Duration(len(all))
		own, theirs = (processTime(b)-own)/n, (databaseTime(b, pool)-theirs)/n
		slices.Sort(took)
		sum := 0
		for _, size := range sizes {
			sum += size
		}
		fmt.Printf("z%d: %d tiles, mean %.1f KB, largest %.1f KB, processor %.2f ms a tile (%.2f of the program, %.2f of the database), p99 %.0f ms\n", z, n, float64(sum)/float64(n)/1000,
			float64(slices.Max(sizes))/1000, (own+theirs).Seconds()*1000, own.Seconds()*1000, theirs.Seconds()*1000, took[len(took)*99/100].Seconds()*1000)
	}
}
