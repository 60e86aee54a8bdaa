package cadastre

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/cadastre/coverage"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// followNeighbours keeps the open findings current after a publication: those of parcels that it altered or removed go, and the parcels that it wrote are compared with
// their neighbours of other datasets. Nothing else is looked at.
func followNeighbours(ctx context.Context, tx pgx.Tx, p layers.Publication) (notes []errs.Text, err error) {
	var gone []int64 // datasets that had gaps which are not as they were
	err = tx.QueryRow(ctx, `
		with gone as (
			delete from cadastre.open_finding o
			where (o.dataset_id = $1 or o.other_dataset_id = $1)
			  and not exists (
				select
				from cadastre.parcel c
				where c.id = case when o.dataset_id = $1 then o.feature_id else o.other_feature_id end
				  and c.version_id <> $2)
			returning rule, dataset_id
		)
		select coalesce(array_agg(distinct dataset_id), '{}')
		from gone
		where rule = 'gap'`, p.DatasetID, p.VersionID).Scan(&gone)
	if err != nil {
		return nil, fmt.Errorf("open findings: %w", err)
	}
	var ground []byte // of what was written, in metres of the map
	err = tx.QueryRow(ctx, `
		select public.st_asewkb(public.st_transform(public.st_setsrid(public.st_expand(public.st_extent(box)::public.box2d, 0.0001)::public.geometry, 4326), 3857))
		from pg_temp.changed`).Scan(&ground)
	if err != nil {
		return nil, fmt.Errorf("open findings: %w", err)
	}
	// Most publications have nobody else's parcels on their ground, of whatever level.
	var others bool
	err = tx.QueryRow(ctx, `
		select exists (
			select
			from cadastre.parcel o
			where o.geom_3857 operator(public.&&) $2::bytea::public.geometry
			  and o.dataset_id <> $1)`, p.DatasetID, ground).Scan(&others)
	if err != nil {
		return nil, fmt.Errorf("open findings: %w", err)
	}
	if !others {
		return nil, joinGaps(ctx, tx, p, gone)
	}
	if notes, err = followLevels(ctx, tx, p, ground); err != nil {
		return nil, err
	}
	n := &neighbours{tx: tx, Publication: p}
	some, err := n.gather(ctx, ground)
	if err != nil {
		return nil, err
	}
	if some {
		if err := n.compare(ctx); err != nil {
			if !bounded(err) {
				return nil, fmt.Errorf("open findings: %w", err)
			}
			notes = append(notes, errs.Tf("ناجوری‌های این نسخه با داده منتشرشده دیگران بیش از آن است که همه نگه داشته شود؛ فهرست یافته‌های باز کامل نیست (بیشینه %d).",
				"What does not fit between this version and what others have published is too much to be kept; the list of open findings is not complete (at most %d).", neighbourMost))
		}
		if err := n.conclude(ctx); err != nil {
			return nil, err
		}
	}
	return notes, joinGaps(ctx, tx, p, gone)
}

// bounded tells that a comparison ended early. The delivery was checked against the same neighbours before, so nothing is lost.
func bounded(err error) bool {
	return errors.Is(err, coverage.ErrTime) || errors.Is(err, coverage.ErrMany)
}

func (n *neighbours) compare(ctx context.Context) error {
	return coverage.Run(ctx, n, coverage.Options{
		Overlaps: true, Gap: standard("gap", "width"), Corner: standard("corner-unmatched", "distance"), Size: blockSize,
		Until: time.Now().Add(neighbourTime), Most: neighbourMost, Related: func(a, b *coverage.Shape) bool { return a.Delivered && !b.Delivered },
	}, func(f *coverage.Found) error { return n.take(ctx, f) })
}

// Other parcels wait while a publication's neighbours are looked at, so that is bounded.
const (
	neighbourTime = 2 * time.Minute
	neighbourMost = 100_000
)

// neighbours gives the parcels that a publication wrote, and those of other datasets around them, to the coverage check.
type neighbours struct {
	layers.Publication
	tx pgx.Tx
}

// gather finds the written parcels that have neighbours of other datasets. Most publications have none, which the extent tells.
func (n *neighbours) gather(ctx context.Context, ground []byte) (some bool, err error) {
	err = n.tx.QueryRow(ctx, `
		select exists (
			select
			from cadastre.parcel o
			where o.geom_3857 operator(public.&&) $3::bytea::public.geometry
			  and o.theme = $1
			  and o.dataset_id <> $2)`, n.Theme, n.DatasetID, ground).Scan(&some)
	if err != nil || !some {
		return false, err
	}
	_, err = n.tx.Exec(ctx, `
		create temp table written on commit drop as
		select c.id, c.key::text as key, c.geom
		from pg_temp.changed h
		join cadastre.parcel c on c.id = h.feature_id
		where h.op <> '-'
		  and public.geometrytype(c.geom) in ('POLYGON', 'MULTIPOLYGON')
		  and exists (
			select
			from cadastre.parcel o
			where o.geom_3857 operator(public.&&) public.st_expand(c.geom_3857, 2)
			  and o.theme = $1
			  and o.dataset_id <> $2)`, n.Theme, n.DatasetID)
	if err != nil {
		return false, err
	}
	_, err = n.tx.Exec(ctx, `
		create index on pg_temp.written using gist (geom);
		analyze pg_temp.written;
		create temp table unfit (rule text, a bigint, b bigint, measure float8, length float8, place public.geometry) on commit drop`)
	return true, err
}

// Corners answers the lower left corner of each written parcel, and the box of them all.
func (n *neighbours) Corners(ctx context.Context) (corners []coverage.Point, low, high coverage.Point, err error) {
	return readCorners(ctx, n.tx, "pg_temp.written", 0)
}

// Count answers how many parcels of other datasets touch a box; none where no written one does.
func (n *neighbours) Count(ctx context.Context, low, high coverage.Point, limit int) (count int, err error) {
	err = n.tx.QueryRow(ctx, `
		select case when exists (select from pg_temp.written s where s.geom operator(public.&&) public.st_makeenvelope($1, $2, $3, $4, 4326)) then (
			select count(*)
			from (
				select
				from cadastre.parcel p
				where p.geom_3857 operator(public.&&) public.st_transform(public.st_makeenvelope($1, $2, $3, $4, 4326), 3857)
				  and p.theme = $6
				  and p.dataset_id <> $7
				limit $5
			) t) else 0 end`, low.X, low.Y, high.X, high.Y, limit, n.Theme, n.DatasetID).Scan(&count)
	return count, err
}

// Load answers the parcels that touch a box.
func (n *neighbours) Load(ctx context.Context, low, high coverage.Point) ([]coverage.Parcel, error) {
	written, err := readParcels(ctx, n.tx, `
		select true, id, key, $5::bigint, public.st_asewkb(geom), 'NaN'::float8, 'NaN'::float8
		from pg_temp.written
		where geom operator(public.&&) public.st_makeenvelope($1, $2, $3, $4, 4326)`, low, high, n.DatasetID)
	if err != nil || len(written) == 0 {
		return nil, err
	}
	others, err := readParcels(ctx, n.tx, `
		select false, p.id, p.key::text, p.dataset_id, public.st_asewkb(p.geom), 'NaN'::float8, 'NaN'::float8
		from cadastre.parcel p
		where p.geom_3857 operator(public.&&) public.st_transform(public.st_makeenvelope($1, $2, $3, $4, 4326), 3857)
		  and public.geometrytype(p.geom) in ('POLYGON', 'MULTIPOLYGON')
		  and p.theme = $5
		  and p.dataset_id <> $6`, low, high, n.Theme, n.DatasetID)
	return append(written, others...), err
}

func (n *neighbours) take(ctx context.Context, f *coverage.Found) error {
	var rows [][]any
	overlaps, err := measure(ctx, n.tx, f.Overlaps)
	if err != nil {
		return err
	}
	for _, o := range overlaps {
		rule := "overlap-published"
		if o.area <= standard(rule, "area") || o.width < standard("overlap-published-sliver", "width") {
			continue
		}
		if o.width < standard(rule, "width") {
			rule = "overlap-published-sliver"
		}
		rows = append(rows, []any{rule, o.a.ID, o.b.ID, o.area, o.area / o.width, o.place})
	}
	for _, p := range f.Gaps {
		rows = append(rows, []any{"gap", p.A.ID, p.B.ID, p.Area, p.Length, coverage.EncodeArea(p.Ring[:])})
	}
	for _, c := range f.Corners {
		a, b := c.Lacks, c.Has
		if !a.Delivered {
			a, b = b, a
		}
		rows = append(rows, []any{"corner-unmatched", a.ID, b.ID, math.Round(c.Distance*1e4) / 1e4, 0.0, coverage.EncodePlace(c.At)})
	}
	columns := make([][]any, 6)
	for _, r := range rows {
		for i := range columns {
			columns[i] = append(columns[i], r[i])
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err = n.tx.Exec(ctx, `
		insert into pg_temp.unfit
		select rule, a, b, measure, length, public.st_geomfromewkb(place)
		from unnest($1::text[], $2::bigint[], $3::bigint[], $4::float8[], $5::float8[], $6::bytea[]) as u(rule, a, b, measure, length, place)`,
		columns[0], columns[1], columns[2], columns[3], columns[4], columns[5])
	return err
}

// conclude writes what was found, from either side.
func (n *neighbours) conclude(ctx context.Context) error {
	var rules, severities []string
	for _, d := range fitting() {
		rules, severities = append(rules, d.Code), append(severities, d.Severity)
	}
	_, err := n.tx.Exec(ctx, `
		with joined as (
			select rule, a, b, sum(measure) measure, 'm²' unit, sum(measure) / sum(length) width, public.st_multi(public.st_union(place)) place
			from pg_temp.unfit
			where rule <> 'corner-unmatched'
			group by rule, a, b
			union all
			select rule, a, b, min(measure), 'm', null, place
			from pg_temp.unfit
			where rule = 'corner-unmatched'
			group by rule, a, b, place
		)
		insert into cadastre.open_finding
		  (rule, severity, theme, dataset_id, feature_id, key, other_dataset_id, other_feature_id, other_key, measure, unit, width, geom, version_id, found_at)
		select j.rule, s.severity, a.theme, side.*, round(j.measure::numeric, 4), j.unit, j.width, j.place, $3, v.published_at
		from joined j
		join unnest($1::text[], $2::text[]) s(rule, severity) using (rule)
		join cadastre.parcel a on a.id = j.a
		join cadastre.parcel b on b.id = j.b
		join layers.version v on v.id = $3,
		lateral (values (a.dataset_id, a.id, a.key::text, b.dataset_id, b.id, b.key::text), (b.dataset_id, b.id, b.key::text, a.dataset_id, a.id, a.key::text)) side
		order by j.rule, a.key, b.key`, rules, severities, n.VersionID)
	if err != nil {
		return fmt.Errorf("open findings: %w", err)
	}
	return nil
}
