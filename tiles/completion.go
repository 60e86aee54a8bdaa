package tiles

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/tiles/mvt"
)

const (
	// completionPrefix begins the names of layers of how much of an obligation is done; its code follows.
	completionPrefix = "progress-"
	// Completion is what such a layer is called within its tiles, so that one style is good for all of them.
	Completion = "progress"
	// deepestCompletion is the last zoom of such a layer. A cell's edge is at most a metre off there.
	deepestCompletion = 12
)

// completion is what is drawn of an obligation: the administrative units of the level that suits a zoom, and from the split zoom on the pieces of the grid that its figures
// are the sums of. What is counted by unit alone has no grid.
type completion struct {
	obligation string
	kind       string // of the ground that it is measured on
	outlines   int64  // place in the change log of the outlines that units are drawn by
}

// readCompletions are the layers of the obligations. Their position is how often their cells were measured, and what they have made how often figures of units or the outlines changed.
func readCompletions(ctx context.Context, q querier) ([]*layer, error) {
	rows, err := q.Query(ctx, `
		select o.code, o.title_fa, o.title_en, coalesce(w.cells, 0), coalesce(w.units, 0), coalesce(c.kind, ''), coalesce(c.resolution, 0), (
			select coalesce(max(s.last), 0)
			from layers.change_span s
			where s.theme in ('admin-unit', 'admin-division')
		)
		from progress.obligation o
		left join progress.written w on w.obligation = o.code
		left join lateral (
			select c.kind, k.resolution
			from progress.coverage c
			join progress.cell k on k.id = c.cell
			where c.obligation = o.code
			limit 1
		) c on true`)
	if err != nil {
		return nil, fmt.Errorf("reading the obligations: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*layer, error) {
		l := &layer{code: Completion, geometry: "polygon", maxZoom: deepestCompletion}
		var c completion
		var titleFA, titleEN string
		var resolution int
		if err := row.Scan(&c.obligation, &titleFA, &titleEN, &l.position, &l.made, &c.kind, &resolution, &c.outlines); err != nil {
			return nil, err
		}
		l.name, l.titleFA, l.titleEN = completionPrefix+c.obligation, "پیشرفت: "+titleFA, "Progress: "+titleEN
		l.completion, l.made, l.splitZoom = &c, l.made+c.outlines, firstCells(resolution)
		l.setVersion()
		return l, nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the obligations: %w", err)
	}
	return all, nil
}

// firstCells is the zoom from which cells of a resolution are drawn: one is some twenty pixels of a screen there, and a tile that is full of them has less than two thousand.
func firstCells(resolution int) int {
	switch {
	case resolution == 0:
		return deepestCompletion + 1
	case resolution < 7: // 5 is some 250 km²
		return 8
	}
	return 10 // 8 is some 0.7 km²
}

// completionFields are what the layer's features carry: percentages of what is due, those of the report, and whose they are.
func (l *layer) completionFields(z int) []field {
	whole, of, state, fields := "f.denominator", "f", "coalesce(f.state, 'unknown')", []field{
		{name: "level", expr: "u.level"},
		{name: "code", expr: "u.code", title: "شناسهٔ واحد | Code of the unit"},
	}
	if z >= l.splitZoom {
		whole, of, state, fields = "t.m2", "c", "case when c.cell is null then 'unknown' else 'known' end", []field{
			{name: "level", expr: "'cell'::text"},
			{name: "cell", expr: "to_hex(t.cell)", title: "خانهٔ H3 | H3 cell"},
			{name: "code", expr: "t.admin_code", title: "شناسهٔ واحد | Code of the unit"},
			{name: "m2", expr: "round(t.m2)::bigint", kind: "Number", title: "آنچه باید پوشیده شود، متر مربع | What is to be covered, square metres"},
		}
	}
	fields[0].title = "سطح تقسیمات یا cell | Level of the unit, or cell"
	fields = append(fields, field{name: "name_fa", expr: "u.name_fa", title: "نام واحد | Name of the unit"}, field{name: "name_en", expr: "u.name_en", title: "نام انگلیسی | English name"},
		field{name: "state", expr: state, title: "known، unknown یا not-applicable | known, unknown or not-applicable"})
	for _, p := range []struct{ name, stage, title string }{
		{"percent", "published", "درصد منتشرشده | Published, per cent"},
		{"delivered", "delivered", "درصد رسیده | Delivered, per cent"},
		{"validated", "validated", "درصد پذیرفته | Validated, per cent"},
		{"fresh", "fresh", "درصد به‌روز | Fresh, per cent"},
	} {
		fields = append(fields, field{name: p.name, expr: share(of+"."+p.stage, whole), kind: "Number", title: p.title})
	}
	for i := range fields {
		if fields[i].kind == "" {
			fields[i].kind = "String"
		}
	}
	return fields
}

// share is a percentage as the report writes it: null where the whole is not known, never above 100, and not rounded up to it.
func share(part, whole string) string {
	return `case when ` + part + ` is null or not ` + whole + ` > 0 then null when ` + whole + ` - ` + part + ` <= least(0.5, 1e-7 * ` + whole + `) then 100
    else least(99.99, round((100 * ` + part + ` / ` + whole + `)::numeric, 2))::float8 end`
}

// completionID tells pieces apart: two of one cell have numbers of their own.
const completionID = "hashint8extended(t.cell, hashtext(t.admin_code)) & 9007199254740991"

// completionFrom is where the features of a zoom come from, without the place.
func (l *layer) completionFrom(z int) string {
	obligation := quote(l.completion.obligation)
	if z >= l.splitZoom {
		return `progress.territory t
left join progress.coverage c on c.obligation = ` + obligation + ` and c.kind = t.kind and c.cell = t.cell and c.admin_code = t.admin_code
left join layers.admin_unit u on u.code = t.admin_code
where t.kind = ` + quote(l.completion.kind) + `
  and t.`
	}
	return `layers.admin_unit u
left join progress.figure f on f.obligation = ` + obligation + ` and f.admin_code = u.code and f.measure = 'headline'
where ` + l.deepestUnits(z) + `
  and u.`
}

// completionPlaces is what from is of such a layer.
func (l *layer) completionPlaces(z int) string {
	if z >= l.splitZoom {
		return "progress.territory\n    where kind = " + quote(l.completion.kind) + "\n      and"
	}
	return "layers.admin_unit u\n    where " + l.deepestUnits(z) + "\n      and"
}

// deepestUnits are those of the levels of a zoom that no other of them, as far as it has an outline, is below of.
func (l *layer) deepestUnits(z int) string {
	levels := "'{country,province,county,district,city,rural-district}'::text[]"
	switch {
	case z < 6:
		levels = "'{country,province}'::text[]"
	case z < 8:
		levels = "'{country,province,county}'::text[]"
	}
	return `u.level = any (` + levels + `)
  and not exists (select from layers.admin_unit below where below.parent_code = u.code and below.level = any (` + levels + `) and below.geom is not null)`
}

// completionSQL is what sql is of such a layer.
func (l *layer) completionSQL(z int) string {
	id, shape := "u.feature_id", "u.geom_3857"
	switch {
	case z >= l.splitZoom:
		id, shape = completionID, "t.geom_3857"
	case z < 12: // as coarse as the layer of units is drawn
		shape = "st_simplify(u.geom_3857, 2 * " + cell + ", true)"
	}
	columns := ""
	for _, f := range l.completionFields(z) {
		columns += ",\n  " + f.expr + " as " + quotedName(f.name)
	}
	return "select coalesce(" + id + ", 0) as id,\n  " + shape + " as geom" + columns + `
from ` + l.completionFrom(z) + `geom_3857 && st_tileenvelope($1, $2, $3, margin => ` + margin + `)
order by id`
}

// mendingCompletion is what mending is of such a layer.
func (l *layer) mendingCompletion(z int) string {
	id, shape := "u.feature_id", "u.geom_3857"
	if z >= l.splitZoom {
		id, shape = completionID, "t.geom_3857"
	}
	return "select " + id + " as id,\n  st_asmvtgeom(" + shape + ", st_tileenvelope($1, $2, $3), " + fmt.Sprint(mvt.Extent) + ", " + fmt.Sprint(mvt.Buffer) + `, true) as geom
from ` + l.completionFrom(z) + `geom_3857 && st_tileenvelope($1, $2, $3, margin => ` + margin + `)
  and ` + id + ` = any($4::bigint[])
order by id`
}

// soilCompletion is what soil is of such a layer.
func (l *layer) soilCompletion(ctx context.Context, q querier, before *layer) error {
	l.raw, l.cells = &dirt{since: l.position}, &dirt{since: l.made}
	if before == nil || before.completion == nil || before.raw == nil || before.splitZoom != l.splitZoom {
		return nil
	}
	if err := l.writtenPlaces(ctx, q, "cell", &l.raw, before.raw, before.position, l.position, 0, l.splitZoom, l.maxZoom); err != nil {
		return err
	}
	if before.completion.outlines != l.completion.outlines { // units are drawn by others
		return nil
	}
	return l.writtenPlaces(ctx, q, "unit", &l.cells, before.cells, before.made, l.made, l.completion.outlines, l.minZoom, min(l.splitZoom-1, l.maxZoom))
}

// writtenPlaces adds the places that figures were written of between two numbers, of which other is not one of writing. What is not told apart stays as it is.
func (l *layer) writtenPlaces(ctx context.Context, q querier, part string, to **dirt, known *dirt, from, end, other int64, minZoom, maxZoom int) error {
	if from > end { // after a restored backup
		return nil
	}
	if from == end {
		*to = known
		return nil
	}
	rows, err := q.Query(ctx, `
		select coalesce((st_xmin(g) / `+earth+`) + 0.5, 0), coalesce(0.5 - st_ymax(g) / `+earth+`, 0), coalesce((st_xmax(g) / `+earth+`) + 0.5, 1), coalesce(0.5 - st_ymin(g) / `+earth+`, 1)
		from (
			select st_transform(box, 3857) as g
			from progress.written_place
			where obligation = $1
			  and part = $2
			  and number > $3
			  and number <= $4
			limit $5
		) c`, l.completion.obligation, part, from-other, end-other, mostChanges+1)
	if err != nil {
		return fmt.Errorf("reading where %s was measured: %w", l.name, err)
	}
	changes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[box])
	if err != nil {
		return fmt.Errorf("reading where %s was measured: %w", l.name, err)
	}
	if len(changes) <= mostChanges {
		*to = known.with(changes, end, minZoom, maxZoom, edge)
	}
	return nil
}
