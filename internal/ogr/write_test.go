package ogr

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGeoPackageOfATable(t *testing.T) {
	t.Parallel()
	s, err := NewSandbox(t.Context(), Limits{})
	require.NoError(t, err)
	body, err := s.GeoPackage(t.Context(), Table{
		Name: "things", Geometry: "POINT", Types: []string{"String", "Integer", "Date", "Integer(Boolean)", "WKT"},
		CSV: []byte("name,n,day,open,WKT\nیک,7,2025-03-20,true,POINT (51 35)\n,,,,POINT (52 36)\n"),
	})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "things.gpkg")
	require.NoError(t, os.WriteFile(file, body, 0o600))
	in := File{Main: "things.gpkg", Files: map[string]string{"things.gpkg": file}, Bytes: int64(len(body))}
	layers, err := s.Inspect(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, []Layer{{Name: "things", Features: 2, CRS: "EPSG:4326", Geometry: "Point"}}, layers)
	var rows [][]string
	_, err = s.Read(t.Context(), in, layers, func(r *Row) error {
		require.Len(t, r.Geoms, 1)
		require.Equal(t, []string{"name", "n", "day", "open"}, r.Columns)
		rows = append(rows, append([]string{}, r.Values...))
		if len(rows) == 2 {
			require.Equal(t, []bool{true, true, true, true}, r.Null, "empty cells are null")
		}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, "یک", rows[0][0])
	require.Equal(t, "7", rows[0][1])
}

func TestGeoPackageEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s, err := NewSandbox(t.Context(), Limits{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.GeoPackage(ctx, Table{Name: "x", Geometry: "NONE", Types: []string{"String"}, CSV: []byte("a\n")})
	require.ErrorIs(t, err, context.Canceled)
}
