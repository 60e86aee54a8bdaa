package reading

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/internal/ogr"
)

// recordOf is all of a row that both readers have to agree on.
func recordOf(r *Row) string {
	return fmt.Sprintf("%s %d %q %q %v %v %q %q", r.Layer, r.Number, r.Columns, r.Values, r.Null, r.Geoms, r.CRS, r.Damage)
}

// recordsOf reads a text as it is, with no other reader than the one given.
func recordsOf(t *testing.T, s source) (records []string, layers []Layer) {
	t.Helper()
	layers, err := s.inspect(t.Context())
	require.NoError(t, err)
	require.NoError(t, s.read(t.Context(), func(r *Row) error {
		records = append(records, recordOf(r))
		return nil
	}))
	return records, layers
}

// agrees holds a plain table against what GDAL reads of the same text.
func agrees(t *testing.T, r *Reader, file string) (plain bool) {
	t.Helper()
	name := filepath.Base(file)
	table, err := plainTable(name, file)
	require.NoError(t, err, file)
	if table == nil {
		return false
	}
	other := &gisSource{sandbox: r.Sandbox, name: name, inner: "f1", file: ogr.File{Main: "f1.csv", Files: map[string]string{"f1.csv": file}}}
	want, wantLayers := recordsOf(t, other)
	got, layers := recordsOf(t, table)
	require.Equal(t, want, got, file)
	require.Equal(t, wantLayers, layers, file)
	return true
}

// What is read without GDAL is read as GDAL reads it; what anybody could read otherwise is left to it.
func TestPlainTables(t *testing.T) {
	t.Parallel()
	r := newReader(t, Limits{})
	plain := map[string]string{
		"commas":       "id,name\n1,a\n2,b\n",
		"semicolons":   "id;name\n1;a, b\n",
		"tabs":         "id\tname\r\n1\ta\r\n",
		"mark":         "\xef\xbb\xbfid,نام\n1,میدان\n",
		"quoted":       "id,name\n1,\"a, \"\"b\"\"\"\n2,\"\"\n\"3\",\"\"\"\"\n",
		"lines":        "id,name\n1,\"a\r\nb\n\nc\"\n2,d\n",
		"short rows":   "id,name,x\n1\n2,b\n",
		"long rows":    "id,name\n1,a,more\n2,b,\n",
		"empty values": "id,name\n,\n 1 , a \n",
		"empty lines":  "id,name\n\n1,a\n\r\n2,b\n\n",
		"backslashes":  "id,name\n1,a\\tb\\N\n\\.,\\N\n",
		"many quotes":  "id,name\n1,\"" + strings.Repeat(`""`, 400_000) + "\"\n",
		"many lines":   "id,name\n1,\"" + strings.Repeat("\n", 400_000) + "\"\n",
		"other bytes":  "id,name\n1,\xe6\xc7\n",
		"header only":  "id,name\n",
		"geometries": "id,WKT\n1,POINT (1 2)\n2,\n3\n4,\"POLYGON((0 0,10 0.5,1.25 1,0 0),(0.1 0.1, 0.2 0.1, 0.2 0.2, 0.1 0.1))\"\n5,\"LINESTRING (51.388973512 -35.1,-0.000001 123456789012345678901)\"\n" +
			"6,\"MULTIPOLYGON (((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))\"\n7,\"MULTILINESTRING ((0 0,1 0),(1 1, 2 2))\"\n",
	}
	for name, text := range plain {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.True(t, agrees(t, r, write(t, "a.csv", []byte(text))))
		})
	}
	for name, text := range map[string]string{
		"one column":         "id\n1\n",
		"two separators":     "id,name;x\n1,a\n",
		"bars":               "id|name\n1|a",
		"numbers":            "1,2\n3,4\n",
		"a year":             "id,2020\n1,a\n",
		"no name":            "id,\n1,a\n",
		"the same name":      "id,ID\n1,a\n",
		"blanks":             "id, name\n1,a\n",
		"other geometries":   "id,_WKTb\n1,POINT (1 2)\n",
		"heights":            "id,WKT\n1,POINT Z (1 2 3)\n",
		"three numbers":      "id,WKT\n1,POINT (1 2 3)\n",
		"one number":         "id,WKT\n1,POINT (1)\n",
		"nothing":            "id,WKT\n1,POINT EMPTY\n",
		"exponents":          "id,WKT\n1,POINT (1e5 2)\n",
		"open ring":          "id,WKT\n1,\"POLYGON ((0 0,1 0,1 1,0 1))\"\n",
		"short ring":         "id,WKT\n1,\"POLYGON ((0 0,1 0,0 0))\"\n",
		"one point":          "id,WKT\n1,LINESTRING (0 0)\n",
		"no bracket":         "id,WKT\n1,\"LINESTRING (0 0,1 1\"\n",
		"more behind":        "id,WKT\n1,POINT (0 0))\n",
		"several points":     "id,WKT\n1,\"MULTIPOINT (0 0,1 1)\"\n",
		"quote in the midst": "id,name\n1,5\" pipe\n",
		"text after a quote": "id,name\n1,\"a\"b\n",
		"quote after blank":  "id,name\n1, \"a,b\"\n",
		"open quote":         "id,name\n1,\"a\n",
		"old lines":          "id,name\r1,a\r",
		"a zero":             "id,name\n1,a\x00\n",
		"long line":          "id,name\n1," + strings.Repeat("x", maxTableLine) + "\n",
		"long record":        "id,name\n1,\"" + strings.Repeat("x\n", maxTableLine/2+1) + "\"\n",
		"many columns":       "id" + strings.Repeat(",x", maxTableColumns) + "\n",
	} {
		table, err := plainTable("a.csv", write(t, "a.csv", []byte(text)))
		require.NoError(t, err, name)
		require.Nil(t, table, name)
	}
}

func TestPlainTablesOfOthers(t *testing.T) {
	t.Parallel()
	r := newReader(t, Limits{})
	var plain []string
	for _, folder := range []string{"hostile/gdal_autotest/csv", "hostile/mapshaper/text", "hostile/geonode_importer", "dirty", "persian_text", "places"} {
		files, err := filepath.Glob(filepath.Join(shared(t, folder), "*.csv"))
		require.NoError(t, err)
		for _, file := range files {
			head, err := headOf(file, sample)
			require.NoError(t, err)
			if guess(head) == "UTF-8" && agrees(t, r, file) {
				plain = append(plain, filepath.Base(file))
			}
		}
	}
	for _, name := range []string{"only_strings.csv", "missing_lat.csv", "tehran_poi_half_a.csv", "fa_org_addresses_half_a.csv"} {
		require.Contains(t, plain, name)
	}
	for _, name := range []string{"double_quotes_in_middle_of_field.csv", "testnumheader1.csv", "more_than_100_geom_fields.csv"} {
		require.NotContains(t, plain, name)
	}
}

// Whatever a text holds, it is read the same the first time and the second.
func FuzzPlainTable(f *testing.F) {
	f.Add([]byte("id,name\n1,\"a\nb\"\n"))
	f.Add([]byte("id,WKT\n1,\"MULTIPOLYGON (((0 0,1 0,1 1,0 0)))\"\n"))
	f.Add([]byte("id;name\r\n1;\"\"\"\"\r\n\r\n2"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := write(t, "a.csv", text)
		table, err := plainTable("a.csv", file)
		require.NoError(t, err)
		if table == nil {
			return
		}
		n := int64(0)
		require.NoError(t, table.read(t.Context(), func(r *Row) error {
			n++
			require.Equal(t, n, r.Number)
			require.Len(t, r.Values, len(table.columns))
			require.Len(t, r.Null, len(table.columns))
			return nil
		}))
		require.Equal(t, table.rows, n)
	})
}
