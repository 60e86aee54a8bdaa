package cadastre_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/cadastre"
	"nsdi/layers"
)

// open lists the open findings of an agency's dataset, with the versions that brought them about.
func (d *desk) open(agency string) (out []string) {
	d.t.Helper()
	dataset := d.row(`select d.id from layers.dataset d join access.agency a on a.id = d.agency_id where a.code = $1 and d.theme = 'cadastre-urban'`, agency)["id"].(int64)
	found, err := cadastre.OpenFindings(d.t.Context(), d.im.Pool, dataset, 0, 100)
	require.NoError(d.t, err)
	for _, f := range found {
		out = append(out, fmt.Sprintf("%s %s %s>%s %.0f %s %s", f.Alias, f.Severity, f.Key, f.OtherKey, f.Measure, f.Unit, f.FoundAt.Format(time.DateOnly)))
		require.NotContains(d.t, f.Message.EN+f.Message.FA, "{")
		require.Contains(d.t, string(f.Place), `"coordinates"`)
	}
	return out
}

// What does not fit between datasets is kept current from either side, by whichever of them is published, corrected, rolled back or withdrawn; what did not change is not
// found again.
func TestOpenFindings(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	trial := func(r *layers.Request) { r.Profile = "trial" }
	d.deliver("cadastre-urban", lands(land("a", plot(rect(0, 0, 20, 20))), land("b", plot(rect(20, 0, 40, 20))), land("far", plot(rect(500, 0, 520, 20)))))
	require.Empty(t, d.open("registry"), "there is nobody else")

	d.deliver("cadastre-urban", lands(land("c", plot(rect(39, 0, 60, 20))), land("d", plot(rect(0, 20.2, 20, 40))), land("e", plot(rect(20, 20, 30, 40)))), from("post"), trial)
	both := []string{"CAD-T05 W b>c 0 m 2026-03-23", "CAD-T05 W b>c 0 m 2026-03-23", "CAD-T05 W b>c 0 m 2026-03-23", "CAD-T05 W b>c 0 m 2026-03-23", "CAD-T05 W b>e 0 m 2026-03-23"}
	require.Equal(t, append(both, "CAD-T03 W a>d 4 m² 2026-03-23", "CAD-T02 E b>c 20 m² 2026-03-23"), d.open("registry"))
	require.Len(t, d.open("post"), 7, "each of them on the other side too")
	require.Contains(t, d.open("post"), "CAD-T02 E c>b 20 m² 2026-03-23")

	// Only c is corrected: what is between a and d, and b and e, stays as it was found.
	d.deliver("cadastre-urban", lands(land("c", plot(rect(40, 0, 60, 20))), land("d", plot(rect(0, 20.2, 20, 40))), land("e", plot(rect(20, 20, 30, 40)))), from("post"), trial)
	require.Equal(t, []string{"CAD-T05 W b>e 0 m 2026-03-23", "CAD-T03 W a>d 4 m² 2026-03-23"}, d.open("registry"))
	require.Equal(t, []string{"CAD-T05 W e>b 0 m 2026-03-23", "CAD-T03 W d>a 4 m² 2026-03-23"}, d.open("post"))

	// The other side closes the gap.
	d.deliver("cadastre-urban", lands(land("a", plot(rect(0, 0, 20, 20.2))), land("b", plot(rect(20, 0, 40, 20))), land("far", plot(rect(500, 0, 520, 20)))), trial)
	require.NotContains(t, fmt.Sprint(d.open("post")), "T03")

	// A version that is brought back brings back what did not fit in it, and what is withdrawn takes it along.
	rollback := func(version int) {
		t.Helper()
		versions := &layers.Versions{Stores: d.im.Stores, Now: d.im.Now}
		dataset := d.row(`select d.id from layers.dataset d join access.agency a on a.id = d.agency_id where a.code = 'post'`)["id"].(int64)
		require.NoError(t, pgx.BeginFunc(t.Context(), d.im.Pool, func(tx pgx.Tx) error {
			_, changed, err := versions.Rollback(t.Context(), tx, layers.Decision{Dataset: dataset, Version: version, Reason: "r"})
			require.True(t, changed)
			return err
		}))
	}
	rollback(1)
	require.Contains(t, fmt.Sprint(d.open("registry")), "CAD-T02 E b>c 20 m²")
	rollback(0)
	require.Empty(t, d.open("registry"))
	require.Empty(t, d.open("post"))
}

// A gap that lies between several parcels of two datasets is one finding, told on the highest key of either side with all others; it follows what any of them becomes.
func TestOpenGapOfSeveralParcels(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	trial := func(r *layers.Request) { r.Profile = "trial" }
	south := lands(land("a", plot(rect(0, 0, 20, 20))), land("b", plot(rect(20, 0, 40, 20))), land("c", plot(rect(40, 0, 60, 20))))
	d.deliver("cadastre-urban", south)
	north := func(last float64) string {
		return lands(land("n", plot(rect(0, 20.2, 30, 40))), land("o", plot(rect(30, 20.2, 50, 40))), land("p", plot(rect(50, last, 60, 40))))
	}
	gaps := func(agency string) (out []string) {
		for _, f := range d.open(agency) {
			if strings.Contains(f, "T03") {
				out = append(out, f)
			}
		}
		return out
	}
	d.deliver("cadastre-urban", north(20.2), from("post"), trial)
	// 60 m by 0.2 m, between a, b, c and n, o, p in five pairs.
	require.Equal(t, []string{"CAD-T03 W c>a, b, n, o, p 12 m² 2026-03-23"}, gaps("registry"))
	require.Equal(t, []string{"CAD-T03 W p>a, b, c, n, o 12 m² 2026-03-23"}, gaps("post"))
	require.EqualValues(t, 10, d.row(`select count(*) from cadastre.open_finding where rule = 'gap'`)["count"], "five pairs, from either side")

	// p comes near; what is left is one gap on both sides, though only p was looked at.
	d.deliver("cadastre-urban", north(20), from("post"), trial)
	require.Equal(t, []string{"CAD-T03 W c>a, b, n, o 10 m² 2026-03-23"}, gaps("registry"))
	require.Equal(t, []string{"CAD-T03 W o>a, b, c, n 10 m² 2026-03-23"}, gaps("post"))

	// b takes the ground between: two gaps are left, with a way of 20 m between them.
	d.deliver("cadastre-urban", lands(land("a", plot(rect(0, 0, 20, 20))), land("b", plot(rect(20, 0, 40, 20.2))), land("c", plot(rect(40, 0, 60, 20)))), trial)
	require.Equal(t, []string{"CAD-T03 W a>n 4 m² 2026-03-23", "CAD-T03 W c>o 2 m² 2026-03-23"}, gaps("registry"))
	require.Equal(t, []string{"CAD-T03 W n>a 4 m² 2026-03-23", "CAD-T03 W o>c 2 m² 2026-03-23"}, gaps("post"))
}
