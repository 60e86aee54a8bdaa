package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// splitUnits cuts the outlines of all units into pieces, and forgets what they were before.
func splitUnits(ctx context.Context, pool database) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`delete from progress.moved`,
			`delete from progress.unit_outline`,
			`delete from progress.unit_part`,
			`insert into progress.unit_outline (admin_code, depth, geom) ` + presentOutlines(),
			`insert into progress.unit_part (admin_code, depth, geom) select admin_code, depth, st_subdivide(geom, 96) from progress.unit_outline`,
		} {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return fmt.Errorf("cutting the outlines of units: %w", err)
			}
		}
		return nil
	})
}

// presentOutlines is the SQL of those that there are now.
func presentOutlines() string {
	return `select code as admin_code, ` + depth("level") + `::smallint as depth, geom from layers.admin_unit where geom is not null`
}

// firstOutlines reports whether there are outlines where there were none, or the other way round: without any, all ground is the country's.
func firstOutlines(ctx context.Context, pool database) (first bool, err error) {
	err = pool.QueryRow(ctx, `
		select exists (select from progress.unit_outline) <> exists (select from layers.admin_unit where geom is not null)`).Scan(&first)
	if err != nil {
		return false, fmt.Errorf("looking for outlines: %w", err)
	}
	return first, nil
}

// moveUnits cuts the outlines anew that are others than the figures were calculated with, and remembers the ground that came to another unit by that until it is measured.
// A unit that is another level's is as if it were gone and come.
func moveUnits(ctx context.Context, tx pgx.Tx) error {
	for _, sql := range []string{
		`drop table if exists pg_temp.moving`, // of an earlier calculation in the same transaction
		`create temp table moving on commit drop as
		select coalesce(n.admin_code, o.admin_code) as admin_code, n.depth, n.geom, least(n.depth, o.depth) <= 1 as province,
		  case when n.depth = o.depth then st_symdifference(st_makevalid(o.geom), st_makevalid(n.geom)) else st_collect(o.geom, n.geom) end as ground
		from (` + presentOutlines() + `) n
		full join progress.unit_outline o on o.admin_code = n.admin_code
		where n.depth is distinct from o.depth
		   or not n.geom ~= o.geom
		   or st_asbinary(n.geom) <> st_asbinary(o.geom)`,
		`insert into progress.moved (province, geom)
		select province, st_subdivide((st_dump(ground)).geom, 96)
		from pg_temp.moving
		where not st_isempty(ground)`,
		`delete from progress.unit_part where admin_code in (select admin_code from pg_temp.moving)`,
		`delete from progress.unit_outline where admin_code in (select admin_code from pg_temp.moving)`,
		`insert into progress.unit_outline (admin_code, depth, geom) select admin_code, depth, geom from pg_temp.moving where geom is not null`,
		`insert into progress.unit_part (admin_code, depth, geom) select admin_code, depth, st_subdivide(geom, 96) from pg_temp.moving where geom is not null`,
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("cutting the outlines of units anew: %w", err)
		}
	}
	return nil
}

// planMoved has that ground measured, with what covers it and whose points lie on it, and every figure added up: units may have come below others.
func (w *work) planMoved(ctx context.Context, tx pgx.Tx) error {
	var province bool
	if err := tx.QueryRow(ctx, `select coalesce(max(id), 0), coalesce(bool_or(province), false) from progress.moved`).Scan(&w.moved, &province); err != nil {
		return fmt.Errorf("reading what moved: %w", err)
	}
	boxes, err := readBoxes(ctx, tx, `select geom from progress.moved`, 16)
	if err != nil {
		return err
	}
	for _, g := range grounds() {
		if g.theme == "" {
			if err := g.addCells(ctx, tx, boxes); err != nil {
				return err
			}
		}
		rows, err := tx.Query(ctx, `
			select c.id
			from progress.cell c
			where c.resolution = $1
			  and ($2 or exists (select from progress.moved m where m.geom && c.geom and st_intersects(m.geom, c.geom)))
			order by c.id`, g.resolution, g.sea && province)
		if err != nil {
			return fmt.Errorf("looking up cells that moved: %w", err)
		}
		cells, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return fmt.Errorf("looking up cells that moved: %w", err)
		}
		w.measure(g, cells)
	}
	for _, r := range rules() {
		w.obligations[r.obligation] = true
	}
	w.obligations[addresses] = true
	w.codes = true
	return nil
}

// settled forgets ground that is in the figures now.
func (w *work) settled(ctx context.Context, pool database) error {
	if w.moved == 0 {
		return nil
	}
	if _, err := pool.Exec(ctx, `delete from progress.moved where id <= $1`, w.moved); err != nil {
		return fmt.Errorf("forgetting what moved: %w", err)
	}
	return nil
}
