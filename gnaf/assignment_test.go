package gnaf_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/layers"
)

// The report says which ways of a delivery were known, by their name or by another one, and which were made; and what became of units.
func TestReportOfWaysAndUnits(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	codes := validCodes(t, 2)
	head := "address_id,city,street,number,postal_code,lon,lat"
	d.deliver("gnaf-way", "post", []string{"way_id,city,name,WKT", `1,تهران,خیابان سرو,"LINESTRING (51.4 35.7,51.5 35.7)"`})
	r := d.deliver("gnaf-address", "post", []string{
		head,
		"1,تهران,خیابان آزادی,1," + codes[0] + ",51.4,35.7",
		"2,تهران,خيابان آزادي,2,,51.4,35.7",
		"3,تهران,خیابان سرو,3,,51.4,35.7",
		"4,شیراز,خیابان آزادی,4,,52.5,29.6",
	})
	require.Contains(t, notes(r), "Ways: 1 known by their name, 0 by another name, 2 made.")
	version := d.row(`select max(id) as id from layers.version`)["id"].(int64)
	require.Contains(t, notes(r), fmt.Sprintf("all of them are at /v1/ways?version=%d.", version))
	require.Contains(t, notes(r), "خیابان آزادی (شیراز)")

	d.deliver("gnaf-way-alias", "post", []string{"alias_id,city,way,name,kind", "1,تهران,خیابان آزادی,خیابان آیزنهاور,former"})
	r = d.deliver("gnaf-address", "post", []string{
		head,
		"1,تهران,خیابان آیزنهاور,1," + codes[0] + ",51.4,35.7",
		"2,تهران,خیابان آزادی,2," + codes[1] + ",51.4001,35.7",
		"3,تهران,خیابان سرو,3,,51.4,35.7",
		"5,شیراز,خیابان حافظ,4,,52.5,29.6",
	})
	require.Contains(t, notes(r), "Ways: 1 known by their name, 1 by another name, 1 made.")
	require.Contains(t, notes(r), "Units: 1 added, 1 removed, 2 altered; of these 1 have another postal code, 1 another address and 1 another place.")

	// A settlement of one name in another province shares the identifiers of its ways, and the report says that nobody has named them there.
	head = "address_id,province,city,street,number,lon,lat"
	r = d.deliver("gnaf-address", "registry", []string{head, "1,فارس,آباده,خیابان کاج,1,52.6,31.1", "2,تهران,تهران,خیابان آزادی,1,51.4,35.7"})
	require.Contains(t, notes(r), "Ways: 1 known by their name, 0 by another name, 1 made.")
	require.NotContains(t, notes(r), "in another province only")
	r = d.deliver("gnaf-address", "registry", []string{head, "1,فارس,آباده,خیابان کاج,2,52.6,31.1", "2,تهران,تهران,خیابان آزادی,1,51.4,35.7", "3,یزد,آباده,خیابان کاج,1,54.3,31.9"})
	require.Contains(t, notes(r), "Of the known ways 1 were known in another province only")
	d.deliver("gnaf-way-alias", "registry", []string{"alias_id,city,province,way,name,kind", "1,آباده,فارس,خیابان کاج,خیابان صنوبر,former"})
	r = d.deliver("gnaf-address", "registry", []string{head, "1,فارس,آباده,خیابان صنوبر,2,52.6,31.1", "2,تهران,تهران,خیابان آزادی,1,51.4,35.7", "3,یزد,آباده,خیابان کاج,2,54.3,31.9"})
	require.Contains(t, notes(r), "Ways: 1 known by their name, 1 by another name, 0 made.", "another name holds in the province that it tells")
	require.NotContains(t, notes(r), "in another province only")

	all, err := gnaf.WaysOfVersion(t.Context(), d.pool, version, nil, 10)
	require.NoError(t, err)
	require.Len(t, all, 3, "the way that was delivered by itself is named by addresses for the first time too")
	rest, err := gnaf.WaysOfVersion(t.Context(), d.pool, version, &all[0].ID, 1)
	require.NoError(t, err)
	require.Equal(t, all[1:2], rest)
}

func notes(r *layers.Report) (text string) {
	for _, n := range r.Notes {
		text += n.EN + "\n"
	}
	return text
}

// What two custodians say differently is listed from the side of either, and nothing else.
func TestConflictsOfCustodians(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	codes := validCodes(t, 7)
	_, err := d.pool.Exec(t.Context(), `insert into access.agency (code, kind, name_fa, name_en) values ('tehran', 'municipality', 'شهرداری', 'Municipality')`)
	require.NoError(t, err)
	head := "address_id,province,city,street,number,unit,postal_code,lon,lat"
	d.deliver("gnaf-address", "post", []string{
		head,
		"1,تهران,تهران,خیابان آزادی,1,1," + codes[0] + ",51.40,35.70", // they agree
		"2,تهران,تهران,خیابان آزادی,2,1," + codes[1] + ",51.40,35.70", // the code is elsewhere
		"3,تهران,تهران,خیابان آزادی,3,1," + codes[2] + ",51.40,35.70", // the unit has another code
		"4,تهران,تهران,خیابان آزادی,4,," + codes[3] + ",51.40,35.70",  // the place is another
		"5,تهران,تهران,خیابان آزادی,5,1," + codes[4] + ",51.40,35.70", // another unit of the same site
		"6,تهران,تهران,خیابان آزادی,6,," + codes[5] + ",51.40,35.70",  // under another name of the way
	})
	d.deliver("gnaf-way-alias", "post", []string{
		"alias_id,city,province,way,name,kind", "1,تهران,تهران,خیابان آزادی,خیابان آیزنهاور,former", "2,تهران,فارس,خیابان سرو,خیابان آزادی,former",
	})
	d.deliver("gnaf-address", "tehran", []string{
		head,
		"1,تهران,تهران,خیابان آزادی,1,1," + codes[0] + ",51.4001,35.70",
		"2,تهران,تهران,خیابان سرو,2,1," + codes[1] + ",51.40,35.70",
		"3,تهران,تهران,خیابان آزادی,3,1," + codes[6] + ",51.40,35.70",
		"4,تهران,تهران,خیابان آزادی,4,," + codes[3] + ",51.41,35.70",
		"5,تهران,تهران,خیابان آزادی,5,2,,51.42,35.70",
		"6,تهران,تهران,خیابان آیزنهاور,6,," + codes[5] + ",51.40,35.70",
	})
	posts := d.row(`select d.id from layers.dataset d join access.agency a on a.id = d.agency_id where d.theme = 'gnaf-address' and a.code = 'post'`)["id"].(int64)
	theirs := d.row(`select d.id from layers.dataset d join access.agency a on a.id = d.agency_id where d.theme = 'gnaf-address' and a.code = 'tehran'`)["id"].(int64)
	for dataset, other := range map[int64]int64{posts: theirs, theirs: posts} {
		list, next, err := gnaf.Conflicts(t.Context(), d.pool, dataset, "")
		require.NoError(t, err)
		require.Empty(t, next)
		var told []string
		for _, c := range list {
			told = append(told, c.Key+" "+c.Kind+" "+c.OtherKey)
			require.Equal(t, other, c.Dataset)
			require.NotEmpty(t, c.Title.FA)
		}
		require.Equal(t, []string{"2 code 2", "3 unit 3", "4 place 4"}, told)
		require.InDelta(t, 904, list[2].Distance, 5)
	}
	rest, _, err := gnaf.Conflicts(t.Context(), d.pool, posts, "3")
	require.NoError(t, err)
	require.Len(t, rest, 1)
}

// What the Post looks at before it assigns a code: units without one, codes of two units, and free serials.
func TestHelpForAssigningCodes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, err := d.pool.Exec(t.Context(), `insert into access.agency (code, kind, name_fa, name_en) values ('tehran', 'municipality', 'شهرداری', 'Municipality')`)
	require.NoError(t, err)
	head := "address_id,city,street,number,unit,postal_code,lon,lat"
	first := []string{
		head,
		"1,تهران,خیابان آزادی,1,1,1391110001,51.40,35.70",
		"2,تهران,خیابان آزادی,1,2,1391110002,51.40,35.70",
		"3,تهران,خیابان آزادی,2,,,51.4001,35.70",
		"4,تهران,خیابان آزادی,3,,1391110005,51.40,35.70",
		"5,تهران,خیابان آزادی,4,,,51.60,35.70",
		"6,تهران,خیابان آزادی,5,,1391119999,51.40,35.70",
		"7,تهران,خیابان آزادی,6,,1391121003,51.40,35.70",
	}
	d.deliver("gnaf-address", "post", first)
	d.deliver("gnaf-address", "post", append(append([]string{}, first[:4]...), first[5:]...)) // 1391110005 stays, ...
	first[4] = "4,تهران,خیابان آزادی,3,,1391110006,51.40,35.70"                               // ... and gives way to another
	d.deliver("gnaf-address", "post", first)
	d.deliver("gnaf-address", "tehran", []string{
		head,
		"a,تهران,خیابان آزادی,1,1,1391110001,51.40,35.70", // the same unit
		"b,تهران,خیابان سرو,9,,1391110002,51.60,35.70",    // another one
		"c,تهران,خیابان آزادی,1,2,,51.40,35.70",           // has a code of the Post
	})

	list, err := gnaf.Uncodeds(t.Context(), d.pool, gnaf.Scope{}, 0, 10)
	require.NoError(t, err)
	require.Len(t, list, 2, "what another custodian has a code for waits for none")
	require.ElementsMatch(t, []string{"3", "5"}, []string{list[0].Key, list[1].Key})
	for _, u := range list {
		require.NotNil(t, u.Beside, "neighbours are within 100 m")
		require.Regexp(t, `^13911`, *u.Beside)
	}
	rest, err := gnaf.Uncodeds(t.Context(), d.pool, gnaf.Scope{}, list[0].ID, 10)
	require.NoError(t, err)
	require.Equal(t, list[1:], rest)
	fixture.Outline(t, d.pool, "IR-X", "county", "نمونه", "IR-23", "MULTIPOLYGON (((51.55 35.6,51.65 35.6,51.65 35.8,51.55 35.8,51.55 35.6)))")
	for _, s := range []gnaf.Scope{{Unit: "IR-X"}, {Box: &[4]float64{51.55, 35.6, 51.65, 35.8}}, {Unit: "IR-X", Box: &[4]float64{51, 35, 52, 36}}} {
		list, err = gnaf.Uncodeds(t.Context(), d.pool, s, 0, 10)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, "5", list[0].Key)
	}
	_, err = gnaf.Uncodeds(t.Context(), d.pool, gnaf.Scope{Unit: "nowhere"}, 0, 10)
	require.Equal(t, "unit-unknown", errs.Code(err))
	_, err = gnaf.Uncodeds(t.Context(), d.pool, gnaf.Scope{Unit: "IR-07"}, 0, 10)
	require.Equal(t, "unit-without-outline", errs.Code(err))

	shared, next, err := gnaf.Shareds(t.Context(), d.pool, gnaf.Scope{}, "", 10)
	require.NoError(t, err)
	require.Empty(t, next)
	require.Len(t, shared, 1, "two custodians about one unit are one")
	require.Equal(t, "1391110002", shared[0].Code)
	require.Len(t, shared[0].Units, 2)
	require.Equal(t, []string{"post", "tehran"}, []string{shared[0].Units[0].Agency, shared[0].Units[1].Agency})
	shared, next, err = gnaf.Shareds(t.Context(), d.pool, gnaf.Scope{Box: &[4]float64{50, 35, 52, 36}}, "", 1)
	require.NoError(t, err)
	require.Len(t, shared, 1)
	require.Equal(t, "1391110002", next, "a full page says where to go on")
	shared, next, err = gnaf.Shareds(t.Context(), d.pool, gnaf.Scope{}, next, 10)
	require.NoError(t, err)
	require.Empty(t, shared)
	require.Empty(t, next)

	b, err := gnaf.FreeSerials(t.Context(), d.pool, "۱۳۹۱۱۱", "", 2)
	require.NoError(t, err)
	require.Equal(t, []any{"urban", 10_000, 4, 1, 9995}, []any{b.Kind, b.Capacity, b.Used, b.Retired, b.Free})
	require.Equal(t, []gnaf.SerialRange{{"1391110000", "1391110000", 1}, {"1391110003", "1391110004", 2}}, b.Ranges)
	b, err = gnaf.FreeSerials(t.Context(), d.pool, "139111", *b.Next, 2)
	require.NoError(t, err)
	require.Equal(t, []gnaf.SerialRange{{"1391110007", "1391119998", 9992}}, b.Ranges, "the code that was given up is not free")
	require.Nil(t, b.Next)
	b, err = gnaf.FreeSerials(t.Context(), d.pool, "1391121", "", 10)
	require.NoError(t, err)
	require.Equal(t, []any{"rural", 1000, 1, 0, 999}, []any{b.Kind, b.Capacity, b.Used, b.Retired, b.Free})
	for _, wrong := range []string{"", "13911", "13911111", "039111", "13911x", "132111"} {
		_, err = gnaf.FreeSerials(t.Context(), d.pool, wrong, "", 10)
		require.Equal(t, "block-invalid", errs.Code(err), wrong)
	}
}
