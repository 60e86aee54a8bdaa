package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// readWaiting lists the deliveries whose rows are checked and not published. What the pipeline is still reading has no place yet.
func readWaiting(ctx context.Context, tx pgx.Tx) ([]underWay, error) {
	rows, err := tx.Query(ctx, `
		select s.id, s.theme, coalesce(s.staged_rows, 0)
		from layers.submission s
		where s.state in (`+foundRight+`)
		  and progress.looking_back() is null -- the rows of what was under way then are gone
		  and s.mode <> 'delete'
		  and to_regclass('staging.s' || s.id) is not null
		order by s.id`)
	if err != nil {
		return nil, fmt.Errorf("listing deliveries under way: %w", err)
	}
	waiting, err := pgx.CollectRows(rows, pgx.RowToStructByPos[underWay])
	if err != nil {
		return nil, fmt.Errorf("listing deliveries under way: %w", err)
	}
	return waiting, nil
}

// planWaiting has the cells calculated again of deliveries that have come or gone since the last time.
func (w *work) planWaiting(ctx context.Context, tx pgx.Tx) error {
	known := map[int64]int64{}
	gone := map[int64]underWay{}
	cellsOf := map[int64][]int64{}
	rows, err := tx.Query(ctx, `select submission_id, theme, rows, cells from progress.pending`)
	if err != nil {
		return fmt.Errorf("reading deliveries under way: %w", err)
	}
	var p underWay
	var cells []int64
	_, err = pgx.ForEachRow(rows, []any{&p.ID, &p.Theme, &p.Rows, &cells}, func() error {
		known[p.ID], gone[p.ID], cellsOf[p.ID] = p.Rows, p, cells
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading deliveries under way: %w", err)
	}
	for _, one := range w.waiting {
		delete(gone, one.ID)
		if n, told := known[one.ID]; told && n == one.Rows && !w.everything {
			continue
		}
		now, err := w.touch(ctx, tx, one, cellsOf[one.ID])
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into progress.pending (submission_id, theme, rows, cells)
			values ($1, $2, $3, $4)
			on conflict (submission_id) do update
			set rows = excluded.rows, cells = excluded.cells`, one.ID, one.Theme, one.Rows, now)
		if err != nil {
			return fmt.Errorf("remembering deliveries under way: %w", err)
		}
	}
	for id, one := range gone {
		w.touchCells(one.Theme, cellsOf[id]...)
		if _, err := tx.Exec(ctx, `delete from progress.pending where submission_id = $1`, id); err != nil {
			return fmt.Errorf("remembering deliveries under way: %w", err)
		}
	}
	return nil
}

// touch has the cells of a delivery calculated, and those where it was before; it answers where it is now.
func (w *work) touch(ctx context.Context, tx pgx.Tx, one underWay, before []int64) ([]int64, error) {
	now := []int64{}
	for _, r := range rules() {
		if r.theme != one.Theme {
			continue
		}
		boxes, err := readBoxes(ctx, tx, fmt.Sprintf(`select geom from staging.s%d`, one.ID), 256)
		if err != nil {
			return nil, err
		}
		cells, err := w.coverBoxes(ctx, tx, r, boxes)
		if err != nil {
			return nil, err
		}
		now = append(now, cells...)
	}
	w.touchCells(one.Theme, before...)
	w.touchCells(one.Theme)
	return now, nil
}

// touchCells has the coverage of cells calculated by each obligation that a theme counts for. A cell of another obligation's ground is none of its own.
func (w *work) touchCells(theme string, cells ...int64) {
	for _, r := range rules() {
		if r.theme == theme {
			w.cover(r.obligation, cells...)
		}
	}
	if theme == "gnaf-address" {
		w.obligations[addresses] = true
	}
}

// planFreshness has what a dataset covers calculated again when it has grown old, or young again.
func (w *work) planFreshness(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `
		with now_fresh as (
			select d.id, d.theme, bool_or(t.update_cycle is null or v.published_at + (t.update_cycle ->> 'duration')::interval > progress.moment()) as fresh
			from layers.dataset d
			join progress.seen_theme t on t.code = d.theme
			join progress.seen_version v on v.dataset_id = d.id
			where t.store in ('cadastre.parcel', 'gnaf.address')
			group by d.id, d.theme
		), kept as (
			insert into progress.freshness (dataset_id, fresh)
			select id, fresh
			from now_fresh
			on conflict (dataset_id) do update
			set fresh = excluded.fresh
			where freshness.fresh <> excluded.fresh
			returning dataset_id
		)
		select n.id, n.theme
		from now_fresh n
		join kept k on k.dataset_id = n.id
		order by n.id`)
	if err != nil {
		return fmt.Errorf("looking for datasets that grew old: %w", err)
	}
	type aged struct {
		ID    int64
		Theme string
	}
	changed, err := pgx.CollectRows(rows, pgx.RowToStructByPos[aged])
	if err != nil {
		return fmt.Errorf("looking for datasets that grew old: %w", err)
	}
	for _, d := range changed {
		if d.Theme == "gnaf-address" {
			w.obligations[addresses] = true
		}
		for _, r := range rules() {
			if r.theme != d.Theme || w.everything {
				continue
			}
			boxes, err := readBoxes(ctx, tx, fmt.Sprintf(`select geom from %s where dataset_id = %d`, r.store, d.ID), 64)
			if err != nil {
				return err
			}
			if _, err := w.coverBoxes(ctx, tx, r, boxes); err != nil {
				return err
			}
		}
	}
	return nil
}

// planYear has the base maps looked at again when a year has ended: some are too old from then on.
func (w *work) planYear(ctx context.Context, tx pgx.Tx) error {
	changed, err := tx.Exec(ctx, `
		insert into progress.sheet_year (year)
		select extract(year from progress.moment())
		on conflict ((true)) do update
		set year = excluded.year
		where sheet_year.year <> excluded.year`)
	if err != nil {
		return fmt.Errorf("looking for base maps that grew old: %w", err)
	}
	if changed.RowsAffected() == 0 || w.everything {
		return nil
	}
	for _, r := range rules() {
		if len(r.parts) == 0 { // no base maps
			continue
		}
		rows, err := tx.Query(ctx, `select distinct cell from progress.coverage where obligation = $1 and published > 0`, r.obligation)
		if err != nil {
			return fmt.Errorf("looking for base maps that grew old: %w", err)
		}
		cells, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return fmt.Errorf("looking for base maps that grew old: %w", err)
		}
		w.cover(r.obligation, cells...)
	}
	return nil
}
