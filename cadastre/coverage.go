package cadastre

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"nsdi/cadastre/coverage"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// blockSize is how many parcels a block has: few enough that two of them are no weight, and enough that the halo around them is little.
const blockSize = 8000

// checkCoverage finds where the delivered parcels do not fit each other, nor what is published around them.
func checkCoverage(ctx context.Context, e *layers.Examination, size int) (notes []errs.Text, err error) {
	d, err := newDelivery(ctx, e)
	if err != nil {
		return nil, err
	}
	options := coverage.Options{
		Overlaps: e.Asks("overlap") || e.Asks("overlap-sliver") || e.Asks("overlap-published") || e.Asks("overlap-published-sliver") || e.Asks("geometry-duplicate"), Size: size,
		Until: time.Now().Add(e.Time), Most: e.Most,
		Related: func(a, b *coverage.Shape) bool { return a.Delivered && !(b.Delivered && a.Key == b.Key) },
	}
	for rule, to := range map[string]*float64{"gap": &options.Gap, "corner-unmatched": &options.Corner, "hole": &options.Hole} {
		if e.Asks(rule) {
			*to = e.Parameter(rule, map[string]string{"gap": "width", "corner-unmatched": "distance", "hole": "extent"}[rule])
		}
	}
	if notes, err = d.inTime(ctx, func() error {
		return coverage.Run(ctx, d, options, func(f *coverage.Found) error { return d.take(ctx, f) })
	}); err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	return notes, d.conclude(ctx)
}

// inTime runs a check whose statements end with its time, and says why it did not come to an end.
func (d *delivery) inTime(ctx context.Context, check func() error) (notes []errs.Text, err error) {
	if _, err := d.Conn.Exec(ctx, fmt.Sprintf(`set statement_timeout = %d`, max(1, d.Time.Milliseconds()))); err != nil {
		return nil, err
	}
	defer func() {
		if !d.Conn.IsClosed() {
			_, resetting := d.Conn.Exec(context.WithoutCancel(ctx), `reset statement_timeout`)
			err = errors.Join(err, resetting)
		}
	}()
	var refusal *pgconn.PgError
	why := errs.Text{}
	switch err := check(); {
	case err == nil:
		return nil, nil
	case errors.Is(err, coverage.ErrTime), errors.As(err, &refusal) && refusal.Code == "57014" && ctx.Err() == nil: // query_canceled
		why = errs.Tf("زمان آن (%v) سر آمد", "its time (%v) was over", d.Time.Round(time.Millisecond))
	case errors.Is(err, coverage.ErrMany):
		why = errs.Tf("بیش از %d جا پیدا شد؛ نخست آن‌ها را درست کنید", "more than %d places were found; mend those first", d.Most)
	default:
		return nil, err
	}
	return []errs.Text{errs.T("سنجش جور بودن قطعه‌ها با یکدیگر به پایان نرسید، چون "+why.FA+".", "How the parcels fit together was not checked to the end, because "+why.EN+".")}, nil
}

// delivery gives the parcels of a delivery and what is published around them to the coverage check, and takes what it finds.
type delivery struct {
	*layers.Examination
	left map[int64]bool // rows that are left out: their place is refused already
	form form
	// What blocks have found, until it is enough to be written at once.
	found                  []layers.Sighting
	pieces, corners, holes [][]any
}

// heldMost is how much that blocks have found is held before it is written.
const heldMost = 20_000

func newDelivery(ctx context.Context, e *layers.Examination) (*delivery, error) {
	d := &delivery{Examination: e, left: make(map[int64]bool), form: newForm(e)}
	rows, err := e.Conn.Query(ctx, `
		select ord
		from `+e.Findings+`
		where rule in ('coordinates-out-of-range', 'geometry-invalid', 'geometry-type', 'row-repeated')`)
	if err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	var ord int64
	if _, err := pgx.ForEachRow(rows, []any{&ord}, func() error { d.left[ord] = true; return nil }); err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	// Gaps come in pieces, and corners from every neighbour: they are put together at the end.
	_, err = e.Conn.Exec(ctx, `
		drop table if exists pg_temp.piece, pg_temp.corner, pg_temp.hole;
		create temp table piece (ord bigint, other text, length float8, area float8, ring public.geometry);
		create temp table corner (ord bigint, other text, distance float8, at public.geometry);
		create temp table hole (ord bigint, area float8, ring public.geometry)`)
	if err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	return d, nil
}

const onTheMap = `public.st_makeenvelope(-180, -85.05, 180, 85.05, 4326)`

// Corners answers the lower left corner of each delivered parcel, and the box of them all.
func (d *delivery) Corners(ctx context.Context) (corners []coverage.Point, low, high coverage.Point, err error) {
	return readCorners(ctx, d.Conn, d.Staged, d.Rows)
}

// Count answers how many published parcels touch a box; none where no delivered one does.
func (d *delivery) Count(ctx context.Context, low, high coverage.Point, limit int) (n int, err error) {
	err = d.Conn.QueryRow(ctx, `
		select case when exists (select from `+d.Staged+` s where s.geom operator(public.&&) public.st_makeenvelope($1, $2, $3, $4, 4326)) then (
			select count(*)
			from (
				select
				from `+d.Published+` p
				where p.geom_3857 operator(public.&&) public.st_transform(public.st_makeenvelope($1, $2, $3, $4, 4326), 3857)
				  and `+others(d.Examination, "p")+`
				limit $5
			) t) else 0 end`, low.X, low.Y, high.X, high.Y, limit).Scan(&n)
	return n, err
}

// Load answers the parcels that touch a box.
func (d *delivery) Load(ctx context.Context, low, high coverage.Point) ([]coverage.Parcel, error) {
	parcels, err := readParcels(ctx, d.Conn, `
		select true, ord, coalesce(key, ''), 0::bigint, public.st_asewkb(geom), coalesce((attributes->>'declared_area_m2')::float8, 'NaN'), coalesce((attributes->>'accuracy_m')::float8, 'NaN')
		from `+d.Staged+`
		where geom operator(public.&&) public.st_makeenvelope($1, $2, $3, $4, 4326)
		  and geom operator(public.@) `+onTheMap+`
		  and public.geometrytype(geom) in ('POLYGON', 'MULTIPOLYGON')`, low, high)
	if err != nil {
		return nil, err
	}
	kept := parcels[:0]
	for _, p := range parcels {
		if !d.left[p.ID] {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	published, err := readParcels(ctx, d.Conn, `
		select false, p.id, p.key::text, p.dataset_id, public.st_asewkb(p.geom), 'NaN'::float8, 'NaN'::float8
		from `+d.Published+` p
		where p.geom_3857 operator(public.&&) public.st_transform(public.st_makeenvelope($1, $2, $3, $4, 4326), 3857)
		  and public.geometrytype(p.geom) in ('POLYGON', 'MULTIPOLYGON')
		  and `+others(d.Examination, "p"), low, high)
	return append(kept, published...), err
}

// readParcels reads parcels: delivered, id, key, dataset, geometry, declared area, accuracy.
func readParcels(ctx context.Context, q layers.Querier, query string, low, high coverage.Point, more ...any) ([]coverage.Parcel, error) {
	rows, err := q.Query(ctx, query, append([]any{low.X, low.Y, high.X, high.Y}, more...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p coverage.Parcel, err error) {
		err = row.Scan(&p.Delivered, &p.ID, &p.Key, &p.Dataset, &p.Geometry, &p.Declared, &p.Accuracy)
		return p, err
	})
}

// readCorners reads the lower left corner of each area in a table, of about so many, and the box of them all.
func readCorners(ctx context.Context, q layers.Querier, table string, rows int64) (corners []coverage.Point, low, high coverage.Point, err error) {
	found, err := q.Query(ctx, `
		select public.box(geom)
		from `+table+`
		where geom operator(public.@) `+onTheMap)
	if err != nil {
		return nil, low, high, err
	}
	corners = make([]coverage.Point, 0, rows)
	low, high = coverage.Point{X: math.Inf(1), Y: math.Inf(1)}, coverage.Point{X: math.Inf(-1), Y: math.Inf(-1)}
	var b pgtype.Box
	_, err = pgx.ForEachRow(found, []any{&b}, func() error {
		most, least := b.P[0], b.P[1]
		corners = append(corners, coverage.Point{X: least.X, Y: least.Y})
		low, high = coverage.Point{X: min(low.X, least.X), Y: min(low.Y, least.Y)}, coverage.Point{X: max(high.X, most.X), Y: max(high.Y, most.Y)}
		return nil
	})
	return corners, low, high, err
}

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
