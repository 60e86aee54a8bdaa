package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// wroteCells remembers that what covers some cells was calculated, for tiles that draw it.
func wroteCells(ctx context.Context, tx pgx.Tx, obligation string, cells []int64) error {
	_, err := tx.Exec(ctx, `
		with now as (
			insert into progress.written as w (obligation, cells)
			values ($1, 1)
			on conflict (obligation) do update
			set cells = w.cells + 1
			returning cells
		)
		insert into progress.written_place (obligation, part, place, number, box)
		select $1, 'cell', to_hex(k.id), now.cells, st_envelope(k.geom)
		from now, progress.cell k
		where k.id = any ($2)
		on conflict (obligation, part, place) do update
		set number = excluded.number, box = excluded.box`, obligation, cells)
	if err != nil {
		return fmt.Errorf("remembering which cells of %s were measured: %w", obligation, err)
	}
	return nil
}

// wroteUnits remembers whose figures were written. A unit without an outline is drawn nowhere.
func wroteUnits(ctx context.Context, tx pgx.Tx, obligation string, units []string) error {
	_, err := tx.Exec(ctx, `
		with now as (
			insert into progress.written as w (obligation, units)
			values ($1, 1)
			on conflict (obligation) do update
			set units = w.units + 1
			returning units
		)
		insert into progress.written_place (obligation, part, place, number, box)
		select $1, 'unit', u.code, now.units, st_envelope(u.geom)
		from now, layers.admin_unit u
		where u.code = any ($2)
		  and u.geom is not null
		on conflict (obligation, part, place) do update
		set number = excluded.number, box = excluded.box`, obligation, units)
	if err != nil {
		return fmt.Errorf("remembering which figures of %s were written: %w", obligation, err)
	}
	return nil
}

// wroteEverywhere remembers that the grid is another one: cells that it had are nowhere to be found.
func wroteEverywhere(ctx context.Context, tx pgx.Tx) error {
	for _, sql := range []string{
		`delete from progress.written_place where part = 'cell'`,
		`with now as (
			insert into progress.written as w (obligation, cells)
			select code, 1
			from progress.obligation
			on conflict (obligation) do update
			set cells = w.cells + 1
			returning obligation, cells
		)
		insert into progress.written_place (obligation, part, place, number)
		select obligation, 'cell', '', cells
		from now`,
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("remembering that the grid is made anew: %w", err)
		}
	}
	return nil
}
