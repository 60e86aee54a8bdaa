package progress

import (
	"regexp"
	"strconv"
	"strings"

	"nsdi/internal/errs"
)

// captureYear is the measure of what the maps of one year cover.
var captureYear = regexp.MustCompile(`^year-[0-9]{4}$`)

// traced lists the pieces of ground of an obligation that is measured by area, or the features of one cell.
func (r rule) traced(q TraceQuery, args []any) (string, []any, error) {
	with, portion, counts := tracedUnits, `select 1 as times, c.delivered, c.validated, c.published, c.fresh`, r.gate
	part, value, isPart := strings.Cut(q.Measure, "-")
	switch isPart = isPart && len(r.parts) > 0 && q.Measure != anyScale; {
	case r.scales && (q.Measure == headline || part == "scale"):
		with += `, ` + scalesOf("inside")
		which := `from required q
					where q.code = t.admin_code
					  and '` + q.Measure + `' in ('headline', q.scale)`
		stage := func(name string) string { return `sum((c.details ->> (q.scale || '` + name + `'))::float8)` }
		portion = `select count(*) as times, ` + stage("-delivered") + ` as delivered, ` + stage("-validated") + ` as validated, ` + stage("") + ` as published, ` + stage("-fresh") + ` as fresh
					` + which
		counts += ` and exists (
						select
						` + which + `
						  and q.scale = 'scale-' || (p.attributes ->> 'scale')
					)`
	case isPart && part == "scale":
		stage := func(name string) string { return `(c.details ->> '` + q.Measure + name + `')::float8` }
		portion = `select 1 as times, ` + stage("-delivered") + ` as delivered, ` + stage("-validated") + ` as validated, ` + stage("") + ` as published, ` + stage("-fresh") + ` as fresh`
		counts += ` and p.attributes ->> 'scale' = '` + value + `'`
	case isPart: // a year, which is told of what is published
		m2 := `(c.details ->> '` + q.Measure + `')::float8`
		portion = `select 1 as times, ` + m2 + ` as delivered, ` + m2 + ` as validated, ` + m2 + ` as published, case when ` + freshSheet(value) + ` then ` + m2 + ` end as fresh`
		counts += ` and ` + sheetYear + ` = ` + value
		args[2] = headline // it has no figure of its own: its ground is that of all maps
		if r.scales {
			args[2] = anyScale
		}
	}
	if q.Cell == "" {
		return with + `
				select 'piece' as kind, to_hex(t.cell) as cell, t.admin_code as unit, 0::bigint as feature, '' as key, '' as theme, '' as agency, 0::bigint as dataset, 0 as version,
				  null::timestamptz as published_at, '' as state, t.m2 * n.times as whole, coalesce(n.delivered, 0) as delivered, coalesce(n.validated, 0) as validated,
				  coalesce(n.published, 0) as published, coalesce(n.fresh, 0) as fresh, t.geom, to_hex(t.cell) || ' ' || t.admin_code as after
				from progress.territory t
				left join progress.coverage c on c.obligation = $2 and c.cell = t.cell and c.admin_code = t.admin_code
				cross join lateral (
					` + portion + `
				) n
				where t.kind = '` + r.kind + `'
				  and t.admin_code in (select code from inside)
				  and n.times > 0`, args, nil
	}
	cell, err := strconv.ParseInt(q.Cell, 16, 64)
	if err != nil {
		return "", nil, traceWrong("query.cell", q.Cell, errs.T("شناسه خانه شبکه شانزده‌شانزدهی است، چنان که در فهرست آمده است.", "A cell is named in hexadecimal, as the list names it."))
	}
	return with + `
				select 'feature' as kind, to_hex(t.cell) as cell, t.admin_code as unit, p.id as feature, p.key, p.theme, a.code as agency, d.id as dataset, v.seq as version, v.published_at,
				  case when not p.counts then 'not-counted' when p.fresh then 'fresh' else 'published' end as state, 0::float8 as whole, n.m2 as delivered, n.m2 as validated,
				  case when p.counts then n.m2 else 0 end as published, case when p.counts and p.fresh then n.m2 else 0 end as fresh, p.geom,
				  to_char(p.id, 'FM0000000000000000000') || ' ' || t.admin_code as after
				from progress.territory t
				cross join lateral (
					select p.id, p.key, p.theme, p.dataset_id, p.version_id, p.geom, coalesce((` + counts + `), false) as counts, coalesce((` + r.fresh + `), false) as fresh
					from ` + r.store + ` p
					where p.theme = '` + r.theme + `'
					  and p.geom_3857 && st_transform(t.geom, 3857)
					  and st_intersects(t.geom, p.geom)
					offset 0
				) p
				cross join lateral (select ` + groundOf(r.kind).m2(clip("p.geom", "t.geom")) + ` as m2) n
				join layers.dataset d on d.id = p.dataset_id
				join access.agency a on a.id = d.agency_id
				join layers.version v on v.id = p.version_id
				where t.kind = '` + r.kind + `'
				  and t.cell = $4
				  and t.admin_code in (select code from inside)
				  and n.m2 > 0`, append(args, cell), nil
}
