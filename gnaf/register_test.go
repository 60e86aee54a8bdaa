package gnaf_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/layers"
)

const addressHead = "address_id,city,street,street_before,number,number_suffix,floor,unit,postal_code,geocode_type,reliability,parcel,entrance,lon,lat"

// The claims of three custodians about one site stand side by side, under the old and the new name of its way.
func TestSiteOfThreeCustodians(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	codes := validCodes(t, 3)
	_, err := d.pool.Exec(t.Context(), `insert into access.agency (code, kind, name_fa, name_en) values ('tehran', 'municipality', 'شهرداری', 'Municipality')`)
	require.NoError(t, err)
	d.deliver("gnaf-address", "post", []string{
		addressHead,
		"p1,تهران,خیابان آزادی,,12,,0,1," + codes[0] + ",access,3,,,51.4000,35.7000",
		"p2,تهران,خیابان آزادی,,12,,1,2," + codes[1] + ",access,2,,,51.4001,35.7000",
		"p3,تهران,خیابان آزادی,,12,الف,,," + codes[2] + ",access,2,,,51.4002,35.7000",
		"p4,تهران,خیابان آزادی,کوچه لاله,12,,,,,,,,,51.4100,35.7000",
		"p5,تهران,خیابان آزادی,,12,,,,,,,,2,51.4004,35.7000",
	})
	d.deliver("gnaf-address", "tehran", []string{
		addressHead,
		"m1,تهران,خيابان آيزنهاور,,۱۲,,1,۲," + codes[1] + ",building,2,,,51.4001,35.7001",
	})
	d.deliver("gnaf-address", "registry", []string{
		addressHead,
		"r1,تهران,خ آزادی,,12,,,,,,2,IR-1-2-3,,51.4003,35.7002",
	})

	// Until the names are known to be one, they are two ways.
	site, err := gnaf.FindSite(t.Context(), d.pool, d.id("post", "p1"), time.Time{})
	require.NoError(t, err)
	require.Equal(t, 1, site.Confidence)
	before := d.now
	r := d.deliver("gnaf-way-alias", "tehran", []string{
		"alias_id,city,way,name,kind,lang,source,valid_from,valid_to",
		"1,تهران,خیابان آزادی,خیابان آیزنهاور,former,fa,مصوبه ۱,1950-01-01,1979-02-11",
		"2,تهران,خیابان آزادی,Azadi Street,latin,en,,,",
		"3,تهران,خیابان آزادی,خيابان آزادي,misspelling,,,,",
		"4,تهران,خیابان آزادی,خیابان_نو,misspelling,,,,",
	})
	require.EqualValues(t, 3, r.Accepted)
	require.EqualValues(t, 1, found(r)["way-name"])
	require.EqualValues(t, 1, found(r)["alias-of-itself"])

	one, err := gnaf.FindSite(t.Context(), d.pool, d.id("post", "p1"), time.Time{})
	require.NoError(t, err)
	require.Equal(t, 2, one.Confidence, "three custodians minus one")
	require.Len(t, one.Claims, 3)
	require.Equal(t, []string{"post", "municipality", "registry"}, []string{one.Claims[0].Custodian, one.Claims[1].Custodian, one.Claims[2].Custodian})
	require.Equal(t, "خيابان آيزنهاور", one.Claims[1].Street, "as its custodian writes it")
	require.Equal(t, 2, one.UnitCount)
	require.Nil(t, one.Units, "units are for those who may see them")
	one.ShowUnits()
	require.Len(t, one.Units, 3, "two units, and what the Registry says of the whole")
	require.Len(t, one.Units[2].Claims, 2, "the unit 2 on the first floor, of Post and municipality")
	require.Equal(t, codes[1], one.Units[2].Claims[1].PostalCode)

	// Whoever asks by whichever row gets the same site, and no other has the same id.
	for agency, key := range map[string]string{"tehran": "m1", "registry": "r1", "post": "p2"} {
		same, err := gnaf.FindSite(t.Context(), d.pool, d.id(agency, key), time.Time{})
		require.NoError(t, err)
		require.Equal(t, one.ID, same.ID, key)
		require.Equal(t, one.Geocodes, same.Geocodes, key)
	}
	ids := map[string]bool{one.ID: true}
	for _, key := range []string{"p3", "p4", "p5"} { // suffix, second-last way and entrance make another site
		other, err := gnaf.FindSite(t.Context(), d.pool, d.id("post", key), time.Time{})
		require.NoError(t, err)
		require.False(t, ids[other.ID], key)
		ids[other.ID] = true
		require.Zero(t, other.Confidence, key)
	}

	// Among equally reliable positions that of the Post is the default.
	require.Len(t, one.Geocodes, 4)
	require.True(t, one.Geocodes[0].Default)
	require.Equal(t, [2]float64{51.4001, 35.7}, [2]float64{one.Geocodes[0].Lon, one.Geocodes[0].Lat})
	require.Equal(t, "building", one.Geocodes[1].Type)
	require.Equal(t, 3, one.Geocodes[3].Reliability)
	for _, g := range one.Geocodes[1:] {
		require.False(t, g.Default)
	}

	// The parcel that the Registry names lends its middle, as soon as it is published.
	fixture.Publish(t, d.pool, "cadastre-urban", "registry", nil, fixture.Feature{
		Key: "a", WKT: "POLYGON ((51.4 35.7,51.4004 35.7,51.4004 35.7004,51.4 35.7004,51.4 35.7))", Attributes: map[string]any{"section": "1"},
	})
	_, err = d.pool.Exec(t.Context(), `update cadastre.parcel set national_parcel_id = 'IR-1-2-3'`)
	require.NoError(t, err)
	one, err = gnaf.FindSite(t.Context(), d.pool, d.id("post", "p1"), time.Time{})
	require.NoError(t, err)
	require.Len(t, one.Geocodes, 5)
	derived := one.Geocodes[3]
	require.Equal(t, []any{"parcel", "derived", "IR-1-2-3", 2}, []any{derived.Type, derived.Method, derived.Parcel, derived.Reliability})
	require.InDelta(t, 51.4002, derived.Lon, 1e-6)
	require.InDelta(t, 35.7002, derived.Lat, 1e-6)

	// The way has all its names, in addresses and by themselves.
	way, err := gnaf.FindWay(t.Context(), d.pool, d.row(`select id::text from gnaf.way where street_key = 'خیابان ازادی'`)["id"].(string))
	require.NoError(t, err)
	require.Equal(t, "خیابان آزادی", way.Names[0].Name)
	require.EqualValues(t, 5, way.Names[0].Addresses)
	require.Len(t, way.Names, 3)
	require.Len(t, way.Aliases, 3)
	require.Equal(t, []string{"former", "مصوبه ۱", "1979-02-11", "tehran"}, []string{way.Aliases[0].Kind, way.Aliases[0].Says, way.Aliases[0].To, way.Aliases[0].Agency})
	_, err = gnaf.FindWay(t.Context(), d.pool, "-5")
	require.Equal(t, "way-unknown", errs.Code(err))

	// History: the number of a row changes, and the site of before is still there at its date.
	d.deliver("gnaf-address", "registry", []string{addressHead, "r1,تهران,خ آزادی,,14,,,,,,2,IR-1-2-3,,51.4003,35.7002"})
	now, err := gnaf.FindSite(t.Context(), d.pool, d.id("registry", "r1"), time.Time{})
	require.NoError(t, err)
	require.Equal(t, 14, *now.Number)
	require.NotEqual(t, one.ID, now.ID)
	require.NoError(t, now.Remember(t.Context(), d.pool, d.id("registry", "r1")))
	require.Len(t, now.History, 2)
	require.Nil(t, now.History[0].ValidTo)
	require.Equal(t, 12, *now.History[1].Number)
	require.Equal(t, now.History[0].ValidFrom, *now.History[1].ValidTo)
	past, err := gnaf.FindSite(t.Context(), d.pool, d.id("registry", "r1"), d.now.Add(-time.Hour))
	require.NoError(t, err)
	require.Equal(t, one.ID, past.ID)
	require.Equal(t, 2, past.Confidence)
	_, err = gnaf.FindSite(t.Context(), d.pool, d.id("registry", "r1"), before.AddDate(-1, 0, 0))
	require.Equal(t, "address-unknown", errs.Code(err))

	// A site that nobody claims any more is still told, with the confidence -1.
	gone := d.id("post", "p4")
	d.deliver("gnaf-address", "post", []string{addressHead, "p1,تهران,خیابان آزادی,,12,,0,1," + codes[0] + ",access,3,,,51.4000,35.7000"})
	ended, err := gnaf.FindSite(t.Context(), d.pool, gone, time.Time{})
	require.NoError(t, err)
	require.Equal(t, -1, ended.Confidence)
	require.Zero(t, ended.UnitCount)
	require.Len(t, ended.Geocodes, 1)
	require.NoError(t, ended.Remember(t.Context(), d.pool, gone))
	require.Len(t, ended.History, 1)
	require.NotNil(t, ended.History[0].ValidTo)
}

// A name that is another one of two ways makes neither of them the other.
func TestAmbiguousNameJoinsNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.deliver("gnaf-address", "post", []string{
		addressHead,
		"1,تهران,خیابان الف,,1,,,,,,,,,51.40,35.70",
		"2,تهران,خیابان ب,,1,,,,,,,,,51.41,35.70",
		"3,تهران,خیابان قدیم,,1,,,,,,,,,51.40,35.70",
		"4,شیراز,خیابان قدیم,,1,,,,,,,,,52.50,29.60",
	})
	d.deliver("gnaf-way-alias", "post", []string{
		"alias_id,city,way,name,kind",
		"1,تهران,خیابان الف,خیابان قدیم,former",
		"2,تهران,خیابان ب,خیابان قدیم,former",
	})
	sites := map[string]bool{}
	for _, key := range []string{"1", "2", "3", "4"} {
		s, err := gnaf.FindSite(t.Context(), d.pool, d.id("post", key), time.Time{})
		require.NoError(t, err)
		require.Equal(t, 1, s.Claims[0].Rows, key)
		sites[s.ID] = true
	}
	require.Len(t, sites, 4)
	// When one of the two is taken back, the other holds.
	d.deliver("gnaf-way-alias", "post", []string{"alias_id,city,way,name,kind", "1,تهران,خیابان الف,خیابان قدیم,former"})
	s, err := gnaf.FindSite(t.Context(), d.pool, d.id("post", "3"), time.Time{})
	require.NoError(t, err)
	require.Equal(t, 2, s.Claims[0].Rows)
	s, err = gnaf.FindSite(t.Context(), d.pool, d.id("post", "4"), time.Time{})
	require.NoError(t, err)
	require.Equal(t, 1, s.Claims[0].Rows, "of another city")
}

// Ways and nodes are delivered with their places, and a way names its nodes.
func TestWaysAndNodesAreDelivered(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.deliver("gnaf-address", "post", []string{"address_id,province,city,street,number,lon,lat", "1,تهران,تهران,خیابان آزادی,1,51.40,35.70"})
	r := d.deliver("gnaf-way", "post", []string{
		"way_id,city,name,core_name,kind,parent,WKT",
		`w1,تهران,خيابان آزادی,آزادی,خیابان,,"LINESTRING (51.40 35.70,51.41 35.70)"`,
		`w2,تهران,کوچه لاله,لاله,alley,خیابان آزادی,"LINESTRING (51.40 35.70,51.40 35.71)"`,
	})
	require.EqualValues(t, 2, r.Features)
	d.deliver("gnaf-node", "post", []string{
		"node_id,city,name,kind,ways,lon,lat",
		"n1,تهران,میدان آزادی,میدان,خیابان آزادی؛ بزرگراه سعیدی,51.40,35.70",
		"n2,تهران,میدان دیگر,میدان,خیابان دیگر,51.40,35.70",
	}, func(r *layers.Request) { r.Mode = layers.Upsert })
	// The same names in a settlement of the same name are of other ways, as they tell their province or lie in it.
	d.deliver("gnaf-way", "registry", []string{"way_id,city,province,name,WKT", `w1,تهران,فارس,خیابان آزادی,"LINESTRING (52.40 29.70,52.41 29.70)"`})
	w, err := gnaf.FindWay(t.Context(), d.pool, d.row(`select id::text from gnaf.way`)["id"].(string))
	require.NoError(t, err)
	require.Len(t, w.Delivered, 2, "without a province it is of both")
	require.Equal(t, "فارس", w.Delivered[1].Province)
	w, err = gnaf.FindWay(t.Context(), d.pool, w.Names[0].There)
	require.NoError(t, err)
	require.Len(t, w.Delivered, 1)
	require.Equal(t, "آزادی", w.Delivered[0].CoreName)
	require.JSONEq(t, `{"type":"LineString","coordinates":[[51.4,35.7],[51.41,35.7]]}`, string(w.Delivered[0].Geometry))
	require.Len(t, w.Nodes, 1)
	require.Equal(t, "میدان آزادی", w.Nodes[0].Name)
}
