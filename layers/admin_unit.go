package layers

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
)

// syncAdminUnits joins what was published of the themes admin-division (the official hierarchy, without geometry) and admin-unit (the polygons) to the tree
// of administrative units. A feature belongs to the unit whose code, or official code, it carries; without a code, to the one unit of its level and parent
// that has the same folded name. A feature with a code that is not in the tree becomes a new unit.
func syncAdminUnits(ctx context.Context, tx pgx.Tx, p Publication) ([]errs.Text, error) {
	if p.Theme != "admin-division" && p.Theme != "admin-unit" {
		return nil, nil
	}
	if err := stageUnits(ctx, tx, p); err != nil {
		return nil, fmt.Errorf("admin units: %w", err)
	}
	for _, level := range levels() { // parents before children, so that a delivery can bring both
		if err := joinLevel(ctx, tx, level); err != nil {
			return nil, fmt.Errorf("admin units: %s: %w", level, err)
		}
	}
	if p.Theme == "admin-unit" {
		if err := placeUnits(ctx, tx, p); err != nil {
			return nil, fmt.Errorf("admin units: %w", err)
		}
	}
	return unitNotes(ctx, tx)
}

// levels of administrative units, from the top.
func levels() []string {
	return []string{"country", "province", "county", "district", "city", "rural-district", "village", "municipal-district", "neighbourhood"}
}

// stageUnits lists the version's features with their folded names in a temporary table. Place is their order: what was published before comes first, then keys count.
func stageUnits(ctx context.Context, tx pgx.Tx, p Publication) error {
	_, err := tx.Exec(ctx, `
		create temp table unit on commit drop as
		select f.id as feature_id, row_number() over (order by case when c.op <> '+' then f.id end nulls last, f.key) as place, attributes->>'code' as code, attributes->>'level' as level, attributes->>'name_fa' as name_fa, attributes->>'name_en' as name_en,
			''::text as name_key, attributes->>'parent_code' as parent, null::text as target, null::text as parent_target, false as ambiguous
		from layers.feature f
		join pg_temp.changed c on c.feature_id = f.id
		where f.theme = $1 and f.version_id = $2`, p.Theme, p.VersionID)
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `select feature_id, level, name_fa from pg_temp.unit`)
	if err != nil {
		return err
	}
	var ids []int64
	var keys []string
	var id int64
	var level, name string
	_, err = pgx.ForEachRow(rows, []any{&id, &level, &name}, func() error {
		ids, keys = append(ids, id), append(keys, persian.UnitName(level, name))
		return nil
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update pg_temp.unit u
		set name_key = k.key
		from unnest($1::bigint[], $2::text[]) as k(id, key)
		where k.id = u.feature_id`, ids, keys)
	return err
}

// RemakeUnitKeys makes the keys of the names of all units again and answers how many are others now.
func RemakeUnitKeys(ctx context.Context, tx pgx.Tx) (int64, error) {
	rows, err := tx.Query(ctx, `select code, level, name_fa, name_key from layers.admin_unit`)
	if err != nil {
		return 0, err
	}
	var codes, keys []string
	var code, level, name, stored string
	_, err = pgx.ForEachRow(rows, []any{&code, &level, &name, &stored}, func() error {
		if key := persian.UnitName(level, name); key != stored {
			codes, keys = append(codes, code), append(keys, key)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	done, err := tx.Exec(ctx, `
		update layers.admin_unit u
		set name_key = k.key
		from unnest($1::text[], $2::text[]) as k(code, key)
		where k.code = u.code`, codes, keys)
	return done.RowsAffected(), err
}

func joinLevel(ctx context.Context, tx pgx.Tx, level string) error {
	for _, sql := range []string{
		// the parent, by either code
		`update pg_temp.unit u
		set parent_target = (select a.code from layers.admin_unit a where u.parent in (a.code, a.official_code) order by a.code = u.parent desc limit 1)
		where u.level = $1 and u.parent is not null`,
		// by code
		`update pg_temp.unit u
		set target = (select a.code from layers.admin_unit a where a.level = u.level and u.code in (a.code, a.official_code) order by a.code = u.code desc limit 1)
		where u.level = $1 and u.code is not null`,
		// by name within the parent, where that names exactly one
		`update pg_temp.unit u
		set target = m.code, ambiguous = m.n > 1
		from (
			select u.feature_id, min(a.code) as code, count(*) as n
			from pg_temp.unit u
			join layers.admin_unit a on a.level = u.level and a.name_key = u.name_key and (u.parent is null or a.parent_code = u.parent_target)
			where u.level = $1 and u.code is null
			group by u.feature_id
		) m
		where m.feature_id = u.feature_id`,
		`update pg_temp.unit set target = null where ambiguous and level = $1`,
		// two features for one unit: the first counts
		`update pg_temp.unit u
		set target = null, ambiguous = true
		where u.level = $1 and exists (select from pg_temp.unit o where o.target = u.target and o.place < u.place)`,
		// new units
		`insert into layers.admin_unit (code, official_code, level, name_fa, name_en, name_key, parent_code)
		select distinct on (u.code) u.code, u.code, u.level, u.name_fa, u.name_en, u.name_key, u.parent_target
		from pg_temp.unit u
		where u.level = $1 and u.code is not null and u.target is null and not u.ambiguous and (u.parent is null or u.parent_target is not null)
			and not exists (select from layers.admin_unit a where u.code in (a.code, a.official_code))
		order by u.code, u.place`,
		`update pg_temp.unit u
		set target = u.code
		where u.level = $1 and u.target is null and not u.ambiguous and exists (select from layers.admin_unit a where a.code = u.code and a.level = u.level)
			and not exists (select from pg_temp.unit o where o.code = u.code and o.level = u.level and o.place < u.place)`,
		// a name that was missing is drawn wherever the unit is
		`with named as (
			update layers.admin_unit a
			set name_en = u.name_en
			from pg_temp.unit u
			where u.target = a.code and u.level = $1 and a.name_en is null and u.name_en is not null
			returning u.feature_id, a.geom
		)
		update pg_temp.changed c
		set box = public.st_envelope(public.st_collect(c.box, n.geom))
		from named n
		where n.feature_id = c.feature_id and n.geom is not null`,
	} {
		if _, err := tx.Exec(ctx, sql, level); err != nil {
			return err
		}
	}
	return nil
}

// placeUnits gives the units the geometry of their features, and takes back what came from features that are gone or altered: those may belong to another
// unit now.
func placeUnits(ctx context.Context, tx pgx.Tx, p Publication) error {
	// Where a unit had its geometry from another feature, something changes there too.
	_, err := tx.Exec(ctx, `
		update pg_temp.changed c
		set box = public.st_envelope(public.st_collect(c.box, a.geom))
		from pg_temp.unit u
		join layers.admin_unit a on a.code = u.target
		where c.feature_id = u.feature_id
		  and a.geom is not null
		  and a.feature_id is distinct from u.feature_id`)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update layers.admin_unit a
		set geom = null, geom_3857 = null, area_m2 = null, feature_id = null
		where a.feature_id in (select feature_id from pg_temp.changed where op in ('-', '~'))`)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update layers.admin_unit a
		set geom = public.st_multi(f.geom), geom_3857 = public.st_multi(f.geom_3857), area_m2 = public.st_area(f.geom::public.geography), feature_id = f.id
		from pg_temp.unit u
		join layers.feature f on f.id = u.feature_id and f.theme = $1
		where u.target = a.code`, p.Theme)
	return err
}

// unitNotes says how many units matched, and names those that did not.
func unitNotes(ctx context.Context, tx pgx.Tx) ([]errs.Text, error) {
	rows, err := tx.Query(ctx, `
		select level, count(*), count(target),
			coalesce(array_agg(name_fa || coalesce(' (' || parent || ')', '') || case when ambiguous then ' ≈' else '' end order by name_fa) filter (where target is null), '{}')
		from pg_temp.unit
		group by level
		order by level`)
	if err != nil {
		return nil, err
	}
	var notes []errs.Text
	words := map[string]string{
		"country": "کشور", "province": "استان", "county": "شهرستان", "district": "بخش", "city": "شهر", "rural-district": "دهستان", "village": "آبادی",
		"municipal-district": "منطقه شهرداری", "neighbourhood": "محله",
	}
	var level string
	var total, matched int
	var missing []string
	_, err = pgx.ForEachRow(rows, []any{&level, &total, &matched, &missing}, func() error {
		notes = append(notes, errs.Tf("سطح %[1]s: %[3]d واحد از %[4]d واحد با سلسله‌مراتب تقسیمات تطبیق یافت.",
			"Level %[2]s: %[3]d of %[4]d units matched the administrative hierarchy.", words[level], level, matched, total))
		if len(missing) > 0 {
			list := strings.Join(missing, "، ")
			notes = append(notes, errs.T("تطبیق نیافت: "+list, "Not matched: "+list))
		}
		return nil
	})
	return notes, err
}
