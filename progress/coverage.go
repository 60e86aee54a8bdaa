package progress

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// underWay is a delivery whose rows are staged and not published yet.
type underWay struct {
	ID    int64
	Theme string
	Rows  int64
}

// cover calculates what of the pieces of cells is covered, from the published features and from the deliveries under way.
//
// Features are clipped to the piece before they are united: what overlaps is counted once, and nothing outside the piece is. Their order is that of their ids, so that
// the same features give the same number to the last digit, whatever was calculated before.
func (r rule) cover(ctx context.Context, tx pgx.Tx, cells []int64, waiting []underWay, sound bool) error {
	for _, table := range []string{"coverage", "dirty"} {
		if _, err := tx.Exec(ctx, `delete from progress.`+table+` where obligation = $1 and cell = any ($2)`, r.obligation, cells); err != nil {
			return fmt.Errorf("measuring %s: %w", r.obligation, err)
		}
	}
	_, err := tx.Exec(ctx, `
		insert into progress.coverage (obligation, cell, admin_code, kind, delivered, validated, published, fresh, details)
		select $1, cell, admin_code, kind, greatest(delivered, validated, published), greatest(validated, published), published, least(fresh, published), details
		from (`+r.sql(`progress.territory`, waiting, sound)+`
			where t.kind = '`+r.kind+`'
			  and t.cell = any ($2)
		) c`, r.obligation, cells)
	if err != nil {
		return fmt.Errorf("measuring %s: %w", r.obligation, err)
	}
	if r.villages {
		if err := r.coverVillages(ctx, tx, cells, waiting, sound); err != nil {
			return err
		}
	}
	if r.sheets {
		if err := r.coverSheets(ctx, tx, cells, waiting); err != nil {
			return err
		}
	}
	return wroteCells(ctx, tx, r.obligation, cells)
}

// sql answers the coverage of pieces t. Sound: of geometries that are made valid first, for when an overlay failed.
func (r rule) sql(pieces string, waiting []underWay, sound bool) string {
	shape := `p.geom`
	if sound {
		shape = `progress.sound(p.geom)`
	}
	near := `p.geom_3857 && st_transform(t.geom, 3857) and st_intersects(t.geom, ` + shape + `)`
	m2 := groundOf(r.kind).m2
	kinds := []string{}
	for _, p := range r.parts {
		kinds = append(kinds, `'`+p.name+`-' || `+p.sql)
	}
	// Parts may overlap each other, so each is united by itself.
	details := `'{}'::jsonb`
	if len(kinds) > 0 {
		details = `coalesce((
				select jsonb_object_agg(name, area)
				from (
					select name, case when count(*) = cardinality(n.ids) then n.area else ` + m2("st_union(array_agg(x.g order by x.id))") + ` end as area
					from unnest(n.ids, n.gs, n.parts) as x (id, g, part)
					cross join lateral regexp_split_to_table(x.part, ' ') as name
					where name <> ''
					group by name
				) a
			), '{}') || ` + stagesByScale(m2)
	}
	part := `null::text` // of a row that may have been refused: the scale is a word, the year is no number for sure
	if len(kinds) > 0 {
		part = kinds[0]
	}
	staged := `select null::geometry as g, false as accepted, null::text as part where false`
	for i, w := range waiting {
		if i == 0 {
			staged = ""
		} else {
			staged += `
				union all`
		}
		staged += `
				select ` + clip("s.geom", "t.geom") + ` as g, not s.refused as accepted, ` + part + ` as part
				from (select progress.sound(geom) as geom, refused, attributes from staging.s` + fmt.Sprint(w.ID) + ` where geom && t.geom and st_geometrytype(geom) like '%Polygon') s
				cross join lateral (select s.attributes) p
				where st_intersects(t.geom, s.geom)
				  and ` + strings.ReplaceAll(r.staged, "p.geom", "s.geom")
	}
	return `
			select t.cell, t.admin_code, t.kind, n.area as published,
			  case when n.every then n.area when n.some then ` + m2("st_union(n.fresh)") + ` else 0 end as fresh,
			  case when w.accepted is null then n.area else ` + m2("st_union(w.accepted || n.whole)") + ` end as validated,
			  case when w.gs is null then n.area else ` + m2("st_union(w.gs || n.whole)") + ` end as delivered,
			  ` + details + ` as details
			from ` + pieces + ` t
			cross join lateral (
				select *, ` + m2("whole") + ` as area
				from (
					select st_union(array_agg(g order by id)) as whole, array_agg(id order by id) as ids, array_agg(g order by id) as gs, array_agg(part order by id) as parts,
					  bool_and(fresh) as every, bool_or(fresh) as some, array_agg(g order by id) filter (where fresh) as fresh, array_agg(fresh order by id) as freshes
					from (
						select p.id, ` + clip(shape, "t.geom") + ` as g, coalesce((` + r.fresh + `), false) as fresh, ` + concat(kinds) + ` as part
						from ` + r.store + ` p
						where p.theme = '` + r.theme + `'
						  and ` + near + `
						  and ` + r.gate + `
						offset 0
					) p
				) united
			) n
			cross join lateral (
				select array_agg(g) as gs, array_agg(g) filter (where accepted) as accepted, array_agg(accepted) as accepts, array_agg(part) as parts
				from (` + staged + `
				) s
			) w`
}

// concat is the SQL of the words of a feature, with blanks between.
func concat(words []string) string {
	if len(words) == 0 {
		return `null::text`
	}
	return `concat_ws(' ', ` + strings.Join(words, ", ") + `)`
}

// stagesByScale is the SQL of how far a piece's maps are at each scale by itself: what is published of one is among the parts already, the other stages have its name and theirs.
func stagesByScale(m2 func(string) string) string {
	return `coalesce((
				select jsonb_object_agg(name || stage, area)
				from (
					select name, case when every then n.area else ` + m2("st_union(gs)") + ` end as delivered,
					  case when every then n.area else ` + m2("st_union(accepted)") + ` end as validated,
					  case when every and young then n.area else ` + m2("st_union(fresh)") + ` end as fresh
					from (
						select name, count(*) = cardinality(n.ids) and not bool_or(coming) as every, bool_and(fresh) as young, array_agg(g order by coming, i) as gs,
						  array_agg(g order by coming, i) filter (where accepted) as accepted, array_agg(g order by i) filter (where fresh) as fresh
						from (
							select i, g, part, false as coming, true as accepted, fresh from unnest(n.gs, n.parts, n.freshes) with ordinality x (g, part, fresh, i)
							union all
							select i, g, part, true, accepted, false from unnest(w.gs, w.parts, w.accepts) with ordinality x (g, part, accepted, i)
						) x
						cross join lateral regexp_split_to_table(part, ' ') as name
						where name = any ('{` + strings.Join(mapScales(), ",") + `}')
						group by name
					) x
				) a
				cross join lateral (values ('-delivered', delivered), ('-validated', validated), ('-fresh', fresh)) s (stage, area)
			), '{}')`
}
