package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// dutyTheme states which themes a municipality must deliver, by the kind of unit that its territory is.
const dutyTheme = "required-theme"

// dueLayers is the SQL of the layers that each municipality must deliver, by agency_id and theme, each with the state that it is in. What an agency has in hand counts from the
// day it came in until it is sent back; a dataset that was withdrawn has no features any more and counts as nothing. What is published is fresh as long as
// the theme's update cycle says, from the last publication that changed anything: delivering the same file again makes no version.
func dueLayers() string {
	return due(`
			join lateral (
				select u.level
				from progress.seen_territory at
				join layers.admin_unit u on u.code = at.admin_code
				where at.agency_id = a.id
				order by `+depth("u.level")+`, u.code
				limit 1
			) at on true
			join (select distinct attributes ->> 'kind' as kind, attributes ->> 'theme' as theme from layers.feature where theme = '`+dutyTheme+`') r on r.kind = at.level
			join progress.seen_theme t on t.code = r.theme`, `a.kind = 'municipality'`)
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

// countLayers counts, of the layers that municipalities must deliver, those in each state: by unit, where a municipality counts once however many of its territories
// are in it, and by agency. Of a municipality of a kind of which nothing is stated it is not known.
func countLayers(ctx context.Context, tx pgx.Tx, t *tree, l *ledger) error {
	rows, err := tx.Query(ctx, `
		with `+dueLayers()+`
		select array_agg(distinct at.admin_code order by at.admin_code), coalesce(max(n.whole), 0), coalesce(max(n.delivered), 0), coalesce(max(n.validated), 0),
		  coalesce(max(n.published), 0), coalesce(max(n.fresh), 0), `+populationOf("array_agg(at.admin_code)")+`
		from progress.seen_agency a
		join progress.seen_territory at on at.agency_id = a.id
		left join (select agency_id, `+layerStages+` from due group by agency_id) n (agency_id, whole, delivered, validated, published, fresh) on n.agency_id = a.id
		where a.kind = 'municipality'
		group by a.id`)
	if err != nil {
		return fmt.Errorf("counting the municipal layers: %w", err)
	}
	all := map[string]*owing{}
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
			if all[c] == nil {
				all[c] = &owing{}
			}
			all[c].add(&s, population)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting the municipal layers: %w", err)
	}
	layers, err := denominatorLayers(ctx, tx, dutyTheme)
	if err != nil {
		return err
	}
	for _, code := range t.order {
		for _, f := range all[code].figures() {
			if f.known() {
				f.by(layers)
			}
			if err := l.put(t.units[code].reportedUnit, f); err != nil {
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

// owing is what the municipalities of a unit owe, and the same by people: of those who live in municipalities whose population is known, how many have a layer, on the average of
// the layers that are due. A small town that delivers all then weighs less than a large one that delivers nothing.
type owing struct {
	layers, people                sum
	municipalities, stated, known int
}

func (o *owing) add(s *sum, population float64) {
	o.municipalities++
	if s.whole == 0 {
		return
	}
	o.stated++
	o.layers.add(s)
	if population == 0 {
		return
	}
	o.known++
	o.people.whole += population
	for i, n := range s.stages {
		o.people.stages[i] += population * n / s.whole
	}
}

func (o *owing) figures() []figure {
	if o == nil {
		return []figure{{}}
	}
	if o.stated == 0 {
		return []figure{{reason: errs.T("اعلام نشده است که شهرداری‌های این واحد چه موضوع‌هایی باید تحویل دهند.", "It is not stated which themes the municipalities of this unit must deliver.")}}
	}
	head, people := o.layers.figure(), o.people.figure()
	head.source = errs.T("شهرداری‌های ثبت‌شده ضربدر موضوع‌های لازم هر نوع", "Registered municipalities times the themes required of each kind")
	if o.stated < o.municipalities {
		part := errs.Tf(" (%d از %d شهرداری)", " (%d of %d municipalities)", o.stated, o.municipalities)
		head.source.FA += part.FA
		head.source.EN += part.EN
	}
	people.measure, people.unit = byPopulation, "person"
	people.source = errs.Tf("جمعیت محدوده‌های شهری (%d از %d شهرداری)", "Population of urban boundaries (%d of %d municipalities)", o.known, o.municipalities)
	return []figure{head, people}
}

// keepAgencies keeps the same count for each agency.
func keepAgencies(ctx context.Context, tx pgx.Tx, obligation, unit, due string, end int64) error {
	_, err := tx.Exec(ctx, `
		with `+due+`, now_due as (
			select agency_id, `+layerStages+`
			from due
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
