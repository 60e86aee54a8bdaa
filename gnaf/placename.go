package gnaf

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
)

// named is a place that is found by its name: an administrative unit, a delivered place, or a city of the addresses.
type named struct {
	id        string
	level     string
	nameFA    string
	nameEN    string
	key       string // folded, without the word of its level
	parents   []string
	parentsEN []string
	lon, lat  float64
	rank      int
}

// findPlaces looks for runs of words that are names. Each source has an index on its key.
func findPlaces(ctx context.Context, tx pgx.Tx, q *query, limit int) ([]Feature, error) {
	grams := q.grams()
	if len(grams) == 0 {
		return nil, nil
	}
	var found []Feature
	for _, source := range []func(context.Context, pgx.Tx, []string) ([]named, error){unitsByName, placesByName, citiesOfAddresses} {
		names, err := source(ctx, tx, grams)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			if f, ok := n.answer(q); ok {
				found = append(found, f)
			}
		}
	}
	return dropDoubles(found), nil
}

// dropDoubles keeps one of the answers that have the same name and level within about five kilometres: a city often is
// an administrative unit, an urban boundary and a place at once. Sources come in the order of their authority.
func dropDoubles(found []Feature) []Feature {
	kept := found[:0]
next:
	for _, f := range found {
		for _, k := range kept {
			a, b := f.Geometry.Coordinates, k.Geometry.Coordinates
			if f.Properties.Match.Level == k.Properties.Match.Level &&
				f.key == k.key &&
				a[0]-b[0] < 0.05 && b[0]-a[0] < 0.05 && a[1]-b[1] < 0.05 && b[1]-a[1] < 0.05 {
				continue next
			}
		}
		kept = append(kept, f)
	}
	return kept
}

func unitsByName(ctx context.Context, tx pgx.Tx, grams []string) ([]named, error) {
	rows, err := tx.Query(ctx, `
		with recursive found as materialized (
			select code, level, name_fa, coalesce(name_en, '') as name_en, name_key, parent_code, st_pointonsurface(geom) as at
			from layers.admin_unit
			where (name_key = any($1) or lower(name_en) = any($1))
			  and geom is not null
			order by area_m2 desc nulls last
			limit 40
		), above as (
			select f.code, 1 as depth, p.name_fa, p.name_en, p.parent_code
			from found f
			join layers.admin_unit p on p.code = f.parent_code
			union all
			select a.code, a.depth + 1, p.name_fa, p.name_en, p.parent_code
			from above a
			join layers.admin_unit p on p.code = a.parent_code
			where a.depth < 10
		)
		select 'admin-unit/' || f.code, f.level, f.name_fa, f.name_en, f.name_key, st_x(f.at), st_y(f.at),
		  coalesce((select array_agg(a.name_fa order by a.depth) from above a where a.code = f.code), '{}'),
		  coalesce((select array_agg(coalesce(a.name_en, '') order by a.depth) from above a where a.code = f.code), '{}')
		from found f`, grams)
	if err != nil {
		return nil, fmt.Errorf("looking for administrative units: %w", err)
	}
	return collectNamed(rows, 0)
}

func placesByName(ctx context.Context, tx pgx.Tx, grams []string) ([]named, error) {
	rows, err := tx.Query(ctx, `
		with found as materialized (
			select * from (select id, 'city' as level, attributes, geom from layers.feature
			where theme = 'urban-boundary' and gnaf.name_key(attributes ->> 'name_fa') = any($1) order by id limit 20) urban
			union all
			select * from (select id, coalesce(attributes ->> 'kind', 'city'), attributes, geom from layers.feature
			where theme = 'place' and (gnaf.name_key(attributes ->> 'name_fa') = any($1) or gnaf.name_key(attributes ->> 'name_en') = any($1))
			order by id limit 20) place
			union all
			select * from (select id, 'village', attributes, geom from layers.feature
			where theme = 'village' and gnaf.name_key(attributes ->> 'name_fa') = any($1) order by id limit 20) village
			union all
			select * from (select id, 'neighbourhood', attributes, geom from layers.feature
			where theme = 'neighbourhood' and gnaf.name_key(attributes ->> 'name_fa') = any($1) order by id limit 20) neighbourhood
		)
		select 'feature/' || f.id, f.level, coalesce(f.attributes ->> 'name_fa', f.attributes ->> 'name_en'), coalesce(f.attributes ->> 'name_en', ''), '',
		  st_x(f.at), st_y(f.at), coalesce(u.names, '{}'), coalesce(u.names_en, '{}')
		from (select *, st_pointonsurface(geom) as at from found where geom is not null) f
		left join lateral (
			select array_agg(u.name_fa order by u.area_m2) as names, array_agg(coalesce(u.name_en, '') order by u.area_m2) as names_en
			from layers.admin_unit u
			where u.geom && f.at
			  and u.level in ('county', 'province')
			  and st_intersects(u.geom, f.at)
		) u on true`, grams)
	if err != nil {
		return nil, fmt.Errorf("looking for places: %w", err)
	}
	return collectNamed(rows, 1)
}

// citiesOfAddresses finds settlements that only the addresses name, at the middle of a sample of their ways.
func citiesOfAddresses(ctx context.Context, tx pgx.Tx, grams []string) ([]named, error) {
	rows, err := tx.Query(ctx, `
		select 'city/' || c.city_key, 'city', s.city, '', c.city_key, s.lon, s.lat, '{}'::text[], '{}'::text[]
		from (select distinct city_key from gnaf.way where city_key = any($1) limit 20) c
		cross join lateral (
			select min(a.city) as city, avg(st_x(st_centroid(a.geom))) as lon, avg(st_y(st_centroid(a.geom))) as lat
			from (select w.id from gnaf.way w where w.city_key = c.city_key order by w.id limit 300) w
			cross join lateral (
				select a.city, a.geom
				from gnaf.address a
				where a.way_id = w.id
				limit 1
			) a
		) s
		where s.city is not null`, grams)
	if err != nil {
		return nil, fmt.Errorf("looking for cities of addresses: %w", err)
	}
	return collectNamed(rows, 2)
}

func collectNamed(rows pgx.Rows, rank int) ([]named, error) {
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (named, error) {
		n := named{rank: rank}
		err := row.Scan(&n.id, &n.level, &n.nameFA, &n.nameEN, &n.key, &n.lon, &n.lat, &n.parents, &n.parentsEN)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for names: %w", err)
	}
	return found, nil
}

// answer makes a feature when the folded name is in the query: SQL only proposed it.
func (n *named) answer(q *query) (Feature, bool) {
	used := make([]bool, len(q.tokens))
	ok := false
	for _, key := range []string{persian.Fold(n.nameFA), n.key, persian.UnitName(n.level, n.nameFA), persian.Fold(n.nameEN)} {
		if words := strings.Fields(key); q.span(words, used) >= 0 {
			takeNamed(q, used, key, "استان", "شهرستان", "بخش", "شهر", "دهستان", "روستای", "روستا", "محله", "منطقه")
			ok = true
			break
		}
	}
	if !ok {
		return Feature{}, false
	}
	for i, parent := range n.parents {
		takeNamed(q, used, parent, "استان", "شهرستان", "بخش", "شهر", "دهستان", "کشور")
		takeNamed(q, used, n.parentsEN[i])
	}
	place := Place{PlaceID: n.id, Type: "locality", Label: strings.Join(reversed(append([]string{n.nameFA}, n.parents...)), "، ")}
	switch n.level {
	case "city":
		place.City = n.nameFA
	case "county":
		place.County = n.nameFA
	case "province":
		place.State = n.nameFA
	default:
		place.Locality = n.nameFA
	}
	if isLatin(n.nameFA) {
		place.Label = n.nameFA
	}
	if n.nameEN != "" {
		place.LabelEN = strings.Join(withoutEmpty(append([]string{n.nameEN}, n.parentsEN...)), ", ")
	}
	f := newFeature(n.lon, n.lat, place, n.level)
	f.explained = count(used)
	f.rank = 3 + n.rank
	f.key = persian.UnitName(n.level, n.nameFA)
	match := &f.Properties.Match
	match.Unmatched = q.unmatched(used)
	match.Reasons.add(errs.Tf("نام مکان در داده هست (%s).", "The name of the place is in the data (%s).", strconv.Quote(n.nameFA)))
	if len(q.numbers(used)) > 0 {
		match.Confidence *= 0.4
		match.Reasons.add(errs.T("معبر در داده یافت نشد؛ پاسخ خود مکان است.", "The way was not found in the data; the answer is the place."))
	}
	return f, true
}

func reversed(s []string) []string {
	r := make([]string, 0, len(s))
	for i := len(s) - 1; i >= 0; i-- {
		r = append(r, s[i])
	}
	return r
}

func withoutEmpty(s []string) []string {
	kept := s[:0]
	for _, v := range s {
		if v != "" {
			kept = append(kept, v)
		}
	}
	return kept
}
