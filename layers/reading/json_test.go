package reading

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/geo"
)

func TestRecords(t *testing.T) {
	t.Parallel()
	r := newReader(t, Limits{})
	for name, text := range map[string]string{
		"list":           `[{"id":1,"name":"الف","lat":35.7},{"id":2,"more":{"a":[1]},"name":null}]`,
		"object":         `{"x":{"id":1,"name":"الف","lat":35.7},"y":{"id":2,"more":{"a":[1]},"name":null}}`,
		"list with mark": "\xef\xbb\xbf" + `[{"id":1,"name":"الف","lat":35.7},{"id":2,"more":{"a":[1]},"name":null}]`,
	} {
		rows, d, err := read(t, r, Options{}, write(t, "cities.json", []byte(text)))
		require.NoError(t, err, name)
		require.Len(t, rows, 2, name)
		require.Equal(t, "cities", d.Layers[0].Name)
		require.Equal(t, "الف", value(t, rows[0], "name"))
		require.Equal(t, "35.7", value(t, rows[0], "lat"))
		require.Equal(t, `{"a":[1]}`, value(t, rows[1], "more"))
		require.Equal(t, "∅", value(t, rows[1], "name"))
		require.Equal(t, "∅", value(t, rows[1], "lat"))
		require.EqualValues(t, 2, rows[1].Number)
	}
}

func TestRecordsThatBreakOff(t *testing.T) {
	t.Parallel()
	r := newReader(t, Limits{})
	for _, text := range []string{`[{"id":1},`, `[{"id":1}`, `[{"id":1}, 2]`, `[{"id":1}}`, `{"x":{"id":1},"y":`, `{"x":{"id":1}`} {
		_, _, err := read(t, r, Options{}, write(t, "cities.json", []byte(text)))
		refused(t, err, "json-invalid", "cities.json")
	}
}

func TestRecordsAreBounded(t *testing.T) {
	t.Parallel()
	none := func(*Row) error { return nil }
	err := readRecords(io.MultiReader(strings.NewReader(`[{"a":"`), endless('x')), none)
	require.ErrorContains(t, err, "larger than")
	err = readRecords(io.MultiReader(strings.NewReader(`{"`), endless('x')), none)
	require.ErrorContains(t, err, "larger than")
	var keys strings.Builder
	keys.WriteString("[")
	for i := range maxColumns + 1 {
		fmt.Fprintf(&keys, `{"k%d":1},`, i)
	}
	require.ErrorContains(t, readRecords(strings.NewReader(keys.String()), none), "different keys")

	// Many records that are large together are no trouble.
	n := 0
	one := `{"a":"` + strings.Repeat("x", 1<<20) + `"}`
	err = readRecords(strings.NewReader("["+strings.Repeat(one+",", 40)+one+"]"), func(*Row) error { n++; return nil })
	require.NoError(t, err)
	require.Equal(t, 41, n)
}

// endless is a reader of one letter.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

const square = `{"type":"way","ref":1,"role":"outer","geometry":[{"lat":0,"lon":0},{"lat":0,"lon":4},{"lat":4,"lon":4}]},
	{"type":"way","ref":2,"role":"outer","geometry":[{"lat":0,"lon":0},{"lat":4,"lon":0},{"lat":4,"lon":4}]}`

func TestOverpass(t *testing.T) {
	t.Parallel()
	r := newReader(t, Limits{})
	relation := func(members string) string {
		return `{"type":"relation","id":7,"tags":{"type":"boundary","name":"منطقه ۱","name:en":"District 1"},"members":[` + members + `]}`
	}
	node := func(id int, lon, lat float64) string {
		return fmt.Sprintf(`{"type":"node","id":%d,"lon":%v,"lat":%v}`, id, lon, lat)
	}
	ways := `{"type":"way","id":1,"nodes":[1,2,3]},{"type":"way","id":2,"nodes":[1,4,3]}`
	nodes := strings.Join([]string{node(1, 0, 0), node(2, 4, 0), node(3, 4, 4), node(4, 0, 4)}, ",")
	refs := `{"type":"way","ref":1,"role":"outer"},{"type":"way","ref":2,"role":""},{"type":"node","ref":1,"role":"admin_centre"}`
	for _, tc := range []struct {
		name, elements, damage string
		vertices               int
	}{
		{"with geometry", relation(square), "", 5},
		{"nodes and ways behind", relation(refs) + "," + ways + "," + nodes, "", 5},
		{"nodes and ways before", nodes + "," + ways + "," + relation(refs), "", 5},
		{"with a hole", relation(square + `,{"type":"way","ref":3,"role":"inner","geometry":[{"lat":1,"lon":1},{"lat":1,"lon":2},{"lat":2,"lon":2},{"lat":1,"lon":1}]}`), "", 9},
		{"hole outside", relation(square + `,{"type":"way","ref":3,"role":"inner","geometry":[{"lat":11,"lon":1},{"lat":11,"lon":2},{"lat":12,"lon":2},{"lat":11,"lon":1}]}`), "rings-open", 0},
		{"open", relation(`{"type":"way","ref":1,"role":"outer","geometry":[{"lat":0,"lon":0},{"lat":0,"lon":4},{"lat":4,"lon":4}]}`), "rings-open", 0},
		{"clipped", relation(`{"type":"way","ref":1,"role":"outer","geometry":[null,{"lat":0,"lon":4},{"lat":4,"lon":4},null]}`), "rings-open", 0},
		{"way missing", relation(refs) + "," + nodes, "rings-open", 0},
		{"node missing", relation(refs) + "," + ways + "," + node(1, 0, 0), "rings-open", 0},
		{"no members", relation(""), "rings-open", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			rows, _, err := read(t, r, Options{}, write(t, "d.json", []byte(`{"version":0.6,"osm3s":{"copyright":"x"},"elements":[`+tc.elements+`]}`)))
			require.NoError(t, err)
			require.Len(t, rows, 1)
			require.Equal(t, tc.damage, rows[0].Damage)
			require.Equal(t, "7", value(t, rows[0], "id"))
			require.Contains(t, value(t, rows[0], "tags"), "منطقه ۱")
			if tc.damage != "" {
				require.Empty(t, rows[0].Geoms)
				return
			}
			_, shape, err := geo.Normalize(rows[0].Geoms[0], 100)
			require.NoError(t, err)
			require.Equal(t, geo.MultiPolygon, shape.Kind)
			require.Equal(t, tc.vertices, shape.Vertices)
			require.Equal(t, geo.Box{MaxX: 4, MaxY: 4}, shape.Box)
		})
	}
	_, _, err := read(t, r, Options{}, write(t, "d.json", []byte(`{"elements":[`+node(1, 0, 0)+`]}`)))
	refused(t, err, "json-invalid", "d.json")
}

func TestTehranDistricts(t *testing.T) {
	t.Parallel()
	rows, _, err := read(t, newReader(t, Limits{}), Options{}, shared(t, "municipal/tehran_districts_overpass.zip"))
	require.NoError(t, err)
	require.Len(t, rows, 22)
	for _, row := range rows {
		require.Empty(t, row.Damage, row.File)
		_, shape, err := geo.Normalize(row.Geoms[0], 100_000)
		require.NoError(t, err)
		require.True(t, shape.Box.MinX > 51 && shape.Box.MaxX < 52 && shape.Box.MinY > 35 && shape.Box.MaxY < 36, row.File)
	}
}

func TestAnErrorOfTheCallbackComesBack(t *testing.T) {
	t.Parallel()
	d, err := newReader(t, Limits{}).Open(t.Context(), []string{write(t, "cities.json", []byte(`[{"id":1},{"id":2}]`))}, Options{})
	require.NoError(t, err)
	defer d.Close()
	stop := errors.New("stop")
	require.Equal(t, stop, d.Read(t.Context(), func(*Row) error { return stop }))
}

// Rows are regular whatever the text is, and what a row holds came from the text.
func FuzzReadRecords(f *testing.F) {
	f.Add(`[{"id":1,"name":"الف"},{"id":null,"x":{"y":[]}}]`)
	f.Add(`{"a":{"b":"\ud800"},"c":{}}`)
	f.Fuzz(func(t *testing.T, text string) {
		n := int64(0)
		_ = readRecords(strings.NewReader(text), func(row *Row) error {
			n++
			require.Equal(t, n, row.Number)
			require.Equal(t, len(row.Columns), len(row.Values))
			require.Equal(t, len(row.Values), len(row.Null))
			seen := make(map[string]bool)
			for i, c := range row.Columns {
				require.False(t, seen[c], "column %q twice", c)
				seen[c] = true
				require.LessOrEqual(t, len(row.Values[i]), 3*len(text))
			}
			return nil
		})
		require.LessOrEqual(t, n, int64(len(text)))
	})
}

// A geometry that is assembled is one that can be stored.
func FuzzReadOverpass(f *testing.F) {
	f.Add(`{"elements":[{"type":"relation","id":1,"tags":{"type":"boundary"},"members":[` + square + `]}]}`)
	f.Add(`{"x":null,"elements":[{"type":"way","id":1,"nodes":[1,1,1,1]},{"type":"node","id":1},{"type":"relation","tags":{"type":"multipolygon"},"members":[{"type":"way","ref":1}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		_ = readOverpass(strings.NewReader(text), func(row *Row) error {
			require.Equal(t, row.Damage == "", len(row.Geoms) == 1)
			for _, g := range row.Geoms {
				_, _, err := geo.Normalize(g, len(text))
				if reason := geo.Reason(err); reason != "" && reason != "ring-open" { // -0 and 0 are one place to a map key, and not to PostGIS
					t.Fatalf("%v", err)
				}
			}
			return nil
		})
	})
}

func FuzzSniffJSON(f *testing.F) {
	f.Add(`{"type":"FeatureCollection","features":[]}`)
	f.Add(`{"version":0.6,"elements":[]}`)
	f.Add(`[{"a":1}]`)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		kind, err := sniffJSON(writeIn(t, dir, text))
		if err == nil && kind == jsonRecords {
			trimmed := strings.TrimLeft(strings.TrimPrefix(text, "\xef\xbb\xbf"), " \t\r\n")
			require.True(t, strings.HasPrefix(trimmed, "[") || strings.HasPrefix(trimmed, "{"), "%q", text)
		}
	})
}

func TestSniffJSON(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for text, want := range map[string]jsonKind{
		`{"type":"FeatureCollection"}`:                     jsonGIS,
		`{"name":"x","crs":{"type":"name"},"features":[]}`: jsonGIS,
		`{"version":0.6,"osm3s":{"a":1},"elements":[]}`:    jsonOverpass,
		`{"osm3s":{"timestamp":"x"},"elements":[]}`:        jsonOverpass,
		`[{"a":1}]`:     jsonRecords,
		`{"1":{"a":1}}`: jsonRecords,
		`{"type":"Topology","objects":{},"arcs":[]}`:          jsonGIS,
		"\xef\xbb\xbf" + `{"type":"Feature","geometry":null}`: jsonGIS,
	} {
		kind, err := sniffJSON(writeIn(t, dir, text))
		require.NoError(t, err, text)
		require.Equal(t, want, kind, text)
	}
	for _, text := range []string{``, `[]`, `{}`, `[[1]]`, `"x"`, `{"a":1,}`} {
		_, err := sniffJSON(writeIn(t, dir, text))
		require.Error(t, err, text)
	}
}
