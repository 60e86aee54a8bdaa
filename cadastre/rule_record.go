package cadastre

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"nsdi/layers"
)

// checkPlate finds plates that cannot be: main ones begin at 1, sub ones at 0.
func checkPlate(attributes map[string]any) (broken []layers.Breach) {
	for name, least := range map[string]int64{"main_plate": 1, "sub_plate": 0} {
		if n, ok := attributes[name].(int64); ok && n < least {
			broken = append(broken, layers.Breach{Rule: "plate-invalid", Field: name, Value: strconv.FormatInt(n, 10)})
		}
	}
	return broken
}

// alike is a number that rows with the same two numbers of a plate share.
func alike(attributes, _ map[string]any) (int64, bool) {
	main, ok := attributes["main_plate"].(int64)
	sub, _ := attributes["sub_plate"].(int64)
	return main<<32 ^ sub, ok
}

// checkZone finds rows that are far from the zone whose coordinates they are said to have.
func checkZone(ctx context.Context, e *layers.Examination) error {
	if !e.Asks("outside-zone") {
		return nil
	}
	for number, crs := range e.CRS {
		code, err := strconv.Atoi(strings.TrimPrefix(crs, "EPSG:"))
		var meridian int
		switch {
		case err != nil:
			continue
		case code > 32600 && code <= 32660:
			meridian = 6*(code-32600) - 183
		case code > 32700 && code <= 32760:
			meridian = 6*(code-32700) - 183
		case code >= 2058 && code <= 2061: // ED50(ED77), zones 38 to 41
			meridian = 6*(code-2058) + 45
		default:
			continue
		}
		err = e.Query(ctx, "outside-zone", `
			select ord, null, $2::text, null, null::public.geometry, round(off::numeric, 2), '°', null
			from (
				select ord, greatest(public.st_xmax(geom) - $3::float8, $3::float8 - public.st_xmin(geom)) off
				from `+e.Staged+` s
				where crs = $1
				  and geom is not null
				  and `+sound(e, "s")+`
			) t
			where off > $4`, number, crs, meridian, e.Parameter("outside-zone", "degrees"))
		if err != nil {
			return err
		}
	}
	return nil
}

// checkAccuracy finds parcels that were surveyed less accurately than their class asks.
func checkAccuracy(ctx context.Context, e *layers.Examination) error {
	return e.Query(ctx, "accuracy-poor", `
		select ord, 'accuracy_m', attributes->>'accuracy_m', null, null::public.geometry, (attributes->>'accuracy_m')::float8, 'm', null
		from `+e.Staged+`
		where (attributes->>'accuracy_m')::float8 > $1`, e.Parameter("accuracy-poor", "accuracy"))
}

// checkIdentifiers finds identifiers that are to be unique in the country and are not.
func checkIdentifiers(ctx context.Context, e *layers.Examination) error {
	return e.Query(ctx, "national-id-not-unique", `
		with named as materialized (
			select ord, key, attributes->>'national_parcel_id' id
			from `+e.Staged+` s
			where attributes->>'national_parcel_id' is not null
			  and `+sound(e, "s")+`
		), first as (
			select id, min(key) low
			from named
			group by id
			having min(key) <> max(key)
		)
		select n.ord, 'national_parcel_id', n.id, null, null::public.geometry, null::float8, null, f.low
		from named n
		join first f using (id)
		where n.key <> f.low
		union all
		select distinct on (n.ord) n.ord, 'national_parcel_id', n.id, null, null::public.geometry, null::float8, null, p.key::text
		from named n
		join `+e.Published+` p on p.national_parcel_id = n.id
		where p.theme <> '`+e.Theme+`' or `+others(e, "p"))
}

// checkPlates finds plates that two parcels have: in the delivery, and of the same registry unit in what others have published.
func checkPlates(ctx context.Context, e *layers.Examination) error {
	plates := `
		select ord, key, attributes->>'registry_unit' unit, cadastre.section_key(attributes->>'section') section, coalesce(attributes->>'district', '') district,
		  (attributes->>'main_plate')::int main, coalesce((attributes->>'sub_plate')::int, 0) sub, coalesce(attributes->>'lot', '') lot
		from ` + e.Staged + ` s
		where alike is not null
		  and attributes->>'section' is not null
		  and key is not null
		  and not exists (select from ` + e.Findings + ` f where f.ord = s.ord and f.rule = 'row-repeated')`
	// Most plates have numbers that no other one has, and need no second look.
	err := e.Query(ctx, "plate-not-unique", `
		with plates as materialized (`+plates+`
		  and alike in (select alike from `+e.Staged+` group by alike having count(*) > 1))
		select p.ord, 'main_plate', cadastre.plate_fa(main, sub), null, null::public.geometry, null::float8, null, low
		from plates p
		join (
			select coalesce(unit, '') unit, section, district, main, sub, lot, min(key) low
			from plates
			group by 1, 2, 3, 4, 5, 6
			having min(key) <> max(key)
		) d using (section, district, main, sub, lot)
		where d.unit = coalesce(p.unit, '')
		  and p.key <> low`)
	if err != nil {
		return err
	}
	return e.Query(ctx, "plate-published", `
		with plates as materialized (`+plates+` and attributes->>'registry_unit' is not null)
		select distinct on (s.ord) s.ord, 'main_plate', cadastre.plate_fa(main, sub), null, null::public.geometry, null::float8, null, p.key::text
		from plates s
		join `+e.Published+` p on p.section_key = s.section and p.main_plate = s.main and p.registry_unit = s.unit
		where coalesce(p.sub_plate, 0) = s.sub
		  and coalesce(p.district, '') = s.district
		  and coalesce(p.lot, '') = s.lot
		  and `+others(e, "p")+`
		order by s.ord, p.key`)
}

// checkSections compares the parcels with the registration sections, as far as these are published. A parcel that names no registry unit may be of any.
func checkSections(ctx context.Context, e *layers.Examination) error {
	const sections = `(
			select id, attributes->>'registry_unit' unit, cadastre.section_key(attributes->>'section') section, geom
			from layers.feature
			where theme = 'cadastre-section'
		)`
	err := e.Query(ctx, "section-unknown", `
		with sections as materialized (select distinct unit, section from `+sections+` t)
		select s.ord, 'section', s.attributes->>'section', null, null::public.geometry, null::float8, null, null
		from `+e.Staged+` s
		where s.attributes->>'section' is not null
		  and exists (select from sections c where s.attributes->>'registry_unit' is null or c.unit is null or c.unit = s.attributes->>'registry_unit')
		  and not exists (
			select
			from sections c
			where c.section = cadastre.section_key(s.attributes->>'section')
			  and (s.attributes->>'registry_unit' is null or c.unit is null or c.unit = s.attributes->>'registry_unit'))`)
	if err != nil {
		return err
	}
	// A parcel may belong to any of the sections of its number.
	return e.Query(ctx, "outside-section", `
		with sections as materialized (
			select unit, section, public.st_union(geom) geom
			from `+sections+` t
			group by 1, 2
		)
		select ord, 'section', value, null, public.st_multi(beyond), round(area::numeric, 2), 'm²', null
		from (
			select distinct on (s.ord) s.ord, s.attributes->>'section' value, beyond, area
			from sections c
			join `+e.Staged+` s on cadastre.section_key(s.attributes->>'section') = c.section
			  and (s.attributes->>'registry_unit' is null or c.unit is null or c.unit = s.attributes->>'registry_unit'),
			lateral (
				select case when public.st_coveredby(s.geom, c.geom) then null else public.st_collectionextract(public.st_difference(s.geom, c.geom), 3) end
			) d(beyond),
			lateral (select coalesce(public.st_area(beyond::public.geography), 0)) a(area)
			where s.geom is not null
			  and `+sound(e, "s")+`
			order by s.ord, area
		) t
		where area > $1`, e.Parameter("outside-section", "area"))
}

// checkVanished finds published parcels that the delivery removes though nothing takes their place: no parcel names them as predecessors, and no new one has their
// ground.
func checkVanished(ctx context.Context, e *layers.Examination) error {
	if e.Mode == layers.Append || e.Mode == layers.Upsert {
		return nil
	}
	// What remains is the delivery; of a delivery that only removes, it is what it does not name.
	gone, remaining, fresh := `not exists (select from `+e.Staged+` k where k.key = p.key)`, `
		select attributes->>'parents' parents
		from `+e.Staged, `
		select geom
		from `+e.Staged+` s
		where s.geom operator(public.&&) p.geom
		  and `+sound(e, "s")+`
		  and not exists (select from `+e.Published+` c where c.theme = p.theme and c.dataset_id = p.dataset_id and c.key = s.key and c.hash = s.hash)`
	if e.Mode == layers.Delete {
		stays := fmt.Sprintf(`c.theme = '%s' and not (c.dataset_id = %d and exists (select from %s k where k.key = c.key))`, e.Theme, e.Dataset, e.Staged)
		gone, remaining, fresh = `exists (select from `+e.Staged+` k where k.key = p.key)`, `
		select parents
		from `+e.Published+` c
		where `+stays, `
		select c.geom
		from `+e.Published+` c
		where c.geom_3857 operator(public.&&) p.geom_3857
		  and `+stays
	}
	return e.Query(ctx, "parcel-vanished", `
		with parents as materialized (
			select distinct btrim(id) id
			from (`+remaining+`) r, regexp_split_to_table(parents, '[;؛]') id
			where parents is not null
		), gone as materialized ( -- or else the ground would be compared before it is known which are gone
			select p.theme, p.dataset_id, p.key, p.geom, p.geom_3857, p.area_m2
			from `+e.Published+` p
			where p.theme = $1
			  and p.dataset_id = $2
			  and `+gone+`
			  and not exists (select from parents where id = p.parcel_id)
		), bare as materialized ( -- most are where they were, with another key
			select *
			from gone p
			where not exists (select from (`+fresh+`) n where n.geom operator(public.=) p.geom)
		)
		select 0, null, p.key::text, null, p.geom, round(p.area_m2::numeric, 2), 'm²', p.key::text
		from bare p
		where coalesce((
			select sum(public.st_area(layers.common_area(n.geom, p.geom)))
			from (`+fresh+`) n), 0) < $3 / 100.0 * public.st_area(p.geom)`, e.Theme, e.Dataset, e.Parameter("parcel-vanished", "share"))
}

// checkBuildings finds published buildings that stick out of the delivered parcel that has most of them.
func checkBuildings(ctx context.Context, e *layers.Examination) error {
	var some bool // where there are none, the parcels need not be brought to their grid
	if err := e.Conn.QueryRow(ctx, `select exists (select from layers.feature where theme = 'building')`).Scan(&some); err != nil || !some {
		return err
	}
	return e.Query(ctx, "building-outside", `
		with pairs as materialized (
			select b.id, b.key building, b.geom whole, s.ord, s.geom parcel, public.st_area(layers.common_area(s.geom, b.geom)) share
			from `+e.Staged+` s
			join layers.feature b on b.theme = 'building' and b.geom_3857 operator(public.&&) public.st_transform(s.geom, 3857)
			where public.st_dimension(s.geom) = 2
			  and s.geom operator(public.@) public.st_makeenvelope(-180, -85.05, 180, 85.05, 4326)
			  and `+sound(e, "s")+`
			  and not public.st_coveredby(b.geom, s.geom)
		)
		select ord, null, null, null, public.st_multi(beyond), round(area::numeric, 2), 'm²', building
		from (
			select distinct on (id) *
			from pairs p
			where share > 0
			  and not exists (select from `+e.Staged+` c where c.geom operator(public.&&) p.whole and public.st_coveredby(p.whole, c.geom))
			order by id, share desc, ord
		) t,
		lateral (select public.st_collectionextract(public.st_difference(whole, parcel), 3)) d(beyond),
		lateral (select public.st_area(beyond::public.geography)) a(area)
		where area > $1
		  and area > $2 / 100.0 * public.st_area(whole::public.geography)`,
		e.Parameter("building-outside", "area"), e.Parameter("building-outside", "share"))
}
