package cadastre_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/layers"
)

func (d *desk) published(theme, content string) {
	d.t.Helper()
	require.Zero(d.t, d.deliver(theme, content).Refused)
}

// from has a delivery come from another agency, which is another dataset.
func from(agency string) func(*layers.Request) { return func(r *layers.Request) { r.Agency = agency } }

// The rules that compare with what is published: of other datasets, of sections, of buildings, of what the delivery removes.
func TestRulesOfNeighbours(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := lands(land("a", plot(rect(0, 0, 20, 20)), `"registry_unit":"شمیران","national_parcel_id":"7","main_plate":72,"sub_plate":1617`), land("b", plot(rect(20, 0, 40, 20))))
	d.published("cadastre-urban", first)

	second := d.deliver("cadastre-urban", lands(
		land("c", plot(rect(39, 0, 60, 20))),   // over b
		land("d", plot(rect(0, 20.2, 20, 40))), // a gap to a
		land("e", plot(rect(20, 20, 30, 40))),  // a vertex on b's side
		land("f", plot(rect(100, 0, 120, 20)), `"registry_unit":"شمیران","main_plate":72,"sub_plate":1617`),
		land("g", plot(rect(130, 0, 150, 20)), `"registry_unit":"ری","main_plate":72,"sub_plate":1617,"national_parcel_id":"7"`),
	), from("post"))
	require.EqualValues(t, 2, second.Accepted, "%+v", d.sights(second.Submission))
	require.Equal(t, []sight{
		{"corner-unmatched", "W", "c", "b", "POINT", 0, "m"},
		{"corner-unmatched", "W", "c", "b", "POINT", 0, "m"},
		{"corner-unmatched", "W", "c", "b", "POINT", 0, "m"},
		{"corner-unmatched", "W", "c", "b", "POINT", 0, "m"},
		{"corner-unmatched", "W", "e", "b", "POINT", 0, "m"},
		{"corner-unmatched", "W", "e", "d", "POINT", 0, "m"},
		{"gap", "W", "d", "a", "MULTIPOLYGON", 4, "m²"},
		{"national-id-not-unique", "E", "g", "a", "POINT", 0, ""},
		{"overlap-published", "E", "c", "b", "POLYGON", 20, "m²"},
		{"plate-published", "E", "f", "a", "POINT", 0, ""},
	}, near(d.sights(second.Submission)))

	// The Registry delivers its own again, with b cut in two that say so, and one more; a goes without a word.
	third := d.deliver("cadastre-urban", lands(land("b1", plot(rect(20, 0, 30, 20)), `"parents":"b"`), land("b2", plot([][2]float64{{30, 0}, {40, 0}, {40, 20}, {30, 20}}), `"parents":"x; b"`), land("z", plot(rect(200, 0, 220, 20)))))
	require.EqualValues(t, 3, third.Accepted)
	require.Equal(t, []sight{{"parcel-vanished", "W", "", "a", "POLYGON", 400, "m²"}}, only(near(d.sights(third.Submission)), "parcel-vanished"))
	// What covers the ground of a parcel succeeds it, without saying so.
	fourth := d.deliver("cadastre-urban", lands(land("b3", plot(rect(20, 0, 40, 20))), land("z", plot(rect(200, 0, 220, 20)))))
	require.Empty(t, only(d.sights(fourth.Submission), "parcel-vanished"))
	// Taken out by name, without a successor.
	fifth := d.deliver("cadastre-urban", lands(land("z", plot(rect(200, 0, 220, 20)))), func(r *layers.Request) { r.Mode = layers.Delete })
	require.Equal(t, []sight{{"parcel-vanished", "W", "", "z", "POLYGON", 400, "m²"}}, only(near(d.sights(fifth.Submission)), "parcel-vanished"))
}

// Parcels that are added to a dataset are compared with those that stay in it, and not with those that they replace.
func TestAddedParcels(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.published("cadastre-urban", lands(land("a", plot(rect(0, 0, 20, 20))), land("b", plot(rect(20, 0, 40, 20)))))
	report := d.deliver("cadastre-urban", lands(land("b", plot(rect(20, 0, 38, 20))), land("c", plot(rect(18, 0, 20, 30)))), func(r *layers.Request) { r.Mode = layers.Upsert })
	require.EqualValues(t, 1, report.Accepted)
	require.Equal(t, []sight{{"overlap-published", "E", "c", "a", "POLYGON", 40, "m²"}}, only(near(d.sights(report.Submission)), "overlap-published"))
}

func TestSectionsAndBuildings(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.published("cadastre-section", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"section_id":"S-3","section":"بخش ۳"},"geometry":`+plot(rect(-100, -100, 30, 100))+`}]}`)
	d.published("building", `{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{"building_id":"in"},"geometry":`+plot(rect(1, 1, 10, 10))+`},
		{"type":"Feature","properties":{"building_id":"out"},"geometry":`+plot(rect(10, 11, 22, 19))+`}]}`)
	report := d.deliver("cadastre-urban", lands(land("a", plot(rect(0, 0, 20, 20))), land("b", plot(rect(20, 0, 40, 20))), land("c", plot(rect(0, -20, 20, 0)), `"section":"9"`)))
	require.Equal(t, []sight{
		{"building-outside", "W", "a", "out", "MULTIPOLYGON", 16, "m²"}, {"outside-section", "W", "b", "", "MULTIPOLYGON", 200, "m²"}, {"section-unknown", "E", "c", "", "POINT", 0, ""},
	}, near(d.sights(report.Submission)))
}

// Coordinates of one zone, called those of the zone beside it, lie six degrees off; those of a province that reaches over the border of its zone do not.
func TestOutsideTheZone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.deliver("cadastre-urban", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:32639"}},"features":[`+
		land("a", `{"type":"Polygon","coordinates":[[[880000,3950000],[880020,3950000],[880020,3950020],[880000,3950000]]]}`)+","+
		land("b", `{"type":"Polygon","coordinates":[[[1150000,3950000],[1150020,3950000],[1150020,3950020],[1150000,3950000]]]}`)+`]}`)
	require.Equal(t, []sight{{"outside-zone", "E", "b", "", "POINT", 7, "°"}}, only(near(d.sights(report.Submission)), "outside-zone"))
}

// near rounds measures to whole numbers, and leaves out what is none.
func near(in []sight) (out []sight) {
	for _, s := range in {
		s.Measure = math.Round(s.Measure)
		if math.IsNaN(s.Measure) {
			s.Measure = 0
		}
		out = append(out, s)
	}
	return out
}

func only(in []sight, rule string) (out []sight) {
	for _, s := range in {
		if s.Rule == rule {
			out = append(out, s)
		}
	}
	return out
}

// A check that comes to the end of its time says so in the report, and refuses nothing for that.
func TestCoverageInItsTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.im.RuleTime = 1
	report := d.deliver("cadastre-urban", lands(land("a", plot(rect(0, 0, 20, 20))), land("b", plot(rect(19, 0, 40, 20)))))
	require.EqualValues(t, 2, report.Accepted)
	require.Contains(t, report.Notes[len(report.Notes)-1].EN, "was not checked to the end, because its time (0s) was over")
	require.Contains(t, report.Notes[len(report.Notes)-1].FA, "زمان آن")
}
