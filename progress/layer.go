package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// dueLayers is the SQL of the layers that each municipality must deliver, by agency_id and theme, each with the state that it is in. What an agency has in hand counts from the
// day it came in until it is sent back; a dataset that was withdrawn has no features any more and counts as nothing. What is published is fresh as long as
// the theme's update cycle says, from the last publication that changed anything: delivering the same file again makes no version.
func dueLayers() string {
	return due(`cross join progress.seen_theme t`, `a.kind = 'municipality' and t.required_of = 'municipality'`)
}

// inHand are the states of a submission from the day that it came in until it is published or sent back; in foundRight its rows are checked.
const (
	inHand     = `'received', 'inspected', 'confirmed', ` + foundRight
	foundRight = `'validated', 'submitted', 'reviewed', 'approved'`
)

// due is the SQL of what agencies a have to deliver of themes t, with the state of each.
func due(themes, which string) string {
	return `
		due as (
			select a.id as agency_id, t.code as theme, v.id is not null as published,
			  v.id is not null and (t.update_cycle is null or v.published_at + (t.update_cycle ->> 'duration')::interval > progress.moment()) as fresh,
			  v.id is not null or coalesce(s.validated, false) as validated,
			  v.id is not null or s.validated is not null as delivered
			from progress.seen_agency a
			` + themes + `
			left join lateral (
				select max(v.id) as id, max(v.published_at) as published_at
				from layers.dataset d
				join progress.seen_version v on v.dataset_id = d.id
				where d.theme = t.code
				  and d.agency_id = a.id
				  and v.features > 0
				  and not exists (select from progress.seen_version later where later.dataset_id = d.id and later.seq > v.seq)
			) v on true
			left join lateral (
				select bool_or(s.state in (` + foundRight + `)) as validated
				from progress.seen_submission s
				where s.theme = t.code
				  and s.agency_id = a.id
				  and s.state in (` + inHand + `)
			) s on true
			where ` + which + `
		)`
}

const layerStages = `count(*)::float8, count(*) filter (where delivered)::float8, count(*) filter (where validated)::float8, count(*) filter (where published)::float8,
		  count(*) filter (where fresh)::float8`

// countLayers counts, of the layers that every municipality must deliver, those in each state: by unit, where a municipality counts once however many of its territories
// are in it, and by agency.
func countLayers(ctx context.Context, tx pgx.Tx, t *tree, l *ledger) error {
	rows, err := tx.Query(ctx, `
		with `+dueLayers()+`
		select array_agg(distinct at.admin_code order by at.admin_code), max(n.whole), max(n.delivered), max(n.validated), max(n.published), max(n.fresh), `+populationOf("array_agg(at.admin_code)")+`
		from (select agency_id, `+layerStages+` from due group by agency_id) n (agency_id, whole, delivered, validated, published, fresh)
		join progress.seen_territory at on at.agency_id = n.agency_id
		group by n.agency_id`)
	if err != nil {
		return fmt.Errorf("counting the municipal layers: %w", err)
	}
	sums := map[string]*sum{}
	people := map[string]*weighted{}
	var territories []string
	var s sum
	var population float64
	_, err = pgx.ForEachRow(rows, []any{&territories, &s.whole, &s.stages[0], &s.stages[1], &s.stages[2], &s.stages[3], &population}, func() error {
		units := map[string]bool{}
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
			if people[c] == nil {
				people[c] = &weighted{}
			}
			people[c].add(&s, population)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting the municipal layers: %w", err)
	}
	for _, code := range t.order {
		f := figure{}
		if s := sums[code]; s != nil {
			f = s.figure()
			f.source = errs.T("شهرداری‌های ثبت‌شده ضربدر لایه‌های الزامی", "Registered municipalities times required layers")
		}
		if err := l.put(t.units[code].reportedUnit, f); err != nil {
			return err
		}
		if w := people[code]; w != nil {
			if err := l.put(t.units[code].reportedUnit, w.figure()); err != nil {
				return err
			}
		}
	}
	return keepAgencies(ctx, tx, municipalLayers, "layer", dueLayers(), l.end)
}

// byPopulation is the measure of the same by people.
const byPopulation = "population"

// populationOf is the SQL of how many people live in the urban boundaries of units; 0: nobody told.
func populationOf(units string) string {
	return `coalesce((
			select sum((f.attributes ->> 'population')::float8)
			from layers.feature f
			where f.theme = 'urban-boundary'
			  and f.attributes ->> 'admin_code' = any (` + units + `)
			  and f.attributes ->> 'population' ~ '^[0-9]{1,9}$'
		), 0)`
}

// weighted is the same by people: of those who live in municipalities whose population is known, how many have a layer, on the average of the layers that are due. A small town that
// delivers all then weighs less than a large one that delivers nothing.
type weighted struct {
	sum
	municipalities, known int
}

func (w *weighted) add(s *sum, population float64) {
	w.municipalities++
	if population == 0 || s.whole == 0 {
		return
	}
	w.known++
	w.whole += population
	for i, n := range s.stages {
		w.stages[i] += population * n / s.whole
	}
}

func (w *weighted) figure() figure {
	f := w.sum.figure()
	f.measure, f.unit = byPopulation, "person"
	f.source = errs.Tf("جمعیت محدوده‌های شهری (%d از %d شهرداری)", "Population of urban boundaries (%d of %d municipalities)", w.known, w.municipalities)
	return f
}

// keepAgencies keeps the same count for each agency; of municipalities for those that have a territory.
func keepAgencies(ctx context.Context, tx pgx.Tx, obligation, unit, due string, end int64) error {
	_, err := tx.Exec(ctx, `
		with `+due+`, now_due as (
			select agency_id, `+layerStages+`
			from due
			where $3 = 'duty'
			   or exists (select from progress.seen_territory at where at.agency_id = due.agency_id)
			group by agency_id
		), gone as (
			delete from progress.agency_figure f
			where obligation = $1
			  and not exists (select from now_due n where n.agency_id = f.agency_id)
		)
		insert into progress.agency_figure (obligation, agency_id, unit, denominator, delivered, validated, published, fresh, change_id)
		select $1, n.agency_id, $3, n.whole, n.delivered, n.validated, n.published, n.fresh, $2
		from now_due n (agency_id, whole, delivered, validated, published, fresh)
		on conflict (obligation, agency_id) do update
		set denominator = excluded.denominator, delivered = excluded.delivered, validated = excluded.validated, published = excluded.published, fresh = excluded.fresh,
		  change_id = excluded.change_id, calculated_at = now()
		where (agency_figure.denominator, agency_figure.delivered, agency_figure.validated, agency_figure.published, agency_figure.fresh)
		  is distinct from (excluded.denominator, excluded.delivered, excluded.validated, excluded.published, excluded.fresh)`, obligation, end, unit)
	if err != nil {
		return fmt.Errorf("counting %s by agency: %w", obligation, err)
	}
	return nil
}
