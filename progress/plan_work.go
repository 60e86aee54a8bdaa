package progress

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
)

// plan works out what the changes after one and up to another lead to: which cells have other ground, and whose coverage may be another. Not incremental is from nothing:
// everything, whatever has been calculated before.
//
// Making cells and remembering what is under way is done here, because what is planned depends on it; doing it twice does no harm.
func plan(ctx context.Context, pool database, after, end int64, incremental bool) (*work, error) {
	w := &work{after: after, end: end, ground: map[string][]int64{}, cells: map[string]map[int64]bool{}, obligations: map[string]bool{}, everything: !incremental}
	if incremental {
		var err error
		if w.everything, err = firstOutlines(ctx, pool); err != nil {
			return nil, err
		}
	}
	if w.everything {
		if err := splitUnits(ctx, pool); err != nil {
			return nil, err
		}
	}
	err := inTransaction(ctx, pool, func(tx pgx.Tx) error {
		if w.everything {
			return w.planAll(ctx, tx)
		}
		return w.planChanges(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	return w, inTransaction(ctx, pool, func(tx pgx.Tx) error { return w.planTime(ctx, tx) })
}

// planAll makes the whole grid anew.
func (w *work) planAll(ctx context.Context, tx pgx.Tx) error {
	for _, table := range []string{"cell", "lot", "village", "sheet"} {
		if _, err := tx.Exec(ctx, `delete from progress.`+table); err != nil {
			return fmt.Errorf("emptying the grid: %w", err)
		}
	}
	if err := wroteEverywhere(ctx, tx); err != nil {
		return err
	}
	for _, g := range grounds() {
		from := `select st_extent(geom) from progress.unit_part group by admin_code`
		if g.theme != "" {
			from = `select geom from layers.feature where theme = '` + g.theme + `'`
		}
		if err := w.moveGround(ctx, tx, g, from, 16); err != nil {
			return err
		}
	}
	w.codes, w.obligations[addresses] = true, true
	return nil
}

// planChanges follows the change log.
func (w *work) planChanges(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `select distinct theme from layers.change_span where last > $1 and first <= $2`, w.after, w.end)
	if err != nil {
		return fmt.Errorf("reading the change log: %w", err)
	}
	themes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("reading the change log: %w", err)
	}
	if slices.Contains(themes, "admin-unit") || slices.Contains(themes, "admin-division") {
		if err := moveUnits(ctx, tx); err != nil {
			return err
		}
		if err := w.planMoved(ctx, tx); err != nil {
			return err
		}
	}
	for _, theme := range themes {
		for _, o := range measuredBy(theme) { // also where no ground is
			w.obligations[o] = true
		}
		if theme == "gnaf-address" {
			w.codes, w.obligations[addresses] = true, true
		}
		changed := fmt.Sprintf(`select box from layers.change where id > %d and id <= %d and theme = '%s'`, w.after, w.end, theme)
		for _, g := range grounds() {
			if theme == g.theme || theme == g.outside {
				if err := w.moveGround(ctx, tx, g, changed, 64); err != nil {
					return err
				}
			}
		}
		for _, r := range rules() {
			if theme != r.theme && (theme != sheetTheme || !r.sheets) {
				continue
			}
			from := changed
			if r.store == "cadastre.parcel" {
				// What contradicts a changed parcel, or does no longer, counts elsewhere too.
				from += fmt.Sprintf(`
				union all
				select st_envelope(p.geom)
				from layers.change c
				join cadastre.parcel p on p.geom_3857 && st_transform(c.box, 3857)
				where c.id > %d
				  and c.id <= %d
				  and c.theme = '%s'`, w.after, w.end, theme)
			}
			boxes, err := readBoxes(ctx, tx, from, 256)
			if err != nil {
				return err
			}
			cells, err := w.coverBoxes(ctx, tx, r, boxes)
			if err != nil {
				return err
			}
			if r.lots() {
				w.coverLots(cells...)
			}
		}
		if theme == "building" || theme == "gnaf-address" { // what parcels are looked at for
			boxes, err := readBoxes(ctx, tx, changed, 256)
			if err != nil {
				return err
			}
			if err := w.planLots(ctx, tx, boxes); err != nil {
				return err
			}
		}
	}
	return nil
}

// moveGround makes the cells that ground has come to, and has those measured that it changed in: the geometries, on a grid of so many lines a degree.
func (w *work) moveGround(ctx context.Context, tx pgx.Tx, g ground, changed string, lines int) error {
	boxes, err := readBoxes(ctx, tx, changed, lines)
	if err != nil {
		return err
	}
	if err := g.addCells(ctx, tx, boxes); err != nil {
		return err
	}
	cells, err := g.cellsIn(ctx, tx, boxes)
	if err != nil {
		return err
	}
	w.measure(g, cells)
	return nil
}

// planTime adds what no publication tells of: deliveries that moved on, and datasets that grew old.
func (w *work) planTime(ctx context.Context, tx pgx.Tx) error {
	var err error
	if w.waiting, err = readWaiting(ctx, tx); err != nil {
		return err
	}
	if err := w.planWaiting(ctx, tx); err != nil {
		return err
	}
	if err := w.planFreshness(ctx, tx); err != nil {
		return err
	}
	if err := w.planYear(ctx, tx); err != nil {
		return err
	}
	return w.remember(ctx, tx)
}

// remember keeps which cells are to be covered until they are, and takes those up that were left.
func (w *work) remember(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `select obligation, cell from progress.dirty`)
	if err != nil {
		return fmt.Errorf("reading cells that are left: %w", err)
	}
	var obligation string
	var cell int64
	if _, err := pgx.ForEachRow(rows, []any{&obligation, &cell}, func() error { w.cover(obligation, cell); return nil }); err != nil {
		return fmt.Errorf("reading cells that are left: %w", err)
	}
	for obligation := range w.cells {
		if err := w.keep(ctx, tx, obligation); err != nil {
			return err
		}
	}
	return nil
}

// keep remembers the cells of one obligation.
func (w *work) keep(ctx context.Context, tx pgx.Tx, obligation string) error {
	if _, err := tx.Exec(ctx, `
		insert into progress.dirty (obligation, cell)
		select $1, unnest($2::bigint[])
		on conflict do nothing`, obligation, slices.Collect(maps.Keys(w.cells[obligation]))); err != nil {
		return fmt.Errorf("remembering cells: %w", err)
	}
	return nil
}

// coverBoxes has the coverage calculated of the cells of an obligation's ground that boxes lie in, and answers them.
func (w *work) coverBoxes(ctx context.Context, tx pgx.Tx, r rule, boxes []box) ([]int64, error) {
	cells, err := groundOf(r.kind).cellsIn(ctx, tx, boxes)
	if err != nil {
		return nil, err
	}
	w.cover(r.obligation, cells...)
	return cells, nil
}

// readBoxes answers the boxes of geometries on a grid of so many lines a degree: a million changed features are a few hundred boxes.
func readBoxes(ctx context.Context, tx pgx.Tx, from string, lines int) ([]box, error) {
	rows, err := tx.Query(ctx, `
		select distinct floor(st_xmin(b) * $1) / $1, floor(st_ymin(b) * $1) / $1, ceil(st_xmax(b) * $1) / $1, ceil(st_ymax(b) * $1) / $1
		from (`+from+`) f (b)
		where b is not null
		order by 1, 2, 3, 4`, float64(lines))
	if err != nil {
		return nil, fmt.Errorf("reading boxes: %w", err)
	}
	boxes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (box, error) {
		var b box
		return b, row.Scan(&b.west, &b.south, &b.east, &b.north)
	})
	if err != nil {
		return nil, fmt.Errorf("reading boxes: %w", err)
	}
	return boxes, nil
}
