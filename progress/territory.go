package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// edge is how far apart the corners of what is measured may be, in degrees: some 100 m, and a kilometre where cells are large. Between two corners a line of a map is
// straight in longitude and latitude and a geodesic bends away from it; cut by a cell it bends less. So close together the most that this makes is a hundredth of a
// square metre an edge, and nine where square kilometres are counted by the thousand.
func (g ground) edge() string {
	if g.resolution < 7 {
		return `0.01`
	}
	return `0.001`
}

// m2 is the SQL of the area on the ellipsoid.
func (g ground) m2(geom string) string {
	return `coalesce(st_area(st_segmentize(` + geom + `, ` + g.edge() + `)::geography), 0)`
}

// clip is the SQL of what of a lies within b. Most features lie wholly within, which is much cheaper to ask; b is prepared once and asked for each a.
func clip(a, b string) string {
	return "case when progress.lies_within(" + a + ", " + b + ") then " + a + " else st_collectionextract(st_intersection(" + a + ", " + b + "), 3) end"
}

// batchCells is how many cells one statement calculates: a figure is kept soon after it changed, and no transaction is long.
const batchCells = 256

// depth is the SQL of how deep a level is.
func depth(level string) string {
	return `case ` + level + ` when 'country' then 0 when 'province' then 1 when 'county' then 2 when 'district' then 3 when 'city' then 4 when 'rural-district' then 4
		when 'village' then 5 when 'municipal-district' then 5 else 6 end`
}

// addCells makes the cells of a ground that lie over boxes and have something of it.
func (g ground) addCells(ctx context.Context, tx pgx.Tx, boxes []box) error {
	seen := map[int64]bool{}
	var ids []int64
	var outlines [][]byte
	for _, b := range boxes {
		found, err := cellsOver(b, g.resolution, seen)
		if err != nil {
			return err
		}
		for _, c := range found {
			ids, outlines = append(ids, c.id), append(outlines, c.wkb)
		}
	}
	there := `exists (select from layers.feature f where f.theme = $4 and f.geom_3857 && st_transform(c.geom, 3857) and st_intersects(f.geom, c.geom))`
	if g.theme == "" {
		there = `$4 = '' and exists (select from progress.unit_part u where u.geom && c.geom and st_intersects(u.geom, c.geom))`
	}
	_, err := tx.Exec(ctx, `
		insert into progress.cell (id, resolution, geom)
		select id, $3, st_segmentize(geom, `+g.edge()+`)
		from (select id, st_geomfromwkb(wkb, 4326) as geom from unnest($1::bigint[], $2::bytea[]) as c (id, wkb)) c
		where not exists (select from progress.cell k where k.id = c.id)
		  and `+there, ids, outlines, g.resolution, g.theme)
	if err != nil {
		return fmt.Errorf("making cells of %s: %w", g.kind, err)
	}
	return nil
}

// cellsIn answers the cells of a resolution that have something in common with boxes.
func (g ground) cellsIn(ctx context.Context, tx pgx.Tx, boxes []box) ([]int64, error) {
	west, south, east, north := sides(boxes)
	rows, err := tx.Query(ctx, `
		select distinct c.id
		from unnest($1::float8[], $2::float8[], $3::float8[], $4::float8[]) as b (w, s, e, n)
		join progress.cell c on c.geom && st_makeenvelope(w, s, e, n, 4326) and st_intersects(c.geom, st_makeenvelope(w, s, e, n, 4326))
		where c.resolution = $5
		order by 1`, west, south, east, north, g.resolution)
	if err != nil {
		return nil, fmt.Errorf("looking up cells: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("looking up cells: %w", err)
	}
	return ids, nil
}

func sides(boxes []box) (west, south, east, north []float64) {
	for _, b := range boxes {
		west, south, east, north = append(west, b.west), append(south, b.south), append(east, b.east), append(north, b.north)
	}
	return west, south, east, north
}

// measure calculates the pieces of cells anew. What was measured on pieces that change goes with them.
func (g ground) measure(ctx context.Context, tx pgx.Tx, cells []int64, sound bool) error {
	if _, err := tx.Exec(ctx, `delete from progress.territory where kind = $1 and cell = any ($2)`, g.kind, cells); err != nil {
		return fmt.Errorf("measuring the ground of %s: %w", g.kind, err)
	}
	_, err := tx.Exec(ctx, `
		insert into progress.territory (kind, cell, admin_code, m2, geom)
		select $1, id, admin_code, m2, g
		from (
			select id, admin_code, g, `+g.m2("g")+` as m2
			from (
				-- Where many lines meet an overlay may leave a ring that touches itself, which no later one takes.
				select id, admin_code, case when st_isvalid(g) then g else st_collectionextract(st_makevalid(g), 3) end as g
				from (`+g.sql(sound)+`
				) piece
				where g is not null
				offset 0
			) piece
			where not st_isempty(g)
			offset 0
		) measured
		where m2 > 0.0001`, g.kind, cells)
	if err != nil {
		return fmt.Errorf("measuring the ground of %s: %w", g.kind, err)
	}
	return nil
}

// sql answers id, admin_code and g of the pieces of the cells $2. The themes are the program's own words.
func (g ground) sql(sound bool) string {
	shape := `f.geom`
	if sound {
		shape = `progress.sound(f.geom)`
	}
	// What is there of a theme in g, one in another counted once.
	union := func(theme, g string) string {
		return `(
			select st_union(` + clip(shape, g) + ` order by f.id)
			from layers.feature f
			where f.theme = '` + theme + `'
			  and f.geom_3857 && st_transform(` + g + `, 3857)
			  and st_intersects(` + g + `, ` + shape + `)
		)`
	}
	if g.sea {
		// The nearest province in metres; the index finds the few that can be it by degrees.
		return `
			select id, coalesce((
				select n.code
				from (
					select u.code, u.geom
					from layers.admin_unit u
					where u.level = 'province'
					  and u.geom is not null
					order by u.geom <-> st_pointonsurface(p.g)
					limit 4
				) n
				order by st_distance(n.geom::geography, st_pointonsurface(p.g)::geography), n.code
				limit 1
			), '` + country + `') as admin_code, p.g
			from (select c.id, ` + union(g.theme, "c.geom") + ` as g from progress.cell c where c.id = any ($2)) p
			where p.g is not null
			  and not st_isempty(p.g)`
	}
	part := union(g.theme, "o.g")
	if g.theme == "" {
		part = `coalesce(st_collectionextract(st_difference(o.g, ` + union(g.outside, "o.g") + `), 3), o.g)`
	}
	return `
			with c as materialized (
				select id, geom
				from progress.cell
				where id = any ($2)
			), hit as materialized (
				select id, admin_code, depth, case when whole then geom else g end as g, whole
				from (
					select *, st_area(g) >= st_area(geom) * (1 - 1e-11) as whole
					from (
						select c.id, c.geom, u.admin_code, u.depth, st_union(` + clip("c.geom", "u.geom") + ` order by u.geom) as g
						from c
						join progress.unit_part u on u.geom && c.geom and st_intersects(u.geom, c.geom)
						group by c.id, c.geom, u.admin_code, u.depth
					) h
				) h
			), own as materialized (
				-- The deepest unit comes first, then the lower code: no place belongs to two.
				select h.id, h.admin_code, coalesce(st_collectionextract(st_difference(h.g, (
					select st_union(d.g order by d.admin_code)
					from hit d
					where d.id = h.id
					  and (d.depth > h.depth or d.depth = h.depth and d.admin_code < h.admin_code)
				)), 3), h.g) as g
				from hit h
				where not exists (
					select
					from hit d
					where d.id = h.id
					  and d.whole
					  and (d.depth > h.depth or d.depth = h.depth and d.admin_code < h.admin_code)
				)
				union all
				-- Without any outline the country is all that there is.
				select id, '` + country + `', geom
				from c
				where not exists (select from progress.unit_part)
			)
			select o.id, o.admin_code, ` + part + ` as g
			from own o`
}
