package layers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Each rule of version 2 that looks at rows: a row that breaks it beside one that does not.
func TestAddedRules(t *testing.T) {
	t.Parallel()
	line := func(x1, y1, x2, y2 float64) string {
		return fmt.Sprintf(`{"type":"LineString","coordinates":[[%v,%v],[%v,%v]]}`, x1, y1, x2, y2)
	}
	point := func(x, y float64) string { return fmt.Sprintf(`{"type":"Point","coordinates":[%v,%v]}`, x, y) }
	place := func(code, name string, geometry string) string {
		return feature(geometry, `"code":"`+code+`","name_fa":"`+name+`"`)
	}
	named := func(name string) string { return place("b", name, point(52, 35)) }
	for _, tc := range []struct {
		rule, theme, good, row           string
		severity, field, value, proposed string
		other, fa, en                    string
		measure                          float64
	}{
		{rule: "text-arabic-letters", theme: "place", row: named("علي آباد كتول"), severity: "W", field: "name_fa", value: "علي آباد كتول", proposed: "علی آباد کتول", fa: "عربی", en: "Arabic letters"},
		{rule: "text-spaces", theme: "place", row: named(" تهران  بزرگ"), severity: "I", field: "name_fa", value: " تهران  بزرگ", proposed: "تهران بزرگ", fa: "فاصله", en: "spaces"},
		{rule: "text-control", theme: "place", row: named(`ته\u0007را\u202eن`), severity: "W", field: "name_fa", value: "ته\u0007را\u202eن", proposed: "تهران", fa: "نادیدنی", en: "control"},
		{rule: "text-mojibake", theme: "place", row: named("ÊåÑÇä"), severity: "W", field: "name_fa", value: "ÊåÑÇä", proposed: "تهران", fa: "رمزگذاری", en: "encoding"},
		{rule: "text-mojibake", theme: "place", row: named("ØªÙ‡Ø±Ø§Ù†"), severity: "W", field: "name_fa", value: "ØªÙ‡Ø±Ø§Ù†", proposed: "تهران", fa: "رمزگذاری", en: "encoding"},
		{rule: "text-mojibake", theme: "place", row: named("?????"), severity: "W", field: "name_fa", value: "?????", fa: "رمزگذاری", en: "encoding"},
		{rule: "text-long", theme: "place", row: named(strings.Repeat("ب", 1001)), severity: "W", field: "name_fa", value: strings.Repeat("ب", 100) + "…", fa: "۱۰۰۱", en: "1001 characters", measure: 1001},
		{rule: "coordinates-swapped", theme: "place", row: place("b", "ب", point(35, 51.25)), severity: "W", value: "35.000000 51.250000", proposed: "51.250000 35.000000", fa: "جابه‌جایی", en: "the other way round"},
		{rule: "geometry-duplicate", theme: "place", row: place("b", "ب", point(51, 35)), severity: "W", other: "a", fa: "«a»", en: "same geometry as “a”"},
		{rule: "points-near", theme: "place", row: place("b", "ب", point(51.000003, 35)), severity: "W", other: "a", fa: "«a»", en: "0.273 m from “a”", measure: 0.273},
		{rule: "polygon-tiny", theme: "range-forest", good: feature(box(50, 34, 1), `"code":"a","kind":"range"`), row: feature(box(51, 35, 0.000005), `"code":"b","kind":"range"`), severity: "W", fa: "مترمربع", en: "0.254 m²", measure: 0.254},
		{
			rule: "polygon-tiny", theme: "range-forest", good: feature(box(50, 34, 1), `"code":"a","kind":"range"`), severity: "W", fa: "بسیار باریک", en: "very thin", measure: 11.234,
			row: feature(`{"type":"Polygon","coordinates":[[[51,35],[51.01,35],[51.01,35.0000001109],[51,35.0000001109],[51,35]]]}`, `"code":"b","kind":"range"`),
		},
		{rule: "line-short", theme: "road", good: feature(line(51, 35, 52, 35), `"road_id":"a"`), row: feature(line(51, 35, 51.0000001, 35), `"road_id":"b"`), severity: "W", fa: "متر", en: "0.009 m long", measure: 0.009},
		{
			rule: "overlap", theme: "neighbourhood", good: feature(box(51, 35, 0.01), `"code":"a","name_fa":"الف"`), row: feature(box(51.009, 35.009, 0.01), `"code":"b","name_fa":"ب"`),
			severity: "W", other: "a", fa: "هم‌پوشانی", en: "overlaps “a” by 1", measure: 10126.407,
		},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			if tc.good == "" {
				tc.good = place("a", "الف", point(51, 35))
			}
			report, err := d.deliver(Request{Theme: tc.theme, Files: []string{d.file("rows.geojson", collection(tc.good, tc.row))}})
			require.NoError(t, err)
			require.Len(t, report.Rules, 1, "%+v", report.Rules)
			require.Equal(t, tc.rule, report.Rules[0].Rule)
			require.Equal(t, tc.severity, report.Rules[0].Severity)
			require.EqualValues(t, 1, report.Rules[0].Count)
			require.EqualValues(t, 2, report.Accepted)
			f := report.Rules[0].Samples[0]
			require.EqualValues(t, 2, f.Row)
			require.Equal(t, "b", f.Key)
			require.Equal(t, tc.field, f.Field)
			require.Equal(t, tc.value, f.Value)
			require.Equal(t, tc.proposed, f.Proposed)
			require.Equal(t, tc.other, f.Other)
			require.Contains(t, f.Message.FA, tc.fa)
			require.Contains(t, f.Message.EN, tc.en)
			require.NotContains(t, f.Message.FA+f.Message.EN, "{")
			require.Equal(t, "open", f.State)
			require.NotNil(t, f.Lon)
			if tc.measure == 0 {
				require.Nil(t, f.Measure)
			} else {
				require.InDelta(t, tc.measure, *f.Measure, 0.01*tc.measure)
			}
			if tc.rule == "overlap" { // the place is the common area
				require.Equal(t, "true", d.text(`select public.st_equals(public.st_snaptogrid(geom, 1e-6), public.st_makeenvelope(51.009, 35.009, 51.01, 35.01, 4326))::text from layers.finding`))
			}
			// The row alone breaks no cross-row rule, and the good one none at all.
			clean := newDesk(t)
			report, err = clean.deliver(Request{Theme: tc.theme, Files: []string{clean.file("rows.geojson", collection(tc.good))}})
			require.NoError(t, err)
			require.Empty(t, report.Rules)
		})
	}
}

func TestDateImplausible(t *testing.T) {
	t.Parallel()
	for text, odd := range map[string]bool{"1403-01-01": false, "2020-02-29": false, "1899-01-01": true, "2090-01-01": true, "1250-01-01": true} {
		s := &staging{theme: &Theme{}, judging: judging{rules: judge(&Store{}, Profiles()[0], &Theme{}), noted: map[string]int64{}, filled: map[string]int64{}}}
		s.today = mustTime(t, "2026-03-21")
		_, ok := s.readValue(&Attribute{Name: "d", Type: "date"}, text)
		require.True(t, ok, text)
		require.Equal(t, odd, len(s.findings) == 1, text)
	}
}

// Ordinary texts are left alone, among them those of other scripts and languages.
func TestTextsThatBreakNoRule(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"تهران", "می‌خواهم", "خیابان ۱۲ (شمالی)", "Café Zürich", "İstanbul", "Москва", "Łódź", "naïve façade", "A-1/2", "", "آذربایجانِ غربی", "Þórður Ægir", "何ですか?", "?",
	} {
		s := &staging{theme: &Theme{}, judging: judging{rules: judge(&Store{}, Profiles()[0], &Theme{}), noted: map[string]int64{}, textRules: textRules(), longest: 1000}}
		require.Equal(t, text, s.checkText(&Attribute{Name: "n", Type: "text"}, text))
		require.Empty(t, s.findings, text)
	}
}

// Delivered twice: the second time as the first, with a change of the kind that the rule looks for.
func TestRulesOfChange(t *testing.T) {
	t.Parallel()
	rows := func(n int, row func(i int) (code string, lon, lat float64, ok bool)) string {
		text := "code,name_fa,lon,lat\n"
		for i := range n {
			if code, lon, lat, ok := row(i); ok {
				text += fmt.Sprintf("%s,نام,%.7f,%.7f\n", code, lon, lat)
			}
		}
		return text
	}
	// Irregular places, as real ones are.
	at := func(i int) (float64, float64) { return 51 + float64(i*i*37%9973)/1e5, 35 + float64(i*7919%9973)/1e5 }
	same := func(i int) (string, float64, float64, bool) {
		lon, lat := at(i)
		return fmt.Sprint("p", i), lon, lat, true
	}
	for _, tc := range []struct {
		rule, severity string
		measure        float64
		row            func(i int) (string, float64, float64, bool)
	}{
		{"", "", 0, same},
		{"mass-removal", "W", 25, func(i int) (string, float64, float64, bool) { c, x, y, _ := same(i); return c, x, y, i%4 != 0 }},
		{"mass-removal-extreme", "E", 90, func(i int) (string, float64, float64, bool) { c, x, y, _ := same(i); return c, x, y, i%10 == 0 }},
		{"geometry-moved", "W", 20, func(i int) (string, float64, float64, bool) {
			c, x, y, _ := same(i)
			if i%5 == 0 {
				y += 0.0001
			}
			return c, x, y, true
		}},
		{"keys-changed", "W", 20, func(i int) (string, float64, float64, bool) {
			c, x, y, _ := same(i)
			if i%5 == 0 {
				c = "new" + c
			}
			return c, x, y, true
		}},
		{"extent-moved", "W", 25, func(i int) (string, float64, float64, bool) {
			c, x, y, _ := same(i)
			return c, 51 + (x-51)/2, 35 + (y-35)/2, true
		}},
		// About 100 m east and 146 m south, as ED50(ED77) read as WGS 84 lies.
		{"crs-datum", "W", 176, func(i int) (string, float64, float64, bool) {
			c, x, y, _ := same(i)
			return c, x + 100/111320.0/0.819, y - 145/111320.0, true
		}},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			report := d.places(rows(200, same))
			require.Empty(t, report.Rules)
			report = d.places(rows(200, tc.row))
			if tc.rule == "" {
				require.Equal(t, "unchanged", report.State)
				require.Empty(t, report.Rules)
				return
			}
			found := report.rule(tc.rule)
			require.NotNil(t, found, "%+v", report.Rules)
			require.Equal(t, tc.severity, found.Severity)
			require.EqualValues(t, 1, found.Count)
			require.InDelta(t, tc.measure, *found.Samples[0].Measure, 3)
			require.Zero(t, found.Samples[0].Row)
			require.NotContains(t, found.Samples[0].Message.EN, "{")
			require.Equal(t, tc.rule == "geometry-moved" || tc.rule == "extent-moved" || tc.rule == "crs-datum", report.rule("geometry-moved") != nil)
			require.Equal(t, "∅", d.text(`select row_number::text from layers.finding where rule = $1`, tc.rule))
		})
	}
}

// Points in rows at about the suspicious distance are no other datum.
func TestRowsOfPointsAreNoOtherDatum(t *testing.T) {
	t.Parallel()
	text := func(first, n int) string {
		b := "code,name_fa,lon,lat\n"
		for i := first; i < first+n; i++ {
			b += fmt.Sprintf("p%d,نام,%.6f,%.6f\n", i, 51+float64(i%10)*0.0019, 35+float64(i/10)*0.0016)
		}
		return b
	}
	d := newDesk(t)
	d.places(text(0, 100))
	report, err := d.deliver(Request{Theme: "place", Agency: "post", Files: []string{d.file("p.csv", text(100, 100))}})
	require.NoError(t, err)
	require.Nil(t, report.rule("crs-datum"), "%+v", report.Rules)
}

// Read in the zone beside, the delivery would lie in its territory.
func TestZoneBeside(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec(`update layers.admin_unit set geom = public.st_multi(public.st_makeenvelope(50.5, 34.5, 51.5, 35.5, 4326)) where code = 'IR-23'`)
	text := "code,name_fa,x,y\n"
	for i := range 20 {
		text += fmt.Sprintf("p%d,نام,%d,%d\n", i, 500000+i*100, 3873000+i*50)
	}
	for crs, want := range map[string]string{"EPSG:32639": "", "EPSG:32640": "EPSG:32639", "EPSG:2060": "EPSG:2059", "EPSG:32641": ""} {
		report, err := d.deliver(Request{Theme: "place", Territory: "IR-23", Files: []string{d.file("p.csv", text)}, Mapping: Mapping{CRS: crs}, AllowRemovals: true})
		if want == "" && crs == "EPSG:32639" {
			require.NoError(t, err)
			require.Nil(t, report.rule("crs-zone"))
			continue
		}
		refused(t, err, "nothing-accepted")
		if want == "" {
			require.Nil(t, report.rule("crs-zone"))
			continue
		}
		require.NotNil(t, report.rule("crs-zone"), crs)
		require.Equal(t, crs, report.rule("crs-zone").Samples[0].Value)
		require.Contains(t, report.rule("crs-zone").Samples[0].Message.EN, want)
	}
}

// Where the theme asks for the date of survey or the accuracy, one has to be somewhere.
func TestMetadataRules(t *testing.T) {
	t.Parallel()
	deliver := func(header, value string) *Report {
		d := newDesk(t)
		d.exec(`update layers.theme set attributes = attributes || '[{"name":"survey_date","type":"date","required":false,"title_fa":"تاریخ","title_en":"Date"},
			{"name":"accuracy_m","type":"number","required":false,"title_fa":"دقت","title_en":"Accuracy"}]'::jsonb where code = 'place'`)
		return d.places("code,name_fa,lon,lat" + header + "\na,الف,51,35" + value + "\n")
	}
	report := deliver("", "")
	require.Contains(t, report.rule("source-date-missing").Samples[0].Message.EN, "No row has Date")
	require.Contains(t, report.rule("accuracy-missing").Samples[0].Message.FA, "دقت")
	require.Empty(t, deliver(",survey_date,accuracy_m", ",1403-05-01,0.1").Rules)
}

func mustTime(t *testing.T, date string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, date)
	require.NoError(t, err)
	return at
}
