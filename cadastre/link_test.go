package cadastre_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/cadastre"
	"nsdi/layers"
)

// Oakland's parcels and addresses both name the assessor's parcel number: what the places say is compared with it.
func TestLinksAgainstAKey(t *testing.T) {
	t.Parallel()
	const parcels, addresses = "../../shared/data/parcels/us-ca-oakland-excerpt.zip", "../../shared/data/addresses/us-ca-alameda_county-excerpt.zip"
	if _, err := os.Stat(parcels); err != nil {
		t.Skipf("the sample files are not there: %v", err)
	}
	d := newDesk(t)
	d.im.Stores = append(d.im.Stores, layers.Store{ // as much of it as links need: domains do not know each other
		Table: "gnaf.address", History: "gnaf.address_history", Columns: []layers.Column{
			layers.AttributeColumn("city", "text"), layers.AttributeColumn("street", "text"), layers.AttributeColumn("building", "text"), layers.AttributeColumn("unit", "text"), {Name: "way_id", Expr: "0"},
		},
	})
	column := func(name string) *layers.Expr { return &layers.Expr{Column: name} }
	value := func(text string) *layers.Expr { return &layers.Expr{Value: text} }
	report, err := d.im.Import(t.Context(), layers.Request{Theme: "cadastre-urban", Profile: "trial", Agency: "registry", Files: []string{parcels}, Mapping: layers.Mapping{
		Attributes: map[string]*layers.Expr{"parcel_id": column("APN"), "section": value("1"), "main_plate": value("1"), "lot": column("APN")},
	}})
	require.NoError(t, err)
	// 2-102-23 is the number of three rows, and 2-97-33 that of two.
	require.EqualValues(t, []any{int64(2241), int64(2236)}, []any{report.RowsIn, report.Accepted})
	report, err = d.im.Import(t.Context(), layers.Request{Theme: "gnaf-address", Agency: "post", Files: []string{addresses}, Mapping: layers.Mapping{
		Key:        &layers.Expr{Template: "{$row}"},
		Attributes: map[string]*layers.Expr{"address_id": {Template: "{$row}"}, "city": column("CITY"), "street": column("FEANME"), "building": column("APN"), "unit": column("UNIT")},
	}})
	require.NoError(t, err)
	require.EqualValues(t, 2849, report.Accepted)
	got := d.row(`
		with linked as (
			select a.key, a.building as apn, bool_or(p.parcel_id = a.building) as right, min(x.distance_m) as m, count(x.id) as n,
			  exists (select from cadastre.parcel k where k.parcel_id = a.building) as known
			from gnaf.address a
			left join lateral cadastre.parcels_of(a.geom, $1) x on true
			left join cadastre.parcel p on p.id = x.id
			group by a.id
		)
		select count(*) as all, count(*) filter (where known) as known, count(*) filter (where known and "right") as right, count(*) filter (where known and "right" and m = 0) as inside,
		  count(*) filter (where n > 1) as several, count(*) filter (where not known and m = 0) as renumbered, count(*) filter (where not known and m > 0) as edge,
		  count(*) filter (where not known and n = 0) as alone
		from linked`, cadastre.LinkBound)
	// 2,849 addresses: 677 name a parcel of the file, and the point of each lies in it. The other 2,172 name a parcel that the excerpt does not have: 2,155 of them have no
	// parcel within the bound; 2 lie in a parcel that has a new number since (2-65-5 is 2-65-5-1 now, 2-65-6-1 is 2-65-6-3); 15 lie at the edge of the excerpt, and are
	// linked to a neighbour of their missing parcel, 6 to 30 m away, which the distance tells.
	require.Equal(t, map[string]any{
		"all": int64(2849), "known": int64(677), "right": int64(677), "inside": int64(677), "several": int64(0), "renumbered": int64(2), "edge": int64(15), "alone": int64(2155),
	}, got)
	linked := got["right"].(int64) + got["renumbered"].(int64) + got["edge"].(int64)
	require.GreaterOrEqual(t, float64(got["right"].(int64))/float64(linked), 0.95, "677 of 694 links are those of the key")
}
