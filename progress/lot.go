package progress

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// plateKey is the SQL of what one registration plate is known by. Sections are numbered within a registry unit; where that is not stated, within the place.
const plateKey = `hashtextextended(concat_ws('|', coalesce(p.registry_unit, t.admin_code), p.section_key, p.main_plate, coalesce(p.sub_plate, 0)), 0)`

// lots reports whether the parcels of a rule are such as people build on and live at.
func (r rule) lots() bool { return r.theme == "cadastre-urban" || r.theme == "cadastre-rural" }

func lotRules() []rule {
	return slices.DeleteFunc(rules(), func(r rule) bool { return !r.lots() })
}

// lots finds out anew which parcels lie in cells, with their plates, buildings and addresses.
func lots(ctx context.Context, tx pgx.Tx, cells []int64) error {
	wrap := func(err error) error { return fmt.Errorf("looking at parcels: %w", err) }
	var keys []int64
	if err := tx.QueryRow(ctx, `
		with gone as (
			delete from progress.lot where cell = any ($1) returning plate
		)
		select array_agg(distinct plate) from gone where plate is not null`, cells).Scan(&keys); err != nil {
		return wrap(err)
	}
	for _, r := range lotRules() {
		plate := `null::bigint`
		if r.plates {
			plate = `case when p.main_plate > 0 and p.section_key <> '' and ` + r.gate + ` then ` + plateKey + ` end`
		}
		var came []int64
		if err := tx.QueryRow(ctx, `
			with came as (
				insert into progress.lot (feature_id, cell, admin_code, dataset_id, plate, counts, built, addressed)
				select id, cell, admin_code, dataset_id, plate, plate is not null, built, built and exists (
					select
					from gnaf.address a
					join progress.counted_code n on n.feature_id = a.id
					where a.geom_3857 && l.geom_3857
					  and st_intersects(l.geom, a.geom)
				)
				from (
					select p.id, t.cell, t.admin_code, p.dataset_id, p.geom, p.geom_3857, `+plate+` as plate, exists (
						select
						from layers.feature b
						where b.theme = 'building'
						  and b.geom_3857 && p.geom_3857
						  and st_intersects(p.geom, st_pointonsurface(b.geom))
					) as built
					from progress.territory t
					cross join lateral (
						select *, st_pointonsurface(p.geom) as middle
						from cadastre.parcel p
						where p.theme = '`+r.theme+`'
						  and p.geom_3857 && st_transform(t.geom, 3857)
						offset 0
					) p
					where t.kind = '`+r.kind+`'
					  and t.cell = any ($1)
					  and st_intersects(t.geom, p.middle)
					offset 0
				) l
				on conflict do nothing -- a point on the line between two pieces
				returning plate
			)
			select array_agg(distinct plate) from came where plate is not null`, cells).Scan(&came); err != nil {
			return wrap(err)
		}
		keys = append(keys, came...)
	}
	slices.Sort(keys)
	// The first parcel with a plate counts for it, and when it goes the next one does.
	if _, err := tx.Exec(ctx, `
		update progress.lot l
		set counts = l.feature_id = f.first
		from (select plate, min(feature_id) as first from progress.lot where plate = any ($1) group by plate) f
		where l.plate = f.plate
		  and l.counts <> (l.feature_id = f.first)`, slices.Compact(keys)); err != nil {
		return wrap(err)
	}
	if _, err := tx.Exec(ctx, `delete from progress.dirty where obligation = $1 and cell = any ($2)`, addresses, cells); err != nil {
		return wrap(err)
	}
	return nil
}

// coverLots has cells looked at for what stands on their parcels. They are remembered under the obligation of addresses, which has no coverage.
func (w *work) coverLots(cells ...int64) { w.cover(addresses, cells...) }

// planLots has the cells looked at that boxes lie in.
func (w *work) planLots(ctx context.Context, tx pgx.Tx, boxes []box) error {
	for _, r := range lotRules() {
		cells, err := groundOf(r.kind).cellsIn(ctx, tx, boxes)
		if err != nil {
			return err
		}
		w.coverLots(cells...)
	}
	return nil
}

// builtParcels are the parcels on which a published building stands, and of those the ones in which an address lies that counts.
func builtParcels(ctx context.Context, tx pgx.Tx) (map[string]*sum, error) {
	return ownCounts(ctx, tx, `
		select admin_code, count(*)::float8, null::float8, null::float8, (count(*) filter (where addressed))::float8, null::float8
		from progress.lot
		where built
		group by admin_code`)
}

// ownCounts reads what lies in each unit: the whole, delivered, validated, published and fresh.
func ownCounts(ctx context.Context, tx pgx.Tx, sql string) (map[string]*sum, error) {
	rows, err := tx.Query(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("counting: %w", err)
	}
	own := map[string]*sum{}
	var code string
	var n [5]*float64
	_, err = pgx.ForEachRow(rows, []any{&code, &n[0], &n[1], &n[2], &n[3], &n[4]}, func() error {
		s := &sum{}
		for i, v := range n {
			switch {
			case v == nil:
			case i == 0:
				s.whole = *v
			default:
				s.stages[i-1] = *v
			}
		}
		own[code] = s
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting: %w", err)
	}
	return own, nil
}
