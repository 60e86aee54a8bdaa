package progress

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
)

// Outlines are the units right below a unit, as far as a map of their figures needs them.
type Outlines struct {
	Unit  Unit      `json:"unit"`
	Above []Unit    `json:"above" doc:"The units that it lies in, from the country down"`
	Units []Outline `json:"units" doc:"Those right below it; the unit itself where none of them has an outline"`
}

// Outline is a unit with its simplified place.
type Outline struct {
	Unit
	Geometry json.RawMessage `json:"geometry" doc:"GeoJSON, simplified as far as a map of them all does not show it"`
}

// Outlines answers what a map of the figures of a unit is drawn from.
func (s *Service) Outlines(ctx context.Context, code string) (*Outlines, error) {
	out := &Outlines{Above: []Unit{}, Units: []Outline{}}
	err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		u, err := readUnit(ctx, tx, code)
		if err != nil {
			return err
		}
		out.Unit = u.Unit
		rows, err := tx.Query(ctx, `
			with recursive above as (
				select u.code, u.level, u.name_fa, u.name_en, u.parent_code, 0 as depth
				from layers.admin_unit u
				where u.code = $1
				union all
				select u.code, u.level, u.name_fa, u.name_en, u.parent_code, a.depth + 1
				from above a
				join layers.admin_unit u on u.code = a.parent_code
			)
			select code, level, name_fa, name_en
			from above
			where depth > 0
			order by depth desc`, code)
		if err != nil {
			return err
		}
		if out.Above, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Unit]); err != nil {
			return err
		}
		if out.Units, err = outlines(ctx, tx, `u.parent_code = $1`, code); err != nil || len(out.Units) > 0 {
			return err
		}
		out.Units, err = outlines(ctx, tx, `u.code = $1`, code)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("outlines below %q: %w", code, err)
	}
	return out, nil
}

// outlines draws all units as coarsely as they are seen together.
func outlines(ctx context.Context, tx pgx.Tx, which, code string) ([]Outline, error) {
	rows, err := tx.Query(ctx, `
		with shown as (
			select u.code, u.level, u.name_fa, u.name_en, u.geom
			from layers.admin_unit u
			where `+which+`
			  and u.geom is not null
		), size as (
			select greatest(max(st_xmax(geom)) - min(st_xmin(geom)), max(st_ymax(geom)) - min(st_ymin(geom))) / 2000 as grain
			from shown
		)
		select u.code, u.level, u.name_fa, u.name_en, st_asgeojson(st_simplifypreservetopology(u.geom, size.grain), 6)::json
		from shown u
		cross join size
		order by u.code`, code)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Outline, error) {
		var o Outline
		return o, row.Scan(&o.Code, &o.Level, &o.NameFA, &o.NameEN, &o.Geometry)
	})
}
