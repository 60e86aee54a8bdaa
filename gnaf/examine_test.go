package gnaf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/internal/fixture"
	"nsdi/layers"
)

// sample is the first finding of a rule.
func sample(t *testing.T, r *layers.Report, rule string) layers.Finding {
	t.Helper()
	for _, c := range r.Rules {
		if c.Rule == rule {
			return c.Samples[0]
		}
	}
	require.Fail(t, "no finding", "%s in %v", rule, found(r))
	return layers.Finding{}
}

func trial(r *layers.Request) { r.Profile = "trial" }

// Each value is made wrong in one row, and found in that row only.
func TestRulesOfOneRow(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	codes := validCodes(t, 12)
	rows := []string{"address_id,city,street,street_before,number,number_suffix,number_to,postal_code,updated_on,lon,lat"}
	for i, r := range []struct{ street, before, number, suffix, to, code, date string }{
		{"خیابان آزادی", "", "1", "", "", codes[0], "2025-01-01"},
		{"خیابان آزادی", "", "۱۲/۱", "", "", codes[1], ""},
		{"خیابان آزادی", "", "14الف", "", "", codes[2], ""},
		{"خیابان آزادی", "", "-5", "", "", codes[3], ""},
		{"خیابان آزادی", "", "19.0", "", "", codes[4], ""},
		{"خیابان آزادی", "", "12.5", "", "", codes[5], ""},
		{"خیابان آزادی", "", "22-26", "", "", codes[6], ""},
		{"خیابان آزادی", "", "0", "", "", codes[7], ""},
		{"خیابان آزادی", "", "بدون پلاک", "", "", codes[8], ""},
		{"Azadi Street", "", "2", "", "", codes[9], ""},
		{"خیابان_آزادی", "", "3", "", "", codes[10], ""},
		{"خیابان آزا\uFFFDی", "", "4", "", "", codes[11], ""},
		{"خیابان آزادی", "x", "6", "", "", "", ""},
		{"خیابان آزادی", "", "7", "", "", "12345", ""},
		{"خیابان آزادی", "", "8", "", "", "", "2199-01-01"},
		{"خیابان آزادی", "", "1000000", "", "", "", ""},
		{"۵", "", "9", "", "", "", ""},
	} {
		rows = append(rows, fmt.Sprintf("%d,تهران,%s,%s,%s,%s,%s,%s,%s,51.%d,35.7", i+1, r.street, r.before, r.number, r.suffix, r.to, r.code, r.date, 400+i))
	}
	r := d.deliver("gnaf-address", "post", rows)
	require.Equal(t, map[string]int64{
		"number-odd":       5, // 12/1, 14الف, -5, 12.5 and 22-26; 19.0 is how programs write 19
		"number-range":     2, // 0 and 1000000
		"number-missing":   1,
		"street-latin":     1,
		"street-name":      3, // an underscore, a damaged character, and a way before of one letter
		"postcode":         1, // too short; whatever else the checks of codes say of it is the same row's
		"postcode-missing": 4, // rows 13, 15, 16 and 17
		"date-implausible": 1,
		"text-mojibake":    1, // the damaged character again
	}, trimmed(found(r)))
	require.EqualValues(t, 17, r.RowsIn)
	require.EqualValues(t, 13, r.Accepted, "rows 11, 12, 13 and 14 are refused")
	f := sample(t, r, "number-odd")
	require.Equal(t, "2", f.Key)
	require.Equal(t, "۱۲/۱", f.Value)
	require.Contains(t, f.Message.EN, "was taken as “12 /1”")
	require.NotNil(t, f.Lon)
	for key, want := range map[string]string{"2": "12 /1", "3": "14 الف", "4": "-5 ", "5": "19 ", "6": "12 /5", "7": "22 ", "8": "? ", "9": "? ", "16": "? "} {
		require.Equal(t, want, d.row(`select coalesce(number::text, '?') || ' ' || coalesce(number_suffix, '') as n from gnaf.address where key = $1`, key)["n"], key)
	}
	require.EqualValues(t, 26, d.row(`select (attributes->>'number_to')::int as n from gnaf.address where key = '7'`)["n"])
}

// trimmed leaves out the findings about the delivery as a whole.
func trimmed(counts map[string]int64) map[string]int64 {
	delete(counts, "source-date-missing")
	delete(counts, "accuracy-missing")
	return counts
}

// Only a row that nothing tells apart from another is that one again.
func TestDuplicateAndStackedAddresses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	codes := validCodes(t, 3)
	head := "address_id,city,street,street_before,number,number_suffix,unit,postal_code,lon,lat"
	rows := []string{
		head,
		"a,تهران,خیابان آزادی,,1,,,,51.4,35.7",
		"b,تهران,خيابان آزادي,,1,,,,51.5,35.7",                 // the same in Arabic letters
		"c,تهران,خیابان آزادی,کوچه لاله,1,,,,51.4,35.7",        // another second-last way
		"d,تهران,خیابان آزادی,,1,الف,,,51.4,35.7",              // another suffix
		"e,تهران,خیابان آزادی,,1,,2,,51.4,35.7",                // a unit
		"f,شیراز,خیابان آزادی,,1,,,,52.5,29.6",                 // another city
		"g,تهران,خیابان سرو,,5,,," + codes[0] + ",51.4,35.7",   // two codes are two units
		"h,تهران,خیابان سرو,,5,,," + codes[1] + ",51.4,35.7",   //
		"i,تهران,خیابان سرو,,5,,,,51.4,35.7",                   // and a row without a code is one of them again
		"j,تهران,خیابان کاج,,,,,,51.4,35.7",                    // without a number nothing can be said
		"k,تهران,خیابان کاج,,,,,,51.4,35.7",                    //
		"l,تهران,خیابان بید,,9,,3," + codes[2] + ",51.4,35.70", //
	}
	r := d.deliver("gnaf-address", "post", rows)
	require.EqualValues(t, 2, found(r)["address-duplicate"])
	require.Equal(t, "b", sample(t, r, "address-duplicate").Key, "the lower key stays")
	require.Equal(t, "a", sample(t, r, "address-duplicate").Other)
	require.EqualValues(t, 10, r.Accepted)
	require.EqualValues(t, 1, d.row(`select count(*) n from layers.finding where rule = 'address-duplicate' and feature_key = 'i' and other_key = 'g'`)["n"])
	require.Zero(t, found(r)["addresses-stacked"])

	// Twelve houses at one point, and a tower of thirty units at another.
	stacked := []string{head}
	for i := range 12 {
		stacked = append(stacked, fmt.Sprintf("s%02d,تهران,خیابان آزادی,,%d,,,,51.6,35.7", i, 100+i))
	}
	for i := range 30 {
		stacked = append(stacked, fmt.Sprintf("t%02d,تهران,خیابان آزادی,,200,,%d,,51.7,35.7", i, i+1))
	}
	r = d.deliver("gnaf-address", "post", stacked)
	require.EqualValues(t, 1, found(r)["addresses-stacked"])
	f := sample(t, r, "addresses-stacked")
	require.InDelta(t, 12, *f.Measure, 0)
	require.InDelta(t, 51.6, *f.Lon, 1e-9)
	require.Equal(t, "s00", f.Key)
	require.Zero(t, r.Refused)
}

// A code is compared with what is published: by the same custodian, by another one, and in the version before.
func TestCodesAgainstWhatIsPublished(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	codes := validCodes(t, 5)
	_, err := d.pool.Exec(t.Context(), `insert into access.agency (code, kind, name_fa, name_en) values ('tehran', 'municipality', 'شهرداری', 'Tehran municipality')`)
	require.NoError(t, err)
	_, err = d.pool.Exec(t.Context(), `insert into layers.admin_unit (code, level, name_fa, name_key, parent_code) values ('IR-X', 'county', 'نمونه', 'نمونه', 'IR-23')`)
	require.NoError(t, err)
	head := "address_id,city,street,number,postal_code,lon,lat"
	first := []string{
		head,
		"1,تهران,خیابان آزادی,1," + codes[0] + ",51.4,35.7",
		"2,تهران,خیابان آزادی,2," + codes[1] + ",51.4,35.7",
		"3,تهران,خیابان آزادی,3," + codes[2] + ",51.4,35.7",
	}
	r := d.deliver("gnaf-address", "post", first)
	require.EqualValues(t, 3, r.Accepted)

	// Another custodian: an agreement, one under another name of the way, and a conflict, which is listed and refuses nothing.
	d.deliver("gnaf-way-alias", "tehran", []string{"alias_id,city,way,name,kind", "1,تهران,خیابان آزادی,خیابان آیزنهاور,former"})
	r = d.deliver("gnaf-address", "tehran", []string{
		head,
		"a,تهران,خیابان آزادی,1," + codes[0] + ",51.4,35.7",
		"b,تهران,خیابان آیزنهاور,2," + codes[1] + ",51.4,35.7",
		"c,تهران,خیابان سرو,9," + codes[2] + ",51.4,35.7",
		"d,تهران,خیابان سرو,10," + codes[3] + ",51.4,35.7",
	})
	require.EqualValues(t, 4, r.Accepted)
	require.EqualValues(t, 1, found(r)["postcode-conflict"])
	f := sample(t, r, "postcode-conflict")
	require.Equal(t, "c", f.Key)
	require.Contains(t, f.Message.EN, "(National Post Company)")
	require.Contains(t, f.Message.FA, "شرکت ملی پست")
	require.Contains(t, f.Message.EN, "خیابان آزادی، 3")

	// The same custodian, in a delivery for another territory, and in one that only adds.
	r = d.deliver("gnaf-address", "post", []string{head, "7,تهران,خیابان بید,1," + codes[0] + ",51.4,35.7", "8,تهران,خیابان بید,2," + codes[4] + ",51.4,35.7"},
		func(r *layers.Request) { r.Territory = "IR-X" })
	require.EqualValues(t, 1, found(r)["postcode-published"])
	require.Equal(t, "1", sample(t, r, "postcode-published").Other)
	require.EqualValues(t, 1, r.Accepted)
	r = d.deliver("gnaf-address", "post", []string{head, "9,تهران,خیابان بید,3," + codes[1] + ",51.4,35.7", "3,تهران,خیابان آزادی,3," + codes[2] + ",51.4,35.7"},
		func(r *layers.Request) { r.Mode = layers.Upsert })
	require.EqualValues(t, 1, found(r)["postcode-published"])

	// The next version: the first code has moved by 904 m (a hundredth of a degree of longitude at 35.7° N), the second by 36 m, and the third has another key.
	r = d.deliver("gnaf-address", "post", []string{
		head,
		"1,تهران,خیابان آزادی,1," + codes[0] + ",51.41,35.7",
		"2,تهران,خیابان آزادی,2," + codes[1] + ",51.4004,35.7",
		"33,تهران,خیابان آزادی,3," + codes[2] + ",51.4,35.7",
	})
	require.EqualValues(t, 1, found(r)["postcode-moved"])
	require.InDelta(t, 904, *sample(t, r, "postcode-moved").Measure, 5)
	require.EqualValues(t, 1, found(r)["address-renamed"])
	require.Equal(t, "3", sample(t, r, "address-renamed").Other)
	require.Zero(t, r.Refused)

	// An identifier that goes to a house elsewhere.
	r = d.deliver("gnaf-address", "post", []string{
		head,
		"1,تهران,خیابان آزادی,1," + codes[0] + ",51.41,35.7",
		"2,تهران,خیابان دیگر,77," + codes[3] + ",51.5,35.7",
		"33,تهران,خیابان آزادی,3," + codes[2] + ",51.4,35.7",
	})
	require.EqualValues(t, 1, found(r)["identifier-reused"])
	require.Equal(t, "2", sample(t, r, "identifier-reused").Key)
	require.EqualValues(t, 1, r.Refused)
	require.EqualValues(t, 2, d.row(`select number n from gnaf.address where key = '2'`)["n"], "what is published stays")
}

// Names of units are looked up as far as the list goes, and points compared with the units that have an outline.
func TestUnitsOfAddresses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	head := "address_id,province,county,city,city_code,locality_type,street,number,lon,lat"
	row := func(id, province, county, city, code, kind string, lon float64) string {
		return strings.Join([]string{id, province, county, city, code, kind, "خیابان آزادی", id, fmt.Sprintf("%.5f", lon), "35.70"}, ",")
	}
	// The list has the provinces only: nothing can be said of the rest.
	r := d.deliver("gnaf-address", "post", []string{head, row("1", "تهران", "ری", "هیچ‌جا", "", "", 51.4), row("2", "استان تهران", "", "هیچ‌جا", "99", "", 51.4), row("3", "نیست", "", "هیچ‌جا", "", "", 51.4)})
	require.EqualValues(t, 1, found(r)["admin-unknown"])
	require.Equal(t, "3", sample(t, r, "admin-unknown").Key)
	require.Equal(t, "province", sample(t, r, "admin-unknown").Field)

	for _, u := range [][]string{
		{"C1", "county", "ری", "IR-23"}, {"C2", "county", "شیراز", "IR-07"}, {"T1", "city", "باقرشهر", "C1"}, {"T2", "city", "شیراز", "C2"}, {"V1", "village", "قمصر", "C1"}, {"V2", "village", "ده", "C2"},
	} {
		fixture.Outline(t, d.pool, u[0], u[1], u[2], u[3], "")
	}
	fixture.Outline(t, d.pool, "T1", "city", "باقرشهر", "C1", "MULTIPOLYGON (((51.3 35.6,51.4 35.6,51.4 35.8,51.3 35.8,51.3 35.6)))")
	fixture.Outline(t, d.pool, "V1", "village", "قمصر", "C1", "MULTIPOLYGON (((51.3 35.6,51.4 35.6,51.4 35.8,51.3 35.8,51.3 35.6)))")
	r = d.deliver("gnaf-address", "post", []string{
		head,
		row("1", "تهران", "ری", "باقرشهر", "", "", 51.35),
		row("2", "تهران", "شیراز", "باقرشهر", "", "", 51.35), // that county is elsewhere
		row("3", "تهران", "ری", "شیراز", "", "", 51.35),      // and so is that city
		row("4", "", "", "شیراز", "", "", 52.5),
		row("5", "تهران", "ری", "", "T1", "", 51.35), // the city is missing, as in the first place
		row("6", "تهران", "ری", "باقرشهر", "T2", "", 51.35),
		row("7", "تهران", "ری", "کوره", "", "hamlet", 51.35),
		row("8", "تهران", "ری", "قمصر", "V1", "village", 51.35),
		row("9", "تهران", "ری", "باقرشهر", "", "city", 51.4005), // 45 m outside
		row("10", "تهران", "ری", "باقرشهر", "", "city", 51.401), // 90 m outside
		row("11", "تهران", "ری", "قمصر", "", "village", 51.405), // 452 m outside, of a village
		row("12", "تهران", "ری", "قمصر", "", "village", 51.406), // 543 m
		row("13", "تهران", "ری", "قمصر", "", "city", 51.35),     // no city of that name
	})
	require.EqualValues(t, 3, found(r)["admin-unknown"], "rows 2, 3 and 6")
	require.EqualValues(t, 1, found(r)["admin-unlisted"])
	require.Equal(t, "13", sample(t, r, "admin-unlisted").Key)
	require.EqualValues(t, 2, found(r)["outside-unit"])
	require.Equal(t, "10", sample(t, r, "outside-unit").Key)
	require.InDelta(t, 90.4, *sample(t, r, "outside-unit").Measure, 0.5)
	require.Equal(t, []string{"county", "city", "city_code"}, d.strings(`select field from layers.finding where rule = 'admin-unknown' and submission_id = $1 order by row_number`, r.Submission))
}

// The second position of a row, roads and water.
func TestPlacesOfAddresses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	head := "address_id,city,street,number,x_m,y_m,utm_zone,lon,lat"
	at := d.row(`select st_x(g) x, st_y(g) y from st_transform('SRID=4326;POINT(51.4 35.7)'::geometry, 32639) g`)
	r := d.deliver("gnaf-address", "post", []string{
		head,
		fmt.Sprintf("1,تهران,خیابان آزادی,1,%.2f,%.2f,39,51.4,35.7", at["x"], at["y"]),
		fmt.Sprintf("2,تهران,خیابان آزادی,2,%.2f,%.2f,,51.4,35.7", at["x"].(float64)+9, at["y"]),
		fmt.Sprintf("3,تهران,خیابان آزادی,3,%.2f,%.2f,,51.4,35.7", at["x"].(float64)+11, at["y"]),
		fmt.Sprintf("4,تهران,خیابان آزادی,4,%.2f,%.2f,40,51.4,35.7", at["x"], at["y"]),
		"5,تهران,خیابان آزادی,5,,,,51.4,35.7",
	})
	require.EqualValues(t, 2, found(r)["coordinates-disagree"], "11 m off, and another zone")
	require.InDelta(t, 11, *sample(t, r, "coordinates-disagree").Measure, 0.1)

	fixture.Publish(t, d.pool, "road", "ncc", nil,
		fixture.Feature{Key: "wide", WKT: "LINESTRING (51.40 35.70,51.50 35.70)", Attributes: map[string]any{"name_fa": "بزرگراه پهن", "width_m": 40}},
		fixture.Feature{Key: "untold", WKT: "LINESTRING (51.40 35.80,51.50 35.80)", Attributes: map[string]any{}})
	fixture.Publish(t, d.pool, "base-map-feature", "ncc", nil,
		fixture.Feature{Key: "lake", WKT: "POLYGON ((52 35,52.01 35,52.01 35.01,52 35.01,52 35))", Attributes: map[string]any{"feature_class": "lake"}},
		fixture.Feature{Key: "park", WKT: "POLYGON ((53 35,53.01 35,53.01 35.01,53 35.01,53 35))", Attributes: map[string]any{"feature_class": "park"}})
	r = d.deliver("gnaf-address", "post", []string{
		"address_id,city,street,number,lon,lat",
		"1,تهران,خیابان آزادی,1,51.45,35.70005", // 5.5 m from the axis of a road of 40 m
		"2,تهران,خیابان آزادی,2,51.45,35.70015", // 17 m
		"3,تهران,خیابان آزادی,3,51.45,35.80005", // 5.5 m from a road of which nobody knows the width
		"4,تهران,خیابان آزادی,4,51.45,35.80",
		"5,تهران,خیابان آزادی,5,52.005,35.005",
		"6,تهران,خیابان آزادی,6,53.005,35.005",
	})
	require.EqualValues(t, 3, found(r)["on-road"])
	require.Equal(t, []string{"1", "4", "5"}, d.strings(`select feature_key from layers.finding where rule = 'on-road' and submission_id = $1 order by row_number`, r.Submission))
	require.Equal(t, "بزرگراه پهن", sample(t, r, "on-road").Other)
	require.Zero(t, r.Refused)
}

// Every key of the catalogue of rules has one, and profiles only speak of rules and parameters that there are.
func TestCatalogueOfTheRegister(t *testing.T) {
	t.Parallel()
	im := &layers.Importer{Stores: []layers.Store{gnaf.Store(), gnaf.NameStore()}}
	aliases, rules := map[string]bool{}, map[string]layers.Definition{}
	for _, r := range im.Catalogue() {
		for _, alias := range strings.Split(r.Alias, ", ") {
			aliases[alias] = true
		}
		rules[r.Code] = r
		for _, text := range []string{r.Title.FA, r.Title.EN, r.Message.FA, r.Message.EN, r.Reference} {
			require.NotEmpty(t, text, r.Code)
		}
	}
	for _, key := range strings.Fields("postcode postcode-warn postcode-unique number street admin in-unit lonlat-xy on-road duplicate identity stacked moved date mass") {
		require.True(t, aliases["ADR-"+key], key)
	}
	for profile, settings := range gnaf.Store().Settings {
		_, err := layers.FindProfile(profile)
		require.NoError(t, err)
		for _, s := range settings {
			require.Contains(t, rules, s.Rule)
			require.False(t, rules[s.Rule].Fixed, s.Rule)
		}
	}
	d := newDesk(t)
	r, err := d.try("gnaf-address", "post", []string{"address_id,city,street,number,lon,lat", "1,تهران,خیابان_آزادی,1,51.4,35.7", "2,تهران,خیابان آزادی,2,51.4,35.7"}, trial)
	require.NoError(t, err)
	require.Zero(t, r.Refused, "the profile for first deliveries refuses nothing of what can be read")
}
