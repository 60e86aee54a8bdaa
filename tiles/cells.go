package tiles

import (
	"fmt"
	"hash/crc32"
	"strings"
)

// Below its split zoom a theme is drawn from cells, 64 by 64 in a tile: see migration 56. The cells of the zoom below the split are made of the features, and
// those of every other zoom of the four cells that lie in each: what one feature changes is one cell a zoom.
//
// Zooms are written into the statements, since what is written is what the database can calculate beforehand.

// cellsAcross is how many cells lie side by side in a tile, and pixelsAcross how many pixels of a screen in a cell.
const (
	cellsAcross  = 64
	pixelsAcross = 8
)

// earth is the side of the square that Web Mercator makes of the earth, in its metres.
const earth = "40075016.685578488"

func cellSide(z int) string {
	return fmt.Sprintf("(%s / %d)", earth, cellsAcross<<z)
}

func pixel(z int) string {
	return fmt.Sprintf("(%s / %d)", earth, cellsAcross*pixelsAcross<<z)
}

// cellAt is the column and the row of the cell in which a place of the projection lies.
func cellAt(x, y string, z int) (column, row string) {
	at := func(way string) string {
		return fmt.Sprintf("least(greatest(floor((%s) / %s)::int, 0), %d)", way, cellSide(z), cellsAcross<<z-1)
	}
	return at(earth + " / 2 + " + x), at(earth + " / 2 - " + y)
}

// middleX and middleY are the middle of a geometry's box.
func middleX(g string) string { return "((st_xmin(" + g + ") + st_xmax(" + g + ")) / 2)" }
func middleY(g string) string { return "((st_ymin(" + g + ") + st_ymax(" + g + ")) / 2)" }

// together reports whether the tiles of a zoom are drawn from cells.
func (l *layer) together(z int) bool {
	return z < l.splitZoom && l.splitZoom > l.minZoom && l.completion == nil
}

// rules names how the cells of the layer are made: cells of other rules are of no use.
func (l *layer) rules() string {
	sum := crc32.NewIEEE()
	for z := l.minZoom; z < l.splitZoom; z++ {
		fmt.Fprintln(sum, l.fill(z, true), l.fill(z, false))
	}
	return fmt.Sprintf("%08x", sum.Sum32())
}

// fill makes the statement that makes the cells of a zoom in pg_temp.touched, or all of them. The cells that were there are gone already.
//
// A part is what comes into a cell: a feature, or a row of the zoom above. Large ones stay by themselves; the others become one row.
func (l *layer) fill(z int, all bool) string {
	parts := l.rows(z, all)
	if z == l.splitZoom-1 {
		parts = l.features(z, all)
	}
	return `
with part as materialized (` + parts + `
),
value as (
  select kind, cx, cy, a.key as name, v.key as value, sum(v.value::numeric) as n
  from part, jsonb_each(tally) a, jsonb_each_text(a.value) v
  where not large
  group by kind, cx, cy, a.key, v.key
),
attribute as (
  select kind, cx, cy, name, jsonb_object_agg(value, n) as tally, (array_agg(value order by n desc, value))[1] as most, sum(n) as sum
  from value
  group by kind, cx, cy, name
),
cell as (
  select kind, cx, cy, jsonb_object_agg(name, tally) as tally, jsonb_object_agg(name, case when most = '' then to_jsonb(sum) else to_jsonb(most) end) as shown
  from attribute
  group by kind, cx, cy
),
block as (
  select kind, cx, cy, sum(count)::int as count, max(id) as id, (array_agg(shown))[1] as shown,
    sum(case when kind = 0 then ` + middleX("geom") + ` * count end) / sum(count) as x,
    sum(case when kind = 0 then ` + middleY("geom") + ` * count end) / sum(count) as y,
    st_collect(case when kind > 0 then geom end order by place) as parts
  from part
  where not large
  group by kind, cx, cy
)
insert into layers.generalised (theme, z, kind, cx, cy, id, count, shown, tally, geom_3857)
select ` + quote(l.code) + `, ` + fmt.Sprint(z) + `, kind, cx, cy, id, count, shown, tally, st_simplify(geom, ` + pixel(z) + ` / 2, true)
from part
where large
union all
select ` + quote(l.code) + `, ` + fmt.Sprint(z) + `, kind, cx, cy, case when b.count = 1 then b.id else 0 end, b.count,
  case when b.count = 1 then b.shown else coalesce(c.shown, '{}') end, coalesce(c.tally, '{}'),
  case kind when 0 then st_setsrid(st_makepoint(x, y), 3857) when 1 then l.g else a.g end
from block b
left join cell c using (kind, cx, cy)
left join lateral (` + network("b.parts", z) + `) l on true
left join lateral (` + area("b.parts", z) + `) a on true`
}

// features are parts from the theme's own store.
func (l *layer) features(z int, all bool) string {
	cx, cy := cellAt(middleX("geom_3857"), middleY("geom_3857"), z)
	from := l.table("") + " f"
	where := ""
	if !all {
		// The box of a feature that belongs to a cell meets the cell.
		side := cellSide(z)
		from = `pg_temp.touched t
    join ` + from + ` on f.geom_3857 && st_makeenvelope(t.cx * ` + side + ` - ` + earth + ` / 2, ` + earth + ` / 2 - (t.cy + 1) * ` + side + `, (t.cx + 1) * ` + side + ` - ` + earth + ` / 2, ` + earth + ` / 2 - t.cy * ` + side + `, 3857)`
		where = `
      and ` + cx + ` = t.cx
      and ` + cy + ` = t.cy`
	}
	var shown, tally strings.Builder
	for _, f := range l.sketched() {
		fmt.Fprintf(&shown, ", %s, %s", quote(f.name), f.expr)
		switch f.aggregate {
		case "most":
			fmt.Fprintf(&tally, ", %s, case when %s = any(%s) then jsonb_build_object(%[2]s, 1) end", quote(f.name), f.expr, listed(f.values))
		case "sum":
			fmt.Fprintf(&tally, ", %s, case when %s is not null then jsonb_build_object('', %[2]s) end", quote(f.name), f.expr)
		}
	}
	object := func(members string) string {
		if members == "" {
			return "'{}'::jsonb"
		}
		return "jsonb_strip_nulls(jsonb_build_object(" + members[2:] + "))"
	}
	return `
  select st_dimension(geom_3857)::smallint as kind, ` + cx + ` as cx, ` + cy + ` as cy, id, array[id] as place, 1 as count,
    ` + object(shown.String()) + ` as shown,
    ` + object(tally.String()) + ` as tally,
    case when st_geometrytype(geom_3857) = 'ST_GeometryCollection' then st_collectionextract(geom_3857, st_dimension(geom_3857) + 1) else geom_3857 end as geom,
    st_dimension(geom_3857) > 0 and ` + largerThanCell("geom_3857", z) + ` as large
  from ` + from + `
    where f.theme = ` + quote(l.code) + `
      and f.geom_3857 is not null` + where
}

// rows are parts from the zoom above. Where not all of them are asked for, each cell is looked up: the cost is that of what has changed, however much there is.
func (l *layer) rows(z int, all bool) string {
	from := `join layers.generalised g on g.theme = ` + quote(l.code) + ` and g.z = ` + fmt.Sprint(z+1) + ` and g.cx = c.cx and g.cy = c.cy`
	if !all {
		from = `cross join lateral (
    select g.*
    from generate_series(0, 2) k
    cross join lateral (
      select *
      from layers.generalised g
      where g.theme = ` + quote(l.code) + ` and g.z = ` + fmt.Sprint(z+1) + ` and g.kind = k and g.cx = c.cx and g.cy = c.cy
      offset 0
    ) g
    offset 0
  ) g`
	}
	return `
  select kind, g.cx >> 1 as cx, g.cy >> 1 as cy, id, array[g.cx, g.cy, id] as place, count, shown, tally, geom_3857 as geom,
    kind > 0 and id > 0 and ` + largerThanCell("geom_3857", z) + ` as large
  from pg_temp.touched t
  cross join lateral (select 2 * t.cx + x as cx, 2 * t.cy + y as cy from (values (0, 0), (0, 1), (1, 0), (1, 1)) v (x, y)) c
  ` + from
}

func largerThanCell(g string, z int) string {
	return "greatest(st_xmax(" + g + ") - st_xmin(" + g + "), st_ymax(" + g + ") - st_ymin(" + g + ")) > " + cellSide(z)
}

// area is what a cell's areas are drawn as: gaps of less than a pixel are closed, what a screen does not show is left out, and where that still has very many
// corners, as of houses far from each other, it is a square as large as they are.
func area(parts string, z int) string {
	p := pixel(z)
	return `select case when st_npoints(coalesce(d.g, s.g)) between 4 and ` + mostCorners + ` then coalesce(d.g, s.g) else st_expand(st_centroid(` + parts + `), sqrt(greatest(st_area(` + parts + `), 1e-6)) / 2) end as g
    from (select st_simplifypreservetopology(st_buffer(st_buffer(` + parts + `, ` + p + ` / 2, 'join=mitre mitre_limit=2'), -` + p + ` / 2, 'join=mitre mitre_limit=2'), ` + p + ` / 2) as g where kind = 2 offset 0) s
    left join lateral (select st_simplifypreservetopology(s.g, 2 * ` + p + `) as g) d on st_npoints(s.g) > ` + mostCorners
}

// mostCorners is how many corners a row has that several features share.
const mostCorners = "40"

// network is what a cell's lines are drawn as: on a grid of a pixel, of two, or of four where there are very many. Lines that vanish on it are one as long as a
// pixel.
func network(parts string, z int) string {
	p := pixel(z)
	on := func(g string, pixels int) string {
		return fmt.Sprintf("st_linemerge(st_unaryunion(st_snaptogrid(%s, %d * %s)))", g, pixels, p)
	}
	return `select case when st_npoints(coalesce(s.g, d.g, o.g)) > 1 then coalesce(s.g, d.g, o.g) else st_makeline(st_centroid(` + parts + `), st_translate(st_centroid(` + parts + `), ` + p + `, 0)) end as g
    from (select ` + on(parts, 1) + ` as g where kind = 1 offset 0) o
    left join lateral (select ` + on("o.g", 2) + ` as g offset 0) d on st_npoints(o.g) > ` + mostCorners + `
    left join lateral (select ` + on("d.g", 4) + ` as g offset 0) s on st_npoints(d.g) > ` + mostCorners
}

func listed(values []string) string {
	var quoted []string
	for _, v := range values {
		quoted = append(quoted, quote(v))
	}
	return "array[" + strings.Join(quoted, ", ") + "]::text[]"
}
