package cadastre_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// checked delivers up to the report.
func (d *desk) checked(req layers.Request) *layers.Submission {
	d.t.Helper()
	req.Theme, req.Agency, req.Through = "cadastre-urban", "registry", layers.Validated
	s, err := d.im.Receive(d.t.Context(), req)
	require.NoError(d.t, err)
	s, err = d.im.Advance(d.t.Context(), s.ID, nil)
	require.NoError(d.t, err)
	require.Equal(d.t, layers.Validated, s.State, "%+v", s.Problem)
	return s
}

// A vertex that is there twice is taken out when that was accepted, in whatever coordinates it was delivered, and nothing else of the boundary changes.
func TestRepeatedVerticesAreTakenOut(t *testing.T) {
	t.Parallel()
	degrees := plot([][2]float64{{0, 0}, {20, 0}, {20, 20}, {20, 20.0007}, {0, 20}})
	metres := `{"type":"Polygon","coordinates":[[[536000,3950000],[536020,3950000],[536020,3950020],[536020,3950020.0008],[536000,3950020],[536000,3950000]]]}`
	for name, c := range map[string]struct{ geometry, crs string }{"degrees": {degrees, "EPSG:4326"}, "metres": {metres, "EPSG:32639"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			body := lands(land("a", c.geometry))
			s := d.checked(layers.Request{Files: []string{d.file(body)}, Mapping: layers.Mapping{CRS: c.crs}})
			found := d.row(`select rule, proposed, measure from layers.finding where rule = 'vertices-repeated'`)
			require.Equal(t, "vertex-removed", found["proposed"])
			require.InDelta(t, 0.00075, found["measure"], 0.0001)
			in := func(do func(ctx context.Context, tx pgx.Tx) error) {
				t.Helper()
				require.NoError(t, pgx.BeginFunc(t.Context(), d.im.Pool, func(tx pgx.Tx) error { return do(t.Context(), tx) }))
			}
			in(func(ctx context.Context, tx pgx.Tx) error {
				return d.im.AcceptFixes(ctx, tx, s, layers.Actor{}, []layers.Correction{{Rule: "vertices-repeated"}})
			})
			s, err := d.im.Advance(t.Context(), s.ID, nil)
			require.NoError(t, err)
			fixed := d.row(`select message_en, raw_value, proposed from layers.finding where rule = 'fixed'`)
			require.Equal(t, []any{"6", "5"}, []any{fixed["raw_value"], fixed["proposed"]}, "vertices, with the one that closes the ring")
			require.EqualValues(t, 0, d.row(`select count(*) n from layers.finding where rule = 'vertices-repeated'`)["n"])

			in(func(ctx context.Context, tx pgx.Tx) error { return d.im.Submit(ctx, tx, s, true, true) })
			in(func(ctx context.Context, tx pgx.Tx) error { return d.im.Publish(ctx, tx, s, layers.Actor{}, "") })
			s, err = d.im.Advance(t.Context(), s.ID, nil)
			require.NoError(t, err)
			require.Equal(t, layers.Published, s.State)
			after := d.row(`select public.st_npoints(geom) n, public.st_area(geom::public.geography) area, public.st_isvalid(geom) valid from cadastre.parcel`)
			require.EqualValues(t, 5, after["n"])
			require.InDelta(t, 400, after["area"], 1)
			require.Equal(t, true, after["valid"])
		})
	}
}

// A triangle whose third corner is there twice is proposed to be mended too; one of three vertices that are nearly two is not: nothing would be left of it.
func TestWhatIsLeftIsAnArea(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := d.checked(layers.Request{Files: []string{d.file(lands(
		land("a", plot([][2]float64{{0, 0}, {20, 0}, {20, 20}, {20, 20}})),
		land("b", plot([][2]float64{{100, 0}, {120, 0}, {120, 0.0005}})),
	))}})
	require.Equal(t, "a: vertex-removed b: -", d.row(`
		select string_agg(feature_key || ': ' || coalesce(proposed, '-'), ' ' order by feature_key) p
		from layers.finding
		where submission_id = $1
		  and rule = 'vertices-repeated'`, s.ID)["p"], fmt.Sprint(s.Report.Rules))
}

// The example of INSPIRE, whose rings do not return to where they began: each parcel is refused with that place and a proposal, and taken when it was accepted.
func TestOpenRingsOfINSPIRE(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mapping := named("localId")
	mapping.Attributes["parcel_id"], mapping.Attributes["lot"] = &layers.Expr{Column: "inspireId_localId"}, &layers.Expr{Column: "inspireId_localId"}
	request := layers.Request{Files: []string{foreign(t, "inspire_cadastralparcel.xml")}, Mapping: mapping, Profile: "trial"}
	s := d.checked(request)
	require.EqualValues(t, 2, s.Report.Refused)
	found := d.row(`select count(*) n, string_agg(distinct raw_value, ';') place, string_agg(distinct proposed, ';') proposed, min(message_fa) fa from layers.finding where rule = 'geometry-structure'`)
	require.Equal(t, []any{int64(2), "49 2", "ring-closed"}, []any{found["n"], found["place"], found["proposed"]})
	require.Contains(t, found["fa"], "حلقه باز")
	err := pgx.BeginFunc(t.Context(), d.im.Pool, func(tx pgx.Tx) error { return d.im.Submit(t.Context(), tx, s, true, true) })
	require.Equal(t, "nothing-accepted", errs.Code(err), "as long as nothing was accepted, there is nothing to publish")

	require.NoError(t, pgx.BeginFunc(t.Context(), d.im.Pool, func(tx pgx.Tx) error {
		return d.im.AcceptFixes(t.Context(), tx, s, layers.Actor{}, []layers.Correction{{Rule: "geometry-structure"}})
	}))
	s, err = d.im.Advance(t.Context(), s.ID, nil)
	require.NoError(t, err)
	require.EqualValues(t, 2, s.Report.Accepted, "%+v", s.Report.Rules)
	require.EqualValues(t, 2, d.row(`select count(*) n from layers.finding where rule = 'fixed'`)["n"])
	require.EqualValues(t, 1, d.row(`select count(*) n from layers.finding where rule = 'geometry-duplicate'`)["n"], "both are the same square")

	// Whoever imports at once is told that nothing was taken.
	request.Theme, request.Agency = "cadastre-urban", "registry"
	_, err = d.im.Import(t.Context(), request)
	require.Equal(t, "nothing-accepted", errs.Code(err))
}
