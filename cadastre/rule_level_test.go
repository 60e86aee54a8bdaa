package cadastre_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/cadastre"
	"nsdi/layers"
)

// Ground is of one level: a parcel on the published ground of another one is found, with both areas' common part, whether it lies in it, over its border, or along it.
func TestParcelsOfOtherLevels(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.published("cadastre-range-forest", lands(land("hill", plot(rect(0, 0, 1000, 1000), rect(400, 400, 600, 600)))))
	d.published("cadastre-rural", lands(land("field", plot(rect(1000, 0, 1100, 100)))))

	report := d.deliver("cadastre-urban", lands(
		land("in", plot(rect(100, 100, 120, 120))),
		land("edge", plot(rect(990, 0, 1010, 20))), // half in the hill, half in the field
		land("near", plot(rect(1000.3, 200, 1020, 220))),
		land("side", plot(rect(999.7, 300, 1020, 320))), // 0.3 m of it, as surveys of different accuracy differ
		land("hole", plot(rect(450, 450, 470, 470))),    // in the hole
		land("far", plot(rect(3000, 0, 3020, 20))),
	))
	require.EqualValues(t, 6, report.Accepted, "it is a warning")
	want := []sight{
		{"overlap-level", "W", "edge", "field", "MULTIPOLYGON", 200, "m²"},
		{"overlap-level", "W", "edge", "hill", "MULTIPOLYGON", 200, "m²"},
		{"overlap-level", "W", "in", "hill", "MULTIPOLYGON", 400, "m²"},
	}
	require.Equal(t, want, only(near(d.sights(report.Submission)), "overlap-level"))
	message := d.row(`select message_fa fa, message_en en from layers.finding where rule = 'overlap-level' and feature_key = 'in'`)
	require.Contains(t, message["en"], "the published “hill” in the cadastre of rangeland and forest by 399.87 m²")
	require.Contains(t, message["fa"], "«hill» در حدنگاری مرتع و جنگل هم")

	// Both sides have it as an open finding, until one of them is mended.
	dataset := func(theme string) int64 {
		return d.row(`select id from layers.dataset where theme = $1`, theme)["id"].(int64)
	}
	open := func(theme string) (out []string) {
		found, err := cadastre.OpenFindings(t.Context(), d.im.Pool, dataset(theme), 0, 10)
		require.NoError(t, err)
		for _, f := range found {
			require.Equal(t, "CAD-T02", f.Alias)
			out = append(out, f.Rule+" "+f.Key+" "+f.OtherKey+" "+f.Message.EN[len("The parcel overlaps the published “"+f.OtherKey+"” in "):][:13])
		}
		return out
	}
	require.Equal(t, []string{"overlap-level edge field the rural cad", "overlap-level edge hill the cadastre ", "overlap-level in hill the cadastre "}, open("cadastre-urban"))
	require.Equal(t, []string{"overlap-level hill edge the urban cad", "overlap-level hill in the urban cad"}, open("cadastre-range-forest"))
	require.Equal(t, []string{"overlap-level field edge the urban cad"}, open("cadastre-rural"))

	// The hill gives way; the field stays as it is.
	d.published("cadastre-range-forest", lands(land("hill", plot(rect(0, 200, 990, 1000), rect(400, 400, 600, 600)))))
	require.Empty(t, open("cadastre-range-forest"))
	require.Equal(t, []string{"overlap-level edge field the rural cad"}, open("cadastre-urban"))

	strict := d.deliver("cadastre-marine", lands(land("sea", plot(rect(90, 100, 130, 130))), land("far", plot(rect(5000, 0, 5100, 100)))), func(r *layers.Request) { r.Profile = "strict" })
	require.EqualValues(t, 1, strict.Accepted)
}
