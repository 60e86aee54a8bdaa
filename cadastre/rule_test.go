package cadastre_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/cadastre"
	"nsdi/layers"
)

// plot writes rings of metres east and north of 51.4° E 35.7° N as a GeoJSON geometry; a ring closes itself.
func plot(rings ...[][2]float64) string {
	var out []string
	for _, r := range rings {
		var points []string
		for _, p := range append(slices.Clone(r), r[0]) {
			points = append(points, fmt.Sprintf("[%.10f,%.10f]", 51.4+p[0]/90_526.0, 35.7+p[1]/110_961.0))
		}
		out = append(out, "["+strings.Join(points, ",")+"]")
	}
	return `{"type":"Polygon","coordinates":[` + strings.Join(out, ",") + `]}`
}

func rect(x0, y0, x1, y1 float64) [][2]float64 {
	return [][2]float64{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
}

// land is a parcel of GeoJSON; its plate follows its key.
func land(key, geometry string, more ...string) string {
	main := 0
	for _, c := range key {
		main = main*31 + int(c)
	}
	properties := append([]string{fmt.Sprintf(`"parcel_id":%q,"section":"3","main_plate":%d,"accuracy_m":0.05,"registered_on":"2024-01-01"`, key, main)}, more...)
	return `{"type":"Feature","properties":{` + strings.Join(properties, ",") + `},"geometry":` + geometry + `}`
}

func lands(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

// sight is a finding as the tests compare it.
type sight struct {
	Rule, Severity, Key, Other, Kind string
	Measure                          float64
	Unit                             string
}

// sights are the findings of a delivery on other things than the survey's date and accuracy as a whole.
func (d *desk) sights(submission int64) (out []sight) {
	d.t.Helper()
	rows, err := d.pool.Query(d.t.Context(), `
		select rule, severity, coalesce(feature_key, ''), coalesce(other_key, ''), coalesce(public.geometrytype(geom), ''), coalesce(measure, 'NaN'), coalesce(unit, '')
		from layers.finding
		where submission_id = $1
		  and rule not in ('source-date-missing', 'accuracy-missing')
		order by rule, feature_key, other_key, measure, public.st_astext(geom)`, submission)
	require.NoError(d.t, err)
	defer rows.Close()
	for rows.Next() {
		var s sight
		require.NoError(d.t, rows.Scan(&s.Rule, &s.Severity, &s.Key, &s.Other, &s.Kind, &s.Measure, &s.Unit))
		out = append(out, s)
	}
	require.NoError(d.t, rows.Err())
	return out
}

// Each rule of parcels once: what is found, on which parcel, with which place and measure, and nothing else.
func TestEachRule(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	square := land("a", plot(rect(0, 0, 20, 20)))
	street := func(n int, spread float64) (ring [][2]float64) { // a many-sided parcel
		for i := range n {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			ring = append(ring, [2]float64{spread * cos, spread * sin})
		}
		return ring
	}
	for _, tc := range []struct {
		name     string
		features []string
		want     []sight
	}{
		{"clean", []string{square, land("b", plot(rect(20, 0, 40, 20)))}, nil},
		{
			"overlap", []string{square, land("b", plot(rect(19, 0, 40, 20)))}, []sight{
				{"corner-unmatched", "W", "a", "b", "POINT", 0, "m"},
				{"corner-unmatched", "W", "a", "b", "POINT", 0, "m"},
				{"corner-unmatched", "W", "b", "a", "POINT", 0, "m"},
				{"corner-unmatched", "W", "b", "a", "POINT", 0, "m"},
				{"overlap", "E", "b", "a", "POLYGON", 20, "m²"},
			},
		},
		{
			"overlap-sliver", []string{square, land("b", plot([][2]float64{{20, 0}, {40, 0}, {40, 20}, {20, 20}, {19.99, 10}}))}, []sight{
				{"corner-unmatched", "W", "a", "b", "POINT", 0.01, "m"}, {"overlap-sliver", "W", "b", "a", "POLYGON", 0.1, "m²"},
			},
		},
		{
			"gap", []string{square, land("b", plot(rect(20.2, 0, 40, 20)))}, []sight{{"gap", "W", "b", "a", "MULTIPOLYGON", 4, "m²"}},
		},
		{
			"a gap of three", []string{square, land("b", plot(rect(20.2, 0, 40, 10))), land("c", plot(rect(20.2, 10, 40, 20)))}, []sight{
				{"gap", "W", "c", "a, b", "MULTIPOLYGON", 4, "m²"},
			},
		},
		{"a way is no gap", []string{square, land("b", plot(rect(20.6, 0, 40, 20)))}, nil},
		{
			"corner-unmatched",
			[]string{square, land("b", plot(rect(20, 0, 40, 10))), land("c", plot(rect(20, 10, 40, 20)))},
			[]sight{{"corner-unmatched", "W", "a", "b", "POINT", 0, "m"}},
		},
		{
			"hole",
			[]string{
				land("n", plot([][2]float64{{0, 30}, {10, 30}, {30, 30}, {40, 30}, {40, 40}, {0, 40}})), land("s", plot([][2]float64{{0, 0}, {40, 0}, {40, 10}, {30, 10}, {10, 10}, {0, 10}})),
				land("w", plot(rect(0, 10, 10, 30))), land("e", plot(rect(30, 10, 40, 30))),
			},
			[]sight{{"hole", "W", "e", "", "POLYGON", 400, "m²"}},
		},
		{"hole in a parcel", []string{land("a", plot(rect(0, 0, 40, 40), rect(10, 10, 30, 30)))}, []sight{{"hole", "W", "a", "", "POLYGON", 400, "m²"}}},
		{"a hole that is a parcel", []string{land("a", plot(rect(0, 0, 40, 40), rect(10, 10, 30, 30))), land("b", plot(rect(10, 10, 30, 30)))}, nil},
		{
			"geometry-duplicate",
			[]string{square, land("b", plot([][2]float64{{20, 20}, {0, 20}, {0, 0}, {20, 0}}))},
			[]sight{{"geometry-duplicate", "E", "b", "a", "POLYGON", 400, "m²"}},
		},
		{"vertices-repeated", []string{land("a", plot([][2]float64{{0, 0}, {20, 0}, {20, 0.0004}, {20, 20}, {0, 20}}))}, []sight{{"vertices-repeated", "W", "a", "", "POINT", 0.0004, "m"}}},
		{"spike", []string{land("a", plot([][2]float64{{0, 0}, {20, 0}, {20, 20}, {10, 20}, {10.02, 40}, {9.9, 20}, {0, 20}}))}, []sight{{"spike", "W", "a", "", "POINT", 0.286, "°"}}},
		{"polygon-tiny", []string{land("a", plot(rect(0, 0, 2, 2)))}, []sight{{"polygon-tiny", "W", "a", "", "POINT", 4, "m²"}}},
		{"parcel-sliver", []string{land("a", plot(rect(0, 0, 100, 0.3)))}, []sight{{"parcel-sliver", "W", "a", "", "MULTIPOLYGON", 0.299, "m"}}},
		{
			"parcel-multipart",
			[]string{land("a", `{"type":"MultiPolygon","coordinates":[`+coordinates(rect(0, 0, 20, 20))+","+coordinates(rect(40, 0, 60, 20))+"]}")},
			[]sight{{"parcel-multipart", "W", "a", "", "MULTIPOLYGON", 2, ""}},
		},
		{"vertices-many", []string{land("a", plot(street(50_001, 900)))}, []sight{{"vertices-many", "W", "a", "", "POINT", 50_001, ""}}},
		{"segment-long", []string{land("a", plot(rect(0, 0, 6000, 20)))}, []sight{{"segment-long", "W", "a", "", "LINESTRING", 5995.7, "m"}}},
		{"area-differs", []string{land("a", plot(rect(0, 0, 20, 20)), `"declared_area_m2":404`)}, []sight{{"area-differs", "W", "a", "", "MULTIPOLYGON", 4.13, "m²"}}},
		{"area-differs-greatly", []string{land("a", plot(rect(0, 0, 20, 20)), `"declared_area_m2":500`), land("b", plot(rect(20, 0, 40, 20)))}, []sight{{"area-differs-greatly", "E", "a", "", "MULTIPOLYGON", 100.13, "m²"}}},
		{"area as in the grid, and on the ellipsoid", []string{land("a", plot(rect(0, 0, 200, 200)), `"declared_area_m2":39969`), land("b", plot(rect(200, 0, 400, 200)), `"declared_area_m2":40000`)}, nil},
		{"accuracy-poor", []string{strings.ReplaceAll(square, `"accuracy_m":0.05`, `"accuracy_m":0.3`)}, []sight{{"accuracy-poor", "W", "a", "", "POINT", 0.3, "m"}}},
		{"plate-invalid", []string{square, land("b", plot(rect(20, 0, 40, 20)), `"sub_plate":-1`)}, []sight{{"plate-invalid", "E", "b", "", "POINT", math.NaN(), ""}}},
		{
			"plate-not-unique",
			[]string{land("a", plot(rect(0, 0, 20, 20)), `"main_plate":72,"sub_plate":5`), land("b", plot(rect(20, 0, 40, 20)), `"main_plate":72,"sub_plate":5`), land("c", plot(rect(40, 0, 60, 20)), `"main_plate":72,"sub_plate":5,"lot":"2"`)},
			[]sight{{"plate-not-unique", "E", "b", "a", "POINT", math.NaN(), ""}},
		},
		{
			"national-id-not-unique",
			[]string{land("a", plot(rect(0, 0, 20, 20)), `"national_parcel_id":"1"`), land("b", plot(rect(20, 0, 40, 20)), `"national_parcel_id":"1"`)},
			[]sight{{"national-id-not-unique", "E", "b", "a", "POINT", math.NaN(), ""}},
		},
	} {
		d.exec(`delete from cadastre.parcel`)
		report := d.deliver("cadastre-urban", lands(tc.features...))
		got := d.sights(report.Submission)
		require.Len(t, got, len(tc.want), "%s: %+v", tc.name, got)
		for i, want := range tc.want {
			if math.IsNaN(want.Measure) {
				require.True(t, math.IsNaN(got[i].Measure), tc.name)
			} else {
				require.InDelta(t, want.Measure, got[i].Measure, 0.002*math.Abs(want.Measure)+0.001, tc.name)
			}
			got[i].Measure, want.Measure = 0, 0
			require.Equal(t, want, got[i], tc.name)
		}
		for _, r := range report.Rules {
			for _, s := range r.Samples {
				require.NotContains(t, s.Message.EN, "{", tc.name)
				require.NotContains(t, s.Message.FA, "{", tc.name)
			}
		}
	}
}

func coordinates(ring [][2]float64) string {
	return strings.TrimSuffix(strings.TrimPrefix(plot(ring), `{"type":"Polygon","coordinates":`), "}")
}

func (d *desk) exec(sql string, args ...any) {
	d.t.Helper()
	_, err := d.pool.Exec(d.t.Context(), sql, args...)
	require.NoError(d.t, err)
}

// Whoever changes a rule of parcels, a parameter or what a profile says of them raises the version of the rule set, as a rule of all themes does.
func TestRuleSetVersion(t *testing.T) {
	t.Parallel()
	checksums := map[string]string{
		"nsdi-5":  "01585e121aee8f73ebff2af403e459657f06d85b0555d8d0cc6018f2dba300ac",
		"nsdi-6":  "01585e121aee8f73ebff2af403e459657f06d85b0555d8d0cc6018f2dba300ac", // only drawings have more rules
		"nsdi-7":  "01585e121aee8f73ebff2af403e459657f06d85b0555d8d0cc6018f2dba300ac", // only addresses have more rules
		"nsdi-8":  "7d2adcc5f49807f24d37fef091f8622f93b82cc67a261a9d76b8fb1fa8445af7",
		"nsdi-9":  "7d2adcc5f49807f24d37fef091f8622f93b82cc67a261a9d76b8fb1fa8445af7", // only addresses have more rules
		"nsdi-10": "7d2adcc5f49807f24d37fef091f8622f93b82cc67a261a9d76b8fb1fa8445af7", // only addresses have one more
		"nsdi-11": "7d2adcc5f49807f24d37fef091f8622f93b82cc67a261a9d76b8fb1fa8445af7", // only addresses and names have more
		"nsdi-12": "7d2adcc5f49807f24d37fef091f8622f93b82cc67a261a9d76b8fb1fa8445af7", // only references of rules for all themes are others
	}
	store := cadastre.Store()
	body, err := json.Marshal([]any{store.Definitions, store.Settings})
	require.NoError(t, err)
	require.Equal(t, checksums[layers.RuleSet()], fmt.Sprintf("%x", sha256.Sum256(body)))
}

// Every code of the catalogue that the delivered attributes allow has a rule, and profiles only speak of rules and parameters that there are.
func TestCatalogueOfTheCadastre(t *testing.T) {
	t.Parallel()
	im := &layers.Importer{Stores: []layers.Store{cadastre.Store()}}
	codes, rules := map[string]bool{}, map[string]layers.Definition{}
	for _, d := range im.Catalogue() {
		rules[d.Code] = d
		for _, alias := range strings.Split(d.Alias, ", ") {
			codes[alias] = true
		}
		require.NotEmpty(t, d.Message.FA, d.Code)
		require.NotEmpty(t, d.Message.EN, d.Code)
	}
	for _, code := range strings.Fields("G01 G02 G03 G04 G05 G06 G07 G08 G09 G10 T01 T02 T03 T04 T05 T06 T08 A01 A02 A03 A04 A05 A06 A07 A10 D01 D02") {
		require.True(t, codes["CAD-"+code], code)
	}
	for profile, settings := range cadastre.Store().Settings {
		_, err := layers.FindProfile(profile)
		require.NoError(t, err)
		for _, s := range settings {
			d, known := rules[s.Rule]
			require.True(t, known, s.Rule)
			require.False(t, d.Fixed, s.Rule)
			for name := range s.Parameters {
				require.True(t, slices.ContainsFunc(d.Parameters, func(p layers.Parameter) bool { return p.Name == name }), "%s.%s", s.Rule, name)
			}
		}
	}
}
