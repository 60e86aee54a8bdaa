package tiles

import (
	"fmt"

	"nsdi/tiles/mvt"
)

// sketchID is the identifier of the one feature that stands in a cell; several together have a number of their own below zero, which tells them apart here and
// is not in the tile.
const sketchID = "case when id > 0 then id else -(((cx::bigint << 20 | cy) << 2) | kind) end"

// sketch is what sql is at zooms that are drawn from cells.
func (l *layer) sketch(z int) string {
	columns := ""
	for _, f := range l.sketchFields() {
		columns += ",\n  " + f.expr + " as " + quotedName(f.name)
	}
	return "select " + sketchID + " as id,\n  " + l.cut("geom_3857") + " as geom" + columns + `
from layers.generalised
where ` + l.onSheet(z) + `
  and geom_3857 && st_tileenvelope($1, $2, $3, margin => ` + margin + `)
order by id`
}

// mendingSketch is what mending is at zooms that are drawn from cells.
func (l *layer) mendingSketch(z int) string {
	return "select " + sketchID + " as id,\n  st_asmvtgeom(geom_3857, st_tileenvelope($1, $2, $3), " + fmt.Sprint(mvt.Extent) + ", " + fmt.Sprint(mvt.Buffer) + `, true) as geom
from layers.generalised
where ` + l.onSheet(z) + `
  and geom_3857 && st_tileenvelope($1, $2, $3, margin => ` + margin + `)
  and ` + sketchID + ` = any($4::bigint[])
order by id`
}

func (l *layer) onSheet(z int) string {
	return fmt.Sprintf("%s\n  and theme = %s\n  and z = %d", sheet(l.code, z), quote(l.code), z)
}

// sheet is what the index of places begins with.
func sheet(theme string, z int) string {
	return fmt.Sprintf("layers.sheet(theme, z) = layers.sheet(%s, %d)", quote(theme), z)
}

// sketchFields are what a tile carries that is drawn from cells: how many features, and of the attributes what the theme says.
func (l *layer) sketchFields() []field {
	fields := []field{{name: count, expr: "count", kind: "Number", title: "تعداد عارضه‌ها | Number of features"}}
	for _, f := range l.sketched() {
		f.expr = "shown ->> " + quote(f.name)
		switch f.kind {
		case "Number":
			f.expr = "(" + f.expr + ")::float8"
		case "Boolean":
			f.expr = "(" + f.expr + ")::boolean"
		}
		fields = append(fields, f)
	}
	return fields
}

// count is the attribute that says how many features one of a tile stands for.
const count = "count"
