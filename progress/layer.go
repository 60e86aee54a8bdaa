package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// dueLayers are the layers that each municipality must deliver, by agency_id and theme, each with the state that it is in. What an agency has in hand counts from the
// day it came in until it is sent back; a dataset that was withdrawn has no features any more and counts as nothing. What is published is fresh as long as
// the theme's update cycle says, from the last publication that changed anything: delivering the same file again makes no version.
const dueLayers = `
		due as (
			select a.id as agency_id, t.code as theme, v.id is not null as published,
			  v.id is not null and (t.update_cycle is null or v.published_at + (t.update_cycle ->> 'duration')::interval > now()) as fresh,
			  v.id is not null or coalesce(s.validated, false) as validated,
			  v.id is not null or s.validated is not null as delivered
			from access.agency a
			cross join layers.theme t
			left join lateral (
				select max(v.id) as id, max(v.published_at) as published_at
				from layers.dataset d
				join layers.version v on v.dataset_id = d.id
				where d.theme = t.code
				  and d.agency_id = a.id
				  and v.features > 0
				  and not exists (select from layers.version later where later.dataset_id = d.id and later.seq > v.seq)
			) v on true
			left join lateral (
				select bool_or(s.state in ('validated', 'submitted', 'reviewed', 'approved')) as validated
				from layers.submission s
				where s.theme = t.code
				  and s.agency_id = a.id
				  and s.state in ('received', 'inspected', 'confirmed', 'validated', 'submitted', 'reviewed', 'approved')
			) s on true
			where a.kind = 'municipality'
			  and t.required_of = 'municipality'
		)`

const layerStages = `count(*) filter (where delivered)::float8, count(*) filter (where validated)::float8, count(*) filter (where published)::float8,
		  count(*) filter (where fresh)::float8`

// layerCount counts, of the layers that every municipality of a unit must deliver, those in each state.
func layerCount(ctx context.Context, tx pgx.Tx, unit string) (figure, error) {
	var f figure
	err := tx.QueryRow(ctx, `
		with recursive inside as (
			select code
			from layers.admin_unit
			where code = $1
			union
			select u.code
			from layers.admin_unit u
			join inside i on u.parent_code = i.code
		), `+dueLayers+`
		select nullif(count(*), 0)::float8, `+layerStages+`
		from due
		where exists (
			select
			from access.agency_territory at
			join inside i on i.code = at.admin_code
			where at.agency_id = due.agency_id
		)`, unit).Scan(&f.denominator, &f.delivered, &f.validated, &f.published, &f.fresh)
	if err != nil {
		return f, fmt.Errorf("counting the municipal layers of %q: %w", unit, err)
	}
	return f, nil
}

// agencyLayers keeps the same count for each municipality that has a territory.
func agencyLayers(ctx context.Context, pool database, end int64) error {
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `delete from progress.agency_figure where obligation = $1`, municipalLayers); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			with `+dueLayers+`
			insert into progress.agency_figure (obligation, agency_id, unit, denominator, delivered, validated, published, fresh, change_id)
			select $1, agency_id, 'layer', count(*)::float8, `+layerStages+`, $2
			from due
			where exists (select from access.agency_territory at where at.agency_id = due.agency_id)
			group by agency_id`, municipalLayers, end)
		return err
	})
	if err != nil {
		return fmt.Errorf("counting the municipal layers by agency: %w", err)
	}
	return nil
}
