package progress

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// sheetTheme is the index of the sheets that must exist. One of it is there when a sheet of its number and scale is published that counts and covers its place.
const sheetTheme = "required-sheet"

// bySheets are the measures of how many are there, of each scale.
func bySheets() []string { return []string{"sheets-500", "sheets-2000"} }

// sameSheet is the SQL of whether p is sheet i of the index.
func sameSheet(geom string) string {
	return `p.attributes ->> 'sheet_no' = i.sheet_no
				  and p.attributes ->> 'scale' = i.scale
				  and st_area(st_intersection(progress.sound(` + geom + `), i.geom)) >= ` + mostOf + ` * st_area(i.geom)`
}

// coverSheets looks up the sheets of the index that lie in cells. One belongs to the cities when some of it shows one, and to the unit that most of that is in.
func (r rule) coverSheets(ctx context.Context, tx pgx.Tx, cells []int64, waiting []underWay) error {
	staged := `select false as accepted where false`
	for _, w := range waiting {
		staged += `
				union all
				select not s.refused
				from staging.s` + fmt.Sprint(w.ID) + ` s
				cross join lateral (select s.attributes) p
				where s.geom && i.geom
				  and st_geometrytype(s.geom) like '%Polygon'
				  and ` + r.staged + `
				  and ` + sameSheet("s.geom")
	}
	for _, sql := range []string{
		`delete from progress.sheet where obligation = $2 and feature_id in (` + inCells(sheetTheme) + `)`,
		`insert into progress.sheet (obligation, feature_id, admin_code, measure, delivered, validated, published, fresh)
		select $2, i.id, u.admin_code, 'sheets-' || i.scale, p.fresh is not null or w.accepted is not null, p.fresh is not null or coalesce(w.accepted, false),
		  p.fresh is not null, coalesce(p.fresh, false)
		from (
			select f.id, f.attributes ->> 'sheet_no' as sheet_no, f.attributes ->> 'scale' as scale, progress.sound(f.geom) as geom, f.geom_3857
			from layers.feature f
			where f.theme = '` + sheetTheme + `'
			  and f.id in (` + inCells(sheetTheme) + `)
			  and not exists (select from progress.sheet s where s.obligation = '` + cityMaps + `' and s.feature_id = f.id)
			offset 0
		) i
		cross join lateral (
			select t.admin_code
			from progress.territory t
			where t.kind = '` + r.kind + `'
			  and t.geom_3857 && i.geom_3857
			  and st_intersects(t.geom, i.geom)
			group by t.admin_code
			having sum(st_area(st_intersection(t.geom, i.geom))) > 0.001 * st_area(i.geom) -- edges of both may be the same line, drawn twice
			order by sum(st_area(st_intersection(t.geom, i.geom))) desc, t.admin_code
			limit 1
		) u
		left join lateral (
			select coalesce((` + r.fresh + `), false) as fresh
			from ` + r.store + ` p
			where p.theme = '` + r.theme + `'
			  and p.geom_3857 && i.geom_3857
			  and ` + r.gate + `
			  and ` + sameSheet("p.geom") + `
			order by 1 desc
			limit 1
		) p on true
		left join lateral (
			select bool_or(accepted) as accepted
			from (` + staged + `
			) s
		) w on true`,
	} {
		if _, err := tx.Exec(ctx, sql, cells, r.obligation); err != nil {
			return fmt.Errorf("looking up sheets of %s: %w", r.obligation, err)
		}
	}
	return nil
}

// sheetsOf counts them by measure and unit, where there is ground of the obligation. Sheets that are in the index no longer are forgotten.
func (r rule) sheetsOf(ctx context.Context, tx pgx.Tx, t *tree, ground map[string]*sum) (map[string]map[string]*sum, error) {
	if _, err := tx.Exec(ctx, `
		delete from progress.sheet s
		where obligation = $1
		  and not exists (select from layers.feature f where f.theme = '`+sheetTheme+`' and f.id = s.feature_id)`, r.obligation); err != nil {
		return nil, fmt.Errorf("forgetting sheets: %w", err)
	}
	all := map[string]map[string]*sum{}
	for _, measure := range bySheets() {
		own, err := ownCounts(ctx, tx, `
			select admin_code, `+layerStages+`
			from progress.sheet
			where obligation = '`+r.obligation+`'
			  and measure = '`+measure+`'
			group by admin_code`)
		if err != nil {
			return nil, err
		}
		for code := range own {
			if ground[code] == nil {
				delete(own, code)
			}
		}
		all[measure] = t.roll(own)
	}
	return all, nil
}

// sheetFigures are those of a unit, of the scales of which the index has any there.
func sheetFigures(sheets map[string]map[string]*sum, code string, layers []DenominatorLayer) (list []figure) {
	for _, measure := range bySheets() {
		s := sheets[measure][code]
		if s == nil {
			continue
		}
		f := s.figure()
		f.measure, f.unit, f.source = measure, "sheet", errs.T("برگ‌های شاخص", "Sheets of the index")
		f.by(layers)
		list = append(list, f)
	}
	return list
}

// tracedSheets lists the sheets of the index, each with what was handed over of it.
func (r rule) tracedSheets(args []any) (string, []any, error) {
	is := func(stage string) string { return `s.` + stage + `::int::float8 as ` + stage }
	return tracedUnits + `
			select 'sheet' as kind, '' as cell, s.admin_code as unit, f.id as feature, f.key, coalesce(p.theme, f.theme) as theme, a.code as agency, coalesce(p.dataset, 0) as dataset,
			  coalesce(p.version, 0) as version, p.published_at, ` + stateOf("s.") + ` as state, 1::float8 as whole, ` + strings.Join([]string{is("delivered"), is("validated"), is("published"), is("fresh")}, ", ") + `,
			  f.geom, to_char(f.id, 'FM0000000000000000000') as after
			from progress.sheet s
			join layers.feature f on f.theme = '` + sheetTheme + `' and f.id = s.feature_id
			left join lateral (
				select p.theme, p.dataset_id as dataset, v.seq as version, v.published_at
				from (select f.attributes ->> 'sheet_no' as sheet_no, f.attributes ->> 'scale' as scale, progress.sound(f.geom) as geom) i
				join ` + r.store + ` p on p.theme = '` + r.theme + `' and p.geom_3857 && f.geom_3857 and ` + r.gate + ` and ` + sameSheet("p.geom") + `
				join layers.version v on v.id = p.version_id
				order by coalesce((` + r.fresh + `), false) desc, p.id
				limit 1
			) p on s.published
			join layers.dataset d on d.id = coalesce(p.dataset, f.dataset_id)
			join access.agency a on a.id = d.agency_id
			where s.obligation = $2
			  and s.measure = $3
			  and s.admin_code in (select code from inside)`, args, nil
}
