package progress

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// goodAddress is the SQL of whether a place counts: its code can be one, and its point is no guess from the street or the town (reliability of G-NAF, 1 to 3).
const goodAddress = `a.postal_code ~ '^[13-9]{5}[0-9]{5}$'
		  and a.postal_code !~ '^(.)\1{9}$'
		  and a.postal_code <> '9876543210'
		  and coalesce((a.attributes ->> 'reliability')::float8, 1) <= 3`

const codeOf = `hashtextextended(a.postal_code, 0)`

// countCodes brings the codes up to date that the changes touch; all of them where everything is calculated. A code belongs to the place that has carried it longest, so a
// second place with the code adds nothing, and when the first goes the second counts. The parcels that such places lie in are looked at anew.
func (w *work) countCodes(ctx context.Context, tx pgx.Tx) error {
	touched := `select distinct ` + codeOf + ` as code from gnaf.address a where a.postal_code is not null union select code from progress.counted_code`
	args := []any{}
	if !w.everything {
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
		args = []any{w.after, w.end}
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
		if strings.HasPrefix(step.sql, "delete") {
			if err := w.planPlaces(ctx, tx); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("counting postal codes: %w", err)
		}
	}
	return w.planPlaces(ctx, tx)
}

// planPlaces has the parcels looked at that the places of touched codes lie in, where not all are anyway.
func (w *work) planPlaces(ctx context.Context, tx pgx.Tx) error {
	if w.everything {
		return nil
	}
	boxes, err := readBoxes(ctx, tx, `
		select a.geom
		from pg_temp.touched_code t
		join progress.counted_code n on n.code = t.code
		join gnaf.address a on a.id = n.feature_id`, 256)
	if err != nil {
		return err
	}
	if err := w.planLots(ctx, tx, boxes); err != nil {
		return err
	}
	return w.keep(ctx, tx, addresses)
}

// countAddresses keeps the codes of each unit over the expected number, and beside it how many of the parcels that are built on have an address.
func countAddresses(ctx context.Context, tx pgx.Tx, t *tree, l *ledger, waiting []underWay) error {
	own, err := codesByUnit(ctx, tx, waiting)
	if err != nil {
		return err
	}
	all, err := expectedAddresses().against(ctx, tx, t, own)
	if err != nil {
		return err
	}
	built, err := builtParcels(ctx, tx)
	if err != nil {
		return err
	}
	parcels := t.roll(built)
	for _, code := range t.order {
		u := t.units[code].reportedUnit
		f := all[code]
		if f.denominator == nil {
			f = figure{}
		}
		if err := l.put(u, f); err != nil {
			return err
		}
		beside := figure{measure: "built-parcels", unit: "parcel"}
		if s := parcels[code]; s != nil {
			beside.denominator, beside.published = &s.whole, &s.stages[2]
			beside.source = errs.T("قطعه‌های منتشرشده‌ای که ساختمان منتشرشده‌ای بر آن‌ها است", "Published parcels on which a published building stands")
		} else if f.known() {
			beside.reason = errs.T("قطعه‌ای با ساختمان در این واحد منتشر نشده است.", "No parcel with a building on it has been published in this unit.")
		}
		if err := l.put(u, beside); err != nil {
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
