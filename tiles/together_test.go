package tiles_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
	"nsdi/tiles"
)

// Real files drawn together: every feature is counted at every zoom, blocks lie where the areas lie, and no tile is large.
func TestRealFeaturesTogether(t *testing.T) {
	t.Parallel()
	data := filepath.Join("..", "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skip("needs the shared data folder beside the checkout, which is not there")
	}
	pool := pgtest.New(t)
	url := pool.Config().ConnString()
	var all []string
	for i, source := range []struct{ theme, agency, file, layer string }{
		{"cadastre-urban", "registry", "/vsigzip/" + filepath.Join(data, "parcels", "cadastre-75118-parcelles.json.gz"), ""},
		{"building", "interior", "/vsizip/" + filepath.Join(data, "municipal", "nl_bgt_otterlo.zip") + "/bgt_pand.gml", ""},
		{"public-facility", "interior", filepath.Join(data, "osm", "liechtenstein-latest.osm.pbf"), "points"},
	} {
		table := fmt.Sprintf("access.together_%d", i)
		load(t, url, source.file, source.layer, table)
		rows, err := pool.Query(t.Context(), `select fid::text, st_astext(st_transform(geom, 4326)) from `+table+` where st_dimension(geom) in (0, 2)`)
		require.NoError(t, err)
		features, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f fixture.Feature, err error) {
			f.Attributes = map[string]any{"main_plate": 1}
			return f, row.Scan(&f.Key, &f.WKT)
		})
		require.NoError(t, err)
		require.Greater(t, len(features), 500, source.theme)
		fixture.Publish(t, pool, source.theme, source.agency, nil, features...)
		all = append(all, source.theme+" "+strconv.Itoa(len(features)))
	}
	_, err := (&tiles.Generaliser{Pool: pool, Log: slog.New(slog.DiscardHandler)}).Step(t.Context())
	require.NoError(t, err)
	_, err = tiles.TooLarge(t.Context(), pool)
	require.NoError(t, err)
	s := tiles.New(pool)
	for _, published := range all {
		var theme string
		var many int
		_, err := fmt.Sscanf(published, "%s %d", &theme, &many)
		require.NoError(t, err)
		doc, err := s.TileJSON(t.Context(), theme, "")
		require.NoError(t, err)
		require.Equal(t, 3, doc.MinZoom)
		for z := 3; z <= 12; z++ {
			var counted, corners int
			require.NoError(t, pool.QueryRow(t.Context(), `
				select sum(count), max(case when id = 0 then st_npoints(geom_3857) end)
				from layers.generalised
				where theme = $1 and z = $2`, theme, z).Scan(&counted, &corners))
			assert.Equal(t, many, counted, "%s at zoom %d", theme, z)
			assert.LessOrEqual(t, corners, 40, "%s at zoom %d", theme, z)
			for _, a := range covered(t, pool, theme, z) {
				require.NotEmpty(t, features(t, s, theme, a), "%s at %v", theme, a)
			}
		}
	}
	// Within two pixels of a block there is a parcel, and within two of a parcel a block.
	for _, z := range []int{10, 13} {
		var beyond, missing float64
		require.NoError(t, pool.QueryRow(t.Context(), `
			with own as (select st_union(geom_3857) as g from cadastre.parcel where theme = 'cadastre-urban'),
			drawn as (select st_union(st_makevalid(geom_3857)) as g from layers.generalised where theme = 'cadastre-urban' and z = $1),
			pixel as (select 40075016.685578488 / (512 << $1) as p)
			select st_area(st_difference(drawn.g, st_buffer(own.g, 2 * p))) / st_area(own.g), st_area(st_difference(own.g, st_buffer(drawn.g, 2 * p))) / st_area(own.g)
			from own, drawn, pixel`, z).Scan(&beyond, &missing))
		assert.Less(t, beyond, 0.01, "zoom %d", z)
		assert.Less(t, missing, 0.01, "zoom %d", z)
	}
}
