package cadastre_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// entity writes the group codes of a drawing.
func entity(pairs ...any) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "%3v\n%v\n", pairs[i], pairs[i+1])
	}
	return b.String()
}

func drawnPlot(x, y, side float64) string {
	return entity(0, "LWPOLYLINE", 8, "PARCELS", 90, 4, 70, 1, 10, x, 20, y, 10, x+side, 20, y, 10, x+side, 20, y+side, 10, x, 20, y+side)
}

func plateText(x, y float64, text string) string {
	return entity(0, "TEXT", 8, "PLATES", 10, x, 20, y, 40, 1, 1, text)
}

// Of six areas of a drawing four have one plate each, in the words that leave no doubt; one has none, one has two. One plate lies nowhere, and nothing is read of the road.
func TestDrawingOfParcels(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const x, y = 536000.0, 3950000.0 // Tehran, in zone 39
	drawing := entity(0, "SECTION", 2, "ENTITIES")
	for i := range 6 {
		drawing += drawnPlot(x+20*float64(i), y, 15)
	}
	for i, text := range []string{`\U+06F1\U+06F6 فرعی از ۷۲ اصلی`, "17 فرعی از 72 اصلی", "sub 18 of main 72", "72 اصلی"} {
		drawing += plateText(x+20*float64(i)+5, y+5, text)
	}
	drawing += plateText(x+105, y+5, "72 اصلی") + plateText(x+108, y+5, "73 اصلی") + plateText(x+500, y, "99 اصلی")
	drawing += entity(0, "LINE", 8, "ROADS", 10, x, 20, y-5, 11, x+100, 21, y-5) + entity(0, "ENDSEC", 0, "EOF")
	file := filepath.Join(t.TempDir(), "plan.dxf")
	require.NoError(t, os.WriteFile(file, []byte(drawing), 0o600))
	req := layers.Request{Theme: "cadastre-urban", Agency: "registry", Files: []string{file}, AllowRemovals: true, Mapping: layers.Mapping{
		Layers: []string{"PARCELS", "PLATES"}, Plate: &layers.PlateColumn{Column: "label", Main: "left"},
		Attributes: map[string]*layers.Expr{"parcel_id": {Template: "{$layer}-{$row}"}, "section": {Value: "3"}, "label": {Column: "label"}},
	}}
	_, err := d.im.Import(t.Context(), req)
	require.Equal(t, "crs-missing", errs.Code(err), "a drawing does not say where it is, so it is asked")

	req.Mapping.CRS = "EPSG:32639"
	report, err := d.im.Import(t.Context(), req)
	require.NoError(t, err)
	require.EqualValues(t, []int64{7, 4, 3}, []int64{report.RowsIn, report.Accepted, report.Refused}, "six areas and the plate in none; two areas have no plate that could be read: %+v", report.Rules)
	counts := map[string]int64{}
	for _, r := range report.Rules {
		counts[r.Rule] = r.Count
		if strings.HasPrefix(r.Rule, "label-") {
			require.NotNil(t, r.Samples[0].Lon, r.Rule)
		}
	}
	require.Equal(t, map[string]int64{"label-missing": 1, "label-several": 1, "label-alone": 1, "required": 2, "accuracy-missing": 1, "source-date-missing": 0},
		map[string]int64{
			"label-missing": counts["label-missing"], "label-several": counts["label-several"], "label-alone": counts["label-alone"], "required": counts["required"],
			"accuracy-missing": counts["accuracy-missing"], "source-date-missing": counts["source-date-missing"],
		}, "%+v", counts)
	got := d.row(`
		select string_agg(parcel_id || ' ' || main_plate || '/' || coalesce(sub_plate::text, '-') || ' ' || round(public.st_area(public.st_transform(geom, 32639))), ', ' order by parcel_id) as p,
		  min(label) filter (where parcel_id = 'PARCELS-1') as label
		from cadastre.parcel`)
	require.Equal(t, "PARCELS-1 72/16 225, PARCELS-2 72/17 225, PARCELS-3 72/18 225, PARCELS-4 72/- 225", got["p"])
	require.Equal(t, "۱۶ فرعی از ۷۲ اصلی", got["label"])
}

// What a drawing leaves open is asked before it is checked: where it lies, and which side of the slash in its texts is the main plate. A confirmation without either is
// refused, and the delivery goes on waiting.
func TestDrawingAsksForWhatIsOpen(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	drawing := entity(0, "SECTION", 2, "ENTITIES")
	for i := range 6 {
		drawing += drawnPlot(536000+20*float64(i), 3950000, 15) + plateText(536005+20*float64(i), 3950005, fmt.Sprintf("72/%d", 1601+i))
	}
	file := filepath.Join(t.TempDir(), "plan.dxf")
	require.NoError(t, os.WriteFile(file, []byte(drawing+entity(0, "ENDSEC", 0, "EOF")), 0o600))
	s, err := d.im.Receive(t.Context(), layers.Request{Theme: "cadastre-urban", Agency: "registry", Files: []string{file}, Through: layers.Inspected})
	require.NoError(t, err)
	s, err = d.im.Advance(t.Context(), s.ID, nil)
	require.NoError(t, err)
	m := s.Inspection.Proposal.Mapping
	require.Equal(t, &layers.PlateColumn{Column: "label"}, m.Plate)
	require.NotContains(t, m.Attributes, "label", "a plate is never one string")
	require.Equal(t, []string{"parcel_id", "section"}, s.Inspection.Proposal.Missing)
	require.Len(t, s.Inspection.Question.Samples, 5)
	require.Equal(t, "\u2066sub 1601 of main 72\u2069", s.Inspection.Question.Samples[0].Left.EN)

	confirm := func() error {
		return pgx.BeginFunc(t.Context(), d.pool, func(tx pgx.Tx) error {
			return d.im.Confirm(t.Context(), tx, s, layers.Confirmation{Theme: "cadastre-urban", Mapping: m})
		})
	}
	require.Equal(t, "crs-missing", errs.Code(confirm()))
	m.CRS = "EPSG:32639"
	require.Equal(t, "plate-side-unanswered", errs.Code(confirm()))
	m.Plate.Main = "left"
	m.Attributes = map[string]*layers.Expr{"parcel_id": {Template: "{label}"}, "section": {Value: "3"}}
	require.NoError(t, confirm())
	s, err = d.im.Advance(t.Context(), s.ID, nil)
	require.NoError(t, err)
	require.Equal(t, layers.Validated, s.State)
	require.EqualValues(t, 6, s.Report.Accepted, "%+v", s.Report.Rules)

	// The next drawing is proposed with all of that; a file that says itself where it lies is, with what it says.
	next := func(name, text string) layers.Mapping {
		file := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		s, err := d.im.Receive(t.Context(), layers.Request{Theme: "cadastre-urban", Agency: "registry", Files: []string{file}, Through: layers.Inspected})
		require.NoError(t, err)
		s, err = d.im.Advance(t.Context(), s.ID, nil)
		require.NoError(t, err)
		require.Equal(t, m.Plate, s.Inspection.Proposal.Mapping.Plate)
		return s.Inspection.Proposal.Mapping
	}
	require.Equal(t, "EPSG:32639", next("next.dxf", drawing+entity(0, "ENDSEC", 0, "EOF")).CRS)
	require.Empty(t, next("next.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"label":"72/1700"},"geometry":`+
		`{"type":"Polygon","coordinates":[[[51.4,35.7],[51.4001,35.7],[51.4001,35.7001],[51.4,35.7]]]}}]}`).CRS)
}
