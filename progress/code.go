package progress

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// goodAddress is the SQL of whether a place counts: its code can be one, and its point is no guess from the street or the town (reliability of G-NAF, 1 to 3).
const goodAddress = `a.postal_code ~ '^[13-9]{5}[0-9]{5}$'
		  and a.postal_code !~ '^(.)\1{9}$'
		  and a.postal_code <> '9876543210'
		  and coalesce((a.attributes ->> 'reliability')::float8, 1) <= 3`

const codeOf = `hashtextextended(a.postal_code, 0)`

// countCodes brings the codes up to date that the changes after one and up to another touch; all of them where everything is true. A code belongs to the place that has
// carried it longest, so a second place with the code adds nothing, and when the first goes the second counts.
func countCodes(ctx context.Context, tx pgx.Tx, after, end int64, everything bool) error {
	touched := `select distinct ` + codeOf + ` as code from gnaf.address a where a.postal_code is not null union select code from progress.counted_code`
	args := []any{}
	if !everything {
		touched = `
			select ` + codeOf + ` as code
			from layers.change c
			join gnaf.address a on a.id = c.feature_id
			where c.id > $1
			  and c.id <= $2
			  and c.theme = 'gnaf-address'
			  and a.postal_code is not null
			union
			select n.code
			from layers.change c
			join progress.counted_code n on n.feature_id = c.feature_id
			where c.id > $1
			  and c.id <= $2
			  and c.theme = 'gnaf-address'
			union
			select ` + codeOf + `
			from progress.moved m
			join gnaf.address a on a.geom_3857 && st_transform(m.geom, 3857) and st_intersects(a.geom, m.geom)
			where a.postal_code is not null`
		args = []any{after, end}
	}
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`drop table if exists pg_temp.touched_code`, nil}, // of an earlier calculation in the same transaction
		{`create temp table touched_code on commit drop as ` + touched, args},
		{`create index on touched_code (code)`, nil},
		{`analyze touched_code`, nil},
		{`delete from progress.counted_code n using pg_temp.touched_code t where n.code = t.code`, nil},
		{`
			insert into progress.counted_code (code, feature_id, dataset_id, admin_code)
			select code, id, dataset_id, unit
			from (
				select distinct on (` + codeOf + `) ` + codeOf + ` as code, a.id, a.dataset_id, a.geom
				from gnaf.address a
				where a.postal_code is not null
				  and ` + codeOf + ` in (select code from pg_temp.touched_code)
				  and ` + goodAddress + `
				order by ` + codeOf + `, a.id
			) a
			cross join lateral (
				select coalesce((
					select u.admin_code
					from progress.unit_part u
					where u.geom && a.geom
					  and st_intersects(u.geom, a.geom)
					order by u.depth desc, u.admin_code
					limit 1
				), case when not exists (select from progress.unit_part) then '` + country + `' end) as unit
			) u
			where unit is not null`, nil},
	} {
		if _, err := tx.Exec(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("counting postal codes: %w", err)
		}
	}
	return nil
}

// expected is the newest expected number of addresses of each unit: published, or set as a denominator.
const expected = `
		with expected as (
			select distinct on (admin_code) admin_code, amount, source, dated, approved_by
			from (
				select attributes ->> 'admin_code' as admin_code, (attributes ->> 'count')::float8 as amount, attributes ->> 'source' as source,
				  (attributes ->> 'date')::date as dated, null::text as approved_by, 1 as rank
				from layers.feature
				where theme = 'expected-addresses'
				  and attributes ->> 'count' ~ '^[0-9]{1,15}$'
				  and attributes ->> 'date' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
				union all
				select admin_code, amount, source, dated, concat_ws(' ', body_fa, decision), 2
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

// countAddresses keeps the codes of each unit over the expected number. The country without a number of its own is the sum of the provinces that have one, on both sides.
func countAddresses(ctx context.Context, tx pgx.Tx, t *tree, l *ledger, waiting []underWay) error {
	own, err := codesByUnit(ctx, tx, waiting)
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, expected+`select admin_code, amount, source, dated, approved_by from expected where amount > 0`)
	if err != nil {
		return fmt.Errorf("reading the expected addresses: %w", err)
	}
	type told struct {
		amount   float64
		source   errs.Text
		approved *string // nil: it comes from a layer
	}
	due := map[string]told{}
	var code, name string
	var amount float64
	var dated time.Time
	var approved *string
	_, err = pgx.ForEachRow(rows, []any{&code, &amount, &name, &dated, &approved}, func() error {
		due[code] = told{amount, errs.T(name+" ("+jalali(dated)+")", name+" ("+dated.Format(time.DateOnly)+")"), approved}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the expected addresses: %w", err)
	}
	layers, err := denominatorLayers(ctx, tx, expectedTheme)
	if err != nil {
		return err
	}
	sums := t.roll(own)
	provinces := &sum{}
	with := 0
	for _, code := range t.order {
		u := t.units[code]
		d, known := due[code]
		if !known || code == country || !u.outline && t.outlines() {
			continue
		}
		s := sums[code]
		if s == nil {
			s = &sum{}
		}
		s.whole = d.amount
		sums[code] = s
		if u.Level == "province" {
			with++
			provinces.add(s)
		}
	}
	for _, code := range t.order {
		u := t.units[code]
		f, d := figure{}, due[code]
		if d.amount > 0 && (u.outline || !t.outlines() && code == country) {
			s := sums[code]
			if s == nil {
				s = &sum{}
			}
			s.whole = d.amount
			f = s.figure()
			f.source = d.source
			f.sources = []source{{Denominator: d.source.EN}}
			if d.approved != nil {
				f.approvedBy = *d.approved
			} else {
				f.by(layers)
			}
		} else if code == country && with > 0 {
			f = provinces.figure()
			f.source = ofProvinces(errs.T("تعداد نشانی مورد انتظار استان‌ها", "Expected numbers of addresses of the provinces"), with, t)
			f.by(layers)
		}
		if err := l.put(u.reportedUnit, f); err != nil {
			return err
		}
	}
	return nil
}

// codesByUnit counts codes by the unit that their place is in, and those that are in a delivery under way and not published.
func codesByUnit(ctx context.Context, tx pgx.Tx, waiting []underWay) (map[string]*sum, error) {
	coming := `select null::bigint as code, null::text as admin_code, false as accepted where false`
	for _, w := range waiting {
		coming += `
			union all
			select hashtextextended(a.postal_code, 0), u.admin_code, not a.refused and ` + goodAddress + `
			from (select attributes ->> 'postal_code' as postal_code, attributes, geom, refused from staging.s` + fmt.Sprint(w.ID) + `) a
			cross join lateral (
				select admin_code
				from progress.unit_part u
				where u.geom && a.geom
				  and st_intersects(u.geom, a.geom)
				order by u.depth desc, u.admin_code
				limit 1
			) u
			where a.postal_code is not null`
	}
	rows, err := tx.Query(ctx, `
		with coming as (
			select distinct on (code) *
			from (`+coming+`
			) c
			where not exists (select from progress.counted_code n where n.code = c.code)
			order by code, accepted desc
		)
		select admin_code, sum(coming + accepted + published)::float8, sum(accepted + published)::float8, sum(published)::float8, sum(fresh)::float8
		from (
			select n.admin_code, 0 as coming, 0 as accepted, count(*) as published, count(*) filter (where f.fresh) as fresh
			from progress.counted_code n
			left join progress.freshness f on f.dataset_id = n.dataset_id
			group by n.admin_code
			union all
			select admin_code, count(*) filter (where not accepted), count(*) filter (where accepted), 0, 0
			from coming
			group by admin_code
		) n
		group by admin_code`)
	if err != nil {
		return nil, fmt.Errorf("counting addresses: %w", err)
	}
	own := map[string]*sum{}
	var code string
	var s [4]float64
	_, err = pgx.ForEachRow(rows, []any{&code, &s[0], &s[1], &s[2], &s[3]}, func() error {
		own[code] = &sum{stages: s}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting addresses: %w", err)
	}
	return own, nil
}
