package tiles

import (
	"fmt"
	"strings"

	"nsdi/tiles/mvt"
)

// sql makes the statement of what the layer's tiles show: identifier, geometry in EWKB, and the fields. $1, $2, $3 are z, x, y.
func (l *layer) sql(z int) string {
	switch {
	case l.completion != nil:
		return l.completionSQL(z)
	case l.together(z):
		return l.sketch(z)
	}
	var b strings.Builder
	b.WriteString("select " + l.id() + " as id,\n  " + l.cut(l.shape(z)) + " as geom")
	for _, f := range l.fields() {
		b.WriteString(",\n  " + f.expr + " as " + quotedName(f.name))
	}
	return b.String() + `
from ` + l.from(z) + `
  geom_3857 && st_tileenvelope($1, $2, $3, margin => ` + margin + `)
order by id`
}

// mending makes the statement of some features, $4 by identifier, with geometries that are valid on the tile's grid.
func (l *layer) mending(z int) string {
	switch {
	case l.completion != nil:
		return l.mendingCompletion(z)
	case l.together(z):
		return l.mendingSketch(z)
	}
	return "select " + l.id() + " as id,\n  st_asmvtgeom(" + l.shape(z) + ", st_tileenvelope($1, $2, $3), " + fmt.Sprint(mvt.Extent) + ", " + fmt.Sprint(mvt.Buffer) + `, true) as geom
from ` + l.from(z) + `
  ` + l.id() + ` = any($4::bigint[])
order by id`
}

func (l *layer) id() string {
	if l.code == AdminUnit {
		return "feature_id"
	}
	return "id"
}

// margin is how much of the tile's side is drawn beyond its edges.
const margin = "(64.0 / 4096)"

// cut leaves out what a very large geometry has far outside of the tile, before it travels. 100 kB is some 6,000 points.
func (l *layer) cut(shape string) string {
	if l.geometry == "point" {
		return shape
	}
	return "case when pg_column_size(geom_3857) > 100000 then st_clipbybox2d(" + shape + ", st_tileenvelope($1, $2, $3, margin => 2 * " + margin + ")) else " + shape + " end"
}

// cell is the side of a cell of the tile's grid, in metres of the projection.
const cell = "(40075016.685578488 / 4096 / (1::bigint << $1::int))"

// shape is the geometry to draw. Outlines of administrative units have far more points than a small scale shows: below
// zoom 12 what lies within a quarter of a screen pixel is left out, which keeps neighbours together to the eye.
func (l *layer) shape(z int) string {
	if l.code == AdminUnit && z < 12 {
		return "st_simplify(geom_3857, 2 * " + cell + ", true)"
	}
	return "geom_3857"
}

// from is where the layer's features are, up to their place.
func (l *layer) from(z int) string {
	switch {
	case l.completion != nil:
		return l.completionPlaces(z)
	case l.code == AdminUnit:
		return "layers.admin_unit\n    where level = any (" + levels(z) + ")\n      and"
	case l.store == "layers.feature":
		return "layers.feature\n    where theme = " + quote(l.code) + l.ofDataset() + "\n      and"
	}
	schema, table, _ := strings.Cut(l.store, ".")
	return quotedName(schema, table) + "\n    where theme = " + quote(l.code) + l.ofDataset() + "\n      and"
}

// levels says which administrative units are drawn at a zoom: a county is a dot where a province fills the screen.
func levels(z int) string {
	switch {
	case z < 6:
		return "'{country,province}'::text[]"
	case z < 8:
		return "'{country,province,county}'::text[]"
	}
	return "'{country,province,county,district,city,rural-district,village,neighbourhood,municipal-district}'::text[]"
}
