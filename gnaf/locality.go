package gnaf

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
	"nsdi/layers"
)

// locality tells settlements of one name apart: towns of several provinces, and villages of several counties, which a town may lie in two of. Both are folded, without
// the word of their level; "" is not known. The name of the settlement itself is in the way.
type locality struct{ province, county string }

// says is the locality as the claim has it.
func (c *Claim) says(kind string) locality {
	if kind == "village" || kind == "hamlet" {
		return localityOf(c.Province, c.County)
	}
	return localityOf(c.Province, "")
}

// localityOf is where something is of which a province and a county are told.
func localityOf(province, county string) locality {
	return locality{province: persian.UnitName("province", province), county: persian.UnitName("county", county)}
}

// agrees reports whether both may be one: nothing that both know differs.
func (l locality) agrees(o locality) bool {
	return (l.province == o.province || l.province == "" || o.province == "") && (l.county == o.county || l.county == "" || o.county == "")
}

// pid is the lasting identifier of the settlement of this name.
func (l locality) pid(city string) string {
	parts := []string{"locality", persian.Fold(city)}
	if l != (locality{}) {
		parts = append(parts, l.province, l.county)
	}
	return pid(parts...)
}

// way is the lasting identifier of a way there; gnaf.way knows it by its name, which settlements of one name share.
func (l locality) way(id int64, city string) string {
	if l == (locality{}) {
		return fmt.Sprint(id)
	}
	return fmt.Sprintf("%d-%s", id, l.pid(city))
}

// locate gives those claims a province that tell none, by the province in which their position lies.
func locate(ctx context.Context, q layers.Querier, list []Claim) error {
	var at []int
	var lon, lat []float64
	for i := range list {
		if c := &list[i]; c.in.province == "" {
			at, lon, lat = append(at, i), append(lon, c.geocode.Lon), append(lat, c.geocode.Lat)
		}
	}
	if len(at) == 0 {
		return nil
	}
	rows, err := q.Query(ctx, `
		select distinct on (c.i) c.i, u.name_key
		from unnest($1::int[], $2::float8[], $3::float8[]) c (i, lon, lat)
		join layers.admin_unit u on u.level = 'province'
		  and public.st_intersects(u.geom, public.st_setsrid(public.st_makepoint(c.lon, c.lat), 4326))
		order by c.i, u.code`, at, lon, lat)
	if err != nil {
		return fmt.Errorf("provinces of addresses: %w", err)
	}
	var i int
	var province string
	_, err = pgx.ForEachRow(rows, []any{&i, &province}, func() error {
		list[i].in.province = province
		return nil
	})
	if err != nil {
		return fmt.Errorf("provinces of addresses: %w", err)
	}
	return nil
}

// settle brings claims about one way and place to the localities in which they are: what one leaves open it has from the others, where all that agree with it agree with
// each other.
func settle(list []Claim) {
	told := map[locality]bool{}
	for i := range list {
		told[list[i].in] = true
	}
	for i := range list {
		in, open := list[i].in, false
		for l := range told {
			if !l.agrees(list[i].in) {
				continue
			}
			for o := range told {
				open = open || o.agrees(list[i].in) && !o.agrees(l)
			}
			if l.province != "" {
				in.province = l.province
			}
			if l.county != "" {
				in.county = l.county
			}
		}
		if !open {
			list[i].in = in
		}
	}
}

// divide brings claims about one place to the sites that they are about, by their identifiers. Claims of all ways that names connect have to be there, each with the
// locality that it tells or in which it lies.
func divide(list []Claim, names wayNames) map[string][]Claim {
	claimed := map[string][]Claim{}
	for _, c := range list {
		c.of, c.called = names.principal(c.way, c.in)
		bare := c
		bare.in = locality{}
		key := siteID(&bare)
		claimed[key] = append(claimed[key], c)
	}
	sites := map[string][]Claim{}
	for _, list := range claimed {
		settle(list)
		for i := range list {
			id := siteID(&list[i])
			sites[id] = append(sites[id], list[i])
		}
	}
	return sites
}
