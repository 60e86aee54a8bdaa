package tiles_test

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/mvtcheck"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/tiles"
)

// A small country: towns of parcels side by side, some thousand addresses and streets, and a forest that is larger than any cell.
func country(random *rand.Rand) map[string][]fixture.Feature {
	out := map[string][]fixture.Feature{}
	add := func(theme, wkt string, attributes map[string]any) {
		key := fmt.Sprintf("%s-%d", theme, len(out[theme]))
		attributes["id"], attributes["address_id"], attributes["city"], attributes["street"] = key, key, "شهر", "خیابان"
		out[theme] = append(out[theme], fixture.Feature{Key: key, WKT: wkt, Attributes: attributes})
	}
	for town := range 5 {
		lon, lat := 50+float64(town)*1.37, 30+float64(town)*1.13
		for i := range 15 {
			for j := range 12 {
				x, y := lon+float64(i)*4e-4, lat+float64(j)*4e-4
				add("land-use", square(x, y, 4e-4), map[string]any{"use": []string{"مسکونی", "تجاری", "مسکونی"}[random.IntN(3)], "lot_area_m2": 100 + i})
				for range 2 {
					add("gnaf-address", fmt.Sprintf("POINT(%.7f %.7f)", x+random.Float64()*4e-4, y+random.Float64()*4e-4), map[string]any{"use": "مسکونی", "number": i})
				}
			}
			add("road", fmt.Sprintf("LINESTRING(%f %f,%f %f)", lon+float64(i)*4e-4, lat, lon+float64(i)*4e-4, lat+48e-4), map[string]any{"road_class": "local", "name_fa": "کوچه"})
		}
	}
	add("range-forest", square(51, 31, 2.5), map[string]any{"kind": "forest", "name_fa": "جنگل"})
	return out
}

func published(t testing.TB) (*pgxpool.Pool, *tiles.Service, *tiles.Generaliser) {
	pool := pgtest.New(t)
	for theme, features := range country(rand.New(rand.NewPCG(1, 2))) {
		fixture.Publish(t, pool, theme, map[string]string{"gnaf-address": "post"}[theme]+map[bool]string{true: "interior"}[theme != "gnaf-address"], nil, features...)
	}
	g := &tiles.Generaliser{Pool: pgtest.Application(t, pool, pg.Everything), Log: slog.New(slog.DiscardHandler)}
	_, err := g.Step(t.Context())
	require.NoError(t, err)
	return pool, tiles.New(pgtest.Application(t, pool, pg.Public)), g
}

// features answers what a tile has, checked against the specification.
func features(t testing.TB, s *tiles.Service, layer string, a tiles.Address) []mvtcheck.Feature {
	t.Helper()
	r := get(t, s, layer, a, "GET", nil)
	require.Equal(t, http.StatusOK, r.StatusCode)
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	if len(body) == 0 {
		return nil
	}
	layers, err := mvtcheck.Decode(body)
	require.NoError(t, err)
	require.Len(t, layers, 1)
	return layers[0].Features
}

// Over all tiles of a zoom the counts add up to the features there are: nothing is lost on the way from one zoom to the next.
func TestCountsAddUpAtEveryZoom(t *testing.T) {
	t.Parallel()
	pool, s, _ := published(t)
	var all int
	require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from gnaf.address`).Scan(&all))
	require.Equal(t, 1800, all)
	for z := 3; z <= 13; z++ {
		sum := 0.0
		for _, a := range covered(t, pool, "gnaf-address", z) {
			for _, f := range features(t, s, "gnaf-address", a) {
				if p := f.Paths[0][0]; p[0] >= 0 && p[0] < 4096 && p[1] >= 0 && p[1] < 4096 { // beyond is the neighbour's
					sum += float64(f.Values["count"].(int64))
				}
			}
		}
		assert.InDelta(t, all, sum, 0, "zoom %d", z)
	}
	for theme, want := range map[string]int{"land-use": 900, "road": 75, "range-forest": 1, "gnaf-address": 1800} {
		for z := 3; z < 12; z++ {
			var count, kinds int
			require.NoError(t, pool.QueryRow(t.Context(), `select coalesce(sum(count), 0), count(distinct kind) from layers.generalised where theme = $1 and z = $2`, theme, z).Scan(&count, &kinds))
			assert.Equal(t, want, count, "%s at zoom %d", theme, z)
			assert.Equal(t, 1, kinds)
		}
	}
	// Attributes as the theme says: the sum, and the value that most have.
	for z := 3; z <= 13; z++ {
		var sum, want float64
		require.NoError(t, pool.QueryRow(t.Context(), `
			select (select sum((shown ->> 'lot_area_m2')::float8) from layers.generalised where theme = 'land-use' and z = $1),
			  (select sum((attributes ->> 'lot_area_m2')::float8) from layers.feature where theme = 'land-use')`, z).Scan(&sum, &want))
		assert.InDelta(t, want, sum, 1e-6, "zoom %d", z)
		var right, rows int
		require.NoError(t, pool.QueryRow(t.Context(), `
			with own as (
				select floor((20037508.342789244 + (st_xmin(geom_3857) + st_xmax(geom_3857)) / 2) / (40075016.685578488 / (64 << $1))) as cx,
				  floor((20037508.342789244 - (st_ymin(geom_3857) + st_ymax(geom_3857)) / 2) / (40075016.685578488 / (64 << $1))) as cy,
				  mode() within group (order by attributes ->> 'use') as use, count(*)
				from layers.feature
				where theme = 'land-use'
				group by 1, 2
			)
			select count(*) filter (where g.shown ->> 'use' = own.use), count(*)
			from layers.generalised g
			join own using (cx, cy, count)
			where theme = 'land-use' and z = $1`, z).Scan(&right, &rows))
		assert.Equal(t, rows, right, "zoom %d", z)
		assert.Positive(t, rows)
	}
}

// covered are the tiles in which the cells of a zoom lie.
func covered(t testing.TB, pool *pgxpool.Pool, theme string, z int) (list []tiles.Address) {
	rows, err := pool.Query(t.Context(), `select distinct cx >> 6, cy >> 6 from layers.generalised where theme = $1 and z = $2 order by 1, 2`, theme, z)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		a := tiles.Address{Z: z}
		require.NoError(t, rows.Scan(&a.X, &a.Y))
		list = append(list, a)
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, list)
	return list
}

// cells are all rows of a theme, as text.
func cells(t testing.TB, pool *pgxpool.Pool, theme string) (list []string) {
	rows, err := pool.Query(t.Context(), `select concat_ws(' ', z, kind, cx, cy, id, count, shown, tally, st_astext(geom_3857, 3)) from layers.generalised where theme = $1 order by z, kind, cx, cy, id`, theme)
	require.NoError(t, err)
	list, err = pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return list
}

// Whatever is added, moved or removed, the cells are those that are made from the beginning.
func TestCellsFollowTheChangeLog(t *testing.T) {
	t.Parallel()
	pool, _, g := published(t)
	random := rand.New(rand.NewPCG(3, 4))
	kinds := map[string]func(lon, lat float64) string{
		"gnaf-address": func(lon, lat float64) string { return fmt.Sprintf("POINT(%.7f %.7f)", lon, lat) },
		"land-use":     func(lon, lat float64) string { return square(lon, lat, 2e-4+random.Float64()*3e-3) },
		"road": func(lon, lat float64) string {
			return fmt.Sprintf("LINESTRING(%.7f %.7f,%.7f %.7f)", lon, lat, lon+random.Float64()*0.01, lat+random.Float64()*0.002)
		},
		"range-forest": func(lon, lat float64) string { return square(lon-1, lat-1, 0.001+random.Float64()*3) },
	}
	for round := range 3 {
		for theme, shape := range kinds {
			agency := "interior"
			if theme == "gnaf-address" {
				agency = "post"
			}
			var changed []fixture.Feature
			for i := range 12 {
				changed = append(changed, fixture.Feature{
					Key: fmt.Sprintf("%s-%d", theme, []int{i * 3, 5000 + round*20 + i}[i%2]), WKT: shape(50+random.Float64()*6, 30+random.Float64()*5),
					Attributes: map[string]any{"use": "تجاری", "road_class": "alley", "kind": "range", "city": "شهر", "street": "خیابان", "lot_area_m2": 7},
				})
			}
			fixture.Publish(t, pool, theme, agency, nil, changed...)
			fixture.Remove(t, pool, theme, agency, fmt.Sprintf("%s-%d", theme, 30+round), fmt.Sprintf("%s-%d", theme, 5000+round*20+1))
		}
		n, err := g.Step(t.Context())
		require.NoError(t, err)
		require.Equal(t, len(kinds), n)
	}
	n, err := g.Step(t.Context())
	require.NoError(t, err)
	require.Zero(t, n, "nothing was published since")
	for theme := range kinds {
		followed := cells(t, pool, theme)
		_, err := pool.Exec(t.Context(), `update layers.generalisation set rules = 'other' where theme = $1`, theme)
		require.NoError(t, err)
		_, err = g.Step(t.Context())
		require.NoError(t, err)
		assert.Equal(t, cells(t, pool, theme), followed, theme)
	}
}

// Tiles beyond the budget are told, until they are not any more.
func TestTilesAreWeighed(t *testing.T) {
	t.Parallel()
	pool, _, g := published(t)
	themes, err := tiles.TooLarge(t.Context(), pool)
	require.NoError(t, err)
	assert.Equal(t, 4, themes)
	g.Budget = 2500 // of tiles of some 1,800 addresses, or of all that a town has
	fixture.Publish(t, pool, "gnaf-address", "post", nil, fixture.Feature{Key: "gnaf-address-0", WKT: "POINT(50.001 30.001)", Attributes: map[string]any{"city": "شهر", "street": "خیابان"}})
	_, err = g.Step(t.Context())
	require.NoError(t, err)
	_, err = tiles.TooLarge(t.Context(), pool)
	e, is := errs.As(err)
	require.True(t, is)
	assert.Equal(t, "tiles-too-large", e.Code)
	town := at(50.001, 30.001, 14)
	assert.Contains(t, e.Value, fmt.Sprintf("gnaf-address 14/%d/%d:", town.X, town.Y))
	var only bool
	require.NoError(t, pool.QueryRow(t.Context(), `select bool_and(theme = 'gnaf-address' and st_intersects(st_tileenvelope(z, x, y), st_transform('srid=4326;point(50.001 30.001)'::geometry, 3857))) from layers.tile_too_large`).Scan(&only))
	assert.True(t, only, "what was not touched is not weighed")
	g.Budget = 0
	fixture.Publish(t, pool, "gnaf-address", "post", nil, fixture.Feature{Key: "gnaf-address-0", WKT: "POINT(50.001 30.0011)", Attributes: map[string]any{"city": "شهر", "street": "خیابان"}})
	_, err = g.Step(t.Context())
	require.NoError(t, err)
	_, err = tiles.TooLarge(t.Context(), pool)
	require.NoError(t, err)
}
