package tiles_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/tiles"
)

// A tile of the base map is the tiles of its layers one behind the other, features that have to be mended among them.
func TestBaseMap(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Outline(t, pool, "IR-23", "province", "تهران", "IR", square(51, 35, 1))
	named := func(key, wkt string) fixture.Feature {
		return fixture.Feature{Key: key, WKT: wkt, Attributes: map[string]any{"code": key, "name_fa": key}}
	}
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, named("a", square(51.4, 35.7, 0.05)),
		// A needle that crosses itself once its corners are rounded.
		named("b", "POLYGON((51.40 35.70,51.45 35.75,51.45000001 35.75,51.4000001 35.70,51.42 35.715,51.40 35.70))"))
	fixture.Publish(t, pool, "place", "interior", nil, named("p", "POINT(51.42 35.72)"))
	fixture.Publish(t, pool, "building", "registry", nil, fixture.Feature{Key: "x", WKT: square(51.42, 35.72, 0.0005), Attributes: map[string]any{"building_id": "x"}})
	s := tiles.New(pgtest.Application(t, pool, pg.Public))
	doc, err := s.TileJSON(t.Context(), tiles.BaseMap, "")
	require.NoError(t, err)
	assert.Equal(t, [4]float64{51, 35, 52, 36}, *doc.Bounds)
	most := 0
	for z := doc.MinZoom; z <= doc.MaxZoom; z++ {
		a := at(51.42001, 35.72001, z)
		var want []byte
		var names []string
		for _, l := range doc.VectorLayers {
			if z < l.MinZoom || z > l.MaxZoom {
				continue
			}
			body, err := io.ReadAll(get(t, s, l.ID, a, "GET", nil).Body)
			require.NoError(t, err)
			want = append(want, body...)
			if len(body) > 0 {
				names = append(names, l.ID)
			}
		}
		body, err := io.ReadAll(get(t, s, tiles.BaseMap, a, "GET", nil).Body)
		require.NoError(t, err)
		require.Equal(t, want, body, "zoom %d", z)
		layers, err := mvt.Unmarshal(body)
		require.NoError(t, err)
		var got []string
		for _, l := range layers {
			got = append(got, l.Name)
		}
		require.Equal(t, names, got)
		most = max(most, len(got))
	}
	assert.GreaterOrEqual(t, most, 3)
	tile, err := s.Tile(t.Context(), tiles.BaseMap, at(51.42, 35.72, 12))
	require.NoError(t, err)
	fixture.Publish(t, pool, "place", "interior", nil, named("q", "POINT(51.43 35.73)"))
	again, err := s.Tile(t.Context(), tiles.BaseMap, at(51.42, 35.72, 12))
	require.NoError(t, err)
	assert.NotEqual(t, tile, again, "it follows its layers")
	later, err := s.TileJSON(t.Context(), tiles.BaseMap, "")
	require.NoError(t, err)
	assert.NotEqual(t, doc.Tiles, later.Tiles)
}

// The layer of a dataset has that dataset's features only; datasets of restricted themes, and those that are not there, have none.
func TestLayerOfADataset(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	building := func(key string, lon float64) fixture.Feature {
		return fixture.Feature{Key: key, WKT: square(lon, 35.7, 0.001), Attributes: map[string]any{"building_id": key}}
	}
	fixture.Publish(t, pool, "building", "registry", nil, building("t1", 51.400), building("t2", 51.402))
	fixture.Publish(t, pool, "building", "interior", nil, building("k1", 51.404))
	fixture.Publish(t, pool, "electricity", "registry", nil, fixture.Feature{Key: "l", WKT: "LINESTRING(51.4 35.7,51.41 35.71)", Attributes: map[string]any{"line_id": "l"}})
	name := func(theme, agency string) string {
		var id int64
		require.NoError(t, pool.QueryRow(t.Context(), `select d.id from layers.dataset d join access.agency a on a.id = d.agency_id where d.theme = $1 and a.code = $2`, theme, agency).Scan(&id))
		return fmt.Sprintf("dataset-%d", id)
	}
	s := tiles.New(pgtest.Application(t, pool, pg.Public))
	doc, err := s.TileJSON(t.Context(), name("building", "registry"), "http://example.test")
	require.NoError(t, err)
	assert.Contains(t, doc.Tiles[0], "/tiles/"+name("building", "registry")+"/{z}/{x}/{y}?v=")
	assert.InDeltaSlice(t, []float64{51.4, 35.7, 51.403, 35.701}, doc.Bounds[:], 1e-9)
	assert.Equal(t, "building", doc.VectorLayers[0].ID, "the layer in the tile is the theme, so that one style suits both")
	a := at(51.4005, 35.7005, doc.MaxZoom-1)
	for layer, want := range map[string]int{"building": 3, name("building", "registry"): 2, name("building", "interior"): 1} {
		assert.Len(t, decode(t, "building", get(t, s, layer, a, "GET", nil)), want, layer)
	}
	for _, none := range []string{name("electricity", "registry"), "dataset-0", "dataset-999999", "dataset-01", "dataset-", "dataset-x", "dataset-99999999999999999999"} {
		_, err := s.Tile(t.Context(), none, a)
		assert.Equal(t, "layer-unknown", errs.Code(err), none)
	}
	fixture.Publish(t, pool, "building", "registry", nil, building("t3", 51.401))
	assert.Len(t, decode(t, "building", get(t, s, name("building", "registry"), a, "GET", nil)), 3)
}
