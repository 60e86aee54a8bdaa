package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Obligations that are counted in things nsdi itself keeps a register of.
const (
	infrastructure = "A23"
	handingOver    = "A23-N2"
)

// dueThemes is the SQL of what each agency has to hand over: the themes that it is registered for. What municipalities owe is told by Article 26.
func dueThemes() string {
	return due(`join progress.seen_agency_theme g on g.agency_id = a.id
			join progress.seen_theme t on t.code = g.theme`, `a.kind not in ('municipality', 'contractor', 'consumer')`)
}

// countDuties keeps how many of the themes that agencies are registered for are handed over and current: of the country by all agencies, of a unit by those whose territory
// lies in it, and by agency.
func countDuties(ctx context.Context, tx pgx.Tx, t *tree, l *ledger) error {
	rows, err := tx.Query(ctx, `
		with `+dueThemes()+`
		select array(select at.admin_code from progress.seen_territory at where at.agency_id = n.agency_id order by 1), n.whole, n.delivered, n.validated, n.published, n.fresh
		from (select agency_id, `+layerStages+` from due group by agency_id) n (agency_id, whole, delivered, validated, published, fresh)
		order by n.agency_id`)
	if err != nil {
		return fmt.Errorf("counting duties: %w", err)
	}
	sums := map[string]*sum{}
	var territories []string
	var s sum
	_, err = pgx.ForEachRow(rows, []any{&territories, &s.whole, &s.stages[0], &s.stages[1], &s.stages[2], &s.stages[3]}, func() error {
		units := map[string]bool{country: true}
		for _, code := range territories {
			for _, c := range t.above(code) {
				units[c] = true
			}
		}
		for c := range units {
			if sums[c] == nil {
				sums[c] = &sum{}
			}
			sums[c].add(&s)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting duties: %w", err)
	}
	register := errs.T("دستگاه‌های ثبت‌شده ضربدر موضوع‌هایی که بر عهده هر یک است", "Registered agencies times the themes that each answers for")
	if err := l.register(ctx, t, sums, "duty", "agency-themes", register); err != nil {
		return err
	}
	return keepAgencies(ctx, tx, handingOver, "duty", dueThemes(), l.end)
}

// themesHandedOver is the SQL of all themes of the catalogue, each with the furthest state in which anybody's data of it is.
func themesHandedOver() string {
	return due(`cross join progress.seen_theme t`, `exists (select from layers.dataset d where d.theme = t.code and d.agency_id = a.id)
			or exists (select from progress.seen_submission s where s.theme = t.code and s.agency_id = a.id)`) + `, themes as (
			select t.code as theme, coalesce(bool_or(delivered), false) as delivered, coalesce(bool_or(validated), false) as validated, coalesce(bool_or(published), false) as published,
			  coalesce(bool_or(fresh), false) as fresh
			from progress.seen_theme t
			left join due on due.theme = t.code
			group by t.code
		)`
}

// countThemes keeps how many themes of the catalogue the infrastructure has data of.
func countThemes(ctx context.Context, tx pgx.Tx, t *tree, l *ledger) error {
	s := &sum{}
	err := tx.QueryRow(ctx, `with `+themesHandedOver()+` select `+layerStages+` from themes`).Scan(&s.whole, &s.stages[0], &s.stages[1], &s.stages[2], &s.stages[3])
	if err != nil {
		return fmt.Errorf("counting themes: %w", err)
	}
	return l.register(ctx, t, map[string]*sum{country: s}, "theme", "theme-catalogue", errs.T("موضوع‌های فهرست ملی", "Themes of the national catalogue"))
}

// register keeps figures whose 100 per cent is what a register of nsdi has, which is provisional until the committee decides on a number for the unit.
func (l *ledger) register(ctx context.Context, t *tree, sums map[string]*sum, unit, name string, register errs.Text) error {
	decided, err := count{obligation: l.code}.read(ctx, l.tx)
	if err != nil {
		return err
	}
	for _, code := range t.order {
		f := figure{}
		if s := sums[code]; s != nil {
			f = s.figure()
			f.source, f.sources = register, []source{{Theme: name}}
			if d, is := decided[code]; is {
				f.denominator, f.source, f.approvedBy, f.sources = &d.amount, d.source, *d.approved, []source{{Denominator: d.source.EN}}
			}
		}
		f.unit = unit
		if err := l.put(t.units[code].reportedUnit, f); err != nil {
			return err
		}
	}
	return nil
}
