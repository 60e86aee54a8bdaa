package tiles_test

import (
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"sort"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
	"nsdi/tiles"
)

// at is the tile over a point.
func at(lon, lat float64, z int) tiles.Address {
	n := math.Exp2(float64(z))
	rad := lat * math.Pi / 180
	return tiles.Address{Z: z, X: int((lon + 180) / 360 * n), Y: int((1 - math.Asinh(math.Tan(rad))/math.Pi) / 2 * n)}
}

// get asks for a tile as a client does.
func get(t testing.TB, s *tiles.Service, layer string, a tiles.Address, method string, header map[string]string) *http.Response {
	t.Helper()
	tile, err := s.Tile(t.Context(), layer, a)
	require.NoError(t, err)
	r := httptest.NewRequestWithContext(t.Context(), method, "/", nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	tile.ServeHTTP(w, r)
	return w.Result()
}

// decode reads a tile with a decoder that is not ours and answers its one layer's features by id.
func decode(t testing.TB, layer string, r *http.Response) map[string]map[string]any {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	found := map[string]map[string]any{}
	if len(body) == 0 {
		return found
	}
	layers, err := mvt.Unmarshal(body)
	require.NoError(t, err)
	require.Len(t, layers, 1)
	require.Equal(t, layer, layers[0].Name)
	require.EqualValues(t, 4096, layers[0].Extent)
	require.EqualValues(t, 2, layers[0].Version)
	for _, f := range layers[0].Features {
		found[fmt.Sprintf("%.0f", f.ID)] = f.Properties
	}
	return found
}

func square(lon, lat, side float64) string {
	return fmt.Sprintf("POLYGON((%[1]v %[2]v,%[3]v %[2]v,%[3]v %[4]v,%[1]v %[4]v,%[1]v %[2]v))", lon, lat, lon+side, lat+side)
}

func idsWithin(t testing.TB, pool *pgxpool.Pool, table, theme string, a tiles.Address) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		select id::text
		from `+table+`
		where theme = $1
		  and st_intersects(geom_3857, st_tileenvelope($2, $3, $4))`, theme, a.Z, a.X, a.Y)
	require.NoError(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	sort.Strings(ids)
	return ids
}

func TestTileHoldsEveryFeatureTyped(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var parcels []fixture.Feature
	for i := range 60 {
		for j := range 50 {
			parcels = append(parcels, fixture.Feature{
				Key: fmt.Sprintf("p%d-%d", i, j), WKT: square(51.40+float64(i)*2e-4, 35.70+float64(j)*2e-4, 2e-4),
				Attributes: map[string]any{"section": "بخش ۳", "main_plate": i + 1, "sub_plate": j + 1, "land_use": "مَسکونی"},
			})
		}
	}
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, parcels...)
	s := tiles.New(pool)
	a := at(51.405, 35.705, 14)
	got := decode(t, "cadastre-urban", get(t, s, "cadastre-urban", a, "GET", nil))
	var ids []string
	for id, properties := range got {
		ids = append(ids, id)
		assert.Equal(t, "بخش ۳", properties["section"])
		assert.Equal(t, "مسکونی", properties["land_use"], "vowel marks are stripped")
		assert.IsType(t, float64(0), properties["main_plate"], "numbers are numbers")
		assert.NotContains(t, properties, "geom")
	}
	sort.Strings(ids)
	want := idsWithin(t, pool, "cadastre.parcel", "cadastre-urban", a)
	assert.Greater(t, len(want), 500)
	// The buffer brings more; none of the tile's own may be missing.
	assert.Subset(t, ids, want)
}

func TestTilesOfTheCommonStoreAndOfAddresses(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "road", "interior", nil,
		fixture.Feature{Key: "1", WKT: "LINESTRING(51.40 35.70,51.41 35.70)", Attributes: map[string]any{"road_id": "1", "name_fa": "خیابان", "width_m": 12.5, "one_way": true}},
		fixture.Feature{Key: "2", WKT: "LINESTRING(51.40 35.701,51.41 35.701)", Attributes: map[string]any{"road_id": "2", "width_m": "not a number", "one_way": "perhaps"}})
	fixture.Publish(t, pool, "gnaf-address", "post", nil, fixture.Feature{Key: "a-1", WKT: "POINT(51.405 35.705)", Attributes: map[string]any{
		"address_id": "a-1", "city": "تهران", "street": "خیابان", "number": 12, "use": "مسکونی", "street_key": "خیابان", "city_key": "تهران",
	}})
	s := tiles.New(pool)
	roads := decode(t, "road", get(t, s, "road", at(51.405, 35.7005, 14), "GET", nil))
	require.Len(t, roads, 2)
	widths := 0
	for _, p := range roads {
		if p["width_m"] != nil {
			widths++
			assert.Equal(t, 12.5, p["width_m"])
			assert.Equal(t, true, p["one_way"])
			assert.Equal(t, "خیابان", p["name_fa"])
		}
	}
	assert.Equal(t, 1, widths, "what is no number is left out and spoils nothing")
	addresses := decode(t, "gnaf-address", get(t, s, "gnaf-address", at(51.405, 35.705, 15), "GET", nil))
	require.Len(t, addresses, 1)
	for _, p := range addresses {
		assert.Equal(t, map[string]any{"address_id": "a-1", "city": "تهران", "street": "خیابان", "number": 12.0, "use": "مسکونی"}, p)
	}
}

// A polygon that is smaller than a cell of the grid must still be in the tile.
func TestNoPolygonVanishes(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "territorial-sea", "interior", nil,
		fixture.Feature{Key: "tiny", WKT: square(51.4, 35.7, 1e-5), Attributes: map[string]any{"code": "tiny", "name_fa": "کوچک"}},
		fixture.Feature{Key: "big", WKT: square(51.5, 35.7, 0.05), Attributes: map[string]any{"code": "big", "name_fa": "بزرگ"}})
	got := decode(t, "territorial-sea", get(t, tiles.New(pool), "territorial-sea", at(51.4, 35.7, 9), "GET", nil))
	assert.Len(t, got, 2)
}

func TestCachingHeaders(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, fixture.Feature{Key: "a", WKT: square(51.4, 35.7, 0.1), Attributes: map[string]any{"code": "a", "name_fa": "الف"}})
	s := tiles.New(pool)
	a := at(51.45, 35.75, 11)
	packed := get(t, s, "urban-boundary", a, "GET", map[string]string{"Accept-Encoding": "br, gzip"})
	plain := get(t, s, "urban-boundary", a, "GET", map[string]string{"Accept-Encoding": "gzip;q=0, identity"})
	assert.Equal(t, "gzip", packed.Header.Get("Content-Encoding"))
	assert.Empty(t, plain.Header.Get("Content-Encoding"))
	for _, r := range []*http.Response{packed, plain} {
		assert.Equal(t, "application/vnd.mapbox-vector-tile", r.Header.Get("Content-Type"))
		assert.Equal(t, "Accept-Encoding", r.Header.Get("Vary"))
		assert.Contains(t, r.Header.Get("Cache-Control"), "must-revalidate")
		assert.Regexp(t, `^"[0-9a-f]+(-gzip)?"$`, r.Header.Get("ETag"))
	}
	assert.NotEqual(t, packed.Header.Get("ETag"), plain.Header.Get("ETag"), "different bytes under one strong ETag")
	z, err := gzip.NewReader(packed.Body)
	require.NoError(t, err)
	unpacked, err := io.ReadAll(z)
	require.NoError(t, err)
	body, err := io.ReadAll(plain.Body)
	require.NoError(t, err)
	assert.Equal(t, body, unpacked)
	assert.Equal(t, strconv.Itoa(len(body)), plain.Header.Get("Content-Length"))

	for _, tag := range []string{packed.Header.Get("ETag"), plain.Header.Get("ETag"), `"other", W/` + plain.Header.Get("ETag"), "*"} {
		r := get(t, s, "urban-boundary", a, "GET", map[string]string{"If-None-Match": tag})
		assert.Equal(t, http.StatusNotModified, r.StatusCode, tag)
		b, _ := io.ReadAll(r.Body)
		assert.Empty(t, b)
		assert.NotEmpty(t, r.Header.Get("ETag"))
	}
	assert.Equal(t, http.StatusOK, get(t, s, "urban-boundary", a, "GET", map[string]string{"If-None-Match": `"other"`}).StatusCode)

	head := get(t, s, "urban-boundary", a, "HEAD", map[string]string{"Accept-Encoding": "gzip"})
	b, _ := io.ReadAll(head.Body)
	assert.Empty(t, b)
	assert.Equal(t, packed.Header.Get("Content-Length"), head.Header.Get("Content-Length"))
	assert.Equal(t, packed.Header.Get("ETag"), head.Header.Get("ETag"))

	empty := get(t, s, "urban-boundary", at(0, 0, 11), "GET", map[string]string{"Accept-Encoding": "gzip"})
	assert.Equal(t, http.StatusOK, empty.StatusCode)
	assert.Equal(t, "0", empty.Header.Get("Content-Length"))
	assert.Empty(t, empty.Header.Get("Content-Encoding"))
}

// The tile is new right after a publication to its theme, and its ETag stays when something else is published.
func TestTileFollowsPublications(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s := tiles.New(pool)
	a := at(51.45, 35.75, 11)
	feature := func(key string, lon float64) fixture.Feature {
		return fixture.Feature{Key: key, WKT: square(lon, 35.7, 0.1), Attributes: map[string]any{"code": key, "name_fa": key}}
	}
	assert.Empty(t, decode(t, "urban-boundary", get(t, s, "urban-boundary", a, "GET", nil)))
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, feature("a", 51.4))
	first := get(t, s, "urban-boundary", a, "GET", nil)
	assert.Len(t, decode(t, "urban-boundary", first), 1)
	fixture.Publish(t, pool, "village", "interior", nil, fixture.Feature{Key: "v", WKT: square(51.4, 35.7, 0.01), Attributes: map[string]any{"code": "v", "name_fa": "v"}})
	assert.Equal(t, first.Header.Get("ETag"), get(t, s, "urban-boundary", a, "GET", nil).Header.Get("ETag"))
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, feature("b", 51.45))
	second := get(t, s, "urban-boundary", a, "GET", nil)
	assert.Len(t, decode(t, "urban-boundary", second), 2)
	assert.NotEqual(t, first.Header.Get("ETag"), second.Header.Get("ETag"))
}

func TestAdminUnitsByZoom(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Outline(t, pool, "IR-23", "province", "تهران", "IR", square(50.5, 35, 2))
	fixture.Outline(t, pool, "c1", "county", "شهرستان", "IR-23", square(51, 35.4, 0.5))
	fixture.Outline(t, pool, "d1", "district", "بخش", "c1", square(51.1, 35.5, 0.2))
	s := tiles.New(pool)
	for z, want := range map[int]int{0: 1, 5: 1, 6: 2, 7: 2, 8: 3, 13: 3} {
		got := decode(t, "admin-unit", get(t, s, "admin-unit", at(51.2, 35.6, z), "GET", nil))
		assert.Len(t, got, want, "zoom %d", z)
		for _, p := range got {
			assert.NotEmpty(t, p["code"])
			assert.NotEmpty(t, p["level"])
			assert.NotEmpty(t, p["name_fa"])
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	s := tiles.New(pgtest.New(t))
	for _, c := range []struct {
		layer  string
		at     tiles.Address
		code   string
		status int
	}{
		{"nothing", tiles.Address{}, "layer-unknown", 404},
		{"admin-division", tiles.Address{}, "layer-without-geometry", 404},
		{"building", tiles.Address{Z: 13}, "zoom-outside-range", 404},
		{"building", tiles.Address{Z: 17}, "zoom-outside-range", 404},
		{"' or 1=1", tiles.Address{}, "layer-unknown", 404},
	} {
		_, err := s.Tile(t.Context(), c.layer, c.at)
		e, ok := errs.As(err)
		require.True(t, ok, c.layer)
		assert.Equal(t, c.code, e.Code)
		assert.Equal(t, c.status, e.Status)
		for _, text := range []errs.Text{e.Title, e.Detail, e.Next} {
			assert.NotEmpty(t, text.FA)
			assert.NotEmpty(t, text.EN)
		}
	}
	_, err := s.Tile(t.Context(), "building", tiles.Address{Z: 13})
	assert.ErrorContains(t, err, "from zoom 14 to 16")
}

func TestTileJSON(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s := tiles.New(pool)
	empty, err := s.TileJSON(t.Context(), "urban-boundary", "http://example.test")
	require.NoError(t, err)
	assert.Nil(t, empty.Bounds)
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, fixture.Feature{Key: "a", WKT: square(51.5, 35.5, 0.25), Attributes: map[string]any{"code": "a", "name_fa": "الف"}})
	doc, err := s.TileJSON(t.Context(), "urban-boundary", "http://example.test")
	require.NoError(t, err)
	assert.Equal(t, "3.0.0", doc.TileJSON)
	require.Len(t, doc.Tiles, 1)
	assert.Regexp(t, `^http://example\.test/tiles/urban-boundary/\{z\}/\{x\}/\{y\}\?v=[0-9]+\.[0-9]+-[0-9a-f]{8}$`, doc.Tiles[0])
	assert.NotEqual(t, empty.Tiles, doc.Tiles, "a publication is another version")
	assert.Equal(t, &[4]float64{51.5, 35.5, 51.75, 35.75}, doc.Bounds)
	assert.Equal(t, 11, doc.MinZoom, "features are not drawn together yet")
	_, err = (&tiles.Generaliser{Pool: pool, Log: slog.New(slog.DiscardHandler)}).Step(t.Context())
	require.NoError(t, err)
	before := doc.Tiles
	doc, err = s.TileJSON(t.Context(), "urban-boundary", "http://example.test")
	require.NoError(t, err)
	assert.Equal(t, 3, doc.MinZoom)
	assert.NotEqual(t, before, doc.Tiles, "the same addresses would be kept for good")
	assert.Contains(t, doc.VectorLayers[0].Fields["count"], "Number")
	assert.Equal(t, 14, doc.MaxZoom)
	require.Len(t, doc.VectorLayers, 1)
	assert.Equal(t, "urban-boundary", doc.VectorLayers[0].ID)
	assert.Contains(t, doc.VectorLayers[0].Fields["population"], "Number")
	assert.Contains(t, doc.VectorLayers[0].Fields["name_fa"], "String")
}

// Every layer of the catalogue has a statement that the database accepts, at every zoom.
func TestEveryLayerMakesTiles(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s := tiles.New(pool)
	rows, err := pool.Query(t.Context(), `select code, geometry, min_zoom, max_zoom from layers.theme where geometry <> 'none' and not restricted`)
	require.NoError(t, err)
	type theme struct {
		code, geometry string
		min, max       int
	}
	themes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v theme, err error) {
		return v, row.Scan(&v.code, &v.geometry, &v.min, &v.max)
	})
	require.NoError(t, err)
	require.NotEmpty(t, themes)
	g := &tiles.Generaliser{Pool: pool, Log: slog.New(slog.DiscardHandler)}
	for range 2 { // from the beginning, and from where it is
		for _, v := range themes {
			one := fixture.Feature{Key: "1", WKT: "POINT(51 35)", Attributes: map[string]any{"city": "شهر", "street": "خیابان", "name": "نام", "kind": "street"}}
			switch v.geometry {
			case "line":
				one.WKT = "LINESTRING(51 35,51.001 35)"
			case "polygon", "any":
				one.WKT = square(51, 35, 0.001)
			}
			fixture.Publish(t, pool, v.code, "interior", nil, one)
		}
		_, err = g.Step(t.Context())
		require.NoError(t, err)
	}
	for _, v := range themes {
		for z := v.min; z <= v.max; z++ {
			_, err := s.Tile(t.Context(), v.code, at(51, 35, z))
			require.NoError(t, err, "%s at zoom %d", v.code, z)
		}
	}
}

func TestManyAskAtOnce(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "urban-boundary", "interior", nil, fixture.Feature{Key: "a", WKT: square(51.4, 35.7, 0.1), Attributes: map[string]any{"code": "a", "name_fa": "الف"}})
	s := tiles.New(pool)
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			tile, err := s.Tile(t.Context(), "urban-boundary", at(51.45, 35.75, 11))
			if assert.NoError(t, err) {
				assert.NotNil(t, tile)
			}
		})
	}
	wg.Wait()
}

func FuzzParseAddress(f *testing.F) {
	f.Add("0", "0", "0")
	f.Add("14", "10530", "6455")
	f.Add("-1", "+1", "99999999999999999999")
	f.Add("22", "4194303", "4194304")
	f.Fuzz(func(t *testing.T, z, x, y string) {
		a, err := tiles.ParseAddress(z, x, y)
		if err != nil {
			require.Contains(t, []int{400, 404}, errs.Status(err))
			return
		}
		require.True(t, maptile.New(uint32(a.X), uint32(a.Y), maptile.Zoom(a.Z)).Valid())
		require.LessOrEqual(t, a.Z, 22)
	})
}

// The center of two places that lie far apart is one of them, not the empty ground between.
func TestCenterLiesOnAFeature(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	place := func(key, wkt string) fixture.Feature {
		return fixture.Feature{Key: key, WKT: wkt, Attributes: map[string]any{"code": key, "name_fa": key}}
	}
	fixture.Publish(t, pool, "place", "interior", nil, place("north", "POINT(50 37)"), place("south", "POINT(54 27)"), place("near", "POINT(52.5 30)"))
	doc, err := tiles.New(pool).TileJSON(t.Context(), "place", "http://example.test")
	require.NoError(t, err)
	assert.Equal(t, &[4]float64{50, 27, 54, 37}, doc.Bounds)
	assert.Equal(t, []float64{52.5, 30}, doc.Center[:2])
}
