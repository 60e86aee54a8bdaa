package ogr

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// dump writes rows as GDAL writes them; nil is null.
func dump(layer string, columns []string, rows [][]*string) string {
	name := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	var b strings.Builder
	b.WriteString("SET standard_conforming_strings = OFF;\nBEGIN;\n")
	b.WriteString(`COPY "public".` + name(layer) + " (")
	for i, c := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name(c))
	}
	b.WriteString(") FROM STDIN;\n")
	for _, row := range rows {
		for i, v := range row {
			if i > 0 {
				b.WriteByte('\t')
			}
			if v == nil {
				b.WriteString(`\N`)
				continue
			}
			b.WriteString(strings.NewReplacer("\\", "\\\\", "\t", "\\\t", "\n", "\\\n", "\r", "\\\r").Replace(*v))
		}
		b.WriteByte('\n')
	}
	b.WriteString("\\.\nEND;\nCOMMIT;\n")
	return b.String()
}

// Whatever values and names are, they come back as they were.
func TestCopyTextComesBack(t *testing.T) {
	t.Parallel()
	text := rapid.StringOfN(rapid.SampledFrom([]rune("a\\\t\n\r.N'\"پ،تbnrtvf;()")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		layer := text.Draw(t, "layer")
		columns := rapid.SliceOfNDistinct(text, 1, 4, rapid.ID[string]).Draw(t, "columns")
		var rows [][]*string
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			var row []*string
			for range columns {
				row = append(row, rapid.Ptr(text, true).Draw(t, "value"))
			}
			rows = append(rows, row)
		}
		n := 0
		err := parseDump(strings.NewReader(dump(layer, columns, rows)), func(r *Row) error {
			if r.Layer != layer || r.Number != int64(n+1) || len(r.Values) != len(columns) {
				t.Fatalf("row %d: %+v", n, r)
			}
			for i, c := range columns {
				want := rows[n][i]
				if r.Columns[i] != c || r.Null[i] != (want == nil) || want != nil && r.Values[i] != *want {
					t.Fatalf("row %d: %q %q %v", n, r.Columns[i], r.Values[i], r.Null[i])
				}
			}
			n++
			return nil
		})
		if err != nil || n != len(rows) {
			t.Fatalf("%d of %d rows, %v", n, len(rows), err)
		}
	})
}

func TestGeometryColumnsAreApart(t *testing.T) {
	t.Parallel()
	text := "SELECT AddGeometryColumn('public','it''s','nsdi_geom',4326,'POINT',2);\n" +
		`COPY "public"."it's" ("nsdi_geom", "a") FROM STDIN;` + "\n0101\tx\n\\N\ty\nzz\tw\n\\.\n" +
		`COPY "public"."plain" ("nsdi_geom") FROM STDIN;` + "\n0101\n\\.\n"
	var got []record
	require.NoError(t, parseDump(strings.NewReader(text), func(r *Row) error {
		got = append(got, recordOf(r))
		return nil
	}))
	require.Equal(t, []record{
		{"it's", 1, map[string]string{"a": "x"}, [][]byte{{1, 1}}},
		{"it's", 2, map[string]string{"a": "y"}, nil},
		{"it's", 3, map[string]string{"a": "w"}, nil},
		{"plain", 1, map[string]string{"nsdi_geom": "0101"}, nil}, // a column of that name in a table without geometry
	}, got)
}

func TestARowThatIsTooLongIsToldAndPassedOver(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxLine+10)
	short := "y"
	var tooLong []bool
	require.NoError(t, parseDump(strings.NewReader(dump("l", []string{"a"}, [][]*string{{&short}, {&long}, {&short}})), func(r *Row) error {
		tooLong = append(tooLong, r.TooLong)
		require.LessOrEqual(t, len(r.Values), 1)
		return nil
	}))
	require.Equal(t, []bool{false, true, false}, tooLong)
}

func FuzzParseDump(f *testing.F) {
	a, b := "a\tb\\", "پ\n"
	f.Add([]byte(dump("layer", []string{"x", `y"`}, [][]*string{{&a, nil}, {&b, &a}})))
	f.Add([]byte("SELECT AddGeometryColumn('public','l','g',4326,'POINT',2);\nCOPY \"public\".\"l\" (\"g\", \"a\n\") FROM STDIN;\n0101\tx"))
	f.Add([]byte("COPY \"p\".\"\"\"\n FROM STDIN;\n\\"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, size := 0, 0
		require.NoError(t, parseDump(bytes.NewReader(text), func(r *Row) error {
			rows++
			require.Equal(t, len(r.Columns), len(r.Values))
			require.Equal(t, len(r.Values), len(r.Null))
			for _, v := range r.Values {
				size += len(v)
			}
			for _, g := range r.Geoms {
				size += hex.EncodedLen(len(g))
			}
			return nil
		}))
		require.LessOrEqual(t, rows, bytes.Count(text, []byte("\n"))+1)
		require.LessOrEqual(t, size, len(text), "no more comes out than went in")
	})
}

func FuzzParseInfo(f *testing.F) {
	f.Add("\nLayer name: a\nGeometry: Point\nFeature Count: 3\nLayer SRS WKT:\nGEOGCRS[\"WGS 84\",\n    ID[\"EPSG\",4326]]\nData axis to CRS axis mapping: 2,1\n")
	f.Fuzz(func(t *testing.T, text string) {
		require.LessOrEqual(t, len(parseInfo(text)), strings.Count(text, "Layer name: "))
	})
}

func TestParseInfo(t *testing.T) {
	t.Parallel()
	wkt := "PROJCRS[\"local\",\n    BASEGEOGCRS[\"WGS 84\",\n        ID[\"EPSG\",4326]]]"
	text := "INFO: Open of `f.gpkg'\n\nLayer name: roads\nFeature Count: 12\nLayer SRS WKT:\nGEOGCRS[\"WGS 84\",\n    ID[\"EPSG\",4326]]\nData axis to CRS axis mapping: 2,1\n" +
		"Layer name: String (0.0)\nFeature Count: String (0.0)\n\nLayer name: plots: all\nFeature Count: -\nLayer SRS WKT:\n" + wkt + "\nData axis to CRS axis mapping: 1,2\n" +
		"\nLayer name: table\nFeature Count: 0\nLayer SRS WKT:\n(unknown)\nid: Integer (0.0)\n"
	require.Equal(t, []Layer{{Name: "roads", Features: 12, CRS: "EPSG:4326"}, {Name: "plots: all", Features: -1, CRS: wkt}, {Name: "table"}}, parseInfo(text))
}

func TestComplaints(t *testing.T) {
	t.Parallel()
	var c complaints
	for i := range 50 {
		_, err := c.Write([]byte("ERROR 1: Geometry of feature " + strconv.Itoa(i) + " g" + strconv.Itoa(i) + " cannot be "))
		require.NoError(t, err)
		_, err = c.Write([]byte("parsed: x\nWarning 1: " + strings.Repeat("w", 10_000) + "\n"))
		require.NoError(t, err)
	}
	require.True(t, c.failed())
	require.Len(t, c.lost, 50)
	require.Equal(t, Lost{49, "g49"}, c.lost[49])
	require.Len(t, c.lines, keptLines)
	require.Less(t, len(c.String()), keptLines*(longLine+1)+longLine)
}
