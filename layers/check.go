package layers

import (
	"context"
	"fmt"

	"nsdi/internal/errs"
)

// exec runs a query that finds things: its columns are those of the finding table, $1 is the rule.
func (s *staging) exec(ctx context.Context, rule, query string, args ...any) error {
	if s.off(rule) {
		return nil
	}
	_, err := s.conn.Exec(ctx, `insert into `+s.tables.finding+` (ord, rule, field, value, found, place) `+query, append([]any{rule}, args...)...)
	if err != nil {
		return fmt.Errorf("rule %s: %w", rule, err)
	}
	return nil
}

// check runs the rules over the staged rows. Coordinates that are no place come first, and then what is no geometry and which keys come twice: other rules pass over them.
func (s *staging) check(ctx context.Context, dataset *dataset) (notes []errs.Text, err error) {
	if err := s.checkRange(ctx); err != nil {
		return nil, err
	}
	if err := s.fixGeometry(ctx); err != nil {
		return nil, err
	}
	err = s.beside(ctx, func(ctx context.Context, other *staging) error {
		if _, err := other.conn.Exec(ctx, `analyze `+s.tables.staged+` (ord, key, hash, refused)`); err != nil {
			return fmt.Errorf("analyze: %w", err)
		}
		if err := other.checkKeys(ctx); err != nil || s.store.Prepare == nil {
			return err
		}
		return s.store.Prepare(ctx, other.examination(dataset))
	}, s.checkValid)
	if err != nil {
		return nil, err
	}
	return s.examine(ctx, dataset)
}

// checkValid judges validity in the delivered coordinates, where the deliverer can see it; the place is told in degrees.
func (s *staging) checkValid(ctx context.Context) (err error) {
	if s.theme.Geometry == "none" || s.theme.Geometry == "point" {
		return nil
	}
	srids := make([]int, len(s.crs))
	for i, crs := range s.crs {
		if srids[i], err = s.srid(ctx, crs); err != nil {
			return err
		}
	}
	return s.measure(ctx, "geometry-invalid", `
		select ord, $1, null, null, (d).reason, layers.try_transform((d).location, ($2::int[])[crs + 1]),
			case when change < 0.001 then 'made-valid' end, case when change < 0.001 then round((100 * change)::numeric, 4) end, case when change < 0.001 then '%' end, null
		from (
			select ord, crs, public.st_isvaliddetail(source_geom) d, layers.mending(source_geom) change
			from `+s.tables.staged+`
			where public.st_dimension(source_geom) > 0 and not public.st_isvalid(source_geom)
		) t`, srids)
}

// checkCommon asks the rules of all themes about how rows stand to each other, to what is published, and to their territory.
func (s *staging) checkCommon(ctx context.Context, dataset *dataset) (notes []errs.Text, err error) {
	if err := s.checkGeometry(ctx); err != nil {
		return nil, err
	}
	if notes, err = s.checkTerritory(ctx, dataset); err != nil {
		return nil, err
	}
	return notes, s.checkDelivery(ctx, dataset)
}

// checkTerritory finds the rows that lie outside what the agency may deliver.
func (s *staging) checkTerritory(ctx context.Context, d *dataset) ([]errs.Text, error) {
	if s.theme.Geometry == "none" {
		return nil, nil
	}
	var units, placed int
	err := s.conn.QueryRow(ctx, `
		select count(*), count(geom)
		from layers.admin_unit
		where code = any($1)`, d.territories).Scan(&units, &placed)
	if err != nil {
		return nil, fmt.Errorf("territory: %w", err)
	}
	if units == 0 || placed < units {
		return []errs.Text{errs.T("مکان عارضه‌ها با قلمرو سنجیده نشد، چون قلمرو یا هندسه آن معلوم نیست.",
			"Places were not checked against the territory: it, or its geometry, is not known.")}, nil
	}
	// 80 km is less than a degree of longitude anywhere in Iran, so the buffer is never too narrow.
	_, err = s.conn.Exec(ctx, `
		create temp table territory as
		select g as exact, public.st_buffer(g, $2::float8 / 80000, 'quad_segs=2') as wide
		from (select public.st_union(geom) g from layers.admin_unit where code = any($1)) t`, d.territories, s.theme.BufferMetres)
	if err != nil {
		return nil, fmt.Errorf("territory: %w", err)
	}
	defer s.conn.Exec(context.WithoutCancel(ctx), `drop table if exists pg_temp.territory`) //nolint:errcheck // a temporary table ends with its connection anyway
	if err := s.checkZone(ctx); err != nil {
		return nil, err
	}
	return nil, s.exec(ctx, "outside-territory", `
		select ord, $1, null, null,
			case when public.st_covers((select wide from pg_temp.territory), public.st_flipcoordinates(geom)) then '`+flipped+`' end, null
		from `+s.tables.staged+`
		where geom is not null
			and not public.st_covers((select wide from pg_temp.territory), geom)
			and not exists (select from `+s.tables.finding+` f where f.ord = `+s.tables.staged+`.ord and f.rule in ('coordinates-out-of-range', 'geometry-invalid'))`)
}

// settle marks the refused rows and counts.
func (s *staging) settle(ctx context.Context, r *Report) error {
	// A reviewer may have let a row break a rule.
	_, err := s.conn.Exec(ctx, `
		update `+s.tables.staged+` s
		set refused = true
		from `+s.tables.finding+` f
		where f.ord = s.ord
		  and f.rule = any($1)
		  and not exists (
			select
			from layers.exception e
			where e.submission_id = $2
			  and e.rule = f.rule
			  and e.row_number = s.row_number
			  and e.source = ($3::text[])[s.source + 1])`, s.refusing(), r.Submission, s.sources)
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	err = s.conn.QueryRow(ctx, `
		select count(*), count(*) filter (where refused), (select count(*) from `+s.tables.finding+` f join `+s.tables.staged+` s using (ord) where f.rule = 'row-repeated' and not s.refused)
		from `+s.tables.staged).Scan(&r.RowsIn, &r.Refused, &r.Repeated)
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	r.Accepted = r.RowsIn - r.Refused
	return nil
}

// dropRepeated takes out the accepted rows that equal another one. Their findings were kept before: those name the row.
func (s *staging) dropRepeated(ctx context.Context) error {
	_, err := s.conn.Exec(ctx, `
		delete from `+s.tables.staged+` s
		using `+s.tables.finding+` f
		where f.ord = s.ord and f.rule = 'row-repeated' and not s.refused`)
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	return nil
}

// refusing lists the rules that refuse a row.
func (s *staging) refusing() []string {
	var codes []string
	for code, r := range s.rules {
		if r.Severity == "E" {
			codes = append(codes, code)
		}
	}
	return codes
}
