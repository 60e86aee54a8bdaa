package gnaf_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/gnaf/search"
)

// A corner building has an address on each of its two ways: one is principal and has the code, the other says whose other address it is.
func TestOtherAddressesOfASite(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	codes := validCodes(t, 3)
	head := "address_id,city,street,number,postal_code,alias_of,alias_kind,alias_source,alias_from,alias_to,lon,lat"
	r := d.deliver("gnaf-address", "post", []string{
		head,
		"p,تهران,خیابان آزادی,12," + codes[0] + ",,,,,,51.4,35.7",
		"c,تهران,کوچه لاله,2,,p,corner,برداشت زمینی,2020-01-01,,51.4001,35.7",
		"f,تهران,خیابان آزادی,10,,p,former,,,2019-12-31,51.4,35.7",
		"n,تهران,خیابان آزادی,14,,,,,,,51.4002,35.7",
		"x,تهران,کوچه لاله,4," + codes[1] + ",p,corner,,,,51.4,35.7",
		"y,تهران,کوچه لاله,6,,c,corner,,,,51.4,35.7",
		"z,تهران,کوچه لاله,8,,nobody,corner,,,,51.4,35.7",
		"w,تهران,کوچه لاله,10,,w,corner,,,,51.4,35.7",
	})
	require.EqualValues(t, 4, r.Accepted)
	require.EqualValues(t, 1, found(r)["alias-with-code"])
	require.EqualValues(t, 3, found(r)["alias-unknown"], "of another alias, of nothing, and of itself")
	require.EqualValues(t, 1, found(r)["postcode-missing"], "the house beside it; other addresses have none")

	site := func(key string) *gnaf.Site {
		s, err := gnaf.FindSite(t.Context(), d.pool, d.id("post", key), time.Time{})
		require.NoError(t, err)
		require.NoError(t, s.Relate(t.Context(), d.pool))
		return s
	}
	principal := site("p")
	require.Empty(t, principal.AliasOf)
	require.Len(t, principal.Aliases, 2)
	require.Equal(t, gnaf.OtherAddress{
		ID: d.id("post", "c"), Label: site("c").Label, Agency: "post", Kind: "corner", Source: "برداشت زمینی", ValidFrom: "2020-01-01",
	}, principal.Aliases[0])
	require.Equal(t, "2019-12-31", principal.Aliases[1].ValidTo)
	corner := site("c")
	require.NotEqual(t, principal.ID, corner.ID)
	require.Empty(t, corner.Aliases)
	require.Len(t, corner.AliasOf, 1)
	require.Equal(t, principal.Label, corner.AliasOf[0].Label)
	require.Equal(t, d.id("post", "p"), corner.AliasOf[0].ID)
	require.Equal(t, "corner", corner.AliasOf[0].Kind)

	place, err := (&gnaf.Geocoder{Pool: d.pool}).Place(t.Context(), search.AddressID(d.id("post", "c")))
	require.NoError(t, err)
	require.Equal(t, search.AddressID(d.id("post", "p")), place.Properties.Geocoding.AliasOf)

	missing, err := gnaf.Uncodeds(t.Context(), d.pool, gnaf.Scope{}, 0, 10)
	require.NoError(t, err)
	require.Len(t, missing, 1, "another address waits for no code")
	require.Equal(t, d.id("post", "n"), missing[0].ID)
}

// Names of settlements are taken with their kind, source and validity; what is no other name is said.
func TestOtherNamesOfSettlements(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := d.deliver("gnaf-locality-alias", "post", []string{
		"alias_id,locality,province,name,kind,lang,source,valid_from,valid_to",
		"1,ارومیه,آذربایجان غربی,رضائیه,former,fa,مصوبه,1926-01-01,1979-02-11",
		"2,ارومیه,,Urmia,latin,en,,,",
		"3,ارومیه,,اروميه,misspelling,,,,",
		"4,ارومیه,,ا_ب,misspelling,,,,",
	})
	require.EqualValues(t, 3, r.Accepted)
	require.EqualValues(t, 1, found(r)["locality-of-itself"])
	require.EqualValues(t, 1, found(r)["locality-name"])
	row := d.row(`select city, city_key, name, kind, way_id <> of_id as other, attributes ->> 'source' as source from gnaf.name where key = '1'`)
	require.Equal(t, map[string]any{"city": "ارومیه", "city_key": "ارومیه", "name": "رضائیه", "kind": "former", "other": true, "source": "مصوبه"}, row)
	row = d.row(`select count(distinct of_id) as of, count(distinct way_id) as named from gnaf.name`)
	require.Equal(t, map[string]any{"of": int64(1), "named": int64(3)}, row, "one settlement, and of three names one is its own")
}
