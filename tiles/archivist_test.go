package tiles_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/mvtcheck"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/tiles"
	"nsdi/tiles/archive"
)

// archived answers a service with an archive in a folder, and who keeps it.
func archived(t testing.TB, pool *pgxpool.Pool, folder string) (*tiles.Service, *tiles.Archivist) {
	store, err := archive.Open(folder)
	require.NoError(t, err)
	t.Cleanup(store.Close)
	s := tiles.NewWith(pgtest.Application(t, pool, pg.Public), tiles.Settings{Archive: store})
	return s, &tiles.Archivist{Service: s, Log: slog.New(slog.DiscardHandler), Reserve: 1}
}

// tags are the ETags of tiles by their place.
func tags(t testing.TB, s *tiles.Service, layer string, list []tiles.Address) map[tiles.Address]string {
	out := map[tiles.Address]string{}
	for _, a := range list {
		out[a] = get(t, s, layer, a, "HEAD", map[string]string{"Accept-Encoding": "gzip"}).Header.Get("Etag")
	}
	return out
}

// places are tiles of all archived zooms in which the layer has something, and one beside each, which may be empty.
func places(t testing.TB, pool *pgxpool.Pool, layer string, top int) (list []tiles.Address) {
	for _, z := range []int{3, 6, 9, top - 2, top - 1, top} {
		at := min(z, top-1)
		for _, a := range covered(t, pool, layer, at) {
			shift := z - at
			list = append(list, tiles.Address{Z: z, X: a.X << shift, Y: a.Y << shift}, tiles.Address{Z: z, X: a.X<<shift + 1, Y: a.Y<<shift + shift})
		}
	}
	return list
}

// Every archived tile is the one that is made when somebody asks, byte by byte; a publication makes those again in which it changed something, and no other; what
// it took away is gone. Nothing of it is made when somebody asks.
func TestArchivedTilesAreThoseThatAreMade(t *testing.T) {
	t.Parallel()
	pool, _, g := published(t)
	folder := t.TempDir()
	s, keeper := archived(t, pool, folder)
	brought, err := keeper.Step(t.Context())
	require.NoError(t, err)
	require.Equal(t, 5, brought, "what is published, and the units that there are from the beginning")
	tops := map[string]int{"gnaf-address": 14, "road": 13, "range-forest": 12}
	compare := func() (same int) {
		before := s.Made()
		cold := tiles.New(pgtest.Application(t, pool, pg.Public))
		for layer, top := range tops {
			list := places(t, pool, layer, top)
			want := tags(t, cold, layer, list)
			require.Equal(t, want, tags(t, s, layer, list), layer)
			same += len(list)
		}
		require.Equal(t, before, s.Made(), "all come from the archive")
		return same
	}
	require.Greater(t, compare(), 100)
	require.Empty(t, s.Archive().Behind)

	town := at(50.001, 30.001, 14)
	before := tags(t, s, "gnaf-address", places(t, pool, "gnaf-address", 14))
	var keys []string
	for i := range 360 { // all of the first town
		keys = append(keys, fmt.Sprintf("gnaf-address-%d", i))
	}
	fixture.Remove(t, pool, "gnaf-address", "post", keys...)
	fixture.Publish(t, pool, "road", "interior", nil, fixture.Feature{Key: "road-0", WKT: "LINESTRING(54 35,54.001 35.001)", Attributes: map[string]any{"road_class": "local"}})
	made := s.Made()
	require.Empty(t, decode(t, "gnaf-address", get(t, s, "gnaf-address", town, "GET", nil)), "a tile is never older than the last publication")
	require.Greater(t, s.Made(), made, "and is made when it is asked for, until the archive has it")
	brought, err = keeper.Step(t.Context())
	require.NoError(t, err)
	require.Zero(t, brought, "the cells are not there yet")
	_, err = g.Step(t.Context())
	require.NoError(t, err)
	s, keeper = archived(t, pool, folder) // another process, which has nothing in memory
	brought, err = keeper.Step(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, brought)
	compare()
	files, err := filepath.Glob(filepath.Join(folder, "gnaf-address.*.changed.pmtiles"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	after := tags(t, s, "gnaf-address", places(t, pool, "gnaf-address", 14))
	kept := 0
	for a, tag := range after {
		if before[a] == tag {
			kept++
		}
	}
	require.Greater(t, kept, 20, "tiles of other towns keep their ETags")
	_, tilesThere, _, err := archive.Inspect(folder)
	require.NoError(t, err)
	require.Greater(t, tilesThere, 200)

	base := tags(t, tiles.New(pgtest.Application(t, pool, pg.Public)), tiles.BaseMap, places(t, pool, "road", 12))
	before0 := s.Made()
	got := tags(t, s, tiles.BaseMap, slices.Collect(keysOf(base)))
	require.Equal(t, base, got)
	require.Equal(t, before0, s.Made(), "the base map is put together from archives")
}

func keysOf[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// A damaged file costs time and nothing else: tiles are made when they are asked for, until the archive is made anew.
func TestDamagedArchiveIsMadeAnew(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "village", "interior", nil, fixture.Feature{Key: "a", WKT: square(51.4, 35.7, 0.02), Attributes: map[string]any{"code": "a", "name_fa": "ده"}})
	_, err := (&tiles.Generaliser{Pool: pgtest.Application(t, pool, pg.Everything), Log: slog.New(slog.DiscardHandler)}).Step(t.Context())
	require.NoError(t, err)
	folder := t.TempDir()
	s, keeper := archived(t, pool, folder)
	_, err = keeper.Step(t.Context())
	require.NoError(t, err)
	_, err = keeper.Step(t.Context()) // by brotli, too
	require.NoError(t, err)
	a := at(51.41, 35.71, 4)
	// In this order: what is there already goes before what has to be made, so that the star is answered by zstd once that was asked for.
	for _, c := range [][2]string{{"gzip, deflate, br, zstd", "br"}, {"br;q=0.5, gzip", "gzip"}, {"br;q=0, *", "gzip"}, {"zstd", "zstd"}, {"br;q=0, *", "zstd"}, {"", ""}} {
		accepted, want := c[0], c[1]
		r := get(t, s, "village", a, "GET", map[string]string{"Accept-Encoding": accepted})
		require.Equal(t, []string{want, "Accept-Encoding"}, []string{r.Header.Get("Content-Encoding"), r.Header.Get("Vary")}, accepted)
		again := get(t, s, "village", a, "GET", map[string]string{"Accept-Encoding": accepted, "If-None-Match": r.Header.Get("Etag")})
		require.Equal(t, []any{http.StatusNotModified, r.Header.Get("Etag")}, []any{again.StatusCode, again.Header.Get("Etag")})
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(len(body)), r.Header.Get("Content-Length"))
		if want == "br" {
			require.Contains(t, r.Header.Get("Etag"), "-br")
			body, err = io.ReadAll(brotli.NewReader(bytes.NewReader(body)))
			require.NoError(t, err)
			_, err = mvtcheck.Decode(body)
			require.NoError(t, err)
		}
	}
	want := tags(t, s, "village", []tiles.Address{a})
	require.Zero(t, s.Made())

	file := one(t, filepath.Join(folder, "village.*.all.pmtiles"))
	body, err := os.ReadFile(file)
	require.NoError(t, err)
	for i := 16384; i < 16384+400; i++ { // the first tiles
		body[i] ^= 0x55
	}
	require.NoError(t, os.WriteFile(file, body, 0o644))
	s, keeper = archived(t, pool, folder)
	_, err = keeper.Step(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, tags(t, s, "village", []tiles.Address{a}))
	require.Positive(t, s.Made())
	require.Contains(t, s.Archive().Damaged, "village")
	_, err = keeper.Step(t.Context())
	require.NoError(t, err)
	require.Empty(t, s.Archive().Damaged)
	require.NotEqual(t, file, one(t, filepath.Join(folder, "village.*.all.pmtiles")))
	s, keeper = archived(t, pool, folder)
	_, err = keeper.Step(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, tags(t, s, "village", []tiles.Address{a}))
	require.Zero(t, s.Made())
}

func one(t testing.TB, pattern string) string {
	found, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

// An archive of another history of the same length, as of a database that was restored, is not read, and is made anew; so is one of tiles that were drawn in another way.
// What is restricted is in no archive, and a disk with little left is left alone.
func TestArchiveOfAnotherHistory(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "territorial-sea", "ports", nil, fixture.Feature{Key: "a", WKT: square(51.4, 26.7, 0.5), Attributes: map[string]any{}})
	folder := t.TempDir()
	_, keeper := archived(t, pool, folder)
	g := &tiles.Generaliser{Pool: pgtest.Application(t, pool, pg.Everything), Log: slog.New(slog.DiscardHandler)}
	step := func(keeper *tiles.Archivist) string {
		_, err := g.Step(t.Context())
		require.NoError(t, err)
		_, err = keeper.Step(t.Context())
		require.NoError(t, err)
		return one(t, filepath.Join(folder, "territorial-sea.*.all.pmtiles"))
	}
	first := step(keeper)
	for _, sql := range []string{
		`update layers.version set published_at = published_at - interval '1 day'`,
		`update layers.theme set attributes = attributes || '[{"name": "new", "type": "text", "title_fa": "ن", "title_en": "n"}]' where code = 'territorial-sea'`,
		`update layers.theme set split_zoom = 8 where code = 'territorial-sea'`,
	} {
		_, keeper = archived(t, pool, folder)
		require.Equal(t, first, step(keeper), "nothing was published")
		_, err := pool.Exec(t.Context(), sql)
		require.NoError(t, err)
		s, keeper := archived(t, pool, folder)
		next := step(keeper)
		require.NotEqual(t, first, next, sql)
		get(t, s, "territorial-sea", at(51.6, 26.9, 7), "GET", nil)
		require.Zero(t, s.Made())
		first = next
	}
	fixture.Publish(t, pool, "electricity", "energy", nil, fixture.Feature{Key: "a", WKT: "POINT(51.4 35.7)", Attributes: map[string]any{}})
	_, keeper = archived(t, pool, folder)
	step(keeper)
	files, err := filepath.Glob(filepath.Join(folder, "electricity*"))
	require.NoError(t, err)
	require.Empty(t, files)
	_, keeper = archived(t, pool, t.TempDir())
	keeper.Reserve = 1 << 60
	_, err = keeper.Step(t.Context())
	require.Error(t, err)
	require.True(t, strings.Contains(err.Error(), "left on the disk"), err)
}
