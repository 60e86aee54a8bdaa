package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Villages v that the cadastre is due of, and the others, which stand beside: by the number of households. Of one whose number is not stated it is due.
const (
	isMandatory = `coalesce(v.households, 20) >= 20`
	isSmall     = `v.households < 20`
)

// householdsOf is the SQL of how many households village f has; null: it is not stated.
const householdsOf = `case when f.attributes ->> 'households' ~ '^[0-9]{1,9}$' then (f.attributes ->> 'households')::int end`

// mostOf is the share of a place that has to be covered for all of it to count.
const mostOf = `0.95`

// complete is the SQL of whether a stage of village v covers as much of its fabric as makes it complete. What is published of one must not contradict its neighbours either.
func complete(stage string) string {
	covered := `v.` + stage + ` >= ` + mostOf + ` * v.m2`
	switch stage {
	case "published":
		return covered + ` and not v.contradicted`
	case "fresh":
		return covered + ` and ` + complete("published")
	}
	return covered
}

// inCells is the SQL of the features of a theme that lie in cells $1.
func inCells(theme string) string {
	return `
				select f.id
				from progress.cell c
				join layers.feature f on f.theme = '` + theme + `' and f.geom_3857 && st_transform(c.geom, 3857) and st_intersects(c.geom, progress.sound(f.geom))
				where c.id = any ($1)`
}

// coverVillages calculates what of the villages is covered that lie in cells.
func (r rule) coverVillages(ctx context.Context, tx pgx.Tx, cells []int64, waiting []underWay, sound bool) error {
	here := inCells(groundTheme(r.kind))
	// A village is a piece by itself, in the unit that its inner point lies in.
	pieces := `(
				select f.id as cell, coalesce(u.admin_code, '` + country + `') as admin_code, '' as kind, progress.sound(f.geom) as geom
				from layers.feature f
				left join lateral (
					select u.admin_code
					from progress.unit_part u
					where u.geom && f.geom
					  and st_intersects(u.geom, st_pointonsurface(progress.sound(f.geom)))
					order by u.depth desc, u.admin_code
					limit 1
				) u on true
				where f.theme = '` + groundTheme(r.kind) + `'
				  and f.id in (` + here + `)
				  and (u.admin_code is not null or not exists (select from progress.unit_part))
				offset 0
			)`
	for _, sql := range []string{
		`delete from progress.village where feature_id in (` + here + `)`,
		`insert into progress.village (feature_id, admin_code, m2, delivered, validated, published, fresh, contradicted)
		select cell, admin_code, m2, greatest(delivered, validated, published), greatest(validated, published), published, least(fresh, published), contradicted
		from (
			select c.*, ` + groundOf(r.kind).m2("progress.sound(v.geom)") + ` as m2, exists (
				select
				from ` + r.store + ` p
				where p.theme = '` + r.theme + `'
				  and p.geom_3857 && v.geom_3857
				  and not (` + noError + `)
				  and st_intersects(progress.sound(v.geom), progress.sound(p.geom))
			) as contradicted
			from (` + r.sql(pieces, waiting, sound) + `
			) c
			join layers.feature v on v.theme = '` + groundTheme(r.kind) + `' and v.id = c.cell
		) c
		where m2 > 0`,
	} {
		if _, err := tx.Exec(ctx, sql, cells); err != nil {
			return fmt.Errorf("measuring villages: %w", err)
		}
	}
	return nil
}

// villages are those of a unit: which the cadastre is due of, the smaller ones, and the households of both.
type villages struct{ mandatory, small, households sum }

func villagesOf(ctx context.Context, tx pgx.Tx, t *tree) (map[string]*villages, error) {
	all := map[string]*villages{}
	for _, kind := range []struct {
		whole, which string
		of           func(v *villages) *sum
	}{
		{`1`, isMandatory, func(v *villages) *sum { return &v.mandatory }},
		{`1`, isSmall, func(v *villages) *sum { return &v.small }},
		{`v.households`, `v.households > 0`, func(v *villages) *sum { return &v.households }},
	} {
		columns := `sum(` + kind.whole + `)::float8`
		for _, stage := range []string{"delivered", "validated", "published", "fresh"} {
			columns += `, sum(case when ` + complete(stage) + ` then ` + kind.whole + ` else 0 end)::float8`
		}
		own, err := ownCounts(ctx, tx, `
			select v.admin_code, `+columns+`
			from (
				select v.*, `+householdsOf+` as households
				from progress.village v
				join layers.feature f on f.theme = 'village' and f.id = v.feature_id
			) v
			where `+kind.which+`
			group by v.admin_code`)
		if err != nil {
			return nil, err
		}
		for code, s := range t.roll(own) {
			if all[code] == nil {
				all[code] = &villages{}
			}
			*kind.of(all[code]) = *s
		}
	}
	return all, nil
}

// beside puts the fabric's area, households and small villages beside the headline, which is how many of the villages that the cadastre is due of are complete.
func (v *villages) beside(area figure) []figure {
	if v == nil {
		v = &villages{}
	}
	of := func(s *sum, measure, unit string, what errs.Text) figure {
		f := figure{}
		if s.whole > 0 {
			f = s.figure()
		}
		f.measure, f.unit, f.sources, f.approvedBy = measure, unit, area.sources, area.approvedBy
		f.source = errs.T(area.source.FA+"؛ "+what.FA, area.source.EN+"; "+what.EN)
		return f
	}
	head := of(&v.mandatory, "", "village", errs.T("روستاهای دست‌کم ۲۰ خانواری؛ کامل: ۹۵٪ بافت پوشیده و بی خطای باز", "villages of 20 households or more; complete: 95 % of the fabric covered and no open error"))
	if !head.known() {
		head.reason = errs.T("روستایی با دست‌کم ۲۰ خانوار در این واحد منتشر نشده است.", "No village of 20 households or more has been published in this unit.")
	}
	area.measure, area.unit = "area", "m2"
	return []figure{
		head, area,
		of(&v.households, "households", "household", errs.T("خانوارهای روستاها", "households of villages")),
		of(&v.small, "small-villages", "village", errs.T("روستاهای کمتر از ۲۰ خانوار", "villages of fewer than 20 households")),
	}
}
