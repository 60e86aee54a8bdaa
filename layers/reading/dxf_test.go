package reading

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"nsdi/geo"
	"nsdi/internal/errs"
)

// sheet is a drawing that is made entity by entity.
type sheet struct{ strings.Builder }

func (s *sheet) codes(pairs ...any) *sheet {
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(s, "%3v\n%v\n", pairs[i], pairs[i+1])
	}
	return s
}

func (s *sheet) light(layer string, closed int, corners ...[2]float64) *sheet {
	s.codes(0, "LWPOLYLINE", 8, layer, 90, len(corners), 70, closed)
	for _, c := range corners {
		s.codes(10, c[0], 20, c[1])
	}
	return s
}

func (s *sheet) heavy(layer string, closed int, corners ...[2]float64) *sheet {
	s.codes(0, "POLYLINE", 8, layer, 66, 1, 70, closed)
	for _, c := range corners {
		s.codes(0, "VERTEX", 8, layer, 10, c[0], 20, c[1])
	}
	return s.codes(0, "SEQEND", 8, layer)
}

func (s *sheet) text(entity, layer string, x, y float64, text string) *sheet {
	return s.codes(0, entity, 8, layer, 10, x, 20, y, 40, 1, 1, text)
}

func plotAt(x, y, side float64) [][2]float64 {
	return [][2]float64{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}}
}

// whole is the file, in windows-1256 as its header says.
func (s *sheet) whole(t *testing.T, header ...any) []byte {
	t.Helper()
	var file sheet
	file.codes(0, "SECTION", 2, "HEADER").codes(header...).codes(0, "ENDSEC", 0, "SECTION", 2, "ENTITIES").WriteString(s.String())
	file.codes(0, "ENDSEC", 0, "EOF")
	b, err := charmap.Windows1256.NewEncoder().String(file.String())
	require.NoError(t, err)
	return []byte(b)
}

var inWindows1256 = []any{9, "$ACADVER", 1, "AC1015", 9, "$DWGCODEPAGE", 3, "ANSI_1256"}

// drawn tells of each row its layer, number, text, label and kinds of geometry.
func drawn(t *testing.T, rows []Row) (out []string) {
	t.Helper()
	for _, r := range rows {
		line := fmt.Sprintf("%s %d [%s] %s %s", r.Layer, r.Number, value(t, r, "Text"), value(t, r, LabelColumn), r.Text)
		for _, g := range r.Geoms {
			b, shape, err := geo.Normalize(g, 1000)
			require.NoError(t, err)
			_, shape = geo.Single(b, shape)
			line += " " + shape.Kind.String()
		}
		out = append(out, line)
	}
	return out
}

func TestLabelsOfADrawing(t *testing.T) {
	t.Parallel()
	outer := plotAt(0, 0, 100)
	ring := append(plotAt(40, 10, 10), [2]float64{40, 10})
	var s sheet
	s.light("PARCELS", 1, outer...)
	s.light("PARCELS", 1, plotAt(10, 10, 10)...).text("TEXT", "PLATES", 15, 15, `\U+06F7\U+06F2/\U+06F1\U+06F6`)
	s.heavy("PARCELS", 1, plotAt(25, 10, 10)...).text("TEXT", "PLATES", 30, 15, "پلاك ۳"[:len("پلاك ")]+"3")
	s.light("PARCELS", 0, ring...).text("MTEXT", "PLATES", 45, 15, `{\fArial|b0;\U+06F5}\P6`) // closed by its coordinates
	s.light("PARCELS", 1, plotAt(60, 10, 10)...).text("TEXT", "PLATES", 62, 12, "7").text("TEXT", "PLATES", 66, 16, "8")
	s.light("PARCELS", 1, plotAt(80, 10, 10)...).text("TEXT", "PLATES", 82, 12, "9").text("TEXT", "PLATES", 86, 16, "9") // the same twice is one
	s.light("ROADS", 0, [2]float64{0, -5}, [2]float64{50, -5})
	s.text("TEXT", "PLATES", 500, 500, "far away")
	s.codes(0, "TEXT", 8, "PLATES", 67, 1, 10, 50, 20, 50, 40, 1, 1, "title of the sheet")
	file := s.whole(t, inWindows1256...)
	r := newReader(t, Limits{})

	rows, d, err := read(t, r, Options{}, write(t, "plan.dxf", file))
	require.NoError(t, err)
	require.Equal(t, []Layer{{File: "plan.dxf", Name: "PARCELS", Features: 6}, {File: "plan.dxf", Name: "PLATES", Features: 9}, {File: "plan.dxf", Name: "ROADS", Features: 1}}, d.Layers)
	require.Equal(t, []string{
		"PARCELS 1 [∅] ∅ text-missing LineString Polygon", // each text in it lies in a smaller area too
		"PARCELS 2 [∅] ۷۲/۱۶  LineString Polygon",
		"PLATES 1 [۷۲/۱۶] ∅ text-in-area Point",
		"PARCELS 3 [∅] پلاك 3  LineString Polygon",
		"PLATES 2 [پلاك 3] ∅ text-in-area Point",
		"PARCELS 4 [∅] ۵ 6  LineString Polygon",
		"PLATES 3 [۵ 6] ∅ text-in-area Point",
		"PARCELS 5 [∅] ∅ text-several LineString Polygon",
		"PLATES 4 [7] ∅ text-in-area Point",
		"PLATES 5 [8] ∅ text-in-area Point",
		"PARCELS 6 [∅] 9  LineString Polygon",
		"PLATES 6 [9] ∅ text-in-area Point",
		"PLATES 7 [9] ∅ text-in-area Point",
		"ROADS 1 [∅] ∅  LineString",
		"PLATES 8 [far away] ∅ text-alone Point",
		"PLATES 9 [title of the sheet] ∅  Point", // of the paper around the drawing
	}, drawn(t, rows))
	require.Equal(t, []string{"7", "8"}, rows[7].Texts)
	for _, row := range rows {
		require.Empty(t, row.CRS, "a drawing does not say where it is")
	}

	// The layer of the parcels alone takes its labels from the others; the text of the sheet is of no layer that is wanted.
	only := Options{Layers: []*regexp.Regexp{regexp.MustCompile("^PARCELS$")}}
	rows, _, err = read(t, r, only, write(t, "plan.dxf", file))
	require.NoError(t, err)
	require.Len(t, rows, 6)
	require.Equal(t, "پلاك 3", value(t, rows[2], LabelColumn))

	// Where a layer with texts is chosen, others have none to give.
	s.text("TEXT", "AREAS", 15, 12, "100 m2")
	rows, _, err = read(t, r, Options{Layers: []*regexp.Regexp{regexp.MustCompile("^(PARCELS|PLATES)$")}}, write(t, "plan.dxf", s.whole(t, inWindows1256...)))
	require.NoError(t, err)
	require.Equal(t, "۷۲/۱۶", value(t, rows[1], LabelColumn))
	rows, _, err = read(t, r, Options{}, write(t, "plan.dxf", s.whole(t, inWindows1256...)))
	require.NoError(t, err)
	require.Equal(t, TextSeveral, rows[1].Text)
	require.Equal(t, []string{"۷۲/۱۶", "100 m2"}, rows[1].Texts)
}

// The encoding is what the header says; without one it is told, or seen in the text.
func TestEncodingOfADrawing(t *testing.T) {
	t.Parallel()
	var s sheet
	file := s.light("A", 1, plotAt(0, 0, 10)...).text("TEXT", "A", 5, 5, "پلاك").whole(t)
	latin := s.whole(t, 9, "$ACADVER", 1, "AC1015", 9, "$DWGCODEPAGE", 3, "ANSI_1252")
	for _, tc := range []struct {
		file     []byte
		encoding string
		want     string
	}{{file, "", "پلاك"}, {file, "windows-1256", "پلاك"}, {latin, "windows-1256", "پلاك"}, {[]byte(strings.ReplaceAll(string(file), string([]byte{0x81, 0xe1, 0xc7, 0xdf}), "پلاک")), "", "پلاک"}} {
		rows, _, err := read(t, newReader(t, Limits{}), Options{Encoding: tc.encoding}, write(t, "a.dxf", tc.file))
		require.NoError(t, err)
		require.Equal(t, tc.want, value(t, rows[0], LabelColumn))
	}
}

func TestDrawingText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`\U+06F1\u+06f2`: "۱۲", `\U+D83C\U+DFE0`: "🏠", `\U+D83Ca`: "a", `\U+06`: `\U+06`, `\U+0000x`: "x", "  a \n b ": "a b", "": "", `C:\Users`: `C:\Users`,
	} {
		require.Equal(t, want, drawingText(in), in)
	}
}

func FuzzDrawingText(f *testing.F) {
	f.Add(`\U+06F1\U+D83C\U+DFE0`)
	f.Add(`\U+DFE0\U+D83C`)
	f.Fuzz(func(t *testing.T, text string) {
		out := drawingText(text)
		require.LessOrEqual(t, len(out), maxLabel)
		require.False(t, strings.ContainsAny(out, "\x00\n"))
		if utf8.ValidString(text) {
			require.True(t, utf8.ValidString(out))
			if !strings.Contains(text, `\`) {
				require.Equal(t, len(out) == maxLabel || len(out) > maxLabel-4, len(strings.Join(strings.Fields(strings.ReplaceAll(text, "\x00", "")), " ")) > maxLabel-4)
			}
		}
	})
}

// areasOf takes whatever Normalize finds well-formed.
func FuzzAreasOf(f *testing.F) {
	line := append([]byte{1, 2, 0, 0, 0, 4, 0, 0, 0}, make([]byte, 64)...)
	f.Add(line)
	f.Add(append([]byte{1, 3, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0}, make([]byte, 64)...))
	f.Add([]byte{1, 6, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{1, 3, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		areas, drawn := areasOf([][]byte{b})
		require.LessOrEqual(t, len(drawn), len(areas))
		for _, g := range drawn {
			_, shape, err := geo.Normalize(g, math.MaxInt32)
			require.NoError(t, err)
			require.Equal(t, geo.Polygon, shape.Kind)
		}
	})
}

// The smallest area around each text is found whatever the order of the areas is: the same as by looking at all of them.
func TestTheSmallestAreaHasTheText(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 5))
	for range 50 {
		var areas [][][]geo.XY
		var all []label
		for range 40 {
			x, y, w, h := rng.Float64()*100, rng.Float64()*100, 1+rng.Float64()*40, 1+rng.Float64()*40
			areas = append(areas, [][]geo.XY{{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}, {x, y}}})
		}
		for i := range 60 {
			all = append(all, label{text: fmt.Sprint(i), x: rng.Float64() * 140, y: rng.Float64() * 140, number: int64(1000 + i)})
		}
		s := newLabels(all)
		for i, a := range areas {
			require.True(t, s.offer(int64(i+1), [][][]geo.XY{a}))
		}
		s.settle()
		for _, l := range all {
			best, size := 0, math.Inf(1)
			for i, a := range areas {
				low, high := a[0][0], a[0][2]
				if area := (high[0] - low[0]) * (high[1] - low[1]); l.x > low[0] && l.x < high[0] && l.y > low[1] && l.y < high[1] && area < size {
					best, size = i+1, area
				}
			}
			require.Equal(t, best > 0, s.inArea(l))
			if best > 0 {
				require.Contains(t, s.of(int64(best)), l.text)
			}
		}
	}
}

// Drawings that broke readers before are read, or refused with a reason; of those that are read no entity goes missing, and each has its layer.
func TestRealDrawings(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(filepath.Join(shared(t, "hostile/gdal_autotest/dxf"), "*.dxf"))
	require.NoError(t, err)
	require.Len(t, names, 10)
	r := newReader(t, Limits{})
	whole, codes := 0, map[string]string{}
	for _, name := range names {
		rows, d, err := read(t, r, Options{}, name)
		if err != nil {
			problem, told := errs.As(err)
			require.True(t, told, "%s: %v", name, err)
			require.Equal(t, 422, problem.Status, name)
			codes[filepath.Base(name)] = problem.Code
			continue
		}
		claimed := int64(0)
		for _, l := range d.Layers {
			require.NotEmpty(t, l.Name, name)
			claimed += l.Features
		}
		require.EqualValues(t, claimed, len(rows), name)
		for _, row := range rows {
			require.Len(t, row.Values, len(row.Columns), name)
			require.Len(t, row.Null, len(row.Columns), name)
		}
		whole++
	}
	require.Equal(t, map[string]string{
		"BINARY_wipeout.dxf": "drawing-binary", "bin_dxf_r2000.dxf": "drawing-binary", "clusterfuzz-testcase-minimized-shape_fuzzer-6126814756995072.dxf": "no-layers", // it has no entity
	}, codes)
	require.Equal(t, 7, whole)
}

// Texts belong to the same areas whether the areas were held while the drawing was looked into, or are gone through once more.
func TestAreasThatAreHeld(t *testing.T) {
	t.Parallel()
	var s sheet
	for i := range 50 {
		x := 30 * float64(i)
		s.light("PARCELS", 1, plotAt(x, 0, 20)...).light("HOUSES", 1, plotAt(x+5, 5, 10)...)
		s.text("TEXT", "PLATES", x+8, 8, fmt.Sprint(i)).text("TEXT", "PLATES", x+1, 1, fmt.Sprint(100+i))
	}
	d, err := newReader(t, Limits{}).Open(t.Context(), []string{write(t, "plan.dxf", s.whole(t, 9, "$ACADVER", 1, "AC1015", 9, "$DWGCODEPAGE", 3, "ANSI_1256"))}, Options{})
	require.NoError(t, err)
	defer d.Close()
	drawing := d.sources[0].(*dxfSource)
	require.True(t, drawing.labels.placed)
	held := drawing.labels
	require.Len(t, held.texts, 100, "each plot has a text, and each house")
	drawing.labels = newLabels(held.all)
	require.NoError(t, drawing.place(t.Context()))
	require.Equal(t, held.texts, drawing.labels.texts)
	require.Equal(t, held.found, drawing.labels.found)
}
