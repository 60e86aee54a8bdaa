package progress

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Plan is one target of an obligation in a unit and in all units below it that have none of their own.
type Plan struct {
	Kind       string            `json:"kind" enum:"legal,revised" doc:"The legal plan never changes; a revised one stands beside it"`
	Obligation string            `json:"obligation"`
	Unit       string            `json:"unit" doc:"Administrative unit that it was decided for"`
	Version    int               `json:"version" doc:"0: the law"`
	Decision   string            `json:"decision" doc:"Number of the decision"`
	DecidedOn  string            `json:"decided_on" format:"date"`
	Jalali     string            `json:"decided_on_jalali"`
	Body       Text              `json:"body" doc:"Who decided"`
	Milestones []PlannedByTheDay `json:"milestones"`

	curve Curve
}

// PlannedByTheDay is a milestone as it is told.
type PlannedByTheDay struct {
	Due     string  `json:"due" format:"date"`
	Jalali  string  `json:"due_jalali,omitempty" readOnly:"true"`
	Percent float64 `json:"percent" minimum:"0" maximum:"100" doc:"Of the whole, not of the step"`
}

// resolution is where the legal plan stands.
func resolution() Plan {
	day := deadline(0)
	return Plan{
		Kind: "legal", Unit: country, Decision: "1392-12-20", DecidedOn: day.Format(time.DateOnly), Jalali: jalali(day),
		Body: text(errs.T("شورای عالی فناوری اطلاعات", "Supreme Council of Information Technology")),
	}
}

func (p *Plan) setCurve(c Curve) {
	p.curve, p.Milestones = c, []PlannedByTheDay{}
	for _, m := range c {
		p.Milestones = append(p.Milestones, PlannedByTheDay{m.Due.Format(time.DateOnly), jalali(m.Due), m.Percent})
	}
}

// plans are what is planned for one unit: the legal plan of each obligation, and the newest revised one of the unit or of the nearest above it.
type plans struct{ legal, revised map[string]*Plan }

// readPlans reads those of some units in two questions, however many they are.
func readPlans(ctx context.Context, tx pgx.Tx, units ...string) (map[string]plans, error) {
	legal := map[string]*Plan{}
	rows, err := tx.Query(ctx, `select code, deadline_years, planned_1393_h1, planned_1393_h2 from progress.obligation`)
	if err != nil {
		return nil, fmt.Errorf("reading the legal plan: %w", err)
	}
	var code string
	var years, first, second *int
	if _, err := pgx.ForEachRow(rows, []any{&code, &years, &first, &second}, func() error {
		if c := legalCurve(years, first, second); c != nil {
			p := resolution()
			p.Obligation = code
			p.setCurve(c)
			legal[code] = &p
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("reading the legal plan: %w", err)
	}
	all := map[string]plans{}
	for _, u := range units {
		all[u] = plans{legal, map[string]*Plan{}}
	}
	rows, err = tx.Query(ctx, `
		with recursive above as (
			select code as of_unit, code, parent_code, 0 as far
			from layers.admin_unit
			where code = any ($1)
			union all
			select a.of_unit, u.code, u.parent_code, a.far + 1
			from above a
			join layers.admin_unit u on u.code = a.parent_code
		)
		select distinct on (a.of_unit, p.obligation) `+planColumns+`, a.of_unit
		from progress.plan p
		join above a on a.code = p.admin_code
		order by a.of_unit, p.obligation, a.far, p.version desc`, units)
	if err != nil {
		return nil, fmt.Errorf("reading revised plans: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var unit string
		p, err := scanPlan(rows, &unit)
		if err != nil {
			return nil, fmt.Errorf("reading revised plans: %w", err)
		}
		all[unit].revised[p.Obligation] = &p
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading revised plans: %w", err)
	}
	return all, nil
}

const planColumns = `p.obligation, p.admin_code, p.version, p.decision, p.decided_on, p.body_fa, p.body_en, p.due, p.share`

func collectPlan(row pgx.CollectableRow) (Plan, error) { return scanPlan(row) }

// scanPlan reads the columns of a plan, and what comes after them.
func scanPlan(row interface{ Scan(dest ...any) error }, after ...any) (Plan, error) {
	p := Plan{Kind: "revised"}
	var decided time.Time
	var due []time.Time
	var share []float64
	if err := row.Scan(append([]any{&p.Obligation, &p.Unit, &p.Version, &p.Decision, &decided, &p.Body.FA, &p.Body.EN, &due, &share}, after...)...); err != nil {
		return p, err
	}
	p.DecidedOn, p.Jalali = decided.Format(time.DateOnly), jalali(decided)
	var c Curve
	for i := range due {
		c = append(c, Milestone{due[i], share[i]})
	}
	p.setCurve(c)
	return p, nil
}
