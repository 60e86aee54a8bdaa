package layers

import (
	"context"
	"fmt"
)

// checkKeys finds rows that share what only one row may have: their key, or a derived value that the store names.
func (s *staging) checkKeys(ctx context.Context) error {
	// Most keys stand in one row, which needs no second look.
	_, err := s.conn.Exec(ctx, `
		create temp table repeated as
		select key
		from `+s.tables.staged+`
		where key is not null
		group by key
		having count(*) > 1`)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	defer s.conn.Exec(context.WithoutCancel(ctx), `drop table if exists pg_temp.repeated`) //nolint:errcheck // a temporary table ends with its connection anyway
	err = s.exec(ctx, "key-not-unique", `
		select ord, $1, null, key, (case when row_number = low then high else low end)::text, null
		from (
			select ord, key, row_number, min(row_number) over w low, max(row_number) over w high, min(hash::text) over w <> max(hash::text) over w differs
			from `+s.tables.staged+`
			where key in (select key from pg_temp.repeated)
			window w as (partition by key)
		) t
		where differs`)
	if err != nil {
		return err
	}
	err = s.exec(ctx, "row-repeated", `
		select ord, $1, null, null, first_row::text, null
		from (
			select ord, key, row_number() over w n, first_value(row_number) over w first_row
			from `+s.tables.staged+`
			where key in (select key from pg_temp.repeated)
			window w as (partition by key, hash order by ord)
		) t
		where n > 1`)
	if err != nil {
		return err
	}
	for name, rule := range s.store.UniqueDerived {
		err := s.exec(ctx, rule, `
			select ord, $1, $2, value, first_row::text, null
			from (
				select ord, derived->>$2 as value, row_number() over w n, first_value(row_number) over w first_row
				from `+s.tables.staged+`
				where derived->>$2 is not null
					and not exists (select from `+s.tables.finding+` f where f.ord = `+s.tables.staged+`.ord and f.rule = 'row-repeated')
				window w as (partition by derived->>$2 order by ord)
			) t
			where n > 1`, name)
		if err != nil {
			return err
		}
	}
	return nil
}
