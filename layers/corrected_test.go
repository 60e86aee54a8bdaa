package layers

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// corrected makes a file of the submission and keeps it under a name.
func (d *desk) corrected(s *Submission, format string, all bool) (string, error) {
	d.t.Helper()
	var file string
	err := pgx.BeginTxFunc(d.t.Context(), d.im.Pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		now, err := submissionByID(d.t.Context(), tx, s.ID)
		require.NoError(d.t, err)
		f, err := d.im.Corrected(d.t.Context(), tx, now, format, all)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(f)
		require.NoError(d.t, err)
		require.NoError(d.t, f.Close())
		file = d.file("corrected."+format, string(body))
		return nil
	})
	left, globErr := filepath.Glob(filepath.Join(d.im.Reader.TempDir, "*"))
	require.NoError(d.t, globErr)
	require.Empty(d.t, left)
	return file, err
}

// publishedRows is what is published: key, attributes and the exact place of each feature.
const publishedRows = `select string_agg(concat_ws(' ', key, attributes::text, encode(public.st_asewkb(geom), 'hex')), E'\n' order by key) from layers.feature`

// The corrected file delivered again is what the corrected submission publishes: no finding that was corrected comes back, and texts, keys and places are equal to
// the last bit.
func TestCorrectedFileDeliveredAgain(t *testing.T) {
	t.Parallel()
	outline := func(x, y string) string { // touches itself, so that mending changes nothing of its area
		return "\"POLYGON((" + strings.NewReplacer("x", x, "y", y).Replace("x0 y0,x9 y0,x9 y9,x5 y0,x0 y9,x0 y0") + "))\""
	}
	for name, tc := range map[string]struct {
		theme, text string
		mapping     Mapping
		accept      []string
		rows        int64 // accepted
	}{
		// Five rows: one has no name, one is there twice, the others are corrected.
		"points": {
			"place", "code,name_fa,lon,lat\na, علي  آباد كتول,51.123456789012345,35.1\nb,\"می‌خواهم، «\"\"نقل\"\"»\",35.70000000000001,51.3\nc,,52,35\nd,=1+2,52.5,36.1\nd,=1+2,52.5,36.1\n",
			Mapping{},
			[]string{"text-arabic-letters", "text-spaces", "coordinates-swapped"},
			4,
		},
		// The key is no attribute of the theme; the coordinates are of UTM zone 39.
		"areas": {
			"village", "شناسه,code,name_fa,households,WKT\nک/1,a,الف,\"۱,۲۳۴\"," + outline("53100", "393400") + "\nک/2,b,ب,7," + outline("53300", "393400") + "\nک/3,c,پ,8,\"POLYGON((535000 3934000,535009 3934000,535009 3934009,535000 3934000))\"\n",
			Mapping{CRS: "EPSG:32639", Key: &Expr{Template: "{شناسه}"}},
			[]string{"type-optional", "geometry-invalid"},
			3,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			s := d.checked(Request{Theme: tc.theme, Files: []string{d.file("f.csv", tc.text)}, Mapping: tc.mapping})
			var list []Correction
			for _, rule := range tc.accept {
				require.NotNil(t, s.Report.rule(rule), "%s: %+v", rule, s.Report.Rules)
				list = append(list, Correction{Rule: rule})
			}
			s = d.accept(s, list...)
			require.Equal(t, Validated, s.State, "%+v", s.Problem)
			require.Equal(t, tc.rows, s.Report.Accepted, "%+v", s.Report)
			files := map[string]string{}
			for _, format := range []string{"gpkg", "geojson", "csv"} {
				file, err := d.corrected(s, format, false)
				require.NoError(t, err)
				files[format] = file
			}
			s = d.published(s)
			require.Equal(t, Published, s.State)
			want := d.text(publishedRows)
			for format, file := range files {
				fresh := newDesk(t)
				again := fresh.checked(Request{Theme: tc.theme, Files: []string{file}})
				require.Equal(t, Validated, again.State, "%s: %+v", format, again.Problem)
				require.EqualValues(t, []int64{tc.rows - s.Report.Repeated, 0}, []int64{again.Report.Accepted, again.Report.Refused}, "%s: %+v", format, again.Report.Rules)
				require.Empty(t, again.Report.Rules, format)
				again = fresh.published(again)
				require.Equal(t, Published, again.State)
				have := fresh.text(publishedRows)
				if format == "csv" { // what a spreadsheet takes for a formula is made text
					have = strings.ReplaceAll(have, "'=1+2", "=1+2")
				}
				require.Equal(t, want, have, format)
			}
			_, err := d.corrected(s, "gpkg", false)
			require.Contains(t, refused(t, err, "rows-not-there").Next.EN, "/download")
		})
	}
}

// On a choice the refused rows are in the file as well, marked, with where they were and what is wrong.
func TestCorrectedFileWithRefusedRows(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := d.checked(Request{Theme: "place", Files: []string{d.file("p.csv", "code,name_fa,lon,lat\na,الف,51,35\nb,,52,35\nc,پ,53,\n")}})
	require.EqualValues(t, []int64{3, 1, 2}, []int64{s.Report.RowsIn, s.Report.Accepted, s.Report.Refused})
	file, err := d.corrected(s, "csv", true)
	require.NoError(t, err)
	body, err := os.ReadFile(file)
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(body), "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 4)
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	var got []string
	for _, r := range rows[1:] {
		got = append(got, strings.Join([]string{r[at["code"]], r[at["nsdi_refused"]], r[at["nsdi_source"]], r[at["nsdi_row"]], r[at["nsdi_findings"]], r[at["lon"]]}, "|"))
	}
	require.Equal(t, []string{"a|0|p.csv · p|1||51", "b|1|p.csv · p|2|required name_fa:|52", "c|1|p.csv · p|3|geometry-missing|"}, got)

	file, err = d.corrected(s, "geojson", true)
	require.NoError(t, err)
	body, err = os.ReadFile(file)
	require.NoError(t, err)
	var all struct {
		Features []struct{ Properties map[string]any }
	}
	require.NoError(t, json.Unmarshal(body, &all))
	require.Len(t, all.Features, 3)
	require.Equal(t, []any{false, true, true}, []any{all.Features[0].Properties["nsdi_refused"], all.Features[1].Properties["nsdi_refused"], all.Features[2].Properties["nsdi_refused"]})
	_, err = d.corrected(s, "gpkg", true)
	require.NoError(t, err)
	_, err = d.corrected(s, "xyz", true)
	refused(t, err, "format-unknown")

	// A database server that crashed has emptied the table: half a file is not made.
	d.exec(`delete from ` + tablesOf(s.ID).staged + ` where key = 'a'`)
	_, err = d.corrected(s, "csv", false)
	refused(t, err, "difference-not-there")
}
