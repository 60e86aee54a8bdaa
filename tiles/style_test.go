package tiles_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/pgtest"
	"nsdi/tiles"
)

// Every layer has a style that MapLibre's own validator takes, that draws each of its vector layers, and whose legend names every colour.
func TestStyles(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s := tiles.New(pool)
	rows, err := pool.Query(t.Context(), `select code from layers.theme where geometry <> 'none' and not restricted`)
	require.NoError(t, err)
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.NotEmpty(t, codes)
	styles := map[string]*tiles.Style{}
	for _, code := range append(codes, tiles.BaseMap) {
		style, err := s.Style(t.Context(), code, "http://example.test")
		require.NoError(t, err)
		doc, err := s.TileJSON(t.Context(), code, "http://example.test")
		require.NoError(t, err)
		drawn := map[any]bool{}
		for _, l := range style.Layers {
			drawn[l["source-layer"]] = true
		}
		for _, l := range doc.VectorLayers {
			assert.True(t, drawn[l.ID], "%s draws no %s", code, l.ID)
		}
		require.NotEmpty(t, style.Metadata.Legend)
		text, err := json.Marshal(style.Layers)
		require.NoError(t, err)
		for _, symbol := range style.Metadata.Legend {
			assert.NotEmpty(t, symbol.Label.FA)
			assert.NotEmpty(t, symbol.Label.EN)
			assert.Contains(t, string(text), symbol.Colour)
		}
		styles[code] = style
	}
	// A building's kind is its use: eight values are listed in the catalogue, and whatever else there is.
	legend := styles["building"].Metadata.Legend
	assert.Len(t, legend, 9)
	assert.Equal(t, [2]string{"use", "Residential"}, [2]string{legend[0].Attribute, legend[0].Label.EN})
	again, err := s.Style(t.Context(), "building", "http://example.test")
	require.NoError(t, err)
	assert.Equal(t, styles["building"], again, "the same every time")

	_, here, _, _ := runtime.Caller(0)
	web := filepath.Join(filepath.Dir(here), "../web")
	if _, err := os.Stat(filepath.Join(web, "node_modules/@maplibre/maplibre-gl-style-spec")); err != nil {
		t.Skip("the validator of styles is not installed: npm ci in web")
	}
	in, err := json.Marshal(styles)
	require.NoError(t, err)
	validator := exec.CommandContext(t.Context(), "node", filepath.Join(web, "test/style.mjs"))
	validator.Stdin = bytes.NewReader(in)
	out, err := validator.Output()
	require.NoError(t, err)
	assert.JSONEq(t, "{}", string(out))
}
