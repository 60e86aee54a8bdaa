package gnaf

import (
	"context"
	"fmt"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// examine asks the rules that look at a delivery of addresses as a whole. Each first asks whether it can find anything at all: a country's addresses are many, and most
// deliveries have nothing of what most rules look for.
func examine(ctx context.Context, e *layers.Examination) ([]errs.Text, error) {
	if e.Mode == layers.Delete || e.Rows == 0 {
		return nil, nil
	}
	var notes []errs.Text
	err := e.Beside(ctx, inOrder(checkDuplicates, checkPositions, checkAliases), func(ctx context.Context) (err error) {
		if err = inOrder(checkStacked, checkRoads)(ctx, e); err != nil {
			return err
		}
		notes, err = checkUnits(ctx, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	var published bool
	if err := e.Conn.QueryRow(ctx, `select exists (select from gnaf.address)`).Scan(&published); err != nil || !published {
		return notes, err
	}
	return notes, inOrder(checkCodes, checkIdentity)(ctx, e)
}

// inOrder asks rules one after the other.
func inOrder(rules ...func(context.Context, *layers.Examination) error) func(context.Context, *layers.Examination) error {
	return func(ctx context.Context, e *layers.Examination) error {
		for _, rule := range rules {
			if err := rule(ctx, e); err != nil {
				return err
			}
		}
		return nil
	}
}

// sound leaves out the rows whose place other rules have refused, and those that are in the delivery twice.
func sound(e *layers.Examination, alias string) string {
	return `not exists (select from ` + e.Findings + ` f where f.ord = ` + alias + `.ord and f.rule in ('coordinates-out-of-range', 'row-repeated', 'key-not-unique'))`
}

// sameAddress is what makes two rows of one way and number the same address, over a row's attributes.
const sameAddress = `concat_ws(chr(31), coalesce(%[1]s->>'province', ''), coalesce(%[1]s->>'county', ''),
	coalesce(lower(%[1]s->>'number_suffix'), ''), coalesce(%[1]s->>'street_before', ''), coalesce(%[1]s->>'neighbourhood', ''),
	coalesce(lower(%[1]s->>'block'), ''), coalesce(lower(%[1]s->>'entrance'), ''), coalesce(%[1]s->>'building', ''), coalesce(%[1]s->>'floor', ''), coalesce(lower(%[1]s->>'unit'), ''))`

// checkDuplicates finds addresses that are in the delivery twice. A code belongs to one unit, so two codes are two units, whatever else the rows say: only a row without a code
// can be another row again.
func checkDuplicates(ctx context.Context, e *layers.Examination) error {
	if !e.Asks("address-duplicate") || e.Filled("postal_code") >= e.Rows || e.Filled("number") == 0 {
		return nil
	}
	// Most addresses are like no other, and need no second look.
	several, err := e.Conn.Exec(ctx, `
		create temp table several as
		select alike
		from `+e.Staged+`
		where alike is not null
		group by alike
		having count(*) > 1`)
	if err != nil {
		return fmt.Errorf("rule address-duplicate: %w", err)
	}
	defer e.Conn.Exec(context.WithoutCancel(ctx), `drop table if exists pg_temp.several`) //nolint:errcheck // a temporary table ends with its connection anyway
	if several.RowsAffected() == 0 {
		return nil
	}
	if _, err := e.Conn.Exec(ctx, `analyze pg_temp.several`); err != nil {
		return fmt.Errorf("rule address-duplicate: %w", err)
	}
	// Whoever is like another has a number and a way: to ask for them would have the planner take the rows for few, and compare each with all that is alike.
	return e.Query(ctx, "address-duplicate", `
		with addresses as materialized (
			select ord, key, derived->>'postal_code' as code, (derived->>'way_id')::bigint as way, attributes->'number' as number, `+fmt.Sprintf(sameAddress, "attributes")+` as rest
			from `+e.Staged+` s
			where key is not null
			  and alike in (select alike from pg_temp.several)
		), first as (
			select way, number, rest, min(key) as low, min(key) filter (where code is not null) as coded
			from addresses
			group by way, number, rest
			having min(key) <> max(key)
		)
		select a.ord, 'number', a.number #>> '{}', null, null::public.geometry, null::float8, null, coalesce(f.coded, f.low)
		from addresses a
		join first f using (way, number, rest)
		where a.code is null
		  and a.key <> coalesce(f.coded, f.low)`)
}

// checkStacked finds points at which lie more addresses than there can be: units of one house have one number.
func checkStacked(ctx context.Context, e *layers.Examination) error {
	return e.Query(ctx, "addresses-stacked", `
		with crowded as materialized (
			select geom
			from `+e.Staged+`
			where geom is not null
			group by geom
			having count(*) > $1
		), counted as (
			select s.geom, count(distinct (s.derived->>'way_id', s.attributes->>'number', lower(s.attributes->>'number_suffix'))) as n, min(s.key) as low
			from `+e.Staged+` s
			join crowded c on c.geom operator(public.=) s.geom
			where `+sound(e, "s")+`
			group by s.geom
		)
		select distinct on (s.key) s.ord, null, null, null, s.geom, c.n::float8, null, null
		from counted c
		join `+e.Staged+` s on s.key = c.low
		where c.n > $1`, e.Parameter("addresses-stacked", "addresses"))
}

// checkPositions finds rows whose two positions differ.
func checkPositions(ctx context.Context, e *layers.Examination) error {
	if e.Filled("x_m") == 0 || e.Filled("y_m") == 0 {
		return nil
	}
	return e.Query(ctx, "coordinates-disagree", `
		select ord, 'x_m', attributes->>'x_m', null, null::public.geometry, round(metres::numeric, 1), 'm', null
		from (
			select ord, attributes, public.st_distancesphere(public.st_centroid(geom), layers.try_transform(public.st_point((attributes->>'x_m')::float8, (attributes->>'y_m')::float8), 32600 + zone)) as metres
			from `+e.Staged+`,
			lateral (select coalesce((attributes->>'utm_zone')::int, floor((public.st_xmin(geom) + 180) / 6)::int + 1)) z(zone)
			where geom is not null
			  and attributes ? 'x_m'
			  and attributes ? 'y_m'
			  and zone between 1 and 60
		) t
		where metres > $1`, e.Parameter("coordinates-disagree", "distance"))
}

// checkRoads finds addresses in the middle of a published road, or in water.
func checkRoads(ctx context.Context, e *layers.Examination) error {
	var roads, water bool
	err := e.Conn.QueryRow(ctx, `
		select exists (select from layers.feature where theme = 'road'), exists (select from layers.feature where theme in ('territorial-sea', 'base-map-feature'))`).Scan(&roads, &water)
	if err != nil || !roads && !water {
		return err
	}
	// Roads are found by a box that is wide enough for the widest of them, and measured where their lines are drawn straight.
	return e.Parts(ctx, "on-road", fmt.Sprintf(`
		select s.ord, null, null, null, null::public.geometry, r.metres, 'm', r.name
		from `+e.Staged+` s
		cross join lateral (select public.st_transform(public.st_centroid(s.geom), 3857)) g(at)
		cross join lateral (
			select round(d.metres::numeric, 1)::float8 as metres, coalesce(f.attributes->>'name_fa', f.key) as name
			from layers.feature f
			cross join lateral (select public.st_distance(f.geom_3857, at) * cos(radians(public.st_y(public.st_centroid(s.geom)))) as metres) d
			where f.theme in ('road', 'territorial-sea', 'base-map-feature')
			  and f.geom_3857 operator(public.&&) public.st_expand(at, 100)
			  and case
				when f.theme = 'road' then d.metres <= coalesce(%g / 100.0 * nullif((f.attributes->>'width_m')::float8, 0), $3)
				else public.st_dimension(f.geom) = 2 and d.metres = 0
				  and (f.theme = 'territorial-sea' or lower(f.attributes->>'feature_class') in ('water', 'river', 'lake', 'sea', 'canal', 'آب', 'رودخانه', 'دریاچه', 'دریا', 'کانال'))
			  end
			order by d.metres, f.id
			limit 1
		) r
		where s.ord > $1
		  and s.ord <= $2
		  and s.geom operator(public.@) public.st_makeenvelope(-180, -85.05, 180, 85.05, 4326)`, e.Parameter("on-road", "share")), e.Parameter("on-road", "axis"))
}
