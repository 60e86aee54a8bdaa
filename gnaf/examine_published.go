package gnaf

import (
	"context"
	"fmt"

	"nsdi/layers"
)

// sameWay answers whether two ways are one where a published address, which the query calls row, is: they have one identifier, or the other names that hold there make
// one of them the other.
func sameWay(one, other, row string) string {
	return fmt.Sprintf(`(%[1]s = %[2]s or exists (
		select
		from gnaf.name n
		where n.way_id in (%[1]s, %[2]s)
		  and n.of_id in (%[1]s, %[2]s)
		  and n.way_id <> n.of_id
		  and %[3]s))`, one, other, nameHolds(row))
}

// nameHolds answers whether another name n of a way holds where a published address is: nothing that both tell of their province differs, or in villages of their county.
func nameHolds(row string) string {
	told := func(level string) string { return `nullif(n.attributes->>'` + level + `', '')` }
	const county = `regexp_replace(gnaf.name_key(%s), '^شهرستان ', '')`
	return `not ` + fmt.Sprintf(otherProvince, row+`.province`, told("province")) + `
		  and not coalesce(` + row + `.attributes->>'locality_type' in ('village', 'hamlet')
			and ` + fmt.Sprintf(county, told("county")) + ` <> ` + fmt.Sprintf(county, row+`.county`) + `, false)`
}

// otherProvince answers whether two rows tell different provinces, in which a settlement and a way of one name are two.
const otherProvince = `coalesce(` + provinceKey + ` <> regexp_replace(gnaf.name_key(%[2]s), '^استان ', ''), false)`

// provinceKey is the folded name of a province without the word of its level.
const provinceKey = `regexp_replace(gnaf.name_key(%[1]s), '^استان ', '')`

// stays leaves out the published rows of the dataset that the delivery takes the place of.
func stays(e *layers.Examination, alias string) string {
	if e.Mode == layers.Append || e.Mode == layers.Upsert {
		return fmt.Sprintf(`(%[1]s.dataset_id <> %[2]d or not exists (select from %[3]s k where k.key = %[1]s.key))`, alias, e.Dataset, e.Staged)
	}
	return fmt.Sprintf(`%s.dataset_id <> %d`, alias, e.Dataset)
}

// checkCodes compares postal codes with those that are published: the same custodian has a code once; another custodian who has it for another address is a conflict to be
// cleared up; and a code does not move far from one version to the next.
func checkCodes(ctx context.Context, e *layers.Examination) error {
	if e.Filled("postal_code") == 0 {
		return nil
	}
	const named = `concat_ws('، ', p.city, p.street, p.number::text || coalesce(p.number_suffix, ''), p.unit)`
	own := fmt.Sprintf(`d.agency_id = (select o.agency_id from layers.dataset o where o.id = %d)`, e.Dataset)
	err := e.Query(ctx, "postcode-published", `
		select distinct on (s.ord) s.ord, 'postal_code', s.derived->>'postal_code', null, null::public.geometry, null::float8, null, p.key::text
		from `+e.Staged+` s
		join `+e.Published+` p on p.postal_code = s.derived->>'postal_code'
		join layers.dataset d on d.id = p.dataset_id
		where `+own+`
		  and `+stays(e, "p")+`
		order by s.ord, p.key`)
	if err != nil {
		return err
	}
	err = e.Query(ctx, "postcode-conflict", `
		select distinct on (s.ord) s.ord, 'postal_code', s.derived->>'postal_code', g.name_fa || chr(31) || g.name_en, null::public.geometry, null::float8, null, `+named+`
		from `+e.Staged+` s
		join `+e.Published+` p on p.postal_code = s.derived->>'postal_code'
		join layers.dataset d on d.id = p.dataset_id
		join access.agency g on g.id = d.agency_id
		where not `+own+`
		  and not (
			p.number is not distinct from (s.attributes->>'number')::int
			and lower(coalesce(p.number_suffix, '')) = lower(coalesce(s.attributes->>'number_suffix', ''))
			and `+sameWay("p.way_id", "(s.derived->>'way_id')::bigint", "p")+`
			and not `+fmt.Sprintf(otherProvince, "p.province", "s.attributes->>'province'")+`)
		order by s.ord, p.id`)
	if err != nil {
		return err
	}
	return e.Query(ctx, "postcode-moved", `
		select distinct on (s.ord) s.ord, 'postal_code', s.derived->>'postal_code', null, null::public.geometry, round(m.metres::numeric, 1), 'm', p.key::text
		from `+e.Published+` p
		join `+e.Staged+` s on s.derived->>'postal_code' = p.postal_code
		cross join lateral (select public.st_distancesphere(public.st_centroid(s.geom), public.st_centroid(p.geom)) as metres) m
		where p.dataset_id = $1
		  and s.geom is not null
		  and not s.geom operator(public.~=) p.geom
		  and m.metres > $2
		order by s.ord, p.key`, e.Dataset, e.Parameter("postcode-moved", "distance"))
}

// checkIdentity finds addresses that have another key than in what is published of the dataset, and keys that were given to another address.
func checkIdentity(ctx context.Context, e *layers.Examination) error {
	var before bool
	if err := e.Conn.QueryRow(ctx, `select exists (select from gnaf.address where dataset_id = $1)`, e.Dataset).Scan(&before); err != nil || !before {
		return err
	}
	published := fmt.Sprintf(sameAddress, `(p.attributes || jsonb_strip_nulls(jsonb_build_object('province', p.province, 'county', p.county,
		'number_suffix', p.number_suffix, 'street_before', p.street_before, 'neighbourhood', p.neighbourhood, 'building', p.building, 'floor', p.floor, 'unit', p.unit)))`)
	err := e.Query(ctx, "address-renamed", `
		select distinct on (s.ord) s.ord, null, s.key::text, null, null::public.geometry, null::float8, null, p.key::text
		from `+e.Staged+` s
		join `+e.Published+` p on p.dataset_id = $1
		  and p.way_id = (s.derived->>'way_id')::bigint
		  and p.number = (s.attributes->>'number')::int
		where s.key is not null
		  and not exists (select from `+e.Published+` k where k.dataset_id = $1 and k.key = s.key)
		  and coalesce(p.postal_code = s.derived->>'postal_code', true)
		  and `+published+` = `+fmt.Sprintf(sameAddress, "s.attributes")+`
		order by s.ord, p.key`, e.Dataset)
	if err != nil {
		return err
	}
	return e.Query(ctx, "identifier-reused", `
		select distinct on (s.ord) s.ord, null, concat_ws('، ', p.city, p.street, p.number::text || coalesce(p.number_suffix, '')), null, null::public.geometry,
		  round(m.metres::numeric, 1), 'm', p.key::text
		from `+e.Staged+` s
		join `+e.Published+` p on p.dataset_id = $1 and p.key = s.key
		cross join lateral (select public.st_distancesphere(public.st_centroid(s.geom), public.st_centroid(p.geom)) as metres) m
		where p.hash <> s.hash
		  and s.geom is not null
		  and (p.postal_code is null or p.postal_code is distinct from s.derived->>'postal_code')
		  and p.number is distinct from (s.attributes->>'number')::int
		  and not `+sameWay("p.way_id", "(s.derived->>'way_id')::bigint", "p")+`
		  and m.metres > $2
		order by s.ord`, e.Dataset, e.Parameter("identifier-reused", "distance"))
}
