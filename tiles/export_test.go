package tiles_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
	"nsdi/tiles"
	"nsdi/tiles/pmtiles"
)

// An export has every tile that the server answers with something, and no other; a tile of two layers has both.
func TestExport(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s := tiles.New(pool)
	folder := t.TempDir()
	path := filepath.Join(folder, "a.pmtiles")
	_, err := s.Export(t.Context(), path, []string{"urban-boundary"}, nil)
	e, ok := errs.As(err)
	require.True(t, ok, err)
	assert.Equal(t, "layer-empty", e.Code)

	fixture.Publish(t, pool, "urban-boundary", "interior", nil,
		fixture.Feature{Key: "a", WKT: square(51.4, 35.7, 0.05), Attributes: map[string]any{"code": "a", "name_fa": "الف"}},
		fixture.Feature{Key: "far", WKT: square(60.5, 29.5, 0.01), Attributes: map[string]any{"code": "b", "name_fa": "ب"}})
	fixture.Publish(t, pool, "place", "interior", nil, fixture.Feature{Key: "p", WKT: "POINT(51.42 35.72)", Attributes: map[string]any{"code": "p", "name_fa": "پ"}})
	var shown []tiles.Exported
	done, err := s.Export(t.Context(), path, []string{"urban-boundary", "place", "place"}, func(x tiles.Exported) { shown = append(shown, x) })
	require.NoError(t, err)
	assert.Equal(t, *done, shown[len(shown)-1])
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, left, 1)

	f, err := pmtiles.Open(path)
	require.NoError(t, err)
	defer f.Close()
	boundary, err := s.TileJSON(t.Context(), "urban-boundary", "")
	require.NoError(t, err)
	place, err := s.TileJSON(t.Context(), "place", "")
	require.NoError(t, err)
	assert.EqualValues(t, min(boundary.MinZoom, place.MinZoom), f.MinZoom)
	assert.EqualValues(t, max(boundary.MaxZoom, place.MaxZoom), f.MaxZoom)
	assert.InDeltaSlice(t, []float64{51.4, 29.5, 60.51, 35.75}, f.Bounds[:], 1e-6)
	var about struct {
		Layers []tiles.VectorLayer `json:"vector_layers"`
	}
	require.NoError(t, f.Metadata(&about))
	assert.Equal(t, append(boundary.VectorLayers, place.VectorLayers...), about.Layers)

	both := 0
	for id, b := range f.All() {
		require.NoError(t, b.Err)
		z, x, y := pmtiles.Place(id)
		var want []byte
		for _, l := range []*tiles.TileJSON{boundary, place} {
			if int(z) >= l.MinZoom && int(z) <= l.MaxZoom {
				r := get(t, s, l.Name, tiles.Address{Z: int(z), X: int(x), Y: int(y)}, "GET", nil)
				body, err := io.ReadAll(r.Body)
				require.NoError(t, err)
				want = append(want, body...)
			}
		}
		require.Equal(t, want, ungzipped(t, b.Bytes), "tile %d/%d/%d", z, x, y)
		layers, err := mvt.Unmarshal(want)
		require.NoError(t, err)
		if len(layers) == 2 {
			both++
		}
	}
	// At zooms of both layers the tile over the place has the two; its neighbours may have it within their buffer.
	assert.GreaterOrEqual(t, both, min(boundary.MaxZoom, place.MaxZoom)-max(boundary.MinZoom, place.MinZoom)+1)
	for z := boundary.MinZoom; z <= boundary.MaxZoom; z++ {
		for _, lonLat := range [][2]float64{{51.4001, 35.7001}, {51.4499, 35.7499}, {60.505, 29.505}, {51.42, 35.72}} {
			a := at(lonLat[0], lonLat[1], z)
			body, err := f.Tile(pmtiles.ID(uint8(z), uint32(a.X), uint32(a.Y)))
			require.NoError(t, err)
			assert.NotNil(t, body, fmt.Sprint(a))
		}
	}
}

// What has one name within tiles is not put into one file, and what is coloured by units alone is where they are.
func TestExportOfCompletion(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s := tiles.New(pool)
	path := filepath.Join(t.TempDir(), "a.pmtiles")
	fixture.Outline(t, pool, "IR-23", "province", "تهران", "IR", square(51, 35.4, 0.4))
	_, err := s.Export(t.Context(), path, []string{"progress-A27-GNAF", "progress-A25-URBAN"}, nil)
	e, ok := errs.As(err)
	require.True(t, ok, err)
	assert.Equal(t, [2]string{"layers-alike", "progress-A25-URBAN"}, [2]string{e.Code, fmt.Sprint(e.Value)})
	done, err := s.Export(t.Context(), path, []string{"progress-A27-GNAF", "progress-A27-GNAF"}, nil)
	require.NoError(t, err)
	assert.Greater(t, done.Tiles, uint64(12))
	f, err := pmtiles.Open(path)
	require.NoError(t, err)
	defer f.Close()
	assert.InDeltaSlice(t, []float64{51, 35.4, 51.4, 35.8}, f.Bounds[:], 1e-6)
	a := at(51.1, 35.5, 12)
	body, err := f.Tile(pmtiles.ID(12, uint32(a.X), uint32(a.Y)))
	require.NoError(t, err)
	layers, err := mvt.Unmarshal(ungzipped(t, body))
	require.NoError(t, err)
	require.Len(t, layers, 1)
	assert.Equal(t, "IR-23", layers[0].Features[0].Properties["code"])
}

func ungzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	require.NoError(t, err)
	out, err := io.ReadAll(z)
	require.NoError(t, err)
	return out
}
