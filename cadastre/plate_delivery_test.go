package cadastre_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// plated is a file whose plates stand in one column.
func plated(column string, plates ...string) string {
	var features []string
	for i, p := range plates {
		x := 51.4 + 0.002*float64(i)
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"parcel_id":"p%d","section":"3","accuracy_m":0.1,%q:%q},
			"geometry":{"type":"Polygon","coordinates":[[[%[4]v,35.7],[%[5]v,35.7],[%[5]v,35.701],[%[4]v,35.701],[%[4]v,35.7]]]}}`, i, column, p, x, x+0.001))
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func (d *desk) plates() string {
	return d.row(`select string_agg(parcel_id || ' ' || main_plate || ' ' || coalesce(sub_plate::text, '-'), ', ' order by parcel_id) as p from cadastre.parcel`)["p"].(string)
}

// file writes content for a request of its own.
func (d *desk) file(content string) string {
	d.t.Helper()
	file := filepath.Join(d.t.TempDir(), "delivery.geojson")
	require.NoError(d.t, os.WriteFile(file, []byte(content), 0o600))
	return file
}

// A file with slashes is never published before somebody says which side is the main plate, wherever in it the first slash stands.
func TestPlateIsAsked(t *testing.T) {
	t.Parallel()
	var late []string
	for i := range 30 {
		late = append(late, fmt.Sprint(100+i)) // the inspection sees the first twenty rows only
	}
	late = append(late, "72/1617")
	for name, c := range map[string]struct {
		column string
		plates []string
	}{
		"in the column of the main plate":         {"main_plate", []string{"72/1617", "۷۲/۱۶۱۸", "\u200f72/1619", "72/1617", "72/1620", "72/1621", "72/1622", "12"}},
		"in a column that goes by the whole name": {"پلاک ثبتی", []string{"72/1617", "72/1618", "72/1619", "72/1620", "72/1621"}},
		"behind rows that leave no doubt":         {"main_plate", late},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			_, err := d.im.Import(t.Context(), layers.Request{Theme: "cadastre-urban", Agency: "registry", Files: []string{d.file(plated(c.column, c.plates...))}})
			problem, told := errs.As(err)
			require.True(t, told, "%v", err)
			require.Equal(t, "plate-side-unanswered", problem.Code)
			require.Contains(t, problem.Title.EN, c.column)
			require.Contains(t, problem.Next.FA, `"main": "left"`)
			require.Equal(t, "For example: is 72/1617 \u2066sub 1617 of main 72\u2069, or \u2066sub 72 of main 1617\u2069?", problem.Detail.EN)
			require.NotContains(t, problem.Detail.FA, "main", "each language by itself")
			require.Zero(t, d.row(`select count(*) as n from cadastre.parcel`)["n"])
			require.Zero(t, d.row(`select count(*) as n from pg_tables where schemaname = 'staging'`)["n"])
			s := d.waiting()
			require.Equal(t, layers.Inspected, s.State)
			q := s.Inspection.Question
			require.Equal(t, "plate-side", q.Code)
			require.Len(t, q.Samples, min(5, len(q.Samples)))
			require.Equal(t, "\u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069", q.Samples[0].Left.FA)
			require.Equal(t, "\u2067۷۲ فرعی از ۱۶۱۷ اصلی\u2069", q.Samples[0].Right.FA)
			require.Equal(t, "\u2066sub 1617 of main 72\u2069", q.Samples[0].Left.EN)
			if len(c.plates) < 30 {
				require.Len(t, q.Samples, 5, "five of them, and none twice")
				require.Equal(t, c.column, s.Inspection.Proposal.Mapping.Plate.Column)
			}

			// To confirm without an answer is refused, and it goes on waiting.
			confirm := func(m layers.Mapping) error {
				return pgx.BeginFunc(t.Context(), d.pool, func(tx pgx.Tx) error {
					return d.im.Confirm(t.Context(), tx, s, layers.Confirmation{Theme: "cadastre-urban", Mapping: m})
				})
			}
			require.Equal(t, "plate-side-unanswered", errs.Code(confirm(layers.Mapping{})))
			require.Equal(t, "plate-side-unanswered", errs.Code(confirm(layers.Mapping{Plate: &layers.PlateColumn{Column: c.column}})))
			require.Equal(t, "mapping-invalid", errs.Code(confirm(layers.Mapping{Plate: &layers.PlateColumn{Column: c.column, Main: "top"}})))
			require.Equal(t, layers.Inspected, d.waiting().State)
			require.NoError(t, confirm(layers.Mapping{Plate: &layers.PlateColumn{Column: c.column, Main: "left"}}))
			done, err := d.im.Advance(t.Context(), s.ID, nil)
			require.NoError(t, err)
			require.Equal(t, layers.Validated, done.State)
			require.EqualValues(t, len(slices.Compact(slices.Sorted(slices.Values(c.plates)))), done.Report.Accepted, "a plate that comes again is refused: %+v", done.Report.Rules)
			require.Nil(t, done.Problem)

			// The answer is remembered: the agency's next file of the same columns is proposed with it, and nothing is asked.
			next, err := d.im.Receive(t.Context(), layers.Request{Theme: "cadastre-urban", Agency: "registry", Files: []string{d.file(plated(c.column, c.plates...))}, Through: layers.Inspected})
			require.NoError(t, err)
			next, err = d.im.Advance(t.Context(), next.ID, nil)
			require.NoError(t, err)
			require.Nil(t, next.Inspection.Question)
			require.Equal(t, &layers.PlateColumn{Column: c.column, Main: "left"}, next.Inspection.Proposal.Mapping.Plate)
		})
	}
}

func (d *desk) waiting() *layers.Submission {
	d.t.Helper()
	id := d.row(`select max(id) as id from layers.submission`)["id"].(int64)
	s, err := d.im.Advance(d.t.Context(), id, nil) // which does nothing to one that waits
	require.NoError(d.t, err)
	return s
}

// Either answer gives the reading that its sample showed.
func TestPlateIsReadAsAnswered(t *testing.T) {
	t.Parallel()
	for side, want := range map[string]string{"left": "p0 72 1617, p1 72 -", "right": "p0 1617 72, p1 72 -"} {
		d := newDesk(t)
		report := d.deliver("cadastre-urban", plated("PELAK", "72/1617", "۷۲"), func(r *layers.Request) {
			r.Mapping = layers.Mapping{
				Plate:      &layers.PlateColumn{Column: "PELAK", Main: side},
				Attributes: map[string]*layers.Expr{"parcel_id": {Column: "parcel_id"}, "section": {Column: "section"}, "accuracy_m": {Column: "accuracy_m"}},
			}
		})
		require.EqualValues(t, 2, report.Accepted, "%+v", report.Rules)
		require.Empty(t, report.IgnoredColumns)
		require.Equal(t, want, d.plates())
	}
}

// Words are read without a question; what is no plate is a finding on its row.
func TestPlateInWords(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.deliver("cadastre-urban", plated("پلاک ثبتی", "۱۶۱۷ فرعی از ۷۲ اصلی", "پلاک ثبتی شماره ۵ فرعی از ۷۳ اصلی واقع در بخش ثبتی ۳", "۷۴ اصلی", "1617-72", "قطعه ۵"))
	require.EqualValues(t, 3, report.Accepted)
	require.Equal(t, "p0 72 1617, p1 73 5, p2 74 -", d.plates())
	for _, r := range report.Rules {
		if r.Rule == "type" {
			require.EqualValues(t, 2, r.Count)
			require.Equal(t, "1617-72", r.Samples[0].Value)
		}
	}
}

// Lists of features say the plate in words, in both languages.
func TestFeaturesShowThePhrase(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.deliver("cadastre-urban", plated("main_plate", "۱۶۱۷ فرعی از ۷۲ اصلی"))
	set, err := (&layers.Versions{Stores: d.im.Stores, Now: d.im.Now}).Open(t.Context(), d.pool, 1)
	require.NoError(t, err)
	head, err := set.Version(t.Context(), d.pool, 0)
	require.NoError(t, err)
	list, _, err := set.Features(t.Context(), d.pool, head, layers.Window{Limit: 1})
	require.NoError(t, err)
	require.Contains(t, string(list[0].Properties), "\"plate\": {\"en\": \"\u2066sub 1617 of main 72\u2069\", \"fa\": \"\u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069\"}")
}
