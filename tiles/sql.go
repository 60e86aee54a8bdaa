package tiles

import (
	"strings"

	"github.com/jackc/pgx/v5"
)

// The grid of a tile and what is drawn beyond its edges, in cells: a symbol or a thick line at the edge must not be cut.
const (
	extent = "4096"
	buffer = "64"
	margin = "(64.0 / 4096)"
)

// sql makes the statement of the layer's tiles: $1, $2, $3 are z, x, y, $4 is the name of the layer.
func (l *layer) sql(z int) string {
	var b strings.Builder
	b.WriteString("select st_asmvt(t, $4, " + extent + ", 'geom', 'id')\nfrom (\n  select f.*\n  from (\n    select ")
	if l.code == AdminUnit {
		b.WriteString("feature_id as id")
	} else {
		b.WriteString("id")
	}
	for _, f := range l.fields() {
		b.WriteString(",\n      " + f.expr + " as " + pgx.Identifier{f.name}.Sanitize())
	}
	// ST_AsMVTGeom answers null for what does not reach into the tile, and for polygons that are smaller than a cell of the
	// grid. Those must not vanish.
	shape := l.shape(z)
	b.WriteString(",\n      coalesce(st_asmvtgeom(" + shape + ", " + grid + ")")
	if l.geometry == "polygon" || l.geometry == "any" {
		b.WriteString(`,
        case when st_dimension(geom_3857) = 2 and st_xmax(geom_3857) - st_xmin(geom_3857) < 2 * ` + cell + ` and st_ymax(geom_3857) - st_ymin(geom_3857) < 2 * ` + cell + `
          then st_asmvtgeom(st_expand(st_centroid(geom_3857), ` + cell + `), ` + grid + `) end`)
	}
	b.WriteString(") as geom\n    from " + l.from(z) + "\n      geom_3857 && st_tileenvelope($1, $2, $3, margin => " + margin + ")\n  ) f\n  where f.geom is not null\n  order by id\n) t")
	return b.String()
}

// grid is the part of ST_AsMVTGeom's arguments that is the same for every geometry.
const grid = "st_tileenvelope($1, $2, $3), " + extent + ", " + buffer + ", true"

// cell is the side of a cell of the tile's grid, in metres of the projection.
const cell = "(40075016.685578488 / " + extent + " / (1::bigint << $1::int))"

// shape is the geometry to draw. Outlines of administrative units have far more points than a small scale shows: below
// zoom 12 what lies within a quarter of a screen pixel is left out, which keeps neighbours together to the eye.
func (l *layer) shape(z int) string {
	if l.code == AdminUnit && z < 12 {
		return "st_simplify(geom_3857, 2 * " + cell + ", true)"
	}
	return "geom_3857"
}

func (l *layer) from(z int) string {
	switch {
	case l.code == AdminUnit:
		return "layers.admin_unit\n    where level = any (" + levels(z) + ")\n      and"
	case l.store == "layers.feature":
		return "layers.feature\n    where theme = " + quote(l.code) + "\n      and"
	}
	schema, table, _ := strings.Cut(l.store, ".")
	return pgx.Identifier{schema, table}.Sanitize() + "\n    where theme = " + quote(l.code) + "\n      and"
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
