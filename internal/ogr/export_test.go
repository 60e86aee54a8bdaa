package ogr

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// One feature may have more text than the 10 MB that GDAL takes of a line by default: here are 400,000 vertices.
func TestExportOfALongGeometry(t *testing.T) {
	t.Parallel()
	s, err := NewSandbox(t.Context(), Limits{})
	require.NoError(t, err)
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("code,WKT\na,\"LINESTRING(")
	const vertices = 400_000
	for i := range vertices {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "51.%013d 35.%013d", i*7919, i*104729)
	}
	b.WriteString(")\"\n")
	require.Greater(t, b.Len(), 10_000_000)
	table := filepath.Join(dir, "t.csv")
	require.NoError(t, os.WriteFile(table, []byte(b.String()), 0o600))
	require.NoError(t, os.WriteFile(table+"t", []byte(`"String","WKT"`), 0o600))
	out := filepath.Join(dir, "out")
	require.NoError(t, os.Mkdir(out, 0o700))
	err = s.Export(t.Context(), Export{
		Driver: "GPKG", File: "d.gpkg", Layer: "d", Geometry: "LINESTRING", CRS: "EPSG:32639", CSV: table, Types: table + "t", Bytes: int64(b.Len()), Folder: out, Most: 1 << 30,
	})
	require.NoError(t, err)
	file := filepath.Join(out, "d.gpkg")
	info, err := os.Stat(file)
	require.NoError(t, err)
	opened := File{Main: "d.gpkg", Files: map[string]string{"d.gpkg": file}, Bytes: info.Size()}
	layers, err := s.Inspect(t.Context(), opened)
	require.NoError(t, err)
	require.Len(t, layers, 1)
	require.Equal(t, "EPSG:32639", layers[0].CRS)
	var sizes []int
	_, err = s.Read(t.Context(), opened, layers, func(r *Row) error {
		for _, g := range r.Geoms {
			sizes = append(sizes, len(g))
		}
		return nil
	})
	require.NoError(t, err)
	require.Len(t, sizes, 1)
	require.InDelta(t, 16*vertices, sizes[0], 64, "16 bytes a vertex, and the heads")
}
