package layers

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/geo"
	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// checked delivers up to the report.
func (d *desk) checked(req Request) *Submission {
	d.t.Helper()
	req.Agency, req.Through = cmp.Or(req.Agency, "ncc"), Validated
	s, err := d.im.Receive(d.t.Context(), req)
	require.NoError(d.t, err)
	return d.advanced(s.ID)
}

func (d *desk) advanced(id int64) *Submission {
	d.t.Helper()
	s, err := d.im.Advance(d.t.Context(), id, nil)
	if _, told := errs.As(err); !told {
		require.NoError(d.t, err)
	}
	return s
}

// accept takes corrections, and has the submission checked again.
func (d *desk) accept(s *Submission, list ...Correction) *Submission {
	d.t.Helper()
	require.NoError(d.t, pgx.BeginFunc(d.t.Context(), d.im.Pool, func(tx pgx.Tx) error { return d.im.AcceptFixes(d.t.Context(), tx, s, Actor{}, list) }))
	return d.advanced(s.ID)
}

// published goes on to the end.
func (d *desk) published(s *Submission) *Submission {
	d.t.Helper()
	require.NoError(d.t, pgx.BeginFunc(d.t.Context(), d.im.Pool, func(tx pgx.Tx) error { return d.im.Submit(d.t.Context(), tx, s, true, true) }))
	require.NoError(d.t, pgx.BeginFunc(d.t.Context(), d.im.Pool, func(tx pgx.Tx) error { return d.im.Publish(d.t.Context(), tx, s, Actor{}, "") }))
	return d.advanced(s.ID)
}

// Nothing is corrected before that was accepted; then the row is published as proposed, and says so.
func TestAcceptedCorrections(t *testing.T) {
	t.Parallel()
	touching := "POLYGON((51 35,51.01 35,51.01 35.01,51.005 35,51 35.01,51 35))" // its boundary touches itself
	closed := "POLYGON((51 35,51.01 35,51.01 35.01,51 35.01,51 35))"
	for _, tc := range []struct {
		rule, theme, text, value, proposed, published string
		refused                                       bool
	}{
		{rule: "text-arabic-letters", theme: "place", text: "code,name_fa,lon,lat\na,علي,51,35\n", value: "علي", proposed: "علی", published: `select attributes->>'name_fa' from layers.feature`},
		{rule: "text-spaces", theme: "place", text: "code,name_fa,lon,lat\na, الف  ب,51,35\n", value: " الف  ب", proposed: "الف ب", published: `select attributes->>'name_fa' from layers.feature`},
		{rule: "text-mojibake", theme: "place", text: "code,name_fa,lon,lat\na,ÊåÑÇä,51,35\n", value: "ÊåÑÇä", proposed: "تهران", published: `select attributes->>'name_fa' from layers.feature`},
		{rule: "type-optional", theme: "village", text: "code,name_fa,households,WKT\na,الف,\"۱,۲۳۴\",\"" + closed + "\"\n", value: "۱,۲۳۴", proposed: "1234", published: `select attributes->>'households' from layers.feature`},
		{rule: "coordinates-swapped", theme: "place", text: "code,name_fa,lon,lat\na,الف,35,51\n", value: "35.000000 51.000000", proposed: "51.000000 35.000000", published: `select public.st_x(geom) || ' ' || public.st_y(geom) from layers.feature`},
		{rule: "geometry-invalid", theme: "village", text: "code,name_fa,WKT\na,الف,\"" + touching + "\"\n", value: "", proposed: "made-valid", published: `select public.st_isvalid(geom)::text from layers.feature`, refused: true},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			good := map[string]string{"place": "z,خوب,52,36\n", "village": "z,خوب,\"POLYGON((52 35,52.01 35,52.01 35.01,52 35))\"\n"}[tc.theme]
			if tc.rule == "type-optional" {
				good = strings.Replace(good, "خوب,", "خوب,5,", 1)
			}
			s := d.checked(Request{Theme: tc.theme, Files: []string{d.file("f.csv", tc.text+good)}, Mapping: Mapping{CRS: "EPSG:4326"}})
			require.Equal(t, Validated, s.State, "%+v", s.Problem)
			require.Equal(t, tc.refused, s.Report.Refused == 1, "%+v", s.Report)
			r := s.Report.rule(tc.rule)
			require.NotNil(t, r, "%+v", s.Report.Rules)
			require.Equal(t, tc.value, r.Samples[0].Value)
			require.Equal(t, tc.proposed, r.Samples[0].Proposed)
			require.Nil(t, s.Report.rule("fixed"))

			s = d.accept(s, Correction{Rule: tc.rule})
			require.Equal(t, Validated, s.State)
			require.Nil(t, s.Report.rule(tc.rule), "%+v", s.Report.Rules)
			fixed := s.Report.rule("fixed")
			require.NotNil(t, fixed, "%+v", s.Report.Rules)
			require.Equal(t, "I", fixed.Severity)
			require.EqualValues(t, 1, fixed.Count)
			require.EqualValues(t, 1, fixed.Samples[0].Row)
			require.Equal(t, tc.proposed, fixed.Samples[0].Proposed)
			if tc.rule == "geometry-invalid" { // no word of PostGIS's own
				require.Equal(t, "«حلقه خود را قطع می‌کند» به «هندسه درست» اصلاح شد (هندسه نامعتبر است).", fixed.Samples[0].Message.FA)
			}
			require.Equal(t, "fixed", d.text(`select state from layers.finding where rule = 'fixed'`))
			require.Zero(t, s.Report.Refused)

			s = d.published(s)
			require.Equal(t, Published, s.State)
			want := map[string]string{"coordinates-swapped": "51 35", "geometry-invalid": "true"}[tc.rule]
			if want == "" {
				want = tc.proposed
			}
			require.Equal(t, want, d.text(tc.published+` where key = 'a'`))
			// The accepted corrections are part of the delivery: the same once more changes nothing.
			again := d.checked(Request{Theme: tc.theme, Files: []string{d.file("f.csv", tc.text+good)}, Mapping: Mapping{CRS: "EPSG:4326"}})
			again = d.accept(again, Correction{Rule: tc.rule})
			require.EqualValues(t, 2, again.Report.Unchanged, "%+v", again.Report)
		})
	}
}

// A correction may be accepted for one row only; what nobody proposed cannot be.
func TestCorrectionOfOneRow(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := d.checked(Request{Theme: "place", Files: []string{d.file("p.csv", "code,name_fa,lon,lat\na,علي,51,35\nb,كرج,52,35\nc,الف,35,51\nd,ب,35.1,51.1\n")}})
	source := "p.csv · p"
	for _, c := range []Correction{{Rule: "text-spaces"}, {Rule: "fixed"}, {Rule: "text-arabic-letters", Source: source, Row: 3}, {Rule: "x"}} {
		err := pgx.BeginFunc(t.Context(), d.im.Pool, func(tx pgx.Tx) error { return d.im.AcceptFixes(t.Context(), tx, s, Actor{}, []Correction{c}) })
		refused(t, err, "correction-unknown")
	}
	s = d.accept(s, Correction{"text-arabic-letters", source, 2}, Correction{"coordinates-swapped", source, 4})
	require.EqualValues(t, 2, s.Report.rule("fixed").Count)
	require.EqualValues(t, 1, s.Report.rule("text-arabic-letters").Count)
	require.EqualValues(t, 1, s.Report.rule("text-arabic-letters").Samples[0].Row)
	require.EqualValues(t, 3, s.Report.rule("coordinates-swapped").Samples[0].Row)
	s = d.published(s)
	require.Equal(t, Published, s.State)
	require.Equal(t, "علي, کرج", d.text(`select string_agg(attributes->>'name_fa', ', ' order by key) from layers.feature where key in ('a', 'b')`))
	err := pgx.BeginFunc(t.Context(), d.im.Pool, func(tx pgx.Tx) error {
		return d.im.AcceptFixes(t.Context(), tx, s, Actor{}, []Correction{{Rule: "text-arabic-letters"}})
	})
	refused(t, err, "submission-state")
}

// An area that mending would change by more than a thousandth is not proposed to be mended: that is for its owner.
func TestLargeChangesAreNotProposed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	bowtie := "POLYGON((51 36,51.01 36.01,51.01 36,51 36.01,51 36))"
	s := d.checked(Request{Theme: "village", Files: []string{d.file("f.csv", fmt.Sprintf("code,name_fa,WKT\na,الف,\"%s\"\nb,ب,\"POLYGON((52 35,52.01 35,52.01 35.01,52 35))\"\n", bowtie))}, Mapping: Mapping{CRS: "EPSG:4326"}})
	require.Empty(t, s.Report.rule("geometry-invalid").Samples[0].Proposed)
	err := pgx.BeginFunc(t.Context(), d.im.Pool, func(tx pgx.Tx) error {
		return d.im.AcceptFixes(t.Context(), tx, s, Actor{}, []Correction{{Rule: "geometry-invalid"}})
	})
	refused(t, err, "correction-unknown")
}

// GDAL closes the rings of most formats; those that it hands over open are proposed to be closed, and closed when that was accepted.
func TestOpenRings(t *testing.T) {
	t.Parallel()
	theme := &Theme{Code: "x", Geometry: "polygon"}
	row := &reading.Row{File: "f", Layer: "l", Number: 1, CRS: "EPSG:4326", Geoms: [][]byte{openRing()}}
	read := func(accepted bool) (*staging, []byte) {
		s := &staging{theme: theme, mapping: &Mapping{}, judging: judging{
			rules: judge(&Store{}, Profiles()[0], theme), noted: map[string]int64{}, fixes: fixes{all: map[string]bool{"geometry-structure": accepted}},
		}}
		geom, _, err := s.geometry(&plan{}, row)
		require.NoError(t, err)
		require.Len(t, s.findings, 1)
		return s, geom
	}
	s, geom := read(false)
	require.Nil(t, geom)
	require.Equal(t, "geometry-structure", s.findings[0][1])
	require.Equal(t, "ring-closed", s.findings[0][6])
	s, geom = read(true)
	require.Equal(t, "fixed", s.findings[0][1])
	want, ok := geo.CloseRings(openRing())
	require.True(t, ok)
	require.Equal(t, want, geom)
}

// openRing is a polygon of three points.
func openRing() []byte {
	b := binary.LittleEndian.AppendUint32([]byte{1}, 3)
	b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, 1), 3)
	for _, v := range []float64{51, 35, 52, 35, 52, 36} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}
