package search

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
	"nsdi/internal/pg"
)

// snapshot reads what is published for everybody, in one state of the database, and gives it to a builder as it comes. The database orders the addresses, on its
// disk where they are many; beside questions that are answered at the same time, with one process.
func snapshot(ctx context.Context, db pg.TxBeginner, file io.WriteSeeker, beside bool) error {
	settings := []string{"work_mem", "128MB", "jit", "off"}
	if beside {
		settings = append(settings, "max_parallel_workers_per_gather", "0")
	}
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pg.InScope(ctx, db, pg.Public, options, func(tx pgx.Tx) error {
		var position int64
		if err := tx.QueryRow(ctx, `select layers.change_end()`).Scan(&position); err != nil {
			return fmt.Errorf("end of the change log: %w", err)
		}
		given := newGiven()
		if err := readPlaces(ctx, tx, given); err != nil {
			return err
		}
		if err := readNames(ctx, tx, given, nil); err != nil {
			return err
		}
		b, err := newBuilder(file, given)
		if err != nil {
			return err
		}
		if err := readAddresses(ctx, tx, nil, b.address); err != nil {
			return err
		}
		return b.finish(position, time.Now().UTC())
	}, settings...)
}

func readPlaces(ctx context.Context, tx pgx.Tx, g *given) error {
	rows, err := tx.Query(ctx, `
		select p.*
		from (
		select 'admin-unit/' || u.code as id, u.level as kind, u.name_fa, coalesce(u.name_en, ''), coalesce('admin-unit/' || u.parent_code, ''), 0 as source, `+positionColumns("u.geom")+`
		from layers.admin_unit u
		where u.name_fa is not null
		union all
		select 'feature/' || f.id, f.kind, coalesce(f.attributes ->> 'name_fa', f.attributes ->> 'name_en'), coalesce(f.attributes ->> 'name_en', ''),
		  coalesce('admin-unit/' || u.code, ''), 1, `+positionColumns("f.geom")+`
		from (
			select id, theme, attributes, geom, case theme when 'urban-boundary' then 'city' when 'place' then coalesce(attributes ->> 'kind', 'city') else theme end as kind
			from layers.feature
			where theme in ('urban-boundary', 'place', 'village', 'neighbourhood')
			  and coalesce(attributes ->> 'name_fa', attributes ->> 'name_en') is not null
			  and geom is not null
		) f
		left join lateral (
			select u.code
			from layers.admin_unit u
			where u.level in ('county', 'province')
			  and st_intersects(u.geom, st_pointonsurface(f.geom))
			order by u.area_m2
			limit 1
		) u on true
		) p
		order by p.source, array_position(array['country', 'province', 'county', 'district', 'city', 'rural-district', 'village'], p.kind), p.id`)
	if err != nil {
		return fmt.Errorf("places: %w", err)
	}
	var p place
	var source int
	var west, south, east, north float64
	_, err = pgx.ForEachRow(rows, []any{&p.id, &p.kind, &p.fa, &p.en, &p.parent, &source, &p.lon, &p.lat, &west, &south, &east, &north}, func() error {
		p.source, p.box = byte(source), fixedBox(west, south, east, north)
		g.places = append(g.places, p)
		return nil
	})
	if err != nil {
		return fmt.Errorf("places: %w", err)
	}
	return nil
}

// positionColumns are a point on a geometry and the corners of its box; of no geometry, a box the wrong way round.
func positionColumns(geom string) string {
	return `coalesce(st_x(st_pointonsurface(` + geom + `)), 0), coalesce(st_y(st_pointonsurface(` + geom + `)), 0),
		  coalesce(st_xmin(` + geom + `), 1), coalesce(st_ymin(` + geom + `), 1), coalesce(st_xmax(` + geom + `), -1), coalesce(st_ymax(` + geom + `), -1)`
}

func fixedBox(west, south, east, north float64) box {
	if west > east {
		return emptyBox()
	}
	return box{toFixed(west), toFixed(south), toFixed(east), toFixed(north)}
}

// townTheme is the theme of other names of settlements.
const townTheme = "gnaf-locality-alias"

// readNames reads delivered ways, nodes and other names; of some ways only, where they are given, and of all settlements.
func readNames(ctx context.Context, tx pgx.Tx, g *given, ways []int64) error {
	rows, err := tx.Query(ctx, `
		select n.theme, n.city, n.city_key, n.name, coalesce(n.kind, ''), n.way_id, coalesce(n.attributes ->> 'way', ''), coalesce(n.attributes ->> 'parent', ''),
		  coalesce(n.attributes ->> 'neighbourhood', ''), coalesce(n.attributes ->> 'province', ''), coalesce(n.attributes ->> 'county', ''), `+positionColumns("n.geom")+`
		from gnaf.name n
		where $1::bigint[] is null
		   or n.theme = '`+townTheme+`'
		   or n.way_id = any($1)
		   or n.of_id = any($1)
		   or n.of_id in (select m.of_id from gnaf.name m where m.way_id = any($1))
		order by n.id`, ways)
	if err != nil {
		return fmt.Errorf("names of ways: %w", err)
	}
	var wayID int64
	var theme, cityKey, name, kind, of, province, county string
	var d declared
	var lon, lat, west, south, east, north float64
	_, err = pgx.ForEachRow(rows, []any{&theme, &d.city, &cityKey, &name, &kind, &wayID, &of, &d.parent, &d.neighbourhood, &province, &county, &lon, &lat, &west, &south, &east, &north}, func() error {
		d.id, d.name, d.key, d.node = uint64(wayID), name, streetKey(name), theme == "gnaf-node"
		d.lon, d.lat, d.box = toFixed(lon), toFixed(lat), fixedBox(west, south, east, north)
		switch {
		case theme == townTheme:
			g.town(d.city, province, name, nameKind(kind))
		case of != "":
			g.alias(cityKey, of, otherName{nameKind(kind), name, province, county})
		case d.box.empty(): // delivered without an axis
		default:
			g.ways[cityKey] = append(g.ways[cityKey], d)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("names of ways: %w", err)
	}
	return nil
}

// PrincipalColumn is the id of the address that an address a is another address of; 0 where it is none, or that one is not published.
const PrincipalColumn = `case when a.attributes ? 'alias_of' then coalesce((
			select p.id
			from gnaf.address p
			where p.theme = a.theme
			  and p.dataset_id = a.dataset_id
			  and p.key = a.attributes ->> 'alias_of'), 0) else 0 end`

// readAddresses gives addresses, of some ways only where they are given, by settlement, way and number. Settlement and way are ordered by numbers, which compare much
// faster than their names do.
func readAddresses(ctx context.Context, tx pgx.Tx, ways []int64, visit func(*address) error) error {
	rows, err := tx.Query(ctx, `
		with w as (
			select id, city_key, dense_rank() over (order by city_key collate "C") << 32 as city, row_number() over (order by id) << 32 as way
			from gnaf.way
			where $1::bigint[] is null
			   or id = any($1)
		)
		select a.id, a.way_id, a.number, a.floor, st_x(st_centroid(a.geom)), st_y(st_centroid(a.geom)), coalesce(a.province, ''), coalesce(a.county, ''), a.city, w.city_key,
		  coalesce(a.neighbourhood, ''), coalesce(a.street_before, ''), a.street, coalesce(a.number_suffix, ''), coalesce(a.attributes ->> 'number_to', ''),
		  coalesce(a.building, ''), coalesce(a.attributes ->> 'block', ''), coalesce(a.attributes ->> 'entrance', ''), coalesce(a.unit, ''), coalesce(a.postal_code, ''),
		  `+PrincipalColumn+`
		from gnaf.address a
		left join w on w.id = a.way_id
		where $1::bigint[] is null
		   or a.way_id = any($1)
		order by w.city | (hashtext(coalesce(a.province, '') || '/' || coalesce(a.county, ''))::bigint & 4294967295),
		  w.way | (hashtext(coalesce(a.street_before, ''))::bigint & 4294967295), a.number nulls first, a.number_suffix collate "C" nulls first,
		  a.attributes ->> 'block' collate "C", a.attributes ->> 'entrance' collate "C", a.building collate "C", a.floor, a.unit collate "C", a.id`, ways)
	if err != nil {
		return fmt.Errorf("addresses: %w", err)
	}
	var a address
	var cityKey *string
	var number *int32
	var wayID int64
	var to, code string
	var lon, lat float64
	_, err = pgx.ForEachRow(rows, []any{
		&a.id, &wayID, &number, &a.floor, &lon, &lat, &a.province, &a.county, &a.city, &cityKey, &a.neighbourhood, &a.before, &a.street,
		&a.suffix, &to, &a.building, &a.block, &a.entrance, &a.unit, &code, &a.of,
	}, func() error {
		a.way, a.lon, a.lat, a.number, a.to = uint64(wayID), toFixed(lon), toFixed(lat), noNumber, 0
		if number != nil {
			a.number = *number
			if last, err := strconv.ParseInt(to, 10, 32); err == nil && int32(last) > a.number {
				a.to = int32(last)
			}
		}
		if cityKey != nil {
			a.cityKey = *cityKey
		} else {
			a.cityKey = persian.Fold(a.city)
		}
		a.code, _ = strconv.ParseUint(code, 10, 64) // none is 0
		return visit(&a)
	})
	if err != nil {
		return fmt.Errorf("addresses: %w", err)
	}
	return nil
}
