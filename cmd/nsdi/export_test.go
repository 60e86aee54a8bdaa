package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
	"nsdi/tiles/pmtiles"
)

// The command writes a whole file or none.
func TestExportPMTiles(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "place", "interior", nil, fixture.Feature{Key: "p", WKT: "POINT(51.42 35.72)", Attributes: map[string]any{"code": "p", "name_fa": "پ"}})
	dir := t.TempDir()
	out := filepath.Join(dir, "places.pmtiles")
	var stdout, stderr bytes.Buffer
	export := func(layer string) error {
		return run(t.Context(), []string{"--data", dir, "--database-url", pool.Config().ConnString(), "export", "--pmtiles", layer, "-o", out}, &stdout, &stderr)
	}
	require.Equal(t, "layer-unknown", errs.Code(export("nothing")))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)

	require.NoError(t, export("place"))
	f, err := pmtiles.Open(out)
	require.NoError(t, err)
	defer f.Close()
	// One tile a zoom at least; the point lies in the buffer of a neighbour at some.
	assert.GreaterOrEqual(t, f.Addressed, uint64(f.MaxZoom-f.MinZoom)+1)
	assert.Contains(t, stdout.String(), out+": ")
}
