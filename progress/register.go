package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// register is what a calculation goes by that is no feature: a kind, and the SQL of its rows as JSON. All are kept with each snapshot.
type register struct{ kind, rows string }

func registers() []register {
	return []register{
		{"agency", `select jsonb_build_object('id', id, 'kind', kind) from access.agency order by id`},
		{"territory", `select jsonb_build_object('agency_id', agency_id, 'admin_code', admin_code) from access.agency_territory order by agency_id, admin_code`},
		{"agency-theme", `select jsonb_build_object('agency_id', agency_id, 'theme', theme) from access.agency_theme order by agency_id, theme`},
		{"theme", `select jsonb_build_object('code', code, 'store', store, 'update_cycle', update_cycle) from layers.theme order by code`},
		{"unit", `select jsonb_strip_nulls(jsonb_build_object('code', code, 'level', level, 'parent', parent_code, 'feature', feature_id)) from layers.admin_unit order by code`},
		// Of these two the record itself stays, and is looked up again.
		{"submission", `
			select jsonb_strip_nulls(jsonb_build_object('id', id, 'agency_id', agency_id, 'theme', theme, 'mode', mode, 'state', state, 'tracking', tracking,
			  'seq', (select max(e.seq) from access.tracking_event e where e.tracking = s.tracking)))
			from layers.submission s
			where state in (` + inHand + `)
			order by id`},
		{"service", `select jsonb_build_object('service', service, 'inquiry', seen) from progress.inquiry_service where service <> '' order by service`},
		// How many findings there had been, and of those how many were closed again: their numbers are in the order of what happened.
		{"finding", `
			select jsonb_build_object('opened', greatest((select max(id) from cadastre.open_finding), (select max(id) from cadastre.closed_finding), 0),
			  'closed', coalesce((select max(n) from cadastre.closed_finding), 0))`},
	}
}

// keepRegisters keeps them as they are, and answers where.
func keepRegisters(ctx context.Context, tx pgx.Tx) (ids []int, err error) {
	for _, r := range registers() {
		var id int
		if _, err := tx.Exec(ctx, `
			insert into progress.register (kind, content, hash)
			select $1, content, progress.register_hash($1, content)
			from (select coalesce(jsonb_agg(r), '[]') as content from (`+r.rows+`) r (r)) c
			on conflict (hash) do nothing`, r.kind); err != nil {
			return nil, fmt.Errorf("keeping the register %s: %w", r.kind, err)
		}
		if err := tx.QueryRow(ctx, `
			select id
			from progress.register
			where hash = (select progress.register_hash($1, coalesce(jsonb_agg(r), '[]')) from (`+r.rows+`) r (r))`, r.kind).Scan(&id); err != nil {
			return nil, fmt.Errorf("keeping the register %s: %w", r.kind, err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}
