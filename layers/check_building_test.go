package layers

import (
	"cmp"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// houses are buildings of 0.001° × 0.001°, which are 90.6 by 111 m at 35.5° N, each with its western edge.
func houses(of map[string]float64) string {
	text := "building_id,WKT\n"
	for key, west := range of {
		text += fmt.Sprintf("%s,\"POLYGON((%[2]f 35.5,%[3]f 35.5,%[3]f 35.501,%[2]f 35.501,%[2]f 35.5))\"\n", key, west, west+0.001)
	}
	return text
}

// Buildings that stand on the same ground are found in a delivery and against what other agencies have published, with place and measure; a wall's width is let pass.
func TestBuildingsOverBuildings(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	sights := func(s int64) string {
		return d.text(`
			select coalesce(string_agg(concat_ws(' ', rule, severity, feature_key, other_key, round(measure), unit, public.geometrytype(geom), round(public.st_area(geom::public.geography))), E'\n' order by rule, feature_key, other_key), '')
			from layers.finding
			where submission_id = $1
			  and rule like 'building%'`, s)
	}
	deliver := func(agency string, mode Mode, profile string, of map[string]float64) *Report {
		report, err := d.im.Import(t.Context(), Request{Theme: "building", Agency: cmp.Or(agency, "ncc"), Mode: mode, Profile: profile, Files: []string{d.file("b.csv", houses(of))}, Mapping: Mapping{CRS: "EPSG:4326"}, AllowRemovals: true})
		require.NoError(t, err)
		return report
	}
	// b is over a by 9.06 m of 111 m; c stands wall to wall with b, and takes 0.9 mm of it, which is 0.1 m².
	first := deliver("", Replace, "", map[string]float64{"a": 51, "b": 51.0009, "c": 51.00189999})
	require.EqualValues(t, 3, first.Accepted)
	require.Equal(t, "building-overlap W b a 1009 m² POLYGON 1007", sights(first.Submission), "9.08 m of longitude by 110.95 m of latitude; in the delivery a sphere is measured")

	// The Post's d is over a and over b, its own b is another building than that of the first, and e is far from all.
	second := deliver("post", Replace, "", map[string]float64{"d": 51.0005, "e": 51.1})
	require.EqualValues(t, 2, second.Accepted)
	require.Equal(t, "building-overlap-published W d a 5033 m² MULTIPOLYGON 5033\nbuilding-overlap-published W d b 6040 m² MULTIPOLYGON 6040", sights(second.Submission))

	// What is added is compared with what stays, and not with what it replaces.
	third := deliver("post", Upsert, "", map[string]float64{"e": 51.2, "f": 51.1999})
	require.Equal(t, "building-overlap W f e 9080 m² POLYGON 9060", sights(third.Submission))
	fourth := deliver("post", Upsert, "", map[string]float64{"g": 51.2009})
	require.Equal(t, "building-overlap-published W g e 1007 m² MULTIPOLYGON 1007", sights(fourth.Submission))

	strict := deliver("post", Replace, "strict", map[string]float64{"x": 51.3, "y": 51.3005})
	require.EqualValues(t, 1, strict.Accepted)
}
