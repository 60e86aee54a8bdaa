package layers

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"nsdi/internal/ogr"
)

// found delivers neighbourhoods that overlap, one that crosses itself and one whose name is a formula in Arabic letters.
func found(t *testing.T) (*desk, int64) {
	t.Helper()
	d := newDesk(t)
	bowtie := `{"type":"Polygon","coordinates":[[[51,36],[51.01,36.01],[51.01,36],[51,36.01],[51,36]]]}`
	report, err := d.deliver(Request{Theme: "neighbourhood", Files: []string{d.file("n.geojson", collection(
		feature(box(51, 35, 0.01), `"code":"a","name_fa":"الف"`), feature(box(51.009, 35.009, 0.01), `"code":"b","name_fa":"=HYPERLINK(\"http://x\",\"ي\")"`),
		feature(bowtie, `"code":"c","name_fa":"پ"`),
	))}})
	require.NoError(t, err)
	return d, report.Submission
}

func TestFindingsAsCSV(t *testing.T) {
	t.Parallel()
	d, id := found(t)
	var b bytes.Buffer
	require.NoError(t, WriteFindingsCSV(t.Context(), d.pool, id, &b))
	text, marked := strings.CutPrefix(b.String(), "\ufeff")
	require.True(t, marked, "spreadsheets know UTF-8 by its mark")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 4)
	require.Equal(t, "number rule severity state source row key field value proposed measure unit other_key message_fa message_en lon lat", strings.Join(rows[0], " "))
	byRule := map[string][]string{}
	for _, r := range rows[1:] {
		byRule[r[1]] = r
		for _, c := range r {
			require.NotRegexp(t, `^[=+@]`, c, "a formula")
		}
	}
	require.Equal(t, `'=HYPERLINK("http://x","ی")`, byRule["text-arabic-letters"][9])
	require.Equal(t, "a", byRule["overlap"][12])
	require.Equal(t, "m²", byRule["overlap"][11])
	require.Equal(t, "3", byRule["geometry-invalid"][5])
	require.Equal(t, "51.005", byRule["geometry-invalid"][15])
}

func TestFindingsAsWorkbook(t *testing.T) {
	t.Parallel()
	d, id := found(t)
	for lang, want := range map[string]struct {
		sheet, head string
		rightToLeft bool
	}{"": {"یافته‌ها", "قاعده", true}, "en": {"Findings", "rule", false}} {
		var b bytes.Buffer
		require.NoError(t, WriteFindingsXLSX(t.Context(), d.pool, id, lang, &b))
		book, err := excelize.OpenReader(&b)
		require.NoError(t, err)
		rows, err := book.GetRows(want.sheet)
		require.NoError(t, err)
		require.Len(t, rows, 4)
		require.Equal(t, want.head, rows[0][1])
		view, err := book.GetSheetView(want.sheet, 0)
		require.NoError(t, err)
		require.Equal(t, want.rightToLeft, view.RightToLeft != nil && *view.RightToLeft)
		for i := range rows {
			for _, column := range []string{"I", "J"} { // value and proposed
				formula, err := book.GetCellFormula(want.sheet, column+string(rune('1'+i)))
				require.NoError(t, err)
				require.Empty(t, formula)
			}
		}
		require.NoError(t, book.Close())
	}
}

// GDAL reads three layers, with each finding in the one of its place.
func TestFindingsAsGeoPackage(t *testing.T) {
	t.Parallel()
	d, id := found(t)
	var b bytes.Buffer
	require.NoError(t, WriteFindingsGeoPackage(t.Context(), d.im.Reader.Sandbox, d.pool, id, &b))
	file := filepath.Join(t.TempDir(), "f.gpkg")
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o600))
	opened := ogr.File{Main: "f.gpkg", Files: map[string]string{"f.gpkg": file}, Bytes: int64(b.Len())}
	layers, err := d.im.Reader.Sandbox.Inspect(t.Context(), opened)
	require.NoError(t, err)
	counts := map[string]int64{}
	for _, l := range layers {
		counts[l.Name] = l.Features
		require.Contains(t, l.CRS, "4326")
	}
	require.Equal(t, map[string]int64{"points": 2, "lines": 0, "areas": 1}, counts)
	var areas []string
	_, err = d.im.Reader.Sandbox.Read(t.Context(), opened, layers, func(r *ogr.Row) error {
		if r.Layer == "areas" {
			areas = append(areas, strings.Join(r.Values, "|"))
		}
		return nil
	})
	require.NoError(t, err)
	require.Len(t, areas, 1)
	require.Contains(t, areas[0], "overlap")
}

// The tile over the overlap has it as an area, and the invalid point is in another one.
func TestFindingsAsTiles(t *testing.T) {
	t.Parallel()
	d, id := found(t)
	kinds := func(z, x, y int) map[string]string {
		tile, err := FindingsTile(t.Context(), d.pool, id, z, x, y)
		require.NoError(t, err)
		layers, err := mvt.Unmarshal(tile)
		require.NoError(t, err)
		out := map[string]string{}
		for _, l := range layers {
			require.Equal(t, "findings", l.Name)
			for _, f := range l.Features {
				out[f.Properties["rule"].(string)] = f.Geometry.GeoJSONType()
			}
		}
		return out
	}
	require.Equal(t, map[string]string{"overlap": "Point", "geometry-invalid": "Point", "text-arabic-letters": "Point"}, kinds(6, 41, 25))
	require.Equal(t, map[string]string{"overlap": "Polygon"}, kinds(15, 21026, 12978))
	require.Equal(t, map[string]string{"geometry-invalid": "Point"}, kinds(10, 657, 402))
	require.Empty(t, kinds(10, 0, 0))
	tile, err := FindingsTile(t.Context(), d.pool, id+1, 0, 0, 0)
	require.NoError(t, err)
	require.Empty(t, tile)
}

// Pages and filters together give every finding once.
func TestFindingsInPages(t *testing.T) {
	t.Parallel()
	d, id := found(t)
	var seen []string
	for after := int64(0); ; {
		page, err := ListFindings(t.Context(), d.pool, id, FindingFilter{After: after, Limit: 2})
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		for _, k := range page {
			seen = append(seen, k.Rule)
			require.NotEmpty(t, k.Geometry)
		}
		after = page[len(page)-1].Seq
	}
	require.ElementsMatch(t, []string{"overlap", "geometry-invalid", "text-arabic-letters"}, seen)
	for _, f := range []FindingFilter{{Rule: "overlap"}, {Severity: "E"}, {Key: "c"}} {
		page, err := ListFindings(t.Context(), d.pool, id, f)
		require.NoError(t, err)
		require.Len(t, page, 1)
	}
}
