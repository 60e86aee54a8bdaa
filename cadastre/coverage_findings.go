package cadastre

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/jackc/pgx/v5"

	"nsdi/cadastre/coverage"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// pair is how two parcels stand in a finding: on the row, which is the second where both are delivered, with the other's key.
func pair(a, b *coverage.Shape) (ord int64, other string) {
	if b.Delivered {
		return b.ID, a.Key
	}
	return a.ID, b.Key
}

// take keeps what a block has found.
func (d *delivery) take(ctx context.Context, f *coverage.Found) error {
	for _, s := range f.Own {
		d.found = d.form.check(s, d.found)
	}
	overlaps, err := measure(ctx, d.Conn, f.Overlaps)
	if err != nil {
		return err
	}
	for _, o := range overlaps {
		ord, other := pair(o.a, o.b)
		if rule := d.overlapRule(&o); rule != "" {
			d.found = append(d.found, layers.Sighting{
				Ord: ord, Rule: rule, Place: o.place, Measure: rounded(o.area, 3), Unit: "m²", Other: other, Found: metres(o.width),
			})
		}
	}
	for _, p := range f.Gaps {
		ord, other := pair(p.A, p.B)
		d.pieces = append(d.pieces, []any{ord, other, p.Length, p.Area, coverage.EncodeArea(p.Ring[:])})
	}
	for _, c := range f.Corners {
		ord, other := c.Lacks.ID, c.Has.Key
		if !c.Lacks.Delivered {
			ord, other = c.Has.ID, c.Lacks.Key
		}
		d.corners = append(d.corners, []any{ord, other, c.Distance, coverage.EncodePlace(c.At)})
	}
	for _, h := range f.Holes {
		if h.Area >= d.Parameter("hole", "area") && (!d.Asks("gap") || h.Width > d.Parameter("gap", "width")) {
			d.holes = append(d.holes, []any{h.Around[0].ID, h.Area, coverage.EncodeArea(h.Rings...)})
		}
	}
	if len(d.found)+len(d.pieces)+len(d.corners)+len(d.holes) < heldMost {
		return nil
	}
	return d.write(ctx)
}

// write writes what is held.
func (d *delivery) write(ctx context.Context) error {
	if err := d.Record(ctx, d.found); err != nil {
		return err
	}
	for _, t := range []struct {
		name    string
		columns []string
		rows    [][]any
	}{
		{"piece", []string{"ord", "other", "length", "area", "ring"}, d.pieces},
		{"corner", []string{"ord", "other", "distance", "at"}, d.corners},
		{"hole", []string{"ord", "area", "ring"}, d.holes},
	} {
		if len(t.rows) == 0 {
			continue
		}
		if _, err := d.Conn.CopyFrom(ctx, pgx.Identifier{"pg_temp", t.name}, t.columns, pgx.CopyFromRows(t.rows)); err != nil {
			return fmt.Errorf("coverage: %w", err)
		}
	}
	d.found, d.pieces, d.corners, d.holes = nil, nil, nil, nil
	return nil
}

// overlapRule says by which rule an overlap is found; "" where it is let pass.
func (d *delivery) overlapRule(o *overlap) string {
	wide := "overlap"
	if !o.b.Delivered {
		wide = "overlap-published"
	}
	narrow := wide + "-sliver"
	switch {
	case o.area <= d.Parameter(wide, "area"), o.width < d.Parameter(narrow, "width"):
		return ""
	case o.b.Delivered && d.Asks("geometry-duplicate") && 100*o.share >= d.Parameter("geometry-duplicate", "share"):
		return "geometry-duplicate"
	case o.width >= d.Parameter(wide, "width"):
		return wide
	case o.area <= d.Parameter(narrow, "area"):
		return ""
	}
	return narrow
}

// conclude puts together what came in parts.
func (d *delivery) conclude(ctx context.Context) error {
	if err := d.write(ctx); err != nil {
		return err
	}
	if d.Asks("gap") {
		// Pieces within a centimetre of each other are one gap, of however many parcels: it is told once, on the one with the highest key. Where pieces of several pairs lie over each other,
		// their ground counts once.
		err := d.Query(ctx, "gap", `
			with piece as materialized (
				select p.*, s.key, public.st_clusterdbscan(p.ring, 1e-7, 1) over () gap
				from pg_temp.piece p
				join `+d.Staged+` s using (ord)
			), whole as (
				select gap, (array_agg(ord order by key desc nulls last, ord))[1] ord, max(key) key, sum(area) / sum(length) width, public.st_union(ring) ground,
				  sum(area) / sum(public.st_area(ring)) scale
				from piece
				group by gap
				having sum(area) > $1 and sum(length) >= $2
			)
			select ord, null, null, to_char(width, 'FM990.000') || ' m', public.st_multi(ground), round((scale * public.st_area(ground))::numeric, 3), 'm²', (
				select string_agg(n, ', ' order by n)
				from (select distinct n from piece p, unnest(array[p.key, p.other]) n where p.gap = w.gap and n is distinct from w.key order by n limit 10) t)
			from whole w
			where scale * public.st_area(ground) > $1`, d.Parameter("gap", "area"), d.Parameter("gap", "length"))
		if err != nil {
			return err
		}
	}
	err := d.Query(ctx, "corner-unmatched", `
		select ord, null, null, null, at, round(min(distance)::numeric, 4), 'm', min(other)
		from pg_temp.corner
		group by ord, at`)
	if err != nil || !d.Asks("hole") {
		return err
	}
	// Ways are lines: one through the ground explains it. Green space and what the base map has there explain it by covering it.
	return d.Query(ctx, "hole", `
		select ord, null, null, null, ring, round(area::numeric, 2), 'm²', null
		from pg_temp.hole h
		where not exists (
			select
			from layers.feature w
			where w.theme in ('road', 'alley')
			  and w.geom_3857 operator(public.&&) public.st_transform(h.ring, 3857)
			  and public.st_intersects(w.geom, h.ring))
		  and coalesce((
			select sum(public.st_area(layers.common_area(w.geom, h.ring)))
			from layers.feature w
			where w.theme in ('green-space', 'base-map-feature')
			  and w.geom_3857 operator(public.&&) public.st_transform(h.ring, 3857)
			  and public.st_dimension(w.geom) = 2), 0) < $1 / 100.0 * public.st_area(h.ring)`, d.Parameter("hole", "share"))
}

// rounded is a measure as people read it.
func rounded(value float64, digits int) *float64 {
	unit := math.Pow10(digits)
	value = math.Round(value*unit) / unit
	return &value
}

// metres words a width.
func metres(width float64) errs.Text {
	n := strconv.FormatFloat(width, 'f', 3, 64)
	return errs.T(n+" متر", n+" m")
}
