package progress

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// area calculates one area obligation in one unit; the empty unit is all that is published.
//
// What lies within the unit is united first and taken apart into pieces that cannot overlap; then the numerator is
// clipped to each piece, united and measured. The test "lies wholly within" comes before every intersection because
// it is much cheaper, and most features lie wholly within.
func (r areaRule) area(ctx context.Context, tx pgx.Tx, unit string) (figure, error) {
	var f figure
	args := pgx.NamedArgs{"unit": unit, "numerator": r.numerator, "denominator": r.denominator, "outside": r.outside}
	if err := tx.QueryRow(ctx, r.sql(unit), args).Scan(&f.denominator, &f.published); err != nil {
		return f, fmt.Errorf("calculating %s in %q: %w", r.obligation, unit, err)
	}
	if f.denominator == nil || *f.denominator <= 0 {
		return figure{}, nil
	}
	if f.published == nil {
		f.published = new(float64)
	}
	return f, nil
}

// The spatial index of features is on geom_3857, whose boxes are those of geom: both axes are stretched, each by itself.
func (r areaRule) sql(unit string) string {
	var target string
	switch {
	case r.denominator == "":
		target = `
			select (st_dump(st_difference(u.geom, coalesce((
				select st_union(` + clip("f.geom", "u.geom") + `)
				from layers.feature f
				where f.theme = @outside
				  and f.geom_3857 && u.geom_3857
				  and st_intersects(f.geom, u.geom)
			), 'polygon empty'::geometry(Polygon, 4326))))).geom as g
			from layers.admin_unit u
			where u.code = @unit
			  and u.geom is not null
			  and exists ( -- with no boundary published, what lies outside the cities is not known
				select
				from layers.feature f
				where f.theme = @outside
				  and f.geom_3857 && u.geom_3857
				  and st_intersects(f.geom, u.geom)
			  )`
	case unit == "":
		target = `
			select (st_dump(st_union(f.geom))).geom as g
			from layers.feature f
			where f.theme = @denominator`
	case r.sea:
		// The nearest province in metres; the index finds the few that can be it by degrees.
		target = `
			select (st_dump(st_union(f.geom))).geom as g
			from layers.feature f
			cross join lateral (
				select n.code
				from (
					select u.code, u.geom
					from layers.admin_unit u
					where u.level = 'province'
					  and u.geom is not null
					order by u.geom <-> st_pointonsurface(f.geom)
					limit 4
				) n
				order by st_distance(n.geom::geography, st_pointonsurface(f.geom)::geography), n.code
				limit 1
			) nearest
			where f.theme = @denominator
			  and nearest.code = @unit`
	default:
		target = `
			select (st_dump(st_union(` + clip("f.geom", "u.geom") + `))).geom as g
			from layers.admin_unit u
			join layers.feature f on f.theme = @denominator and f.geom_3857 && u.geom_3857 and st_intersects(f.geom, u.geom)
			where u.code = @unit`
	}
	store := pgx.Identifier(strings.Split(r.store, ".")).Sanitize()
	return `
		with target as materialized (` + target + `
		)
		select
		  (select sum(st_area(g::geography)) from target),
		  (
			select sum(st_area(c.g::geography))
			from target t
			cross join lateral (
				select st_union(` + clip("p.geom", "t.g") + `) as g
				from ` + store + ` p
				where p.theme = @numerator
				  and p.geom_3857 && st_transform(t.g, 3857)
				  and st_intersects(p.geom, t.g)
			) c
		  )`
}

// clip is the SQL of what of a lies within b.
func clip(a, b string) string {
	return "case when st_coveredby(" + a + ", " + b + ") then " + a + " else st_collectionextract(st_intersection(" + a + ", " + b + "), 3) end"
}
