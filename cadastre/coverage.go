package cadastre

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"nsdi/cadastre/coverage"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// blockSize is how many parcels a block has: few enough that four of them are no weight, and enough that the halo around them is little.
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
