package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// addressCount counts the places with a well-formed postal code in a unit, each code once, over the expected number.
// The unit is cut into small pieces first: a point is then tested against a few dozen corners instead of thousands.
func addressCount(ctx context.Context, tx pgx.Tx, unit string) (figure, error) {
	var f figure
	if err := tx.QueryRow(ctx, expected+`select amount from expected where admin_code = $1`, unit).Scan(&f.denominator); err != nil {
		if err == pgx.ErrNoRows {
			return figure{}, nil
		}
		return f, fmt.Errorf("reading the expected addresses of %q: %w", unit, err)
	}
	if f.denominator == nil || *f.denominator <= 0 {
		return figure{}, nil
	}
	err := tx.QueryRow(ctx, `
		with piece as materialized (
			select st_subdivide(geom, 128) as g
			from layers.admin_unit
			where code = $1
			  and geom is not null
		)
		select count(distinct a.postal_code)::float8
		from piece p
		join gnaf.address a on a.geom_3857 && st_transform(p.g, 3857) and st_intersects(p.g, a.geom)
		where a.postal_code ~ '^[13-9]{5}[0-9]{5}$'
		  and a.postal_code !~ '^(.)\1{9}$'
		  and a.postal_code <> '9876543210'
		having (select count(*) from piece) > 0`, unit).Scan(&f.published)
	switch {
	case err == pgx.ErrNoRows: // the outline of the unit is not known
		return figure{}, nil
	case err != nil:
		return f, fmt.Errorf("counting the addresses of %q: %w", unit, err)
	}
	return f, nil
}

// expected is the newest expected number of addresses of each unit: published, or set as a denominator.
const expected = `
		with expected as (
			select distinct on (admin_code) admin_code, amount, source, dated
			from (
				select attributes ->> 'admin_code' as admin_code, (attributes ->> 'count')::float8 as amount, attributes ->> 'source' as source,
				  (attributes ->> 'date')::date as dated, 1 as rank
				from layers.feature
				where theme = 'expected-addresses'
				  and attributes ->> 'count' ~ '^[0-9]{1,15}$'
				  and attributes ->> 'date' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
				union all
				select admin_code, amount, source, dated, 2
				from (
					select distinct on (admin_code) *
					from progress.denominator
					where obligation = 'A27-GNAF'
					order by admin_code, version desc
				) d
			) told
			order by admin_code, dated desc, rank
		)
		`
