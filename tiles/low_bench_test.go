package tiles

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
)

// BenchmarkLowZooms draws a million points and 300,000 parcels together, and then makes every tile below the split zoom that is not empty. It tells how long the cells of a
// theme took, how long the change of one town takes, and of each zoom the number of tiles, the largest one and the slowest ones.
func BenchmarkLowZooms(b *testing.B) {
	load, err := os.ReadFile(filepath.Join("..", "..", "shared", "bench", "tiles", "01_generate.sql"))
	if err != nil {
		b.Skip("needs the shared bench folder beside the checkout, which is not there")
	}
	pool := pgtest.New(b)
	benchData(b, pool, string(load))
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
	var city []fixture.Feature
	for i := range 2000 {
		city = append(city, fixture.Feature{
			Key: fmt.Sprint("new", i), WKT: fmt.Sprintf("POINT(%f %f)", 24.5+float64(i%50)*4e-4, 57+float64(i/50)*4e-4), Attributes: map[string]any{"city": "c", "street": "s"},
		})
	}
	fixture.Publish(b, pool, "gnaf-address", "post", nil, city...)
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

// benchData publishes what the generator of the shared bench folder makes.
func benchData(b *testing.B, pool *pgxpool.Pool, generator string) {
	plain := regexp.MustCompile(`(?m)^\\.*$`).ReplaceAllString(regexp.MustCompile(`(?s)create table parcels4326.*`).ReplaceAllString(generator, ""), "")
	_, err := pool.Exec(b.Context(), "set search_path = access, public;\n"+plain+";\nreset search_path", pgx.QueryExecModeSimpleProtocol)
	require.NoError(b, err)
	for theme, sql := range map[string]string{
		"cadastre-urban": `
			insert into cadastre.parcel (theme, dataset_id, version_id, key, hash, parcel_id, section, main_plate, land_use, declared_area_m2, survey_method, area_m2, geom, geom_3857, valid_from)
			select 'cadastre-urban', $1::bigint, $2::bigint, parcel_no, '', parcel_no, '1', block_id, land_use, area_m2, (array['gnss', 'digitised', 'shamim_rtk'])[1 + id % 3], area_m2, st_transform(geom, 4326), geom, now()
			from access.parcels`,
		"gnaf-address": `
			insert into gnaf.address (theme, dataset_id, version_id, key, hash, city, street, postal_code, way_id, attributes, geom, geom_3857, valid_from)
			select 'gnaf-address', $1::bigint, $2::bigint, address_code::text, '', municipality, street, null, 0, jsonb_build_object('use', (array['مسکونی', 'تجاری'])[1 + (id % 7) / 6], 'address_id', address_code), st_transform(geom, 4326), geom, now()
			from access.addresses`,
	} {
		agency := map[string]string{"gnaf-address": "post", "cadastre-urban": "registry"}[theme]
		version := fixture.Publish(b, pool, theme, agency, nil, fixture.Feature{Key: "first", WKT: "POINT(24.5 57)", Attributes: map[string]any{"city": "c", "street": "s"}})
		var dataset int64
		require.NoError(b, pool.QueryRow(b.Context(), `select dataset_id from layers.version where id = $1`, version).Scan(&dataset))
		_, err := pool.Exec(b.Context(), sql, dataset, version)
		require.NoError(b, err, theme)
	}
	_, err = pool.Exec(b.Context(), `vacuum analyze cadastre.parcel, gnaf.address`)
	require.NoError(b, err)
}
